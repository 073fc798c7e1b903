"""promise 56: twenty questions a minute for each visitor; one too many gets a page that says so."""

from builders import a_bot
from pages import MakeClient, Page

from adapters.limits import MOST_KEPT, QUESTIONS, QUESTIONS_OF_AN_ADDRESS, Limits
from adapters.web import application
from bot import wording
from knowledge.library import Library

ENOUGH_TO_BE_STOPPED = 5 * QUESTIONS


async def test_twenty_questions_are_answered_and_then_the_page_says_to_wait(aiohttp_client: MakeClient, sheds: Library):
    client = await aiohttp_client(application.build(a_bot(sheds)))
    await client.get("/")

    statuses = []
    while 429 not in statuses and len(statuses) < ENOUGH_TO_BE_STOPPED:
        response = await client.post("/", data={"question": "do i lock the shed"})
        statuses.append(response.status)
    page = Page(await response.text())

    assert statuses[:QUESTIONS] == [200] * QUESTIONS
    assert statuses[-1] == 429
    assert wording.TOO_MANY in page.one("p", kind="problem").text
    assert page.all("article") == []


async def test_another_visitor_from_the_same_address_goes_on_asking(aiohttp_client: MakeClient, sheds: Library):
    client = await aiohttp_client(application.build(a_bot(sheds)))

    answered = 0
    for _ in range(3):
        client.session.cookie_jar.clear()
        await client.get("/")
        for _ in range(QUESTIONS):
            response = await client.post("/", data={"question": "do i lock the shed"})
            answered += response.status == 200

    assert answered == 3 * QUESTIONS


async def test_a_made_up_cookie_for_every_question_buys_no_more_of_them(aiohttp_client: MakeClient, sheds: Library):
    client = await aiohttp_client(application.build(a_bot(sheds)))

    statuses = []
    while 429 not in statuses and len(statuses) < ENOUGH_TO_BE_STOPPED:
        client.session.cookie_jar.clear()
        made_up = f"{len(statuses):022}.{len(statuses):064x}"
        response = await client.post(
            "/", data={"question": "do i lock the shed"}, headers={"Cookie": f"signpost={made_up}"}
        )
        statuses.append(response.status)

    assert statuses[-1] == 429


async def test_refused_questions_do_not_count(aiohttp_client: MakeClient, sheds: Library):
    client = await aiohttp_client(application.build(a_bot(sheds)))
    await client.get("/")

    for _ in range(2 * QUESTIONS):
        await client.post("/", data={"question": ""})
    response = await client.post("/", data={"question": "do i lock the shed"})

    assert response.status == 200


async def test_reading_is_not_limited(aiohttp_client: MakeClient, sheds: Library):
    client = await aiohttp_client(application.build(a_bot(sheds)))

    statuses = {(await client.get("/documents/own/1/1")).status for _ in range(3 * QUESTIONS)}

    assert statuses == {200}


async def test_the_least_recent_visitor_is_forgotten_when_there_are_too_many():
    limits = Limits()
    while await limits.allows("first", "one"):
        pass

    for number in range(MOST_KEPT):
        assert await limits.allows(str(number), str(number))

    assert await limits.allows("first", "one")


async def test_one_address_is_stopped_however_many_visitors_it_claims_to_be():
    limits = Limits()

    allowed = [await limits.allows(str(number), "one") for number in range(2 * QUESTIONS_OF_AN_ADDRESS)]

    assert allowed[:QUESTIONS_OF_AN_ADDRESS] == [True] * QUESTIONS_OF_AN_ADDRESS
    assert False in allowed
