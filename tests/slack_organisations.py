"""Three organisations that one Signpost serves in three workspaces, each with a library whose every text names it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from aiohttp.test_utils import TestServer
from builders import OTHER_DOCUMENT, OWN_DOCUMENT, ROUTES, SITUATIONS, a_library, some_packs
from slack_database import an_installation, installed_workspaces
from slack_delivery import Delivery
from slack_payloads import Json
from slack_service import SlackService
from slack_world import Workspace

from adapters import slack_server
from adapters.sealing import Seal, new_key
from adapters.slack.mount import PATH
from adapters.storage.store import SqlStore, open_store
from adapters.web import application
from bot.app import PolicyBot
from bot.config import read
from knowledge.library import Library

ORGANISATIONS = ("garden", "meadow", "orchard")
TEAMS = dict(zip(ORGANISATIONS, (ids.TEAM, ids.OTHER_TEAM, "T0ORCHARD1"), strict=True))
BOT_USERS = {name: f"U0BOT{name.upper()}" for name in ORGANISATIONS}
# Where all three meet: a message in these channels comes to each of the three apps.
SHARED = ("C0SHARED01", "C0SHARED02", "C0SHARED03")
PEOPLE = 6


def mark(organisation: str) -> str:
    """What stands in each clause, title and route of *organisation*, and nowhere else."""
    return f"zyx{organisation}"


def person(organisation: str, number: int) -> str:
    """Somebody who works there."""
    return f"U0{organisation.upper()}{number}"


def library_of(organisation: str) -> Library:
    """The same ids as in the others' libraries, and other texts."""
    own = mark(organisation)
    called = f"organisations:\n  - id: {organisation}\n    name: {own}\n    documents: {{own: employer_policy}}\n"
    contacts = f"    contacts: {{comms_team: {own}, hr: {own}, line_manager: {own}}}\n"
    return a_library(
        some_packs(
            documents__own=OWN_DOCUMENT.replace("text: ", f"text: {own} ").replace("title: ", f"title: {own} "),
            documents__other=OTHER_DOCUMENT.replace("text: ", f"text: {own} "),
            situations__sheds=SITUATIONS.replace("title: ", f"title: {own} "),
            routes=ROUTES.replace("name: ", f"name: {own} "),
            organisations=called + contacts,
        )
    )


@dataclass
class Signposts:
    """Two processes' worth of Signpost on one database, and the Slack of all three workspaces."""

    service: SlackService
    store: SqlStore
    seal: Seal
    ways_in: list[Delivery]

    async def sends(self, payload: Json, *, to: int = 0) -> int:
        """Slack sends *payload* to one of the two; the status."""
        live = payload if payload.get("type") == "event_callback" else self.service.live(payload)
        return (await self.ways_in[to].deliver(live)).status

    def shown(self) -> list[tuple[str, Any]]:
        """Everything that was shown to anybody: by whose app, and what."""
        owners = {bot: name for name, bot in BOT_USERS.items()}
        of_team = {team: name for name, team in TEAMS.items()}
        world = self.service.world
        messages = [one for place in world.messages.values() for one in place.values()] + world.ephemerals
        found: list[tuple[str, Any]] = [(owners[one.user], [one.text, one.blocks]) for one in messages]
        return found + [(of_team[one.team], one.shape) for one in (*world.views.values(), *world.published.values())]


@asynccontextmanager
async def serving(folder: Path, libraries: dict[str, Library]) -> AsyncIterator[Signposts]:
    """Two Signposts with three organisations each, until the end of the block."""
    key = new_key()
    environment = {
        "SIGNPOST_DATABASE_URL": f"sqlite:///{folder}/signpost.db",
        "SIGNPOST_KEYS": key,
        "SIGNPOST_PUBLIC_URL": "https://signpost.example",
        "SLACK_CLIENT_ID": ids.CLIENT_ID,
        "SLACK_CLIENT_SECRET": ids.CLIENT_SECRET,
        "SLACK_SIGNING_SECRET": ids.SECRET_OF_SIGNING,
    }
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(SlackService.running())
        service.limits.enforced = False
        config = read(
            "the tests",
            {"slack": {"workspaces": {team: name for name, team in TEAMS.items()}}},
            environment | {"SLACK_API_URL": service.api_url},
        )
        store = await open_store(config.database)
        stack.push_async_callback(store.close)
        await _install(service, store, Seal([key]))
        bots = {name: PolicyBot(library, library.organisations[name]) for name, library in libraries.items()}
        ways_in = []
        for _ in range(2):
            served = application.build(bots["garden"])
            slack_server.add(served, bots, "garden", config)
            server = await stack.enter_async_context(TestServer(served))
            ways_in.append(await stack.enter_async_context(Delivery.to(str(server.make_url(PATH)), within_s=30.0)))
        yield Signposts(service, store, Seal([key]), ways_in)


async def _install(service: SlackService, store: SqlStore, seal: Seal) -> None:
    workspaces = installed_workspaces(store.engine, service.api_url, seal, organisations={})
    everybody = [person(name, number) for name in ORGANISATIONS for number in range(PEOPLE)]
    for name, team in TEAMS.items():
        token = f"xoxb-of-the-{name}"
        service.world.add_workspace(Workspace(team, bot_user=BOT_USERS[name], bot=f"B0{name.upper()}"), token=token)
        about = {"bot_user_id": BOT_USERS[name], "bot_id": f"B0{name.upper()}"}
        await workspaces.keep(an_installation(team_id=team, bot_token=token, **about))
        for number in range(PEOPLE):
            service.world.add_user(person(name, number), team=team)
    for channel in SHARED:
        service.world.add_channel(channel, members=(*everybody, *BOT_USERS.values()))


def around(organisation: str) -> Json:
    """What an event's envelope says of the workspace that it is for."""
    team = TEAMS[organisation]
    authorized = {"enterprise_id": None, "team_id": team, "user_id": BOT_USERS[organisation], "is_bot": True}
    return {"workspace": team, "envelope": {"authorizations": [authorized]}}


def mention(organisation: str, text: str, **changes: Any) -> Json:
    """A question in a channel to the app of *organisation*."""
    payload = events.mention(text, **around(organisation), **changes)
    payload["event"]["text"] = f"<@{BOT_USERS[organisation]}> {text}"
    return payload


def interaction(payload: Json, organisation: str, user: str) -> Json:
    """*payload*, a click or a shortcut, by *user* in the workspace of *organisation*."""
    team = TEAMS[organisation]
    who = {"id": user, "username": "somebody", "name": "somebody", "team_id": team}
    return payload | {"team": {"id": team, "domain": organisation}, "user": who}


def command(organisation: str, text: str, user: str, channel: str) -> Json:
    """`/policy` in the workspace of *organisation*."""
    return interactions.command(text, team_id=TEAMS[organisation], user_id=user, channel_id=channel)
