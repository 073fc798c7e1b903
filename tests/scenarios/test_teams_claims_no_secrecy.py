"""promise 26: in Teams no answer, view or result says that it is anonymous, and each answer says who can read."""

import random
from collections.abc import Mapping
from typing import Any

import teams_cards
from builders import TODAY
from secrecy import FORBIDDEN, own_words
from slack_screens import ASKED

from adapters.teams import extension, render, views
from adapters.teams.render import Message
from bot import wording
from bot.app import PolicyBot
from bot.model import Outcome

ANSWERS = 500


def texts(message: Message) -> list[str]:
    """All that a message says: its lines, buttons, fallback text and summary."""
    card: Mapping[str, Any] = message.card or {}
    fallback = message.card["fallbackText"].replace("\\", "") if message.card else ""
    return [*teams_cards.lines(card), *teams_cards.titles(card), fallback, message.summary, message.text]


def test_no_answer_in_teams_claims_secrecy_or_promises(trust: PolicyBot):
    phrasings = [p for s in trust.library.situations.values() for p in s.phrasings]
    asked = random.Random(26).sample(phrasings, ANSWERS)

    answers = [trust.ask(text) for text in asked]

    assert {answer.outcome for answer in answers} >= {Outcome.ANSWERED, Outcome.NOT_COVERED, Outcome.SENSITIVE}
    for answer in answers:
        message = render.message(answer, trust.library, trust.organisation, record="recorded")
        assert FORBIDDEN.search(own_words(texts(message), [answer], trust)) is None
        assert wording.EMPLOYER_READS in teams_cards.lines(message.card or {})
        assert wording.EMPLOYER_READS in message.text


def test_no_view_and_no_sentence_claims_secrecy(trust: PolicyBot):
    library, organisation = trust.library, trust.organisation
    shown = [
        views.comms_message(library, organisation),
        *(views.topic_message(topic, library, organisation, TODAY) for topic in library.topics),
        *(
            views.sentence_message(said)
            for said in (wording.THANKS, wording.THANKS_HELPFUL, *wording.SENTENCES.values())
        ),
        *(render.said(said) for said in (wording.ASK_ME_PRIVATELY, wording.HERE_IT_IS, wording.PICK_A_REASON)),
    ]
    titles = [situation.title for situation in library.situations.values()]

    for message in shown:
        said = own_words(texts(message), [], trust)
        for title in titles:
            said = said.replace(title, "")
        assert FORBIDDEN.search(said) is None


def test_what_is_said_where_others_read_promises_nothing():
    for said in (wording.ANSWERED_PRIVATELY, wording.ASK_ME_PRIVATELY, wording.SEARCH_PRIVATE, wording.STRANGER):
        assert FORBIDDEN.search(said) is None


def test_an_inserted_clause_says_nothing_of_our_own_that_claims_secrecy(trust: PolicyBot):
    for citation in trust.library.cite(trust.organisation, TODAY).citations(c.id for _, c in trust.library.passages):
        lines = teams_cards.lines(extension.clause_result(citation)["content"])
        clause = citation.clause
        said = "\n".join(lines).replace(clause.text, "").replace(wording.clause_name(citation), "")
        said = said.replace(wording.exception_line(clause.exceptions), "") if clause.exceptions else said
        assert FORBIDDEN.search(said) is None, said


def test_asked_for_help_the_bot_says_that_the_employer_can_read(trust: PolicyBot):
    message = render.message(trust.ask(ASKED["help"]), trust.library, trust.organisation)

    assert wording.NOTICE in teams_cards.lines(message.card or {})
    assert wording.NOTICE in message.text
