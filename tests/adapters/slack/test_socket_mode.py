"""Over a WebSocket that we open, people get the same answers as over HTTP, whatever happens to the connection."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from slack_app import SOCKET, SlackApp, serving, settings
from slack_bolt.response import BoltResponse
from slack_service import SlackService

from adapters.slack.socket import Socket
from bot import wording
from knowledge.library import Library

LOCKING = "Lock the shed at night, unless the owl is inside."


@pytest.fixture
async def app(service: SlackService, sheds: Library, tmp_path: Path) -> AsyncIterator[SlackApp]:
    """Signpost in Socket Mode."""
    async with serving(sheds, settings(service, tmp_path, SOCKET), service) as app:
        await service.socket.connected()
        yield app


async def test_a_question_is_acknowledged_by_its_envelope_and_answered(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")

    envelope = await service.socket.ask(question)
    [answer] = await service.posted()

    assert (envelope.attempts, envelope.answer) == (1, None)
    assert answer.thread_ts == question["event"]["ts"]
    assert LOCKING in answer.text


async def test_commands_and_clicks_work_as_they_do_over_http(app: SlackApp, service: SlackService):
    await service.socket.ask(service.live(interactions.command("do i lock the shed")))
    [private] = await service.shown(ids.ASKER)
    share = interactions.action_in(private.blocks, "signpost.share")
    await service.socket.ask(service.live(interactions.click(private, share)))
    [public] = await service.posted()
    comms = interactions.action_in(public.blocks, "signpost.comms")
    await service.socket.ask(service.live(interactions.click(public, comms)))
    await service.called("views.open")

    assert LOCKING in public.text
    assert wording.COMMS in str(service.views[0].shape)


async def test_what_a_modal_shall_show_next_comes_with_the_acknowledgement(app: SlackApp, service: SlackService):
    await service.socket.ask(events.message("do i lock the shed"))
    [answer] = await service.posted()
    unhelpful = interactions.action_in(answer.blocks, "signpost.unhelpful")
    await service.socket.ask(service.live(interactions.click(answer, unhelpful)))
    await service.called("views.open")
    [modal] = service.views
    block = modal.shape["blocks"][0]
    picked = {"type": "radio_buttons", "selected_option": block["element"]["options"][0]}

    envelope = await service.socket.ask(
        interactions.submission(modal, {block["block_id"]: {block["element"]["action_id"]: picked}})
    )

    assert envelope.answer["response_action"] == "update"
    assert wording.THANKS in str(envelope.answer["view"])


async def test_what_is_not_ours_is_acknowledged_all_the_same(app: SlackApp, service: SlackService):
    unknown = {"type": "reaction_added", "user": ids.ASKER, "event_ts": ids.new_ts()}
    for payload in (
        events.event(unknown),
        service.live(interactions.command("x", command="/other")),
        service.live(interactions.shortcut(callback_id="other")),
    ):
        envelope = await service.socket.ask(payload)

    assert envelope.attempts == 1
    assert service.messages() == service.ephemerals == []


async def test_a_connection_that_is_about_to_end_is_replaced_before_it_does(app: SlackApp, service: SlackService):
    await service.socket.disconnect("refresh_requested")
    await service.called("apps.connections.open", 2)
    await service.socket.connected()

    await service.socket.ask(events.message("do i lock the shed"))
    [answer] = await service.posted()

    assert LOCKING in answer.text


async def test_a_connection_that_slack_closes_is_opened_anew(app: SlackApp, service: SlackService):
    for connection in list(service.socket.connections):
        await connection.close()
    await service.called("apps.connections.open", 2)
    await service.socket.connected()

    await service.socket.ask(events.message("do i lock the shed"))
    [answer] = await service.posted()

    assert LOCKING in answer.text


async def test_a_question_sent_down_a_connection_that_breaks_is_answered_once_it_is_back(
    app: SlackApp, service: SlackService
):
    service.faults.fail("apps.connections.open", 503)
    service.socket.cut()

    envelope = await service.socket.ask(events.message("do i lock the shed"), within_s=15)
    [answer] = await service.posted()

    assert envelope.acknowledged.is_set()
    assert LOCKING in answer.text


async def test_a_question_that_is_sent_again_is_answered_once(app: SlackApp, service: SlackService):
    question = events.message("do i lock the shed")

    for _ in range(3):
        await service.socket.ask(question)
    await service.posted()
    await app.ends()

    assert len(service.called_so_far("chat.postMessage")) == 1


async def test_a_question_whose_acknowledgement_is_lost_is_answered_once(
    service: SlackService, sheds: Library, tmp_path: Path
):
    service.socket.deaf = 1
    async with serving(sheds, settings(service, tmp_path, SOCKET), service) as app:
        await service.socket.connected()
        service.socket.acknowledge_within_s = 0.1

        envelope = await service.socket.ask(events.message("do i lock the shed"))
        await service.posted()
        await app.ends()

    assert envelope.attempts == 2
    assert len(service.called_so_far("chat.postMessage")) == 1


async def test_two_processes_share_the_questions_and_answer_each_once(
    service: SlackService, sheds: Library, tmp_path: Path
):
    config = settings(service, tmp_path, SOCKET)
    people = [service.world.add_user().id for _ in range(6)]
    async with serving(sheds, config, service), serving(sheds, config, service):
        await service.socket.connected(2)
        for user in people:
            question = events.message("do i lock the shed", user=user)
            await service.socket.ask(question)
            await service.socket.ask(question)
        await service.posted(6)

    assert [message.channel for message in service.messages()] == [ids.dm_of(user) for user in people]


async def test_no_request_is_answered_over_http_where_a_socket_is_used(app: SlackApp, service: SlackService):
    got = await app.sends(events.message("do i lock the shed"))

    assert got.status == 404


async def test_an_address_that_never_opens_is_given_up_for_another(service: SlackService, tmp_path: Path):
    async def nothing(_payload: dict) -> BoltResponse:
        return BoltResponse(status=200)

    service.socket.shut = 1
    async with aiohttp.ClientSession() as session:
        socket = Socket(settings(service, tmp_path, SOCKET).slack, session, nothing, address_s=0.2)
        await socket.prepare()
        await socket.connect()
        await service.socket.connected()
        await socket.close()

    assert len(service.called_so_far("apps.connections.open")) == 2
