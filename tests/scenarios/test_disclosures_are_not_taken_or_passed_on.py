"""promise 28: the bot asks nothing back, quotes no rule, keeps nothing and tells nobody."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from builders import TODAY
from rich.console import Console
from sentences import DANGER, read

from adapters import asking
from adapters.answer_json import as_json
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.library import Library

DISCLOSURES = [line.removeprefix(DANGER) for line in read("disclosures")]
REACHING_OUT = ("open", "os.", "shutil.", "subprocess.", "socket.", "smtplib.", "urllib.", "sqlite3.", "syslog.")

_seen: list[str] | None = None


def _note(event: str, _values: object) -> None:
    if _seen is not None and event.startswith(REACHING_OUT):
        _seen.append(event)


sys.addaudithook(_note)


@contextmanager
def watched() -> Iterator[list[str]]:
    """What this process opens, starts or connects to meanwhile."""
    global _seen  # noqa: PLW0603 - an audit hook cannot be taken away, only told to look elsewhere
    _seen = found = []
    try:
        yield found
    finally:
        _seen = None


@pytest.fixture
def disclosed(trust: PolicyBot) -> list[tuple[str, Answer]]:
    asked = [(text, trust.ask(text)) for text in DISCLOSURES]
    return [(text, got) for text, got in asked if got.outcome is Outcome.SENSITIVE]


def rendered(answer: Answer) -> str:
    console = Console(file=io.StringIO(), width=10_000)
    console.print(asking.rendered(answer))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_nothing_is_asked_back(disclosed: list[tuple[str, Answer]]):
    assert disclosed
    for _, got in disclosed:
        assert got.choices == ()
        assert "?" not in rendered(got)


def test_details_are_said_not_to_be_needed(disclosed: list[tuple[str, Answer]]):
    for _, got in disclosed:
        assert "You do not need to give any details here" in " ".join(wording.lead_lines(got))


def test_no_clause_is_quoted_and_no_discipline_is_mentioned(disclosed: list[tuple[str, Answer]]):
    for _, got in disclosed:
        assert (got.citations, got.also, got.other_views, got.document) == ((), (), (), None)
        said = rendered(got).casefold()
        assert not any(word in said for word in ("disciplin", "dismiss", "misconduct", "must not", "should not"))


def test_what_was_told_stands_nowhere_in_the_answer(disclosed: list[tuple[str, Answer]]):
    for text, got in disclosed:
        assert text not in rendered(got)
        assert text not in str(as_json(got))


def test_nothing_is_judged(disclosed: list[tuple[str, Answer]]):
    for _, got in disclosed:
        said = " ".join(wording.lead_lines(got)).casefold()
        assert not any(word in said for word in ("whistleblow", "protected disclosure", "qualif", "serious"))


def test_nothing_is_written_sent_started_or_logged(shipped: Library, caplog: pytest.LogCaptureFixture):
    bot = PolicyBot(shipped, shipped.organisations["trust"], today=lambda: TODAY, monotonic=lambda: 0.0)
    for text in DISCLOSURES:
        bot.ask(text)  # whatever is loaded when first needed is loaded now

    with caplog.at_level(logging.DEBUG), watched() as seen:
        for text in DISCLOSURES:
            bot.ask(text, conversation="somebody")

    assert seen == []
    assert caplog.records == []


def test_the_watch_would_see_it(tmp_path):
    with watched() as seen:
        (tmp_path / "kept").write_text("what was told")

    assert seen


def test_nothing_of_it_is_remembered(trust: PolicyBot):
    for text in DISCLOSURES:
        trust.ask("can I post bake sale photos?", conversation="somebody")

        if trust.ask(text, conversation="somebody").outcome is Outcome.SENSITIVE:
            assert trust._conversations == {}


def test_the_answer_is_the_same_for_everybody_and_each_time(trust: PolicyBot, shipped: Library):
    other = PolicyBot(shipped, shipped.organisations["trust"], today=lambda: TODAY, monotonic=lambda: 1e9)

    for text in DISCLOSURES[:30]:
        assert trust.ask(text) == other.ask(text, conversation="somebody")
