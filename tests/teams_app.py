"""Signpost with Teams in front of it, as `signpost serve` builds it, on loopback and against the stand-in."""

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import teams_cards
import teams_ids as ids
from aiohttp.test_utils import TestServer
from teams_activities import submitted
from teams_connector import MOST_BYTES
from teams_delivery import Delivery, Reception
from teams_ids import Json
from teams_invokes import executed, submitted_task
from teams_service import TeamsService
from teams_world import CARD, Message

from adapters import teams_server
from adapters.teams.mount import PATH
from adapters.web import application
from bot.app import PolicyBot
from bot.config import Config, read
from knowledge.library import Library

REGISTERED = {"TEAMS_APP_ID": ids.APP, "TEAMS_APP_SECRET": ids.APP_SECRET, "TEAMS_TENANT_ID": ids.TENANT}


class Reached(Protocol):
    """A stand-in of the Bot Framework, in this process or in another."""

    metadata_url: str
    token_url: str


def settings(service: Reached, folder: Path, environment: Mapping[str, str] = REGISTERED, **told: Any) -> Config:
    """The settings that an operator would write to reach *service*."""
    return read("the tests", told, reaching(service, folder, environment))


def reaching(service: Reached, folder: Path, environment: Mapping[str, str] = REGISTERED) -> dict[str, str]:
    """The environment in which *service* is reached, with a database in *folder*."""
    return {
        "TEAMS_OPENID_METADATA_URL": service.metadata_url,
        "TEAMS_TOKEN_URL": service.token_url,
        "SIGNPOST_DATABASE_URL": f"sqlite:///{folder}/signpost.db",
        **environment,
    }


@dataclass
class TeamsApp:
    """The product and Teams, talking."""

    service: TeamsService
    teams: Delivery
    bots: Mapping[str, PolicyBot]
    server: TestServer

    async def sends(self, activity: Json) -> Reception:
        """Teams sends *activity*, with the token that goes with it."""
        return await self.teams.deliver(activity)

    async def ends(self) -> None:
        """The product stops as it does when it is told to: what is under way arrives first."""
        await self.server.close()

    async def clicks(self, message: Message, verb: str, at: int = 0, *, user: str = ids.ASKER) -> Reception:
        """Somebody clicks the button with *verb* in *message*, the first unless *at* says which."""
        return await self.sends(self.click(message, verb, at, user=user))

    def click(self, message: Message, verb: str, at: int = 0, *, user: str = ids.ASKER) -> Json:
        """That click, as Teams sends it."""
        data = button(message.card, verb, at)["data"]
        return executed(verb, data, reply_to=message.id, user=user, place=self.place_of(message))

    async def clicks_in(self, card: Json, verb: str, at: int = 0) -> Reception:
        """The asker clicks in a *card* that Teams has shown in answer to a click."""
        return await self.sends(executed(verb, button(card, verb, at)["data"]))

    async def submits(self, message: Message, verb: str, at: int = 0, *, user: str = ids.ASKER) -> Reception:
        """The same click in a client that knows Action.Submit only."""
        value = button(message.card, verb, at)["fallback"]["data"]
        place = {"conversation": self.place_of(message) | {"tenantId": ids.TENANT}}
        return await self.sends(submitted(value, reply_to=message.id, user=user, **place))

    async def presses(self, dialog: Json, verb: str, at: int = 0, **about: Any) -> Reception:
        """The asker presses a button in a dialog that a message action has opened."""
        return await self.sends(submitted_task(button(dialog, verb, at)["data"], **about))

    def place_of(self, message: Message) -> Json:
        """Where *message* stands, as activities name it."""
        kind = self.service.world.conversations[message.place].kind
        return {"conversationType": kind, "id": message.conversation}


@asynccontextmanager
async def serving(
    library: Library,
    config: Config,
    service: TeamsService,
    default: str = "garden",
    *,
    now: Callable[[], float] = time.time,
) -> AsyncIterator[TeamsApp]:
    """The product, answering Teams's requests until the end of the block."""
    names = [default, *config.teams.tenants.values()]
    bots = {name: PolicyBot(library, library.organisations[name]) for name in dict.fromkeys(names)}
    served = application.build(bots[default])
    # Plain http and loopback are for development only; with an app id every request is checked all the same.
    teams_server.add(served, bots, default, config, dev=True, now=now)
    async with TestServer(served) as server, Delivery.to(str(server.make_url(PATH)), service) as teams:
        yield TeamsApp(service, teams, bots, server)


def button(card: Json | None, verb: str, at: int = 0) -> Json:
    """The button with *verb* in *card*: an Action.Execute, or in a dialog the Action.Submit."""
    kinds = ("Action.Execute", "Action.Submit")
    fallbacks = {id(each["fallback"]) for each in teams_cards.objects(card) if isinstance(each.get("fallback"), dict)}
    found = [
        each
        for each in teams_cards.objects(card)
        if each.get("type") in kinds and id(each) not in fallbacks
        if each["data"]["signpost"]["action"] == verb
    ]
    return dict(found[at])


def shown(card: Json | None) -> str:
    """All that *card* says, what stands folded too, line by line."""
    return "\n".join(teams_cards.lines(card or {}))


def said(reception: Reception) -> str:
    """What Teams shows of the answer to an invoke: the lines of its card or cards, or its sentence."""
    body = reception.body
    found = [shown(card) for card in _cards(body)]
    return "\n".join(found) if found else _sentence(body)


def card_of(reception: Reception) -> Json:
    """The one card in the answer to an invoke."""
    (card,) = _cards(reception.body)
    return card


def refused_shapes(app: TeamsApp) -> list[str]:
    """What Teams should not have been given: activities and cards that are too big or not as they should be."""
    found = []
    for message in (*app.service.sent, *app.service.updated):
        found += [f"a message: {problem}" for problem in _problems(message.activity)]
    for reception in app.teams.receptions:
        if reception.text:
            found += [f"{len(reception.text)} bytes"] if len(reception.text.encode()) > 10 * MOST_BYTES else []
            found += [problem for card in _cards(reception.body) for problem in teams_cards.card_problems(card)]
    return found


def _problems(activity: Json) -> Iterator[str]:
    if activity.get("attachments"):
        yield from teams_cards.problems(activity)
        return
    if len(json.dumps(activity, ensure_ascii=False).encode()) > MOST_BYTES:
        yield "too big"
    if activity.get("textFormat") != "plain" or not activity.get("text") or not activity.get("summary"):
        yield "a text that is not plain, or no text or summary"


def _cards(shown: object) -> list[Json]:
    return [_card(each) for each in teams_cards.objects(shown) if _card(each)]


def _card(each: Mapping[str, Any]) -> Json:
    if each.get("contentType") == CARD:
        return dict(each["content"])
    return dict(each["value"]) if each.get("type") == CARD else {}


def _sentence(body: Any) -> str:
    match body:
        case {"composeExtension": {"text": text}} | {"task": {"value": str(text)}} | {"value": str(text)}:
            return str(text)
    return ""
