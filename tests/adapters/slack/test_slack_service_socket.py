"""Socket Mode of the stand-in of Slack, seen by Slack's own client over real WebSockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_service import SlackService


class App:
    """A small app: it acknowledges what it gets, the first `silent` times not."""

    def __init__(self, silent: int = 0) -> None:
        self.silent = silent
        self.got: list[SocketModeRequest] = []

    async def __call__(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.got.append(request)
        if len(self.got) <= self.silent:
            return
        payload = {"text": "yes"} if request.accepts_response_payload else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))


@pytest.fixture
async def service() -> AsyncIterator[SlackService]:
    async with SlackService.running() as service:
        yield service


@asynccontextmanager
async def connected(service: SlackService, app: App) -> AsyncIterator[SocketModeClient]:
    already = len(service.socket.connections)
    client = SocketModeClient(ids.APP_TOKEN, web_client=AsyncWebClient(base_url=service.api_url), ping_interval=0.2)
    client.socket_mode_request_listeners.append(app)
    try:
        await client.connect()
        await service.socket.connected(already + 1)
        yield client
    finally:
        await client.close()


async def a_link(service: SlackService) -> str:
    opened = await AsyncWebClient(base_url=service.api_url).apps_connections_open(app_token=ids.APP_TOKEN)
    return str(opened["url"])


async def test_what_is_delivered_is_acknowledged_with_an_answer_where_one_is_taken(service: SlackService):
    app = App()
    async with connected(service, app):
        event = await service.socket.ask(events.message())
        command = await service.socket.ask(interactions.command())
        click = await service.socket.ask(interactions.shortcut())

    assert [request.type for request in app.got] == ["events_api", "slash_commands", "interactive"]
    assert [one.answer for one in (event, command, click)] == [None, {"text": "yes"}, {"text": "yes"}]
    assert app.got[0].retry_attempt == 0


async def test_the_first_word_is_hello(service: SlackService):
    async with aiohttp.ClientSession() as session, session.ws_connect(await a_link(service)) as connection:
        hello = await connection.receive_json()

    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"]["app_id"] == ids.APP
    assert hello["debug_info"]["approximate_connection_time"] > 0


async def test_an_open_connection_is_pinged(service: SlackService):
    service.socket.heartbeat_s = 0.05
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(await a_link(service), autoping=False) as connection,
    ):
        await connection.receive_json()
        ping = await connection.receive(timeout=5)
        await connection.pong(ping.data)

    assert ping.type is aiohttp.WSMsgType.PING


async def test_an_event_that_nobody_acknowledges_comes_again_and_says_so(service: SlackService):
    service.socket.acknowledge_within_s = 0.1
    app = App(silent=2)
    async with connected(service, app):
        envelope = await service.socket.ask(events.message())

    told = [(request.retry_attempt, request.retry_reason) for request in app.got]
    assert told[:3] == [(0, ""), (1, "timeout"), (2, "timeout")]
    assert len({request.envelope_id for request in app.got}) == 1
    assert envelope.acknowledged.is_set()


async def test_an_event_comes_four_times_and_then_no_more(service: SlackService):
    service.socket.acknowledge_within_s = 0.01
    app = App(silent=10)
    async with connected(service, app):
        envelope = await service.socket.deliver(events.message())
        await asyncio.wait_for(envelope.given_up.wait(), 5)

    assert envelope.attempts == 4


async def test_a_command_that_nobody_acknowledges_does_not_come_again(service: SlackService):
    service.socket.acknowledge_within_s = 0.01
    app = App(silent=10)
    async with connected(service, app):
        envelope = await service.socket.deliver(interactions.command())
        await asyncio.wait_for(envelope.given_up.wait(), 5)

    assert envelope.attempts == 1


async def test_each_envelope_goes_to_one_of_several_connections(service: SlackService):
    first, second = App(), App()
    async with connected(service, first), connected(service, second):
        for _ in range(10):
            await service.socket.ask(events.message())

    assert (len(first.got), len(second.got)) == (5, 5)


async def test_what_a_lost_connection_had_not_acknowledged_goes_to_another(service: SlackService):
    async with aiohttp.ClientSession() as session, session.ws_connect(await a_link(service)) as lost:
        await lost.receive_json()
        envelope = await service.socket.deliver(events.message())
        assert (await lost.receive_json())["envelope_id"] == envelope.id
        app = App()
        async with connected(service, app):
            await lost.close()
            await asyncio.wait_for(envelope.acknowledged.wait(), 5)

    assert [request.retry_attempt for request in app.got] == [1]


async def test_a_client_told_to_leave_comes_back_with_a_new_link(service: SlackService):
    app = App()
    async with connected(service, app):
        await service.socket.disconnect("refresh_requested")
        await service.called("apps.connections.open", 2)
        envelope = await service.socket.ask(events.mention())

    assert envelope.acknowledged.is_set()


async def test_a_link_opens_one_connection_once(service: SlackService):
    link = await a_link(service)
    async with aiohttp.ClientSession() as session, session.ws_connect(link):
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(link)

    assert caught.value.status == 401


async def test_only_the_token_of_the_app_gets_a_link(service: SlackService):
    client = AsyncWebClient(base_url=service.api_url)

    with pytest.raises(SlackApiError) as caught:
        await client.apps_connections_open(app_token=ids.BOT_TOKEN)

    assert caught.value.response["error"] == "not_allowed_token_type"
