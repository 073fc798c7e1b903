"""Promise 29: clauses that forbid raising, posting or discussing concerns are found, and carry the rider."""

import pytest
from builders import TODAY, a_bot, a_library, some_packs

from bot.app import PolicyBot
from bot.model import WarningId
from knowledge.library import Library
from knowledge.lint import lint
from knowledge.speaking_up import forbids_raising

FORBIDDING = (
    "Staff must not air grievances about the ward on Facebook.",
    "Do not use WhatsApp to complain about staffing levels.",
    "Worries over patient safety are never to be posted online.",
    "Employees are prohibited from discussing incidents outside the department.",
    "It is unacceptable to criticise the care we give in a public forum.",
    "Concerns may only be voiced through the line management chain.",
    "Any member of staff who tweets about unsafe staffing will face disciplinary action.",
    "Publicising a complaint before the investigation ends will be treated as misconduct.",
    "Colleagues should refrain from sharing their concerns with the press.",
    "You cannot take a complaint about work to a newspaper.",
    "Raise concerns inside the organisation rather than on the internet.",
    "Keep worries about the service to yourself.",
    "Whistleblowing on social media is forbidden.",
    "Under no circumstances may an employee go to the regulator with an allegation of poor care.",
    "Blogging about malpractice at the hospital is a breach of your contract.",
    "Contacting a journalist about neglect is gross misconduct.",
    "Staff mustn’t vent about short-staffing in group chats.",
    "The place for a concern is your supervisor's office, not Twitter.",
    "Don't mention near misses or other incidents online.",
    "No nurse may speak publicly about failings in care.",
    "Disclosing wrongdoing to anyone outside the Trust is not permitted.",
    "Avoid posting anything that reports unsafe practice.",
    "Employees are banned from campaigning about safety on their personal accounts.",
    "Complaints regarding the Trust must stay in-house.",
    "Members of staff are not allowed to talk to their MP about problems at work.",
    "Social media is not the right place to escalate a concern.",
    "Grievances are handled solely under the grievance procedure and are not made public.",
    "If you think that fraud has taken place, tell the finance director and nobody else.",
    "Posting about poor practice could lead to dismissal.",
    "Leaking the details of an incident will end your employment.",
)

NOT_FORBIDDING = (
    "You may raise a concern with anyone you trust.",
    "We encourage staff to speak up about unsafe care.",
    "Nothing in this policy stops you from raising a concern.",
    "Nobody will be disciplined for raising a concern in good faith.",
    "If you do not feel able to tell your manager about a worry, contact the Guardian.",
    "Do not post photographs of patients.",
    "Never share your password.",
    "Concerns about patient safety should be reported without delay.",
    "You must report every incident on the electronic system by the end of the shift.",
    "It is unacceptable to victimise somebody who has raised a concern.",
    "Managers must not ignore a concern that staff bring to them.",
    "Do not delay in reporting a safety incident.",
    "You should never be afraid to speak up about poor care.",
    "Avoid clicking on links in messages that you were not expecting.",
    "Safety goggles must not be taken off in the laboratory.",
    "Do not use the hoist unless a safety check was done.",
    "Staff who raise concerns must not be treated worse for it.",
    "A complaint from a patient must never be filed in the health record.",
    "The Trust will not tolerate retaliation against whistleblowers.",
    "Keep the door of the drug cupboard locked.",
    "Do not hesitate to complain if your bank shift was cancelled at short notice.",
    "Discuss any worry about your work with your supervisor.",
    "Comments that are racist or offensive must not be posted.",
    "The fire exit must not be used to take a short cut.",
    "You do not need permission to contact a regulator about a safety concern.",
    "Using a mobile phone in the scanner room is not allowed for safety reasons.",
    "Confidential information about patients must not be disclosed.",
    "Rota problems are published on the intranet every Friday.",
    "Your line manager cannot stop you from reporting wrongdoing.",
    "Breaches of hand hygiene are recorded as incidents.",
)

OF_A_DOCUMENT = """
document: own
title: Conduct policy
issuer: The Garden Trust
authority: other_employer
wording: verbatim
owner: Head of Conduct
edition: "1"
effective: 2020-01
clauses:
"""


def library_of(texts: tuple[str, ...]) -> Library:
    """A library whose employer's document has one clause for each text, `own/1` the first."""
    clauses = "".join(
        f'  - {{id: own/{n}, heading: [Conduct], text: "{text}", stance: must_not}}\n'
        for n, text in enumerate(texts, 1)
    )
    return a_library(some_packs(documents__own=OF_A_DOCUMENT + clauses))


def test_there_are_thirty_of_each() -> None:
    assert (len(set(FORBIDDING)), len(set(NOT_FORBIDDING))) == (30, 30)


@pytest.mark.parametrize("text", FORBIDDING)
def test_a_clause_that_forbids_raising_concerns_is_found(text: str) -> None:
    assert forbids_raising(text)


@pytest.mark.parametrize("text", NOT_FORBIDDING)
def test_a_clause_that_forbids_something_else_or_protects_is_left_alone(text: str) -> None:
    assert not forbids_raising(text)


def test_a_rule_that_forbids_is_found_among_rules_that_do_not() -> None:
    text = f"{NOT_FORBIDDING[0]} {FORBIDDING[0]} {NOT_FORBIDDING[1]}"

    assert forbids_raising(text)


def test_protection_in_the_same_sentence_does_not_hide_a_prohibition() -> None:
    text = "You will not be disciplined for raising a concern with us, but you must not post it on the internet."

    assert forbids_raising(text)


def test_the_lint_names_exactly_the_clauses_that_forbid() -> None:
    library = library_of(FORBIDDING + NOT_FORBIDDING)

    found = lint(library, library.organisations["garden"], TODAY)

    named = [finding.where for finding in found if finding.rule == "forbids-raising-concerns"]
    assert sorted(named) == sorted(f"own/{n}" for n in range(1, 31))


def test_every_answer_with_such_a_clause_carries_the_rider_and_no_other_does() -> None:
    bot = a_bot(library_of(FORBIDDING + NOT_FORBIDDING))

    answers = [bot.ask(f"own/{n}") for n in range(1, 61)]

    assert [answer.citations[0].clause.text for answer in answers] == [*FORBIDDING, *NOT_FORBIDDING]
    with_rider = [WarningId.SPEAKING_UP_RIDER in {w.id for w in answer.warnings} for answer in answers]
    assert with_rider == [True] * 30 + [False] * 30


def test_the_shipped_clauses_that_forbid_are_found(shipped: Library) -> None:
    found = {clause.id for _, clause in shipped.passages if forbids_raising(clause.text)}

    assert found == {"trust/5.3", "trust/dont/4", "trust/dont/6", "unite/dont/3"}


@pytest.mark.parametrize("employer", ["trust", "hee"])
def test_every_shipped_answer_that_shows_such_a_clause_carries_the_rider_for_it(
    shipped: Library, employer: str
) -> None:
    bot = PolicyBot(shipped, shipped.organisations[employer], today=lambda: TODAY)

    answers = [bot.ask("", situation=situation) for situation in shipped.situations]

    shown = [{c.clause.id for c in (*a.citations, *a.also) if forbids_raising(c.clause.text)} for a in answers]
    riders = [{w.clause for w in a.warnings if w.id is WarningId.SPEAKING_UP_RIDER} for a in answers]
    assert riders == shown
    assert any(shown)
