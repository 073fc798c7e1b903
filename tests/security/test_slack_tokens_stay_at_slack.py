"""promise 4: whoever answers for Slack with a redirect gets neither a token nor a text sent elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from slack_app import HTTP, SOCKET, serving, settings
from slack_interactions import action_in, click
from slack_sdk.errors import SlackApiError
from slack_service import SlackService

from adapters.slack.rotating import OAuthClient
from knowledge.library import Library


@dataclass
class Trap:
    """Somebody who listens on loopback, and counts who comes."""

    url: str = ""
    heard: int = 0


@pytest.fixture
async def trap() -> AsyncIterator[Trap]:
    trap = Trap()

    async def hear(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trap.heard += 1
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        trap.url = f"http://localhost:{server.sockets[0].getsockname()[1]}/"
        yield trap


@asynccontextmanager
async def redirecting(method: str, trap: Trap) -> AsyncIterator[SlackService]:
    """Slack, whose first call of *method* is sent to the trap."""
    async with SlackService.running() as service:
        service.faults.redirect(method, trap.url)
        yield service


@pytest.mark.parametrize("method", ["auth.test", "users.info", "chat.postMessage"])
async def test_a_call_that_is_sent_elsewhere_is_made_again_at_slack(
    method: str, trap: Trap, sheds: Library, tmp_path: Path
):
    recognised = asyncio.Event()
    async with (
        redirecting(method, trap) as service,
        serving(sheds, settings(service, tmp_path, HTTP), service, announce=lambda _where: recognised.set()) as app,
        asyncio.timeout(10),
    ):
        await recognised.wait()

        await app.sends(events.message("do i lock the shed"))
        await service.posted(1)

    assert len(service.called_so_far(method)) == 2
    assert trap.heard == 0


async def test_the_app_level_token_goes_nowhere_else(trap: Trap, sheds: Library, tmp_path: Path):
    async with (
        redirecting("apps.connections.open", trap) as service,
        serving(sheds, settings(service, tmp_path, SOCKET), service),
    ):
        await service.called("apps.connections.open", 2)

    assert trap.heard == 0


async def test_a_modal_goes_nowhere_else(trap: Trap, sheds: Library, tmp_path: Path):
    async with (
        redirecting("views.open", trap) as service,
        serving(sheds, settings(service, tmp_path, HTTP), service) as app,
    ):
        await app.sends(interactions.command("do i lock the shed"))
        [answer] = await service.shown(ids.ASKER)
        await app.slack.deliver(service.live(click(answer, action_in(answer.blocks, "signpost.comms"))))
        await service.called("views.open", 2)

    assert trap.heard == 0


async def test_neither_do_codes_and_secrets_of_an_installation(trap: Trap):
    async with redirecting("oauth.v2.access", trap) as service:
        with pytest.raises(SlackApiError):
            await OAuthClient(service.api_url).oauth_v2_access(
                client_id=ids.CLIENT_ID, client_secret=ids.CLIENT_SECRET, code="a-code"
            )

    assert trap.heard == 0


async def test_a_client_that_follows_redirects_would_be_noticed(trap: Trap):
    async with redirecting("auth.test", trap) as service, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await session.post(f"{service.api_url}auth.test")

    assert trap.heard == 1
