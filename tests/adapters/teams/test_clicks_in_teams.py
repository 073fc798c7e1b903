"""What a click in Teams does: answers a picked situation, shows what stands folded to the one who clicked, counts."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
import teams_activities as act
import teams_cards
import teams_ids as ids
import teams_invokes as invokes
from builders import OWN_DOCUMENT, SITUATIONS, a_library, some_packs
from teams_app import TeamsApp, button, card_of, refused_shapes, said, serving, settings, shown
from teams_service import TeamsService
from teams_world import Message

from bot import wording
from knowledge.library import Library

CHAT = ids.personal_of(ids.ASKER)
LOCKING = "Lock the shed at night, unless the owl is inside."
PAINTING = "You may paint the shed green."


async def answered(app: TeamsApp, text: str) -> Message:
    """Somebody asks in the personal chat; the answer."""
    before = len(app.service.messages())
    await app.sends(act.message(text))
    return (await app.service.posted(before + 1))[-1]


def counted(folder: Path) -> list[tuple[str, ...]]:
    """The counts of feedback: situation, verdict, reason, count."""
    with sqlite3.connect(folder / "signpost.db") as database:
        return database.execute("SELECT situation, verdict, reason, count FROM feedback ORDER BY 1, 2, 3").fetchall()


def everything(folder: Path) -> str:
    """All that the database holds, as text."""
    with sqlite3.connect(folder / "signpost.db") as database:
        return "\n".join(database.iterdump())


async def test_a_picked_situation_is_answered_below_the_choices(app: TeamsApp, service: TeamsService):
    choices = await answered(app, "what about the pond")

    clicked = await app.clicks(choices, "choose", 2)
    _, answer = await service.posted(2)

    assert said(clicked) == wording.HERE_IT_IS
    assert "Locking the shed" in shown(choices.card)
    assert (answer.conversation, LOCKING in shown(answer.card)) == (CHAT, True)


async def test_in_an_older_client_a_pick_is_answered_too(app: TeamsApp, service: TeamsService):
    choices = await answered(app, "what about the pond")

    taken = await app.submits(choices, "choose", 2)
    _, answer = await service.posted(2)

    assert (taken.status, taken.text) == (200, "")
    assert LOCKING in shown(answer.card)


@pytest.mark.parametrize("way", ["clicks", "submits"])
async def test_a_colleague_s_pick_in_a_channel_is_answered_in_the_thread(
    app: TeamsApp, service: TeamsService, way: str
):
    await app.sends(act.mention("what about the pond"))
    [choices] = await service.posted()

    await getattr(app, way)(choices, "choose", 2, user=ids.COLLEAGUE)
    _, answer = await service.posted(2)

    assert (answer.conversation, LOCKING in shown(answer.card)) == (choices.conversation, True)


@pytest.mark.parametrize("way", ["click", "submit"])
async def test_a_pick_that_comes_twice_is_answered_once(app: TeamsApp, service: TeamsService, way: str):
    choices = await answered(app, "what about the pond")
    data = button(choices.card, "choose", 2)["data"]
    activity = app.click(choices, "choose", 2) if way == "click" else act.submitted(data, reply_to=choices.id)

    for _ in range(2):
        await app.sends(activity)
    await app.ends()

    assert service.count("send") == 2


async def test_what_follows_a_pick_leans_on_it(app: TeamsApp, service: TeamsService):
    choices = await answered(app, "what about the pond")
    await app.clicks(choices, "choose", 2)
    await service.posted(2)

    assert LOCKING in shown((await answered(app, "and what about the owl?")).card)


@pytest.mark.parametrize("way", ["click", "submit", "dialog"])
async def test_a_situation_that_the_library_no_longer_has_leads_to_people_to_ask(
    app: TeamsApp, service: TeamsService, way: str
):
    gone = {"signpost": {"action": "choose", "value": "riding-the-mower"}}

    if way == "dialog":
        told = said(await app.sends(invokes.submitted_task(gone)))
    else:
        ask = invokes.executed("choose", gone) if way == "click" else act.submitted(gone, reply_to="1790000000001")
        await app.sends(ask)
        told = shown((await service.posted())[0].card)

    assert wording.NOT_COVERED in told


async def test_what_stands_folded_is_in_the_card_with_its_citation(app: TeamsApp, service: TeamsService):
    answer = await answered(app, "may i paint the shed green")

    folded = next(each for each in teams_cards.objects(answer.card) if each.get("id") == "others")
    lines = shown({"type": "AdaptiveCard", "body": [folded]})
    assert folded["isVisible"] is False
    assert "What other documents say (1)" in teams_cards.titles(answer.card)
    assert "Do not paint a shed at all." in lines
    assert "You must not · Union advice, not your employer's policy" in lines
    assert "Union advice on gardens (The Gardeners' Union), Painting" in lines


async def test_a_whole_section_is_shown_to_the_one_who_clicks_and_there_is_a_way_back(
    app: TeamsApp, service: TeamsService
):
    await app.sends(act.mention("do i lock the shed"))
    [answer] = await service.posted()

    section = await app.clicks(answer, "section", user=ids.COLLEAGUE)
    back = await app.clicks_in(card_of(section), "refresh")
    await app.ends()

    assert shown(card_of(section)).startswith("Whole section: Sheds")
    assert all(clause in said(section) for clause in (LOCKING, PAINTING))
    assert said(back) == shown(answer.card)
    assert [message.activity for message in service.messages()] == [answer.activity]


async def test_the_comms_team_is_shown_and_told_nothing(app: TeamsApp, service: TeamsService):
    answer = await answered(app, "do i lock the shed")

    shown_now = await app.clicks(answer, "comms")
    await app.ends()

    assert wording.COMMS in said(shown_now)
    assert "The communications team: No contact is set." in said(shown_now)
    assert service.count("send") == 1


async def test_the_whole_document_is_behind_a_button(app: TeamsApp, service: TeamsService):
    answer = await answered(app, "show me the whole shed policy")

    whole = await app.clicks(answer, "show")

    assert LOCKING not in shown(answer.card)
    assert all(clause in said(whole) for clause in ("The whole document", LOCKING, PAINTING))


async def test_in_a_channel_the_asker_s_client_may_fetch_the_card_anew(app: TeamsApp, service: TeamsService):
    await app.sends(act.mention("do i lock the shed"))
    [answer] = await service.posted()
    refresh = answer.card["refresh"]

    anew = await app.sends(invokes.refreshed(data=refresh["action"]["data"], place=app.place_of(answer)))

    assert refresh["userIds"] == [ids.ASKER]
    assert card_of(anew) == answer.card


async def test_a_card_that_the_library_no_longer_gives_says_to_ask_again(
    service: TeamsService, sheds: Library, tmp_path: Path
):
    later = a_library(some_packs(documents__own=OWN_DOCUMENT.replace("own/1", "own/9"), situations__sheds=NINTH))
    async with serving(sheds, settings(service, tmp_path), service) as app:
        answer = await answered(app, "do i lock the shed")
        app.bots["garden"].replace_library(later)
        data = {"signpost": button(answer.card, "comms")["data"]["signpost"] | {"action": "refresh"}}
        anew = await app.sends(invokes.refreshed(data=data))
        section = await app.clicks(answer, "section")

    assert said(anew) == wording.ASK_AGAIN
    assert wording.ASK_AGAIN in said(section)


NINTH = SITUATIONS.replace("own/1", "own/9")


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
    service: TeamsService, long_sheds: Library, tmp_path: Path
):
    async with serving(long_sheds, settings(service, tmp_path), service) as app:
        answer = await answered(app, "do i lock the shed")
        card = card_of(await app.clicks(answer, "section"))
        pages = [shown(card)]
        while wording.NEXT_PAGE in teams_cards.titles(card):
            card = card_of(await app.clicks_in(card, "more", 1 if len(pages) > 1 else 0))
            pages.append(shown(card))
        before = card_of(await app.clicks_in(card, "more"))
        back = await app.clicks_in(card, "refresh")

    assert 2 < len(pages) < 10
    assert [f"Page {n} of {len(pages)}." in page for n, page in enumerate(pages, 1)] == [True] * len(pages)
    assert all(any(f"Rule {n}. Sweep." in page for page in pages) for n in range(3, 60))
    assert shown(before) == pages[-2]
    assert said(back) == shown(answer.card)
    assert refused_shapes(app) == []


async def test_clauses_for_which_a_card_has_no_room_stand_behind_a_button(
    service: TeamsService, long_sheds: Library, tmp_path: Path
):
    async with serving(long_sheds, settings(service, tmp_path), service) as app:
        answer = await answered(app, "do i lock the shed")
        rest = await app.clicks(answer, "show")

    both = shown(answer.card) + said(rest)
    assert LOCKING in shown(answer.card)
    assert all(f"Rule {n}. Sweep." in both for n in range(3, 9))
    assert refused_shapes(app) == []


async def test_helpful_is_counted_without_saying_who(app: TeamsApp, tmp_path: Path):
    answer = await answered(app, "do i lock the shed")
    click = app.click(answer, "helpful")

    thanks = [await app.sends(click), await app.sends(click)]
    await app.clicks(answer, "helpful", user=ids.COLLEAGUE)
    await app.ends()

    assert {said(each).splitlines()[0] for each in thanks} == {wording.THANKS_HELPFUL}
    assert counted(tmp_path) == [("locking-the-shed", "helpful", "", 2)]
    for person in (ids.ASKER, ids.aad_of(ids.ASKER), ids.COLLEAGUE, "gardener", CHAT):
        assert person not in everything(tmp_path)


@pytest.mark.parametrize("way", ["execute", "submit"])
async def test_unhelpful_is_counted_with_the_reason_that_was_picked(
    app: TeamsApp, service: TeamsService, tmp_path: Path, way: str
):
    answer = await answered(app, "do i lock the shed")
    sent = button(answer.card, "reason")["data"] | {"reason": "not_my_situation"}

    if way == "execute":
        thanks = said(await app.sends(invokes.executed("reason", sent, reply_to=answer.id)))
    else:
        await app.sends(act.submitted(sent, reply_to=answer.id))
        thanks = shown((await service.posted(2))[1].card)
    await app.ends()

    assert wording.THANKS in thanks
    assert counted(tmp_path) == [("locking-the-shed", "unhelpful", "not_my_situation", 1)]


@pytest.mark.parametrize("picked", ["", "made_up", None, 7, ["not_clear"]])
async def test_sent_without_a_reason_counts_nothing_and_asks_for_one(
    app: TeamsApp, service: TeamsService, tmp_path: Path, picked: object
):
    answer = await answered(app, "do i lock the shed")
    sent = button(answer.card, "reason")["data"] | ({} if picked is None else {"reason": picked})

    asked = await app.sends(invokes.executed("reason", sent, reply_to=answer.id))
    await app.sends(act.submitted(sent, reply_to=answer.id))
    [_, told] = await service.posted(2)
    await app.ends()

    assert said(asked) == told.text == wording.PICK_A_REASON
    assert counted(tmp_path) == []


@pytest.mark.parametrize("text", ["my boss screams at me daily", "my wages are wrong", "hello", "owner of the moon"])
async def test_only_answers_about_situations_ask_for_feedback(app: TeamsApp, text: str):
    answer = await answered(app, text)

    assert wording.HELPFUL not in teams_cards.titles(answer.card)
    assert wording.UNHELPFUL not in teams_cards.titles(answer.card)


async def test_answers_about_raising_concerns_ask_for_no_feedback_and_none_is_counted(
    service: TeamsService, shipped: Library, tmp_path: Path
):
    async with serving(shipped, settings(service, tmp_path), service, "trust") as app:
        for action in ("choose", "helpful"):
            forged = {"signpost": {"action": action, "value": "going-public"}}
            await app.sends(invokes.executed(action, forged))
        [answer] = await service.posted()

    assert shown(answer.card).startswith(wording.OUTCOMES["answered"])
    assert wording.HELPFUL not in teams_cards.titles(answer.card)
    assert counted(tmp_path) == []


async def test_what_an_older_client_clicks_in_a_channel_is_shown_in_the_personal_chat(
    app: TeamsApp, service: TeamsService
):
    await app.sends(act.mention("do i lock the shed"))
    [answer] = await service.posted()

    await app.submits(answer, "section", user=ids.COLLEAGUE)
    section = (await service.posted(2))[1]

    assert section.conversation == ids.personal_of(ids.COLLEAGUE)
    assert all(clause in shown(section.card) for clause in (LOCKING, PAINTING))


async def test_while_teams_hangs_a_click_a_search_and_a_dialog_say_so_in_time(app: TeamsApp, service: TeamsService):
    hung = service.faults.hang("member", times=3)
    [first, second, third] = [service.world.add_user().id for _ in range(3)]
    waiting = [
        invokes.executed("comms", {"signpost": {"action": "comms", "value": ""}}, user=first),
        invokes.queried("lock the shed", user=second),
        invokes.fetched("do i lock the shed", user=third),
    ]

    shown_then = await asyncio.gather(*(app.sends(each) for each in waiting))
    hung.release()

    assert {said(each) for each in shown_then} == {wording.CLICK_AGAIN}
    assert all(3.0 < each.latency_s < 5.0 for each in shown_then)


async def test_a_bug_of_ours_is_apologised_for(app: TeamsApp, service: TeamsService, sheds: Library):
    answer = await answered(app, "do i lock the shed")
    app.bots["garden"].library = None  # type: ignore[assignment]
    clicked = await app.clicks(answer, "section")
    await app.sends(act.mention("do i lock the shed"))
    app.bots["garden"].library = sheds
    await service.posted(2)

    assert said(clicked) == wording.UNKNOWN_ERROR
    assert wording.UNKNOWN_ERROR in [message.text for message in service.messages(CHAT)]
