"""The message extension gives whole clauses to insert, and the answer to a message in a dialog."""

import json

import teams_cards
from builders import TODAY

from adapters.teams import extension, render
from bot import wording
from bot.app import PolicyBot

APPLICATION_ADAPTIVE = "application/vnd.microsoft.card.adaptive"


def test_a_search_gives_cards_with_a_preview_each(trust: PolicyBot):
    cited = trust.library.cite(trust.organisation, TODAY).citations(["trust/5.4", "hee/principles/3"])

    found = extension.results(cited)["composeExtension"]

    assert (found["type"], found["attachmentLayout"]) == ("result", "list")
    for citation, result in zip(cited, found["attachments"], strict=True):
        assert result["contentType"] == APPLICATION_ADAPTIVE
        assert teams_cards.card_problems(result["content"]) == []
        assert result["preview"]["content"]["title"] == wording.clause_name(citation)[:200]
        assert result["preview"]["content"]["text"].removesuffix("…") in citation.clause.text


def test_no_more_results_are_given_than_teams_lists(trust: PolicyBot):
    cited = trust.library.cite(trust.organisation, TODAY).citations(clause.id for _, clause in trust.library.passages)

    assert len(cited) > 100
    assert len(extension.results(cited)["composeExtension"]["attachments"]) == 25


def test_a_search_without_a_result_says_so():
    assert extension.results(()) == {"composeExtension": {"type": "message", "text": wording.NO_CLAUSE}}


def test_an_inserted_clause_that_needs_the_rider_carries_it(trust: PolicyBot):
    (citation,) = trust.library.cite(trust.organisation, TODAY).citations(["trust/5.3"])

    lines = teams_cards.lines(extension.clause_result(citation)["content"])

    assert any("protected disclosure" in line for line in lines)
    assert wording.AUTHORITIES[citation.authority] in lines[0]


def test_a_dialog_holds_the_answer_and_nothing_that_dialogs_cannot_do(trust: PolicyBot):
    answer = trust.ask("can I post bake sale photos?")
    message = render.message(answer, trust.library, trust.organisation, in_dialog=True)

    task = extension.dialog(message)["task"]

    assert task["type"] == "continue"
    assert task["value"]["title"] == wording.MODAL
    assert task["value"]["card"]["content"] == message.card
    assert "Action.Execute" not in json.dumps(task)


def test_a_refusal_in_a_dialog_is_a_sentence():
    said = extension.dialog(render.said(wording.STRANGER))

    assert said == {"task": {"type": "message", "value": wording.STRANGER}}
