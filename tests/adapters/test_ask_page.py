"""The ask page over HTTP: forms, cookies, conversations, choices, pages for every failure."""

import random
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Response
from builders import OWN_DOCUMENT, SITUATIONS, a_bot, a_library, some_packs
from pages import MakeClient, Page, Visitor, a_visitor
from yarl import URL

from adapters.web import application
from adapters.web.visitors import Visitors
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer
from knowledge.library import Library


@pytest.fixture
async def visitor(aiohttp_client: MakeClient, sheds: Library) -> Visitor:
    return await a_visitor(aiohttp_client, a_bot(sheds))


async def test_a_question_gets_the_clause_its_source_and_who_to_go_to(visitor: Visitor):
    response, page = await visitor.ask("do i lock the shed")

    assert response.status == 200
    assert page.all("p", kind="text")[0].text == "Lock the shed at night, unless the owl is inside."
    assert page.all("p", kind="authority")[0].text == "Your employer's policy"
    source = page.all("p", kind="source")[0].text
    assert "Shed policy (The Garden Trust), Sheds: Locking: 1" in source
    assert "Edition 1, effective January 2020." in source
    assert "Review due by January 2030" in source
    assert "The communications team" in page.one("ul", kind="routes").text
    assert "named in Sheds: Locking: 1" in page.one("ul", kind="routes").text
    assert page.one("p", kind="asked").text == "You asked: do i lock the shed"


async def test_the_exception_is_pointed_out_inside_the_clause(visitor: Visitor):
    _, page = await visitor.ask("do i lock the shed")

    text = page.all("p", kind="text")[0]

    assert [strong.text for strong in page.all("strong", within=text)] == ["unless the owl is inside"]


async def test_the_page_without_a_question_offers_examples_and_says_who_can_read_along(visitor: Visitor):
    response = await visitor.client.get("/")
    page = Page(await response.text())

    assert response.status == 200
    assert [button.attributes["value"] for button in page.all("button", kind="choice")] == list(wording.EXAMPLES)
    assert wording.NOTICE in page.one("footer").text


async def test_questions_travel_by_post_only_and_stand_in_no_address(visitor: Visitor):
    response, page = await visitor.ask("do i lock the shed")

    assert response.url.query_string == ""
    assert {form.attributes["method"] for form in page.all("form")} == {"post"}
    assert {form.attributes["action"] for form in page.all("form")} == {"/"}
    assert all("?" not in (a.attributes["href"] or "") for a in page.all("a"))


async def test_a_question_in_the_address_is_not_answered(visitor: Visitor):
    response = await visitor.client.get("/", params={"question": "do i lock the shed"})
    page = Page(await response.text())

    assert page.all("article") == []
    assert "lock the shed" not in page.one("main").text


async def test_the_script_gets_only_the_answer(visitor: Visitor):
    response = await visitor.client.post(
        "/", data={"question": "do i lock the shed"}, headers={"Signpost-Fragment": "1"}
    )
    html = await response.text()

    assert html.lstrip().startswith('<article class="answer">')
    assert Page(html).all("html") == []


async def test_a_choice_is_a_button_that_leads_to_its_answer(visitor: Visitor):
    _, page = await visitor.ask("may i paint the shed green? and can i put goldfish in the pond?")
    (choice, *_) = page.all("button", kind="choice")

    _, answered = await visitor.ask(situation=choice.attributes["value"] or "")

    assert choice.attributes["name"] == "situation"
    assert answered.one("p", kind="asked").text == f"You asked: {choice.text}"
    assert answered.all("p", kind="text")


async def test_an_unknown_situation_is_not_covered(visitor: Visitor):
    response, page = await visitor.ask(situation="no-such-situation")

    assert response.status == 200
    assert page.all("h2")[0].text == "The policies here do not cover this"


async def test_an_empty_question_is_told_what_to_do(visitor: Visitor):
    response, page = await visitor.ask("   ")

    assert response.status == 400
    assert wording.EMPTY_QUESTION in page.one("p", kind="problem").text
    assert page.one("textarea").attributes["aria-invalid"] == "true"
    assert "problem" in (page.one("textarea").attributes["aria-describedby"] or "")
    assert page.one("title").text.startswith("There is a problem: ")


@pytest.mark.parametrize("text", ["my boss screams at me daily", "is 999 000 0018 on the list"])
async def test_a_message_about_a_person_is_not_repeated(visitor: Visitor, text: str):
    response, page = await visitor.ask(text)

    assert response.status == 200
    assert page.all("p", kind="asked") == []
    assert text not in await response.text()


async def test_a_follow_up_leans_on_the_question_before(visitor: Visitor):
    await visitor.ask("may i paint the shed green")

    _, page = await visitor.ask("what about the planks?")

    assert page.all("h2")[0].text == "What the policy says"


async def test_another_visitor_does_not_see_the_conversation(visitor: Visitor):
    await visitor.ask("may i paint the shed green")
    await visitor.somebody_else()

    _, page = await visitor.ask("what about the planks?")

    assert page.all("h2")[0].text != "What the policy says"


async def test_a_made_up_cookie_is_nobodys(aiohttp_client: MakeClient, sheds: Library):
    heard: list[str | None] = []

    class Listening(PolicyBot):
        def ask(self, text: str, **how: object) -> Answer:
            heard.append(how["conversation"])  # type: ignore[arg-type]
            return super().ask(text, **how)  # type: ignore[arg-type]

    bot = Listening(sheds, sheds.organisations["garden"])
    client = await aiohttp_client(application.build(bot))

    for made_up in ("A" * 22, "a.b", ".", "é.ü", "A" * 22 + "." + "0" * 64):
        client.session.cookie_jar.clear()
        await client.post("/", data={"question": "hello"}, headers={"Cookie": f"signpost={made_up}"})

    assert len(heard) == 5
    assert len({*heard, "A" * 22, "a", "é", ""}) == 9


async def test_the_cookie_is_out_of_scripts_reach_and_holds_nothing_of_the_question(visitor: Visitor):
    response, _ = await visitor.ask("do i lock the shed")
    (cookie,) = response.cookies.values()

    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) == 15 * 60
    assert "shed" not in cookie.value


def test_the_cookie_is_for_https_alone_where_the_page_is():
    response = Response()
    request = make_mocked_request("POST", "/").clone(scheme="https")
    Visitors().greet(request, response, "visitor")

    assert response.cookies["signpost"]["secure"] is True


async def test_a_visitor_keeps_the_name_and_a_new_one_gets_another(visitor: Visitor):
    first, _ = await visitor.ask("hello")
    again, _ = await visitor.ask("hello")
    await visitor.somebody_else()
    other, _ = await visitor.ask("hello")

    assert first.cookies["signpost"].value == again.cookies["signpost"].value
    assert other.cookies["signpost"].value != first.cookies["signpost"].value


BAD_FORMS = {
    "no content type": ("", b"question=hello", 415),
    "plain text": ("text/plain", b"question=hello", 415),
    "json": ("application/json", b'{"question": "hello"}', 415),
    "xml": ("application/xml", b"<question/>", 415),
    "multipart without a boundary": ("multipart/form-data", b"question=hello", 415),
    "multipart with a file": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="question"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n',
        415,
    ),
    "nonsense for a content type": ("🤷/;;=", b"question=hello", 415),
    "a charset that does not exist": ("application/x-www-form-urlencoded; charset=klingon", b"question=hello", 200),
    "bytes that are not UTF-8": ("application/x-www-form-urlencoded", b"question=\xff\xfe", 400),
    "escapes that are not UTF-8": ("application/x-www-form-urlencoded", b"question=%ff%fe", 400),
    "half an escape": ("application/x-www-form-urlencoded", b"question=100%", 200),
    "a lone surrogate": ("application/x-www-form-urlencoded", b"question=%ed%a0%80", 400),
    "NUL": ("application/x-www-form-urlencoded", b"question=a%00b", 200),
    "raw NUL": ("application/x-www-form-urlencoded", b"question=a\x00b", 200),
    "empty": ("application/x-www-form-urlencoded", b"", 400),
    "no field of ours": ("application/x-www-form-urlencoded", b"q=hello", 400),
    "a field twice": ("application/x-www-form-urlencoded", b"question=hello&question=hiya", 200),
    "a thousand fields": ("application/x-www-form-urlencoded", b"a=1&" * 1000, 400),
    "separators only": ("application/x-www-form-urlencoded", b"&&==&&;;", 400),
}


@pytest.mark.parametrize("name", BAD_FORMS)
async def test_a_bad_form_gets_a_page_in_plain_english(visitor: Visitor, name: str):
    kind, body, expected = BAD_FORMS[name]

    response = await visitor.client.post("/", data=body, headers={"Content-Type": kind})
    page = Page(await response.text())

    assert response.status == expected
    assert response.content_type == "text/html"
    assert page.one("h1").text


async def test_a_body_that_does_not_unpack_is_refused(visitor: Visitor):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}

    response = await visitor.client.post("/", data=b"question=hello", headers=headers)

    assert response.status == 400


async def test_a_thousand_random_forms_never_fail(visitor: Visitor):
    chance = random.Random(5)
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
    pieces = (b"question=", b"situation=", b"&", b"=", b"%", b"%00", b"%f0%9f", b"--x\r\n", b"\x00", b"hello", b";")
    seen = set()

    for number in range(1000):
        if number % 20 == 0:
            await visitor.somebody_else()
        body = b"".join(chance.choices([*pieces, chance.randbytes(3)], k=chance.randint(0, 12)))
        async with visitor.client.post("/", data=body, headers={"Content-Type": chance.choice(kinds)}) as response:
            seen.add(response.status)

    assert seen <= {200, 400, 415, 429}
    assert {200, 400, 415} <= seen


@pytest.mark.parametrize("path", ["/nowhere", "/documents/", "/documents/own", "/documents/own/2"])
async def test_a_page_that_is_not_there_says_so(visitor: Visitor, path: str):
    response = await visitor.client.get(path)
    page = Page(await response.text())

    assert response.status == 404
    assert wording.PAGE_NOT_FOUND in page.one("main").text
    assert any(a.attributes["href"] == "/" for a in page.all("a"))


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/"), ("PUT", "/"), ("POST", "/documents"), ("PATCH", "/livez")]
)
async def test_a_method_that_no_page_has_is_refused_with_those_it_has(visitor: Visitor, method: str, path: str):
    response = await visitor.client.request(method, path)

    assert response.status == 405
    assert "GET" in response.headers["Allow"]
    assert wording.NOT_ALLOWED in Page(await response.text()).one("main").text


@pytest.mark.parametrize(
    "path", ["/", "/documents", "/documents/own/1", "/documents/own/1/2", "/livez", "/static/ask.js"]
)
async def test_head_says_what_get_would_without_a_body(visitor: Visitor, path: str):
    got = await visitor.client.get(path)
    head = await visitor.client.head(path)

    assert head.status == got.status == 200
    assert await head.read() == b""
    assert head.content_type == got.content_type


async def test_files_outside_the_static_folder_are_not_served(visitor: Visitor):
    for path in (
        "/static/../application.py",
        "/static/..%2fapplication.py",
        "/static/%2e%2e/keys.py",
        "/static//etc/passwd",
    ):
        response = await visitor.client.get(URL(path, encoded=True))
        assert response.status in (403, 404), path


async def test_it_is_alive_and_ready_until_it_stops(aiohttp_client: MakeClient, sheds: Library):
    client = await aiohttp_client(application.build(a_bot(sheds)))
    alive, ready = await client.get("/livez"), await client.get("/readyz")

    await client.app.shutdown()
    stopping = await client.get("/readyz")

    assert (alive.status, await alive.text()) == (200, "alive")
    assert (ready.status, await ready.text()) == (200, "ready")
    assert (stopping.status, await stopping.text()) == (503, "stopping")
    assert (await client.get("/livez")).status == 200


async def test_a_failure_of_ours_is_apologised_for_and_says_nothing_of_itself(
    aiohttp_client: MakeClient, sheds: Library, caplog: pytest.LogCaptureFixture
):
    class Broken(PolicyBot):
        def ask(self, text: str, **how: object) -> Answer:
            raise RuntimeError("the secret inside")

    client = await aiohttp_client(application.build(Broken(sheds, sheds.organisations["garden"])))

    response = await client.post("/", data={"question": "zebra crossing"})
    page = Page(await response.text())

    assert response.status == 500
    assert wording.UNKNOWN_ERROR in page.one("main").text
    assert "secret" not in await response.text()
    (record,) = [record for record in caplog.records if record.name.startswith("adapters")]
    assert record.getMessage().startswith("a page failed route=None: RuntimeError at ")
    assert "secret" not in caplog.text
    assert "zebra" not in caplog.text


async def test_a_citation_leads_to_the_organisations_own_source_where_it_has_one(aiohttp_client: MakeClient):
    organisations = """
organisations:
  - id: garden
    name: The Garden Trust
    documents: {own: employer_policy}
    source_urls: {own: "https://intranet.example/sheds"}
"""
    visitor = await a_visitor(aiohttp_client, a_bot(a_library(some_packs(organisations=organisations))))

    _, page = await visitor.ask("do i lock the shed")

    links = [page.all("a", within=source)[0].attributes["href"] for source in page.all("p", kind="source")]
    assert set(links) == {"https://intranet.example/sheds"}


async def test_the_text_of_packs_is_text_and_nothing_else(aiohttp_client: MakeClient):
    hostile = "<script>alert(1)</script> & <img src=x onerror=alert(1)> {{ 7*7 }} \"quoted\" 'so'"
    own = OWN_DOCUMENT.replace("You may paint the shed green.", hostile).replace("Shed policy", "<b>Shed</b> policy")
    situations = SITUATIONS.replace("title: Painting the shed", "title: Painting <u>the</u> shed")
    bot = a_bot(a_library(some_packs(documents__own=own, situations__sheds=situations)))
    visitor = await a_visitor(aiohttp_client, bot)

    _, page = await visitor.ask("may i paint the shed green")

    assert page.all("p", kind="text")[0].text == hostile
    assert {*page.all("b"), *page.all("u"), *page.all("img")} == set()
    assert [script.attributes["src"] for script in page.all("script")] == ["/static/ask.js"]


async def test_everything_the_page_loads_is_its_own(visitor: Visitor):
    _, page = await visitor.ask("do i lock the shed")

    loaded = [
        e.attributes.get("src") or e.attributes.get("href") or ""
        for e in page.elements
        if e.tag in ("script", "link", "img")
    ]

    assert loaded
    for address in loaded:
        assert address.startswith("/static/")
        assert (await visitor.client.get(address)).status == 200


def test_no_page_carries_a_script_or_style_of_its_own():
    for template in Path(application.__file__).parent.glob("templates/*.html"):
        html = template.read_text(encoding="utf-8")
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html
        assert "javascript:" not in html
        assert "|safe" not in html.replace(" ", "")
