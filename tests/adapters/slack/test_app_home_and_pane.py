"""App Home and the two panes: a person finds what to ask, whom to go to and who can read what is typed."""

from pathlib import Path

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from block_kit import texts
from slack_app import HTTP, SlackApp, serving, settings
from slack_service import SlackService
from slack_world import View

from bot import wording
from knowledge.library import Library

DM = ids.dm_of(ids.ASKER)
LOCKING = "Lock the shed at night, unless the owl is inside."
ASK = {"type": "plain_text_input", "action_id": "signpost.ask", "block_id": "signpost.search"}


def shown(view: View) -> str:
    """All that *view* says."""
    return "\n".join(texts(view.shape["blocks"]))


async def home(app: SlackApp, user: str = ids.ASKER) -> View:
    """The home tab of *user*, as they open it."""
    before = len(app.service.called_so_far("views.publish"))
    await app.sends(events.home_opened(user=user))
    await app.service.called("views.publish", before + 1)
    return app.service.published[user]


async def opened(service: SlackService, count: int = 1) -> View:
    """The newest modal, when *count* were opened or pushed."""
    await service.until(lambda: len(service.views) >= count, what=f"modal {count}")
    return service.views[-1]


async def test_home_shows_topics_people_what_is_new_and_what_becomes_of_questions(app: SlackApp):
    tab = shown(await home(app))

    assert "Answers put the policy of The Garden Trust first." in tab
    assert wording.QUESTION_HINT in tab
    assert f"{wording.HOME_TOPICS}\nSheds" in tab
    assert "Emergency services\n: 999 (checked October 2026)" in tab
    assert "Shed policy (The Garden Trust)\n: Edition 1, effective January 2020." in tab
    assert all(line in tab for line in wording.HOME_READ_LINES)


async def test_home_says_which_people_have_no_contact(app: SlackApp):
    tab = shown(await home(app))

    assert "No contact is set for: Your line manager, The communications team," in tab


async def test_a_question_typed_into_home_is_answered_in_a_modal_and_nowhere_else(app: SlackApp, service: SlackService):
    tab = await home(app)

    await app.sends(interactions.click_in_view(tab, ASK | {"value": "do i lock the shed"}))
    modal = await opened(service)

    assert LOCKING in "".join(texts(modal.shape["blocks"]))
    assert service.messages() == []


@pytest.mark.parametrize(
    ("text", "said"), [("my boss screams at me daily", wording.SENSITIVE), ("fish " * 500, wording.TOO_LONG)]
)
async def test_home_takes_concerns_and_long_stories_as_any_other_place_does(
    app: SlackApp, service: SlackService, text: str, said: str
):
    await app.sends(interactions.click_in_view(await home(app), ASK | {"value": text}))
    modal = await opened(service)

    assert said in shown(modal)
    assert service.messages() == []


async def test_a_topic_leads_to_its_situations_and_those_to_their_answers(app: SlackApp, service: SlackService):
    await app.clicks_in(await home(app), "signpost.topic")
    topic = await opened(service)

    await app.clicks_in(topic, "signpost.choose.1")
    answer = await opened(service, 2)

    assert shown(topic).startswith(f"Sheds\n{wording.TOPIC}\nLocking the shed")
    assert answer.previous == topic.id
    assert LOCKING in "".join(texts(answer.shape["blocks"]))


async def test_feedback_given_in_a_modal_is_thanked_for_over_it(app: SlackApp, service: SlackService):
    await app.sends(interactions.click_in_view(await home(app), ASK | {"value": "do i lock the shed"}))
    answer = await opened(service)

    await app.clicks_in(answer, "signpost.helpful")
    thanks = await opened(service, 2)

    assert wording.THANKS_HELPFUL in shown(thanks)


async def test_too_many_questions_typed_into_home_are_refused_politely(app: SlackApp, service: SlackService):
    tab = await home(app)

    for number in range(1, 22):
        await app.sends(interactions.click_in_view(tab, ASK | {"value": f"do i lock shed {number}"}))
        modal = await opened(service, number)

    assert wording.TOO_MANY in shown(modal)


async def test_other_tabs_of_the_app_change_nothing(app: SlackApp, service: SlackService):
    acknowledged = await app.sends(events.home_opened("about"))
    await home(app)

    assert acknowledged.ok
    assert len(service.called_so_far("views.publish")) == 1


async def test_the_newer_pane_suggests_questions_when_it_is_opened(app: SlackApp, service: SlackService):
    await app.sends(events.home_opened("messages"))
    await service.called("assistant.threads.setSuggestedPrompts")
    [pane] = service.world.pane

    assert (pane.channel, pane.thread_ts) == (DM, "")
    assert [prompt["message"] for prompt in pane.shown] == ["Locking the shed"]
    assert service.messages() == []


async def test_a_suggested_question_is_answered(app: SlackApp, service: SlackService):
    await app.sends(events.home_opened("messages"))
    await service.called("assistant.threads.setSuggestedPrompts")

    await app.sends(events.message(service.world.pane[0].shown[0]["message"]))
    [answer] = await service.posted()

    assert LOCKING in answer.text


async def test_a_question_in_the_newer_pane_begins_a_thread_of_its_own(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")

    await app.sends(question)
    [answer] = await service.posted()

    assert answer.thread_ts == question["event"]["ts"]


async def test_every_organisation_s_suggestions_are_answered_with_what_they_say(
    service: SlackService, shipped: Library, tmp_path: Path
):
    async with serving(shipped, settings(service, tmp_path, HTTP), service, "trust") as app:
        await app.sends(events.home_opened("messages"))
        await service.called("assistant.threads.setSuggestedPrompts")
        prompts = service.world.pane[0].shown
        for number, prompt in enumerate(prompts):
            user = service.world.add_user().id
            await app.sends(events.message(prompt["message"], user=user))
            await service.posted(number + 1)
        answers = service.messages()

    assert len(prompts) == 4
    assert all(prompt["title"] in answer.text for prompt, answer in zip(prompts, answers, strict=True))


@pytest.fixture
async def older_app(service: SlackService, sheds: Library, tmp_path: Path):
    """An app with the older pane."""
    service.world.workspaces[ids.TEAM].agent_view = False
    config = settings(service, tmp_path, HTTP, slack={"agent_view": False})
    async with serving(sheds, config, service) as app:
        yield app


async def test_the_older_pane_says_hello_who_can_read_it_and_what_to_ask(older_app: SlackApp, service: SlackService):
    pane = events.pane_opened()
    thread = pane["event"]["assistant_thread"]["thread_ts"]

    await older_app.sends(pane)
    [hello] = await service.posted()
    await service.called("assistant.threads.setSuggestedPrompts")

    assert (hello.channel, hello.thread_ts) == (DM, thread)
    assert hello.text == wording.WELCOME.format(name="The Garden Trust")
    assert (service.world.pane[0].channel, service.world.pane[0].thread_ts) == (DM, thread)


async def test_the_older_pane_says_hello_once(older_app: SlackApp, service: SlackService):
    pane = events.pane_opened()

    for _ in range(3):
        await older_app.sends(pane)
    await older_app.sends(events.pane_moved())
    await service.called("assistant.threads.setSuggestedPrompts")
    await older_app.ends()

    assert len(service.messages()) == 1


async def test_a_question_in_the_older_pane_is_answered_in_its_thread(older_app: SlackApp, service: SlackService):
    await older_app.sends(events.message("do i lock the shed", thread_ts="1790000000.000001"))
    [answer] = await service.posted()

    assert answer.thread_ts == "1790000000.000001"
    assert LOCKING in answer.text


async def test_an_app_with_the_older_pane_is_given_no_suggestions_without_a_thread(
    older_app: SlackApp, service: SlackService
):
    await older_app.sends(events.home_opened("messages"))
    await home(older_app)
    await older_app.ends()

    assert service.called_so_far("assistant.threads.setSuggestedPrompts") == []
