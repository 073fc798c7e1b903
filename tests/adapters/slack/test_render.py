"""An answer in Slack holds what every answer holds, within Slack's limits, and each clause whole."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import block_kit
import pytest
import slack_screens
from builders import TODAY, a_clause, an_edition
from hypothesis import given
from hypothesis import strategies as st

from adapters import actions, quoting
from adapters.slack import fallback, render, rich
from adapters.slack.render import Message
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Choice, Outcome
from knowledge.library import Library
from knowledge.model import Authority, Citation, PrintedDate, ReviewState, Wording
from knowledge.people import Organisation

GARDEN = Organisation("garden", "The Garden Trust")


def a_citation(text: str = "You must lock the shed.", name: str = "own/1", **changes: Any) -> Citation:
    clause = a_clause(text, id=name, **changes)
    edition = an_edition(clause)
    return Citation(clause, edition, Authority.EMPLOYER_POLICY, Wording.VERBATIM, ReviewState.NOT_STATED)


def an_answer(*cited: Citation, outcome: Outcome = Outcome.ANSWERED, **parts: Any) -> Answer:
    return Answer(outcome, "digest", TODAY, citations=cited, **parts)


def a_message(answer: Answer, library: Library, organisation: Organisation = GARDEN, **how: Any) -> Message:
    return render.message(answer, library, organisation, **how)


def quoted(blocks: Any) -> str:
    """The texts of all quotations, joined."""
    return "".join(element["text"] for element in _elements(blocks, "rich_text_quote"))


def _elements(blocks: Any, kind: str) -> Iterator[dict[str, Any]]:
    for block in blocks:
        for line in block["elements"] if block["type"] == "rich_text" else ():
            if line["type"] == kind:
                yield from line["elements"]


def said(blocks: Any) -> str:
    return "\n".join(block_kit.texts(list(blocks)))


def labels(message: Message) -> list[str]:
    """What stands on the buttons."""
    every = block_kit.objects(list(message.blocks))
    return [each["text"]["text"] for each in every if each.get("type") == "button"]


@pytest.mark.parametrize("organisation", ["trust", "hee"])
def test_slack_takes_every_message_and_view(shipped: Library, organisation: str):
    found = {}
    for name, shown in slack_screens.every(shipped, shipped.organisations[organisation]):
        found |= dict.fromkeys(block_kit.problems(shown), name)

    assert found == {}


def test_slacks_own_types_take_every_message_and_view(shipped: Library):
    every = [
        shown
        for organisation in shipped.organisations.values()
        for _, shown in slack_screens.every(shipped, organisation)
    ]

    assert block_kit.type_problems(every) == []


def test_what_slack_would_refuse_is_noticed():
    button = {"type": "button", "text": rich.plain_text("Go"), "action_id": "signpost.go", "colour": "red"}
    row = {"type": "actions", "elements": [button, button]}

    assert "action_id signpost.go twice" in block_kit.problems([row])
    assert block_kit.problems([{"type": "header", "text": rich.plain_text("x" * 151)}])
    assert block_kit.problems([row] * 51)
    assert any("colour" in said for said in block_kit.type_problems([[row]]))


@pytest.mark.parametrize("organisation", ["trust", "hee"])
def test_a_message_holds_what_its_answer_holds(shipped: Library, organisation: str):
    employer = shipped.organisations[organisation]
    for name, answer in slack_screens.answers(shipped, employer):
        message = render.message(answer, shipped, employer)
        folded = {
            clause
            for clicked in slack_screens.buttons(list(message.blocks))
            if isinstance(clicked, actions.Show)
            for clause in clicked.clauses
        }

        for text in (said(message.blocks), said(render.plain(message).blocks)):
            assert wording.heading(answer) in text, name
            assert all(line.strip("“”") in text for line in wording.lead_lines(answer)), name
            assert all(note in text for note in wording.beside(answer)), name
            assert all(choice.title in text for choice in answer.choices), name
            assert all(route.name in text and wording.contact_line(route) in text for route in answer.routes), name
            assert wording.LIBRARY.format(digest=answer.library) in text
            assert wording.EMPLOYER_READS in text
        if not answer.choices:
            parts = [c for _, cited in wording.further(answer) for c in cited]
            hidden = {c.clause.id for c in (*answer.leading, *parts) if c.clause.text not in quoted(message.blocks)}
            assert hidden <= folded, name


def test_every_leading_clause_comes_with_its_stance_its_authority_and_its_source(trust: PolicyBot):
    for situation in trust.library.situations.values():
        answer = trust.ask("", situation=situation.id)
        blocks = render.message(answer, trust.library, trust.organisation).blocks
        text = said(blocks)

        for citation in answer.leading[:1]:
            assert wording.STANCES[citation.clause.stance] in text
            assert wording.AUTHORITIES[citation.authority] in text
            assert wording.clause_name(citation) in text
            assert wording.edition_line(citation) in text


def test_the_text_is_the_answer(trust: PolicyBot):
    for situation in trust.library.situations.values():
        answer = trust.ask("", situation=situation.id)
        text = render.message(answer, trust.library, trust.organisation).text

        assert len(text) <= fallback.MOST_TEXT
        expected = [wording.heading(answer), *wording.lead_lines(answer), *wording.beside(answer)]
        expected += [citation.clause.text for citation in answer.leading] if not answer.choices else []
        expected += [wording.clause_name(c) for c in answer.leading] if not answer.choices else []
        expected += [wording.route_line(route) for route in answer.routes]
        assert all(fallback.escaped(each) in text for each in expected)


def test_the_text_holds_whole_clauses_only_and_says_that_there_is_more(sheds: Library):
    cited = [a_citation(f"{number} {'shed ' * 1_000}", f"own/{number}") for number in range(4)]

    text = a_message(an_answer(*cited), sheds).text

    held = [citation.clause.text in text for citation in cited]
    assert held == [True, True, False, False]
    assert wording.MORE_IN_MESSAGE in text
    assert text.count("shed ") == 2_000
    assert len(text) <= fallback.MOST_TEXT


def test_an_exception_is_bold_and_named_in_words(sheds: Library):
    text = "Lock the shed at night, unless the owl is inside. Feed the owl."
    citation = a_citation(text, exceptions=("unless the owl is inside",))

    message = a_message(an_answer(citation), sheds)

    bold = [e["text"] for e in _elements(message.blocks, "rich_text_quote") if e.get("style") == {"bold": True}]
    assert bold == ["unless the owl is inside"]
    assert quoted(message.blocks) == text
    announced = f"{wording.EXCEPTION}: “unless the owl is inside”"
    assert announced in said(message.blocks)
    assert announced in message.text


def test_a_long_exception_is_named_by_how_it_begins():
    line = wording.exception_line(("unless " + "the owl is inside and " * 20, "except on Sundays"))

    assert line.startswith(f"{wording.EXCEPTIONS}: “unless the owl is inside")
    assert line.endswith(" …”; “except on Sundays”")
    assert len(line) < 150


@pytest.mark.parametrize("size", [2_900, 2_901, 5_801, 30_000])
def test_a_single_clause_of_any_size_that_a_library_takes_stands_whole(sheds: Library, size: int):
    text = ("The shed is locked at night. " * 1_100)[:size]

    message = a_message(an_answer(a_citation(text)), sheds)

    assert quoted(message.blocks) == text
    assert block_kit.problems(list(message.blocks)) == []
    assert block_kit.problems(list(render.plain(message).blocks)) == []
    assert len(said(message.blocks)) < 40_000


@given(st.text(st.sampled_from("ab \n\t\u2003😀é"), max_size=200), st.integers(1, 30))
def test_cutting_loses_no_character_and_adds_none(text: str, most: int):
    pieces = list(quoting.pieces(text, most))

    assert "".join(pieces) == text
    assert all(0 < len(piece) <= most for piece in pieces)


@given(st.lists(st.text("abc", min_size=1, max_size=12), max_size=40).map(" ".join))
def test_a_word_that_fits_is_never_cut(text: str):
    pieces = list(quoting.pieces(text, 13))

    assert [word for piece in pieces for word in piece.split()] == text.split()


def test_what_does_not_fit_of_many_clauses_stands_behind_one_button(sheds: Library):
    cited = [a_citation(f"Rule {number}.", f"own/{number}") for number in range(1, 21)]

    message = a_message(an_answer(*cited), sheds)

    (rest,) = [each for each in slack_screens.buttons(list(message.blocks)) if isinstance(each, actions.Show)]
    shown = [citation.clause.text for citation in cited if citation.clause.text in quoted(message.blocks)]
    assert [*shown, *(f"Rule {name.removeprefix('own/')}." for name in rest.clauses)] == [
        citation.clause.text for citation in cited
    ]
    assert "Show the other clauses (14)" in labels(message)


def test_other_parts_stand_folded_behind_buttons_that_say_how_much_there_is(trust: PolicyBot):
    answer = trust.ask("", situation="replying-to-complaints")

    message = render.message(answer, trust.library, trust.organisation)

    assert labels(message) == [
        *("Also applies (3)", "What other documents say (1)"),
        *(wording.SHOW_SECTION, wording.ASK_COMMS, wording.HELPFUL, wording.UNHELPFUL),
    ]
    shows = [each for each in slack_screens.buttons(list(message.blocks)) if isinstance(each, actions.Show)]
    assert shows == [
        actions.Show("also", answer.on, tuple(c.clause.id for c in answer.also)),
        actions.Show("others", answer.on, tuple(c.clause.id for c in answer.differing)),
    ]


def test_every_button_has_a_name_that_begins_with_what_stands_on_it(trust: PolicyBot):
    for _, answer in slack_screens.answers(trust.library, trust.organisation):
        blocks = list(render.message(answer, trust.library, trust.organisation, shareable="x").blocks)
        for each in block_kit.objects(blocks):
            if each.get("type") == "button":
                seen = each["text"]["text"]
                assert each["accessibility_label"].startswith(seen) or seen == wording.SHOW_SECTION


def test_choices_keep_their_whole_titles_and_each_has_its_button(sheds: Library):
    choices = (Choice("short", "A shed"), Choice("long", "A very long story about a shed " * 5))

    message = a_message(an_answer(outcome=Outcome.CHOOSE, choices=choices), sheds)

    rows = [block for block in message.blocks if block["type"] == "section"]
    assert [row["text"]["text"] for row in rows] == [choice.title for choice in choices]
    assert [row["accessory"]["value"] for row in rows] == ["short", "long"]
    assert [row["accessory"]["accessibility_label"][:14] for row in rows] == ["Choose: A shed", "Choose: A very"]


@pytest.mark.parametrize("name", ["sensitive", "danger", "identifiable"])
def test_where_people_are_to_be_told_there_is_nothing_to_press(trust: PolicyBot, name: str):
    answer = trust.ask(slack_screens.ASKED[name])

    message = render.message(answer, trust.library, trust.organisation, shareable="recorded")

    assert labels(message) == []
    assert quoted(message.blocks) == ""
    assert all(route.name in said(message.blocks) for route in answer.routes)


def test_danger_comes_before_all_else(trust: PolicyBot):
    message = render.message(trust.ask(slack_screens.ASKED["danger"]), trust.library, trust.organisation)

    assert next(block_kit.texts(list(message.blocks))) == wording.DANGER
    assert message.text.startswith(wording.DANGER)
    assert next(block_kit.texts(list(render.plain(message).blocks))).startswith(wording.DANGER)


def test_whoever_typed_details_of_a_person_is_asked_to_delete_them(trust: PolicyBot):
    message = render.message(trust.ask(slack_screens.ASKED["identifiable"]), trust.library, trust.organisation)

    assert wording.DELETE_IT in said(message.blocks)
    assert wording.DELETE_IT in message.text


@pytest.mark.parametrize("topic", ["raising-concerns", "sensitive", "elsewhere", "help"])
def test_no_feedback_is_asked_for_where_none_may_be_counted(trust: PolicyBot, topic: str):
    for situation in trust.library.situations.values():
        if situation.topic == topic:
            answer = trust.ask("", situation=situation.id)

            message = render.message(answer, trust.library, trust.organisation)

            assert not {wording.HELPFUL, wording.UNHELPFUL} & set(labels(message))


def test_only_a_recorded_answer_that_a_button_can_hold_can_be_shared(trust: PolicyBot):
    answer = trust.ask("can I post bake sale photos?")

    def offered(shareable: str | None) -> bool:
        message = render.message(answer, trust.library, trust.organisation, shareable=shareable)
        return wording.SHARE in labels(message)

    assert not offered(None)
    assert offered('{"a":"record of an answer"}')
    assert not offered("x" * 2_001)


def test_a_shared_answer_says_who_shared_it(trust: PolicyBot):
    answer = trust.ask("can I post bake sale photos?")

    message = render.shared(answer, trust.library, trust.organisation, by="U0123456789")

    first = message.blocks[0]["elements"][0]["elements"]
    assert first == [{"type": "text", "text": wording.SHARED_BY}, {"type": "user", "user_id": "U0123456789"}]
    assert wording.SHARE not in labels(message)


def test_a_citation_leads_to_the_organisations_own_source_where_it_has_one(trust: PolicyBot):
    url = "https://intranet.example/policies/social-media"
    organisation = replace(trust.organisation, source_urls={"trust": url})
    answer = trust.ask("can I post bake sale photos?")

    blocks = list(render.message(answer, trust.library, organisation).blocks)

    links = [each for each in block_kit.objects(blocks) if each.get("type") == "link"]
    assert {(link["url"], link["text"]) for link in links} == {(url, wording.clause_name(answer.leading[0]))}


@pytest.mark.parametrize(
    "url",
    [
        "http://intranet.example",
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "https://a|b",
        "https://[::1",
        "https://a/\x00",
    ],
)
def test_no_other_address_becomes_a_link(sheds: Library, url: str):
    organisation = replace(GARDEN, source_urls={"own": url})

    blocks = list(a_message(an_answer(a_citation()), sheds, organisation).blocks)

    assert [each for each in block_kit.objects(blocks) if each.get("type") == "link"] == []


def test_a_whole_document_is_opened_at_its_source_and_its_clauses_here(trust: PolicyBot):
    organisation = replace(trust.organisation, source_urls={"trust": "https://intranet.example/policy"})
    answer = trust.ask("show me the whole policy")

    message = render.message(answer, trust.library, organisation)

    assert "Show its clauses (57)" in labels(message)
    (link,) = [each for each in block_kit.objects(list(message.blocks)) if each.get("type") == "link"]
    assert (link["url"], link["text"]) == ("https://intranet.example/policy", wording.OPEN_DOCUMENT)


def test_the_plain_message_has_sections_only_and_every_button(trust: PolicyBot):
    for name, answer in slack_screens.answers(trust.library, trust.organisation):
        message = render.message(answer, trust.library, trust.organisation)

        plain = render.plain(message)

        assert {block["type"] for block in plain.blocks} == {"section"}
        assert slack_screens.buttons(list(plain.blocks)) == slack_screens.buttons(list(message.blocks)), name
        assert render.plain(plain) == plain, name
        assert plain.text == message.text


def test_a_review_that_is_overdue_is_said_in_words(sheds: Library):
    edition = an_edition(a_clause(), review_by=PrintedDate("2020-08"))
    late = edition.review_state(TODAY + timedelta(days=1))
    citation = replace(a_citation(), edition=edition, review_state=late)

    assert "Review was due by August 2020: overdue." in said(a_message(an_answer(citation), sheds).blocks)


def test_a_sentence_of_ours_is_one_plain_section():
    message = render.said(wording.TOO_MANY)

    assert message.blocks == ({"type": "section", "text": rich.plain_text(wording.TOO_MANY)},)
    assert message.text == wording.TOO_MANY


def test_a_clause_without_a_heading_has_no_section():
    assert not quoting.has_section(a_citation(heading=()))
