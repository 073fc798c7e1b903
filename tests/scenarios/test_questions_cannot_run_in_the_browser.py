"""promise 12, for the ask page: whatever is asked, the page holds the same scripts and no more."""

import pytest
from builders import a_bot
from hostile import strings
from pages import MakeClient, Page, a_visitor

from adapters.web import application
from knowledge.library import Library

OURS = {
    *"html head meta title link body a header div nav main h1 h2 h3 p span article form label textarea".split(),
    *"button footer script details summary section strong ul li br".split(),
}


@pytest.mark.parametrize("part", range(3))
async def test_300_hostile_questions_add_nothing_to_the_page(aiohttp_client: MakeClient, sheds: Library, part: int):
    visitor = await a_visitor(aiohttp_client, a_bot(sheds))

    for text in strings(300, seed=12)[part::3]:
        response, page = await visitor.ask(text)

        assert response.status in (200, 400), ascii(text)
        assert [script.attributes.get("src") for script in page.all("script")] == ["/static/ask.js"], ascii(text)
        assert {element.tag for element in page.elements} <= OURS, ascii(text)
        for element in page.elements:
            assert not any(name.startswith("on") for name in element.attributes), ascii(text)
            for name in ("href", "src", "action"):
                address = element.attributes.get(name) or "/"
                assert address.startswith(("/", "#")), ascii(text)
                assert not address.startswith("//"), ascii(text)


async def test_a_question_is_repeated_as_it_was_typed(aiohttp_client: MakeClient, sheds: Library):
    visitor = await a_visitor(aiohttp_client, a_bot(sheds))

    _, page = await visitor.ask("may i paint <script>alert(\"the shed\")</script> & 'green'")

    assert page.one("p", kind="asked").text == "You asked: may i paint <script>alert(\"the shed\")</script> & 'green'"


@pytest.mark.parametrize("path", ["/<script>alert(1)</script>", "/documents/<b>/1", "/documents/own/1/\"onload='x'"])
async def test_an_address_is_not_repeated(aiohttp_client: MakeClient, sheds: Library, path: str):
    client = await aiohttp_client(application.build(a_bot(sheds)))

    response = await client.get(path)

    assert response.status == 404
    assert Page(await response.text()).all("script") == []


async def test_a_hostile_situation_is_not_repeated(aiohttp_client: MakeClient, sheds: Library):
    visitor = await a_visitor(aiohttp_client, a_bot(sheds))

    response, _ = await visitor.ask(situation='"><script>alert(1)</script>')

    assert response.status == 200
    assert "alert(1)" not in await response.text()
