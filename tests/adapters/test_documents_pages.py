"""The documents in a browser: a page for each edition and clause, at an address that never moves."""

import pytest
from builders import OWN_DOCUMENT, a_bot, a_library, some_packs
from pages import MakeClient, Page

from adapters.web import application
from bot.app import PolicyBot

EARLIER = (
    OWN_DOCUMENT.replace('edition: "1"', 'edition: "Autumn 2010"')
    .replace("effective: 2020-01", "effective: 2010-10")
    .replace("review_by: 2030-01", "review_by: 2012-10")
    .replace("paint the shed green", "paint the shed brown")
)


@pytest.fixture
def two_editions() -> PolicyBot:
    return a_bot(a_library(some_packs(documents__own_2010=EARLIER)))


async def test_the_employers_documents_come_first(aiohttp_client: MakeClient, trust: PolicyBot):
    client = await aiohttp_client(application.build(trust))

    page = Page(await (await client.get("/documents")).text())

    listed = [a.attributes["href"] or "" for a in page.all("a", within=page.one("ul", kind="documents"))]
    assert listed[0].startswith("/documents/trust/")
    assert len(listed) == len(set(listed)) == len(trust.library.editions)


async def test_no_two_links_of_the_list_read_alike(aiohttp_client: MakeClient, trust: PolicyBot):
    client = await aiohttp_client(application.build(trust))

    page = Page(await (await client.get("/documents")).text())

    names = [a.text for a in page.all("a", within=page.one("ul", kind="documents"))]
    assert len(set(names)) == len(names)


async def test_every_edition_keeps_its_own_address_and_words(aiohttp_client: MakeClient, two_editions: PolicyBot):
    client = await aiohttp_client(application.build(two_editions))

    earlier = Page(await (await client.get("/documents/own/autumn-2010/2")).text())
    later = Page(await (await client.get("/documents/own/1/2")).text())

    assert earlier.one("p", kind="text").text == "You may paint the shed brown."
    assert later.one("p", kind="text").text == "You may paint the shed green."


async def test_a_page_says_whether_its_document_is_past_its_review(aiohttp_client: MakeClient, two_editions: PolicyBot):
    client = await aiohttp_client(application.build(two_editions))

    for path in ("/documents/own/autumn-2010", "/documents/own/autumn-2010/2"):
        assert (
            "Review was due by October 2012: overdue." in Page(await (await client.get(path)).text()).one("main").text
        )
    for path in ("/documents/own/1", "/documents/own/1/2"):
        assert "Review due by January 2030." in Page(await (await client.get(path)).text()).one("main").text
    for path in ("/documents/other/may-2019", "/documents/other/may-2019/1"):
        assert "No review date is stated." in Page(await (await client.get(path)).text()).one("main").text


async def test_a_restated_clause_is_said_to_be_one_and_stands_in_no_quotation_marks(
    aiohttp_client: MakeClient, two_editions: PolicyBot
):
    client = await aiohttp_client(application.build(two_editions))

    restated = Page(await (await client.get("/documents/other/may-2019/2")).text())
    verbatim = Page(await (await client.get("/documents/own/1/2")).text())

    assert "In our words; the original prevails." in restated.one("main").text
    assert restated.one("p", kind="text").text == "Ponds may hold fish."
    assert restated.all("q") == restated.all("blockquote") == []
    assert "In our words" not in verbatim.one("main").text


async def test_reported_rules_and_the_commentary_beside_them_are_told_apart(
    aiohttp_client: MakeClient, trust: PolicyBot
):
    client = await aiohttp_client(application.build(trust))
    (edition,) = [edition for edition in trust.library.editions if edition.document.id == "his"]
    address = f"/documents/his/{edition.label.lower().replace(' ', '-')}"

    page = Page(await (await client.get(address)).text())

    said = {p.text for p in page.all("p", kind="authority")}
    assert {"Another employer's policy, not your employer's", "Commentary, not a policy"} <= said
    assert "As reported by somebody else, in our words; the original prevails." in page.one("main").text


async def test_a_clause_leads_to_its_whole_document(aiohttp_client: MakeClient, two_editions: PolicyBot):
    client = await aiohttp_client(application.build(two_editions))

    page = Page(await (await client.get("/documents/own/autumn-2010/2")).text())

    links = {a.text: a.attributes["href"] for a in page.all("a", within=page.one("main"))}
    assert links == {"Read the whole document: Shed policy": "/documents/own/autumn-2010"}


async def test_pages_follow_the_library_when_it_changes(aiohttp_client: MakeClient):
    bot = a_bot()
    client = await aiohttp_client(application.build(bot))
    changed = OWN_DOCUMENT.replace('edition: "1"', 'edition: "2"')

    bot.replace_library(a_library(some_packs(documents__own=changed)))

    assert (await client.get("/documents/own/2/1")).status == 200
    assert (await client.get("/documents/own/1/1")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/documents/own/1/9",
        "/documents/own/9/1",
        "/documents/none/1/1",
        "/documents/own/1/..%2f1",
        "/documents/own/1/%00",
    ],
)
async def test_what_is_not_in_the_library_is_not_there(aiohttp_client: MakeClient, path: str):
    client = await aiohttp_client(application.build(a_bot()))

    response = await client.get(path)

    assert response.status == 404
