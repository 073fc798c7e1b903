"""What a click does: answers a picked situation, shows what stands folded to the one who clicked, counts feedback."""

import sqlite3
from pathlib import Path

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from block_kit import texts
from builders import OWN_DOCUMENT, SITUATIONS, a_library, some_packs
from slack_app import HTTP, SlackApp, serving, settings
from slack_payloads import Json
from slack_service import SlackService
from slack_world import Message, View

from bot import wording
from knowledge.library import Library

LOCKING = "Lock the shed at night, unless the owl is inside."
PAINTING = "You may paint the shed green."
UNION = "Do not paint a shed at all."


async def answered(app: SlackApp, text: str, **about: str) -> Message:
    """Somebody asks in a direct message; the answer."""
    before = len(app.service.messages())
    await app.sends(events.message(text, **about))
    return (await app.service.posted(before + 1))[-1]


async def opened(service: SlackService, count: int = 1) -> View:
    """The newest modal, when *count* were opened or pushed."""
    await service.until(lambda: len(service.views) >= count, what=f"modal {count}")
    return service.views[-1]


def shown(view: View) -> str:
    """All that *view* says."""
    return "".join(texts(view.shape["blocks"]))


def reason_in(modal: View, *, user: str = "") -> Json:
    """The second of the reasons in *modal*, sent off."""
    block = modal.shape["blocks"][0]
    picked = {"type": "radio_buttons", "selected_option": block["element"]["options"][1]}
    return interactions.submission(modal, {block["block_id"]: {block["element"]["action_id"]: picked}}, user=user)


def counted(folder: Path) -> list[tuple[str, ...]]:
    """The counts of feedback: situation, verdict, reason, count."""
    with sqlite3.connect(folder / "signpost.db") as database:
        return database.execute("SELECT situation, verdict, reason, count FROM feedback ORDER BY 1, 2, 3").fetchall()


async def test_choices_are_buttons_and_a_pick_is_answered_where_they_stand(app: SlackApp, service: SlackService):
    choices = await answered(app, "what about the pond")

    await app.clicks(choices, "signpost.choose.3")
    answers = await service.posted(2)

    assert "Choose: Locking the shed" in str(choices.blocks)
    assert LOCKING in answers[1].text
    assert answers[1].thread_ts == choices.thread_ts


async def test_a_colleague_s_pick_in_a_channel_is_answered_in_the_thread(app: SlackApp, service: SlackService):
    await app.sends(events.mention("what about the pond"))
    [choices] = await service.posted()

    await app.clicks(choices, "signpost.choose.3", user=ids.COLLEAGUE)
    answers = await service.posted(2)

    assert (answers[1].channel, answers[1].thread_ts) == (ids.CHANNEL, choices.thread_ts)
    assert LOCKING in answers[1].text


async def test_picks_count_as_questions_and_too_many_are_refused_once_and_politely(
    app: SlackApp, service: SlackService
):
    await app.sends(interactions.command("what about the pond"))
    [choices] = await service.shown(ids.ASKER)
    pick = interactions.action_in(choices.blocks, "signpost.choose.3")

    for _ in range(24):
        await app.sends(interactions.click(choices, pick))
    answer, refusal = await service.shown(ids.ASKER, 2)
    await app.ends()

    assert LOCKING in answer.text
    assert refusal.text == wording.TOO_MANY
    assert len(service.ephemerals) == 2
    assert 20 <= len(service.called_so_far("response_url")) < 25


async def test_picks_in_a_modal_count_as_questions(app: SlackApp, service: SlackService):
    await app.sends(events.home_opened())
    await service.called("views.publish")
    await app.clicks_in(service.published[ids.ASKER], "signpost.topic")
    topic = await opened(service)
    for _ in range(24):
        await app.sends(interactions.command("do i lock the shed"))

    await app.clicks_in(topic, "signpost.choose.1")
    refusal = await opened(service, 2)

    assert wording.TOO_MANY in shown(refusal)
    assert LOCKING not in shown(refusal)


async def test_what_follows_a_pick_leans_on_it(app: SlackApp, service: SlackService):
    choices = await answered(app, "what about the pond")
    await app.clicks(choices, "signpost.choose.3")
    await service.posted(2)

    await app.sends(events.message("and what about the owl?", thread_ts=choices.thread_ts))
    answers = await service.posted(3)

    assert LOCKING in answers[2].text


FOLDED = {
    "also": ("do i lock the shed", "signpost.show.also1", "Also applies", PAINTING),
    "others": ("may i paint the shed green", "signpost.show.others1", "What other documents say", UNION),
    "near": ("can i paint or lock the shed", "signpost.show.near1", "Close to your question too", UNION),
    "whole": ("show me the whole shed policy", "signpost.show.whole1", "The whole document", LOCKING),
    "section": ("do i lock the shed", "signpost.section.1", "Whole section: Sheds", PAINTING),
    "comms": ("do i lock the shed", "signpost.comms", wording.ASK_COMMS, wording.COMMS),
}


@pytest.mark.parametrize("part", FOLDED)
async def test_what_stands_folded_opens_for_the_one_who_clicks(app: SlackApp, service: SlackService, part: str):
    text, action, title, clause = FOLDED[part]
    answer = await answered(app, text)

    acknowledged = await app.clicks(answer, action, user=ids.COLLEAGUE)
    modal = await opened(service)

    assert acknowledged.ok
    assert modal.user == ids.COLLEAGUE
    assert clause not in answer.text
    assert title in f"{modal.shape['title']['text']}\n{shown(modal)}"
    assert clause in shown(modal)


async def test_folded_clauses_come_with_their_citation(app: SlackApp, service: SlackService):
    await app.clicks(await answered(app, "may i paint the shed green"), "signpost.show.others1")
    modal = await opened(service)

    assert "You must not" in shown(modal)
    assert "Union advice, not your employer's policy" in shown(modal)
    assert "Union advice on gardens (The Gardeners' Union), Painting. Edition May 2019" in shown(modal)


@pytest.fixture(scope="module")
def long_sheds() -> Library:
    """The library about sheds with a section that fills more than one page, and eight clauses under one situation."""
    rule = '  - {{id: own/{0}, number: "{0}", heading: [Sheds, Rule {0}], stance: must, text: "Rule {0}. {1}"}}'
    rules = [rule.format(number, "Sweep. " * 120) for number in range(3, 60)]
    answers = ", ".join(f"own/{n}" for n in range(1, 9))
    return a_library(
        some_packs(
            documents__own=OWN_DOCUMENT + "\n".join(rules) + "\n",
            situations__sheds=SITUATIONS.replace("answers: [own/1]", f"answers: [{answers}]"),
        )
    )


async def test_a_long_section_is_turned_page_by_page_and_loses_no_clause(
    service: SlackService, long_sheds: Library, tmp_path: Path
):
    async with serving(long_sheds, settings(service, tmp_path, HTTP), service) as app:
        await app.clicks(await answered(app, "do i lock the shed"), "signpost.section.1")
        modal = await opened(service)
        pages = [shown(modal)]
        while "Next page" in pages[-1]:
            number = len(pages)
            await app.clicks_in(modal, f"signpost.more.{number}")
            await service.called("views.update", number)
            pages.append(shown(modal))

    assert len(service.views) == 1
    assert 2 < len(pages) < 10
    assert [f"Page {n} of {len(pages)}." in page for n, page in enumerate(pages, 1)] == [True] * len(pages)
    assert all(any(f"Rule {n}. Sweep." in page for page in pages) for n in range(3, 60))


async def test_clauses_for_which_a_message_has_no_room_stand_behind_a_button(
    service: SlackService, long_sheds: Library, tmp_path: Path
):
    async with serving(long_sheds, settings(service, tmp_path, HTTP), service) as app:
        answer = await answered(app, "do i lock the shed")
        await app.clicks(answer, "signpost.show.rest1")
        modal = await opened(service)

    both = "".join(texts(answer.blocks)) + shown(modal)
    assert LOCKING in answer.text
    assert all(f"Rule {n}. Sweep." in both for n in range(3, 9))


async def test_modals_over_modals_open_as_deep_as_slack_lets_them_and_then_change_in_place(
    app: SlackApp, service: SlackService
):
    await app.sends(events.home_opened())
    await service.called("views.publish")
    await app.clicks_in(service.published[ids.ASKER], "signpost.topic")
    topic = await opened(service)
    await app.clicks_in(topic, "signpost.choose.1")
    answer = await opened(service, 2)
    await app.clicks_in(answer, "signpost.show.also1")
    also = await opened(service, 3)

    await app.clicks_in(answer, "signpost.comms")
    await service.called("views.update")

    assert [view.previous for view in (topic, answer, also)] == ["", topic.id, answer.id]
    assert len(service.views) == 3
    assert wording.COMMS in shown(answer)


async def test_a_click_that_comes_twice_opens_once(app: SlackApp, service: SlackService):
    answer = await answered(app, "do i lock the shed")
    action = interactions.action_in(answer.blocks, "signpost.comms")
    payload = service.live(interactions.click(answer, action))

    await app.slack.deliver(payload)
    await app.slack.deliver(payload)
    await opened(service)
    await app.ends()

    assert len(service.called_so_far("views.open")) == 1


async def test_a_modal_that_slack_cannot_open_at_once_is_opened_a_moment_later(app: SlackApp, service: SlackService):
    service.faults.fail("views.open", 503)

    await app.clicks(await answered(app, "do i lock the shed"), "signpost.comms")
    await opened(service)

    assert len(service.called_so_far("views.open")) == 2
    assert service.ephemerals == []


async def test_a_modal_whose_opening_was_not_confirmed_is_not_said_to_have_failed(app: SlackApp, service: SlackService):
    service.faults.fail("views.open", 503, after=True)

    await app.clicks(await answered(app, "do i lock the shed"), "signpost.comms")
    await service.called("views.open", 2)
    await app.ends()

    assert (len(service.views), service.ephemerals) == (1, [])


async def test_a_click_that_slack_took_too_long_over_says_to_click_again(app: SlackApp, service: SlackService):
    service.faults.refuse("views.open", "expired_trigger_id")

    await app.clicks(await answered(app, "do i lock the shed"), "signpost.comms", user=ids.COLLEAGUE)
    [said] = await service.shown(ids.COLLEAGUE)

    assert said.text == wording.CLICK_AGAIN
    assert len(service.messages()) == 1


async def test_a_click_in_a_modal_that_came_too_late_changes_the_modal(app: SlackApp, service: SlackService):
    await app.clicks(await answered(app, "do i lock the shed"), "signpost.section.1")
    modal = await opened(service)
    service.faults.refuse("views.push", "expired_trigger_id")

    await app.sends(
        interactions.click_in_view(modal, {"type": "button", "action_id": "signpost.comms", "block_id": "b"})
    )
    await service.called("views.update")

    assert wording.COMMS in shown(modal)


async def test_helpful_is_counted_without_saying_who(app: SlackApp, service: SlackService, tmp_path: Path):
    answer = await answered(app, "do i lock the shed")

    await app.clicks(answer, "signpost.helpful")
    await app.clicks(answer, "signpost.helpful", user=ids.COLLEAGUE)
    [thanks] = await service.shown(ids.ASKER)
    await service.shown(ids.COLLEAGUE)
    await app.ends()

    assert thanks.text == wording.THANKS_HELPFUL
    assert counted(tmp_path) == [("locking-the-shed", "helpful", "", 2)]


async def test_unhelpful_asks_why_and_counts_the_reason(app: SlackApp, service: SlackService, tmp_path: Path):
    answer = await answered(app, "do i lock the shed")
    await app.clicks(answer, "signpost.unhelpful")
    modal = await opened(service)
    element = modal.shape["blocks"][0]["element"]

    acknowledged = await app.sends(reason_in(modal))
    await app.ends()

    assert [option["text"]["text"] for option in element["options"]] == list(wording.REASONS.values())
    assert '"response_action": "update"' in acknowledged.body
    assert wording.THANKS in acknowledged.body
    assert counted(tmp_path) == [("locking-the-shed", "unhelpful", "not_my_situation", 1)]


async def test_a_reason_that_slack_sends_twice_counts_once(app: SlackApp, service: SlackService, tmp_path: Path):
    await app.clicks(await answered(app, "do i lock the shed"), "signpost.unhelpful")
    payload = reason_in(await opened(service))

    for _ in range(2):
        await app.slack.deliver(payload)
    await app.ends()

    assert counted(tmp_path) == [("locking-the-shed", "unhelpful", "not_my_situation", 1)]


async def test_a_reason_of_somebody_who_is_not_staff_is_not_counted(
    app: SlackApp, service: SlackService, tmp_path: Path
):
    guest = service.world.add_user("U0GUEST001", is_restricted=True)
    await app.clicks(await answered(app, "do i lock the shed"), "signpost.unhelpful")

    acknowledged = await app.sends(reason_in(await opened(service), user=guest.id))
    await app.ends()

    assert acknowledged.ok
    assert counted(tmp_path) == []


async def test_a_reasons_modal_that_is_closed_counts_nothing(app: SlackApp, service: SlackService, tmp_path: Path):
    await app.clicks(await answered(app, "do i lock the shed"), "signpost.unhelpful")
    modal = await opened(service)

    acknowledged = await app.sends(interactions.closed(modal))
    await app.ends()

    assert acknowledged.ok
    assert counted(tmp_path) == []


@pytest.mark.parametrize("text", ["my boss screams at me daily", "my wages are wrong", "hello", "owner of the moon"])
async def test_only_answers_about_situations_ask_for_feedback(app: SlackApp, service: SlackService, text: str):
    answer = await answered(app, text)

    assert "signpost.helpful" not in str(answer.blocks)
    assert "signpost.unhelpful" not in str(answer.blocks)


async def test_answers_about_raising_concerns_ask_for_no_feedback_and_none_is_counted(
    service: SlackService, shipped: Library, tmp_path: Path
):
    async with serving(shipped, settings(service, tmp_path, HTTP), service, "trust") as app:
        choose = {"type": "button", "action_id": "signpost.choose.1", "block_id": "b", "value": "going-public"}
        forged = choose | {"action_id": "signpost.helpful", "value": "going-public"}
        stand = Message(ids.dm_of(ids.ASKER), "1.000001", "Pick one.", [], ids.BOT_USER)
        await app.sends(interactions.click(stand, choose))
        [answer] = await service.posted()
        await app.sends(interactions.click(answer, forged))
        await service.shown(ids.ASKER)

    assert wording.OUTCOMES["answered"] in answer.text
    assert "signpost.helpful" not in str(answer.blocks)
    assert counted(tmp_path) == []
