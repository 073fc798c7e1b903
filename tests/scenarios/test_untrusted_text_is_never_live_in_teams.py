"""promise 11: 10,000 hostile strings, wherever text comes from outside: only in TextRun, and no link of theirs."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import hostile
import pytest
import teams_cards
from builders import TODAY, a_clause, a_document, an_edition

from adapters import actions
from adapters.teams import cards, extension, render, views
from adapters.teams.cards import Buttons
from adapters.teams.render import Message
from bot.model import Answer, Choice, Elsewhere, GivenRoute, Outcome, Warned, WarningId
from knowledge.library import Library
from knowledge.model import Authority, Citation, Kind, ReviewState, Situation, Wording
from knowledge.people import Contact, Organisation, RouteScope

STRINGS = 10_000
OF_TEAMS = (
    *("[The policy](https://evil.example)", "![x](https://evil.example/x.png)", "<https://evil.example>"),
    *("**bold**", "_italic_", "~~struck~~", "`code`", "```\ncode\n```", "# Heading", "> quoted", "- item", "1. item"),
    *("<at>General</at>", "<at id='0'>Everyone</at>", "<b>bold</b>", "<a href='https://evil.example'>x</a>"),
    *("{{DATE(2026-11-20T00:00:00Z, SHORT)}}", "${$root.secret}", "@everyone", "https://evil.example", "evil.example"),
    *("\\[x](https://evil.example)", "\\\\[x](https://evil.example)", "[1]: https://evil.example", "[x][1]", "\\"),
    *(
        "\u202e[x](https://evil.example)\u202c",
        "\x00[x](evil)",
        "[1](cite:1)",
        "&lt;at&gt;x&lt;/at&gt;",
        "|a|b|\n|-|-|",
    ),
)
HARMLESS = ("the shed", "the shed " * 1_500, "文" * 1_999)
# What is shown as it stands, what markdown's signs are taken out of, what nobody sees, and what is not shown in a card.
_ELSEWHERE = {"fallbackText", "value", "record", "url"}


def strings(count: int, seed: int) -> list[str]:
    """Teams' own markup by itself, around and inside of what is hostile elsewhere."""
    mixed = hostile.strings(2 * count, seed)
    live = (OF_TEAMS[at % len(OF_TEAMS)] for at in range(len(mixed)))
    around = (f"{one} {text} {one}" if at % 2 else text for at, (one, text) in enumerate(zip(live, mixed, strict=True)))
    return list(dict.fromkeys([*OF_TEAMS, *around]))[:count]


def answers(text: str) -> Iterator[Answer]:
    """An answer of each kind, with *text* in every place that a library or an organisation fills."""
    clause = a_clause(text, heading=(text, text), number=text, exceptions=(text[:7],))
    edition = an_edition(clause, a_clause(text, id="own/2", heading=(text,)), label=text)
    edition = replace(edition, document=a_document(title=text, issuer=text))
    citation = Citation(clause, edition, Authority.EMPLOYER_POLICY, Wording.RESTATED, ReviewState.OVERDUE)
    situation = Situation("a", text, "sheds")
    route = GivenRoute("hr", text, RouteScope.INTERNAL, Contact(text), because=text)
    warnings = (Warned(WarningId.REVIEW_OVERDUE, clause.id), Warned(WarningId.CONTACT_STALE))
    parts: dict[str, Any] = {"routes": (route,), "warnings": warnings}
    answered = Answer(Outcome.ANSWERED, text, TODAY, situation, citations=(citation,), also=(citation,), **parts)
    yield answered
    yield replace(answered, situation=None, citations=(), document=edition)
    yield Answer(Outcome.CHOOSE, text, TODAY, choices=(Choice("a", text), Choice("b", text)), **parts)
    place = Elsewhere("e", text, text, text)
    yield Answer(Outcome.NOT_COVERED, text, TODAY, replace(situation, kind=Kind.ELSEWHERE), elsewhere=place, **parts)
    yield Answer(Outcome.SENSITIVE, text, TODAY, situation, routes=(route,), warnings=(Warned(WarningId.DANGER),))


def an_organisation(text: str) -> Organisation:
    return Organisation("garden", text, contacts={"comms_team": text, "hr": text}, source_urls={"own": f"http:{text}"})


def beside_runs(card: object) -> Iterator[str]:
    """Every string of a card but the texts of TextRun, and what `_ELSEWHERE` names."""
    for each in teams_cards.objects(card):
        for name, value in each.items():
            if name in _ELSEWHERE or (name, each.get("type")) == ("text", "TextRun"):
                continue
            if name == "userIds" or not isinstance(value, str | list):
                continue
            yield from [value] if isinstance(value, str) else (inside for inside in value if isinstance(inside, str))


def shown(text: str, library: Library, *, everywhere: bool = True) -> Iterator[Message]:
    """The cards in which *text* can stand."""
    organisation = an_organisation(text)
    for answer in answers(text) if everywhere else [next(answers(text))]:
        yield from render.messages(answer, library, organisation, record="recorded", refresh_for="29:asker")
    if everywhere:
        answer = next(answers(text))
        show, buttons = actions.Show("also", TODAY, ("own/1",)), Buttons("recorded")
        yield views.clauses_message(text, answer.citations, library, organisation, shown=show, buttons=buttons)
        topical = replace(library, topics={"sheds": text}, digest=text)
        yield views.topic_message("sheds", topical, organisation, TODAY)
        yield views.comms_message(topical, organisation, buttons=buttons)
        yield views.sentence_message(text, buttons=buttons)


@pytest.fixture(scope="module")
def known(sheds: Library) -> set[str]:
    """The strings that stand beside the runs of cards about nothing hostile."""
    every = (message.card for text in HARMLESS for message in shown(text, sheds))
    return {string for card in every for string in beside_runs(card)}


def live(message: Message, known: set[str]) -> list[str]:
    """What could come alive: text outside of a run, markdown in the text of a card that cannot be drawn, a link."""
    if message.card is None:
        return [] if message.as_activity()["textFormat"] == "plain" else ["a text that is read as markdown"]
    found = [f"{string[:40]!r} stands outside of a run" for string in set(beside_runs(message.card)) - known]
    found += ["markdown in the fallback text"] if unescaped_signs(message.card["fallbackText"]) else []
    return found + [f"a link to {each['url']}" for each in teams_cards.objects(message.card) if "url" in each]


def unescaped_signs(text: str) -> set[str]:
    """The signs of markdown that no backslash takes their meaning."""
    return set("`*_[]<>~#|") & set(re.sub(r"\\.", "", text, flags=re.DOTALL))


def test_no_hostile_string_comes_alive_in_a_card(sheds: Library, known: set[str]):
    tried = strings(STRINGS, seed=11)

    assert len(set(tried)) == STRINGS
    for at, text in enumerate(tried):
        # Each string stands in an answer; each twentieth in all kinds of answers and in what buttons show.
        for message in shown(text, sheds, everywhere=at % 20 == 0):
            assert live(message, known) == [], text
            assert message.fits, text


def test_no_hostile_string_comes_alive_in_what_is_inserted(sheds: Library, known: set[str]):
    for text in strings(1_000, seed=12):
        (citation,) = next(answers(text)).citations

        result = extension.clause_result(citation)

        assert set(beside_runs(result["content"])) <= known | {""}
        preview = result["preview"]["content"]
        assert not {"<", ">"} & {*preview["title"], *preview["text"]}
        assert list(preview) == ["title", "text"]


def test_a_sentence_is_sent_as_plain_text():
    activity = render.said("[x](https://evil.example)").as_activity()

    assert activity["textFormat"] == "plain"
    assert "attachments" not in activity


def test_what_holds_hostile_strings_is_still_a_card(sheds: Library):
    every = [
        (f"{at}", message)
        for at, text in enumerate(strings(100, seed=13))
        for message in shown(text, sheds)
        if message.card
    ]

    assert {said for _, message in every for said in teams_cards.problems(message.as_activity())} == set()
    assert teams_cards.parse_problems((name, message.card or {}) for name, message in every) == []


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://intranet.example",
            "javascript:alert(1)",
            "https://",
            "https://evil.example/ x",
            "//intranet.example",
        ),
        *(
            "https://intranet.example/<at>",
            "https://intranet.example/\u202e",
            "data:text/html,x",
            "",
            "msteams:x",
            "https://[",
        ),
    ],
)
def test_an_address_that_is_not_plain_https_becomes_no_link(sheds: Library, known: set[str], url: str):
    organisation = replace(an_organisation("x"), source_urls={"own": url})

    for answer in answers("x"):
        message = render.message(answer, sheds, organisation)
        assert live(message, known) == []
        assert "url" not in json.dumps(message.entities)


def test_the_only_links_are_the_organisations_own(sheds: Library):
    source = "https://intranet.example/policies/sheds"
    organisation = replace(an_organisation("[x](https://evil.example)"), source_urls={"own": source})

    found = [
        each["url"]
        for answer in answers("[x](https://evil.example)")
        for each in teams_cards.objects(render.message(answer, sheds, organisation).as_activity())
        if "url" in each
    ]

    assert set(found) == {source}


@pytest.mark.parametrize("markup", OF_TEAMS)
def test_escaping_takes_every_sign_of_markdown_its_meaning_and_loses_nothing(markup: str):
    escaped = cards.escaped(markup)

    assert re.sub(r"\\(.)", r"\1", escaped, flags=re.DOTALL) == markup
    assert unescaped_signs(escaped) == set()


def test_markup_that_is_alive_would_be_noticed(known: set[str]):
    block = {"type": "TextBlock", "text": "[x](https://evil.example)", "wrap": True}
    column = {"type": "Column", "url": "https://evil.example"}
    card = cards.card([block, column], "") | {"fallbackText": "[x](https://evil.example)"}

    found = live(Message("", "", card), known)

    assert found == [
        "'[x](https://evil.example)' stands outside of a run",
        "markdown in the fallback text",
        "a link to https://evil.example",
    ]
