"""Signpost with Slack in front of it, as `signpost serve` builds it, on loopback and against the stand-in."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import slack_ids as ids
from aiohttp.test_utils import TestServer
from block_kit import problems
from slack_delivery import Acknowledgement, Delivery
from slack_interactions import action_in, click, click_in_view
from slack_service import SlackService
from slack_world import Message, View

from adapters import slack_server
from adapters.slack.mount import PATH
from adapters.web import application
from bot.app import PolicyBot
from bot.config import Config, read
from knowledge.library import Library

HTTP = {"SLACK_BOT_TOKEN": ids.BOT_TOKEN, "SLACK_SIGNING_SECRET": ids.SECRET_OF_SIGNING}
SOCKET = {"SLACK_BOT_TOKEN": ids.BOT_TOKEN, "SLACK_APP_TOKEN": ids.APP_TOKEN}


def settings(service: SlackService, folder: Path, environment: Mapping[str, str], **told: Any) -> Config:
    """The settings that an operator would write to reach *service*."""
    reached = {
        "SLACK_API_URL": service.api_url,
        "SIGNPOST_DATABASE_URL": f"sqlite:///{folder}/signpost.db",
        **environment,
    }
    return read("the tests", told, reached)


@dataclass
class SlackApp:
    """The product and Slack, talking."""

    service: SlackService
    slack: Delivery
    bots: Mapping[str, PolicyBot]
    server: TestServer

    async def sends(self, payload: dict[str, Any]) -> Acknowledgement:
        """Slack sends *payload*, with triggers and addresses that work."""
        is_event = payload.get("type") in ("event_callback", "url_verification")
        return await self.slack.deliver(payload if is_event else self.service.live(payload))

    async def ends(self) -> None:
        """The product stops as it does when it is told to: what is under way arrives first."""
        await self.server.close()

    async def clicks(self, message: Message, action: str, *, user: str = ids.ASKER) -> Acknowledgement:
        """Somebody clicks what has the id *action*, or one that begins so, in *message*."""
        return await self.sends(click(message, action_in(message.blocks, action), user=user))

    async def clicks_in(self, view: View, action: str, **changes: Any) -> Acknowledgement:
        """The one who sees *view* clicks what has the id *action*, or one that begins so."""
        return await self.sends(click_in_view(view, action_in(view.shape["blocks"], action) | changes))


@asynccontextmanager
async def serving(
    library: Library,
    config: Config,
    service: SlackService,
    default: str = "garden",
    *,
    announce: Callable[[str], None] = lambda _where: None,
    now: Callable[[], float] = time.time,
) -> AsyncIterator[SlackApp]:
    """The product, answering Slack's requests until the end of the block."""
    names = [default, *config.slack.workspaces.values()]
    bots = {name: PolicyBot(library, library.organisations[name]) for name in dict.fromkeys(names)}
    served = application.build(bots[default])
    slack_server.add(served, bots, default, config, announce=announce, now=now)
    async with TestServer(served) as server, Delivery.to(str(server.make_url(PATH)), clock=now) as slack:
        yield SlackApp(service, slack, bots, server)


def refused_shapes(service: SlackService) -> list[str]:
    """The calls that Slack took for malformed, and what it should not have taken of what was shown.

    Nothing where a test has made Slack refuse blocks that it knows.
    """
    if service.world.refused_blocks:
        return []
    malformed = ("invalid_arguments", "invalid_blocks", "invalid_blocks_format", "view_too_large", "no_text")
    found = [f"{call.method} {call.answer}" for call in service.answered if call.answer.get("error") in malformed]
    shown = [call.args.get("view") or call.args.get("blocks") for call in service.answered]
    return found + [problem for one in shown if one for problem in problems(one)]
