"""Three organisations that one Signpost serves in three tenants, each with a library whose every text names it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import teams_ids as ids
from aiohttp.test_utils import TestServer
from slack_organisations import ORGANISATIONS
from teams_app import reaching, settings
from teams_cards import objects
from teams_delivery import Delivery
from teams_ids import Json
from teams_service import TeamsService

from adapters import teams_server
from adapters.sealing import new_key
from adapters.teams.mount import PATH
from adapters.web import application
from bot.app import PolicyBot
from knowledge.library import Library

TENANTS = dict(zip(ORGANISATIONS, (ids.TENANT, ids.OTHER_TENANT, ids.TENANTS[0]), strict=True))
PEOPLE = 4
# Where all three meet: conversations that are called the same in each tenant.
SHARED = ("19:shared-1@thread.tacv2", "19:shared-2@thread.tacv2")


def person(organisation: str, number: int) -> str:
    """Somebody who works there."""
    return f"29:1{organisation}-{number}"


def of(organisation: str, activity: Json) -> Json:
    """*activity* in the tenant of *organisation*."""
    tenant = TENANTS[organisation]
    told = activity["channelData"] | {"tenant": {"id": tenant}}
    return activity | {"conversation": activity["conversation"] | {"tenantId": tenant}, "channelData": told}


@dataclass
class Signposts:
    """Two processes' worth of Signpost on one database, and the Teams of all three tenants."""

    service: TeamsService
    ways_in: list[Delivery]
    asked: dict[str, str] = field(default_factory=dict)
    answered: list[tuple[str, str]] = field(default_factory=list)

    async def sends(self, organisation: str, activity: Json, *, to: int = 0) -> int:
        """Teams sends *activity* of the *organisation* to one of the two; the status."""
        self.asked[activity["id"]] = organisation
        got = await self.ways_in[to].deliver(of(organisation, activity))
        self.answered.append((organisation, got.text))
        return got.status

    def shown(self) -> list[tuple[str, str]]:
        """Everything that was shown to anybody: whose question it answers, or in whose chat it stands, and what."""
        sent = [*self.service.sent, *self.service.updated]
        return [*self.answered, *((self._owner(one.reply_to, one.conversation), str(one.activity)) for one in sent)]

    def buttons(self) -> list[Json]:
        """What every button says that was sent to anybody."""
        cards = [one.card for one in self.service.sent]
        return [each["data"] for card in cards for each in objects(card) if each.get("type") == "Action.Execute"]

    def _owner(self, reply_to: str, conversation: str) -> str:
        personal = {ids.personal_of(person(name, at)): name for name in ORGANISATIONS for at in range(PEOPLE)}
        return personal.get(conversation) or self.asked[reply_to]


@asynccontextmanager
async def serving(folder: Path, libraries: Mapping[str, Library]) -> AsyncIterator[Signposts]:
    """Two Signposts with three organisations each, until the end of the block."""
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(TeamsService.running())
        service.limits.enforced = False
        tenants = {"tenants": {tenant: name for name, tenant in TENANTS.items()}}
        key = {"SIGNPOST_KEYS": new_key()}
        config = settings(service, folder, reaching(service, folder) | key, teams=tenants)
        bots = {name: PolicyBot(library, library.organisations[name]) for name, library in libraries.items()}
        ways_in = []
        for _ in range(2):
            served = application.build(bots["garden"])
            teams_server.add(served, bots, "garden", config, dev=True)
            server = await stack.enter_async_context(TestServer(served))
            way = Delivery.to(str(server.make_url(PATH)), service, within_s=30.0)
            ways_in.append(await stack.enter_async_context(way))
        yield Signposts(service, ways_in)
