"""promise 9: what is too large is refused before it is read, and what is too long politely."""

import zlib

import pytest
from builders import a_bot
from pages import MakeClient, Visitor, a_visitor

from bot import wording
from knowledge.library import Library

LIMIT = 256 * 1024
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def visitor(aiohttp_client: MakeClient, sheds: Library) -> Visitor:
    return await a_visitor(aiohttp_client, a_bot(sheds))


@pytest.mark.parametrize("length", [LIMIT + 1, 2 * LIMIT, 4 * LIMIT])
async def test_a_body_over_256_kilobytes_is_refused(visitor: Visitor, length: int):
    response = await visitor.client.post("/", data=b"question=" + b"a" * (length - 9), headers=FORM)

    assert response.status == 413
    assert wording.TOO_LONG in await response.text()


async def test_a_body_of_256_kilobytes_is_read(visitor: Visitor):
    response = await visitor.client.post("/", data=b"question=" + b"a" * (LIMIT - 9), headers=FORM)

    assert response.status == 200
    assert wording.TOO_LONG in await response.text()


async def test_a_body_that_does_not_say_its_length_is_refused_as_well(visitor: Visitor):
    async def body():
        yield b"question="
        for _ in range(300):
            yield b"a" * 1024

    response = await visitor.client.post("/", data=body(), headers=FORM)

    assert response.status == 413


async def test_a_body_that_grows_when_unpacked_is_refused(visitor: Visitor):
    packed = zlib.compress(b"question=" + b"a" * 50_000_000)
    assert len(packed) < LIMIT

    response = await visitor.client.post("/", data=packed, headers=FORM | {"Content-Encoding": "deflate"})

    assert response.status == 413


async def test_a_message_over_2_000_characters_gets_a_polite_refusal(visitor: Visitor):
    response, page = await visitor.ask("shed " * 400 + "x")

    assert response.status == 200
    assert wording.TOO_LONG in page.one("article").text
    assert page.all("p", kind="text") == []


async def test_a_message_of_2_000_characters_is_answered(visitor: Visitor):
    _, page = await visitor.ask("do i lock the shed ".ljust(2_000, "."))

    assert wording.TOO_LONG not in page.one("article").text


async def test_a_message_of_more_than_64_different_words_gets_a_polite_refusal(visitor: Visitor):
    words = " ".join(f"{a}{b}adge" for a in "bcdfghjklm" for b in "aeiouyw")

    _, page = await visitor.ask(words)

    assert wording.TOO_LONG in page.one("article").text


async def test_a_long_address_and_many_headers_are_refused(visitor: Visitor):
    long_address = await visitor.client.get("/" + "a" * 10_000)
    many_headers = await visitor.client.get("/", headers={f"X-{n}": "a" * 100 for n in range(1_000)})

    assert (long_address.status, many_headers.status) == (400, 400)
