"""The message extension: clauses are found and inserted, and a message gets its answer in a dialog for one person."""

import pytest
import teams_activities as act
import teams_cards
import teams_ids as ids
import teams_invokes as invokes
from teams_app import TeamsApp, card_of, said, shown
from teams_delivery import Reception
from teams_ids import Json
from teams_service import TeamsService

from bot import wording

LOCKING = "Lock the shed at night, unless the owl is inside."
PAINTING = "You may paint the shed green."


def results(reception: Reception) -> list[Json]:
    """What was found, as Teams lists it."""
    return list(reception.body["composeExtension"]["attachments"])


async def test_a_search_finds_clauses_with_their_source(app: TeamsApp, service: TeamsService):
    found = results(await app.sends(invokes.queried("lock the shed")))

    assert [each["preview"]["content"]["text"] for each in found] == [LOCKING, PAINTING]
    assert found[0]["preview"]["content"]["title"] == "Shed policy (The Garden Trust), Sheds: Locking: 1"
    assert service.messages() == []


async def test_an_inserted_clause_is_whole_and_can_be_checked_and_has_no_buttons(app: TeamsApp):
    [first, *_] = results(await app.sends(invokes.queried("lock the shed")))

    assert shown(first["content"]).splitlines() == [
        "You must · Your employer's policy",
        LOCKING,
        "Exception: “unless the owl is inside”",
        "Shed policy (The Garden Trust), Sheds: Locking: 1",
        "Edition 1, effective January 2020. Review due by January 2030.",
    ]
    assert "Action." not in str(first["content"])


async def test_before_anything_is_typed_it_shows_what_staff_ask_most(app: TeamsApp):
    for query in (invokes.queried(None), invokes.queried(""), invokes.queried("   ")):
        found = await app.sends(query)

        assert found.status == 200
        assert found.body["composeExtension"]["type"] in ("result", "message")


@pytest.mark.parametrize("text", ["owner of the moon", "qwertz", "👍", "x" * 5000, "hello", "my wages are wrong"])
async def test_a_search_that_finds_nothing_says_so(app: TeamsApp, text: str):
    found = await app.sends(invokes.queried(text))

    assert found.body == {"composeExtension": {"type": "message", "text": wording.NO_CLAUSE}}


async def test_a_further_page_of_results_is_empty_for_all_stand_on_the_first(app: TeamsApp):
    assert results(await app.sends(invokes.queried("lock the shed", skip=25))) == []


async def test_a_search_is_understood_with_markup_and_from_a_channel(app: TeamsApp):
    found = await app.sends(invokes.queried("<b>lock</b> the &nbsp; shed", place=act.in_channel("1790000000001")))

    assert len(results(found)) == 2


async def test_a_search_where_the_app_is_no_member_is_answered(app: TeamsApp, service: TeamsService):
    elsewhere = service.world.add_conversation(
        "19:a-chat-of-two@thread.v2", kind="groupChat", members=(ids.ASKER,), has_bot=False
    )

    found = await app.sends(invokes.queried("lock the shed", place=act.in_group(elsewhere.id)))

    assert len(results(found)) == 2


async def test_the_action_on_a_message_opens_its_answer_for_the_one_who_chose_it(app: TeamsApp, service: TeamsService):
    opened = await app.sends(invokes.fetched("who locks the <b>shed</b> door?"))
    await app.ends()

    assert opened.body["task"]["type"] == "continue"
    assert LOCKING in said(opened)
    assert service.messages() == []


async def test_the_action_on_a_message_without_words_says_how_to_ask(app: TeamsApp):
    assert wording.HELP in said(await app.sends(invokes.fetched("")))


async def test_buttons_in_the_dialog_work_in_the_dialog(app: TeamsApp, service: TeamsService):
    dialog = card_of(await app.sends(invokes.fetched("do i lock the shed")))

    section = await app.presses(dialog, "section")
    comms = await app.presses(dialog, "comms")
    await app.ends()

    assert "Action.Execute" not in str(dialog)
    assert all(clause in said(section) for clause in (LOCKING, PAINTING))
    assert wording.COMMS in said(comms)
    assert {each.body["task"]["type"] for each in (section, comms)} == {"continue"}
    assert service.messages() == []


async def test_a_pick_in_the_dialog_is_answered_in_the_dialog(app: TeamsApp, service: TeamsService):
    choices = card_of(await app.sends(invokes.fetched("what about the pond")))

    answer = await app.presses(choices, "choose", 2)
    await app.ends()

    assert LOCKING in said(answer)
    assert service.messages() == []


async def test_the_dialog_offers_nothing_that_cannot_work_there(app: TeamsApp):
    dialog = card_of(await app.sends(invokes.fetched("do i lock the shed")))

    assert wording.HELPFUL not in teams_cards.titles(dialog)
    assert wording.BACK_TO_ANSWER not in teams_cards.titles(card_of(await app.presses(dialog, "section")))
