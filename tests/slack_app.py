"""Signpost with Slack in front of it, as `signpost serve` builds it, on loopback and against the stand-in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import slack_ids as ids
from aiohttp.test_utils import TestServer
from slack_delivery import Acknowledgement, Delivery
from slack_service import SlackService

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

    async def sends(self, payload: dict[str, Any]) -> Acknowledgement:
        """Slack sends *payload*, with triggers and addresses that work."""
        is_event = payload.get("type") in ("event_callback", "url_verification")
        return await self.slack.deliver(payload if is_event else self.service.live(payload))


@asynccontextmanager
async def serving(
    library: Library, config: Config, service: SlackService, default: str = "garden"
) -> AsyncIterator[SlackApp]:
    """The product, answering Slack's requests until the end of the block."""
    names = [default, *config.slack.workspaces.values()]
    bots = {name: PolicyBot(library, library.organisations[name]) for name in dict.fromkeys(names)}
    served = application.build(bots[default])
    slack_server.add(served, bots, default, config)
    async with TestServer(served) as server, Delivery.to(str(server.make_url(PATH))) as slack:
        yield SlackApp(service, slack, bots)
