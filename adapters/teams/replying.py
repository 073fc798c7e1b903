"""Sends replies: to staff only, by the way that was decided, and never a private one where others read it."""

import dataclasses
import json
import logging
from collections.abc import Mapping, Sequence

from adapters.deliveries import Address, TryAgain
from adapters.notes import Notes, Subject
from adapters.teams import render
from adapters.teams.connector import GONE, Connector, Refused
from adapters.teams.inbound import Place
from adapters.teams.people import People
from adapters.teams.render import Message
from adapters.teams.replies import Reply, Way
from adapters.turns import DELETED, Turns
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer
from bot.recorded import Unrestorable, restore

logger = logging.getLogger(__name__)


class Replier:
    """Turns deliveries into messages in Teams."""

    def __init__(self, *, bots: Mapping[str, PolicyBot], connector: Connector, people: People, notes: Notes) -> None:
        self._bots = bots
        self._connector = connector
        self._people = people
        self._notes = notes
        self._turns = Turns()

    async def post(self, organisation: str, address: Address) -> None:
        """Send one delivery; raise `TryAgain` where Teams cannot take it now."""
        reply = Reply.from_address(address)
        question = (reply.place.tenant, reply.place.conversation, reply.message)
        if reply.way is Way.RETRACT:
            self._turns.note(question, DELETED)
            async with self._turns.of(question):
                await self._take_back(organisation, question)
            return
        if not await self._is_staff(reply):
            await self._send(organisation, _to_stranger(reply), (render.said(wording.STRANGER),))
            return
        answer = self._answer(organisation, reply)
        self._turns.note(question, reply.edited)
        async with self._turns.of(question):
            if self._turns.is_over(question, reply.edited):
                return
            await self._send(organisation, reply, self._messages(organisation, reply, answer))
        if answer is not None and answer.situation is not None and not answer.is_private:
            thread = (reply.place.tenant, reply.place.thread)
            await self._notes.keep_subject(organisation, thread, Subject(answer.situation.id, reply.place.at))

    async def _is_staff(self, reply: Reply) -> bool:
        try:
            return await self._people.is_staff(reply.place)
        except Refused as refused:
            logger.error("nobody can be told to be staff: %s", refused)
            return False

    def _answer(self, organisation: str, reply: Reply) -> Answer | None:
        bot = self._bots[organisation]
        try:
            return restore(reply.answer, bot.library, bot.organisation) if reply.answer else None
        except Unrestorable:
            logger.warning("an answer cannot be made again: the library changed before it was delivered")
            return None

    def _messages(self, organisation: str, reply: Reply, answer: Answer | None) -> tuple[Message, ...]:
        bot = self._bots[organisation]
        if answer is None:
            return (render.said(wording.SENTENCES[reply.sentence or "ask_again"]),)
        record = json.dumps(reply.answer, separators=(",", ":"))
        refresh_for = reply.place.user if not reply.place.is_personal else ""
        return render.messages(answer, bot.library, bot.organisation, record=record, refresh_for=refresh_for)

    async def _send(self, organisation: str, reply: Reply, messages: Sequence[Message]) -> None:
        """Send by the reply's way; what is private goes to the personal chat or nowhere."""
        question = (reply.place.tenant, reply.place.conversation, reply.message)
        try:
            if reply.way is Way.PERSONAL:
                await self._send_privately(organisation, reply, question, messages)
            else:
                await self._put(organisation, question, reply.place, messages, reply)
        except Refused as refused:
            if refused.error not in GONE or reply.way is Way.PERSONAL:
                logger.error("an answer reached nobody: %s", refused)

    async def _send_privately(
        self, organisation: str, reply: Reply, question: tuple[str, str, str], messages: Sequence[Message]
    ) -> None:
        place, said = reply.place, wording.ANSWERED_PRIVATELY
        if reply.edited:
            await self._take_back(organisation, question)
        try:
            chat = await self._connector.create_personal(place.service_url, place.tenant, place.user, place.bot)
            personal = dataclasses.replace(place, conversation=chat, is_personal=True)
            for message in messages:
                await self._connector.send(personal, message.as_activity())
        except Refused as refused:
            if refused.error not in GONE:
                raise
            said = wording.ASK_ME_PRIVATELY
            logger.warning("a private answer has no way: %s", refused)
        if not reply.edited and not reply.is_to_stranger:
            await self._say_in_passing(reply, said)

    async def _say_in_passing(self, reply: Reply, said: str) -> None:
        """Say where the answer is; it is not worth sending that answer twice."""
        try:
            await self._connector.send(reply.place, render.said(said).as_activity(), reply.message)
        except (TryAgain, Refused):
            logger.info("a channel was not told that an answer went to the personal chat")

    async def _put(
        self,
        organisation: str,
        question: tuple[str, str, str],
        place: Place,
        messages: Sequence[Message],
        reply: Reply,
    ) -> None:
        """Send the messages, in place of those that answered an earlier wording of the question."""
        earlier = await self._earlier(organisation, question) if reply.edited else []
        sent = []
        for at, message in enumerate(messages):
            if at < len(earlier):
                await self._connector.update(place, earlier[at], message.as_activity())
                sent.append(earlier[at])
            else:
                sent.append(await self._connector.send(place, message.as_activity(), reply.message))
        if reply.message:
            await self._notes.keep_reply(
                organisation, question, {"service_url": place.service_url, "sent": " ".join(sent)}
            )
        for each in earlier[len(messages) :]:
            await self._delete(place, each)

    async def _take_back(self, organisation: str, question: tuple[str, str, str]) -> None:
        """Delete what answers *question*."""
        noted = await self._notes.reply(organisation, question)
        if noted is not None:
            tenant, conversation, _ = question
            place = Place(tenant, "", "", noted.get("service_url", ""), conversation, is_personal=False)
            for each in noted.get("sent", "").split():
                await self._delete(place, each)

    async def _earlier(self, organisation: str, question: tuple[str, str, str]) -> list[str]:
        noted = await self._notes.reply(organisation, question)
        return noted.get("sent", "").split() if noted else []

    async def _delete(self, place: Place, sent: str) -> None:
        try:
            await self._connector.delete(place, sent)
        except Refused as refused:
            logger.info("an earlier answer could not be deleted: %s", refused)


def _to_stranger(reply: Reply) -> Reply:
    """The same reply so that nobody else sees that it is a refusal."""
    way = Way.HERE if reply.place.is_personal else Way.PERSONAL
    return dataclasses.replace(reply, way=way, is_to_stranger=True)
