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
from adapters.teams.standing import Standing, Standings
from adapters.turns import DELETED, Turns
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer
from bot.recorded import Unrestorable, restore

logger = logging.getLogger(__name__)

_IS_DELETED = "ActivityNotFoundInConversation"
_CARD_REFUSED = frozenset({"too_big", "BadSyntax", "BadArgument"})


class Replier:
    """Turns deliveries into messages in Teams."""

    def __init__(self, *, bots: Mapping[str, PolicyBot], connector: Connector, people: People, notes: Notes) -> None:
        self._bots = bots
        self._connector = connector
        self._people = people
        self._notes = notes
        self._standings = Standings(notes)
        self._turns = Turns()

    async def post(self, organisation: str, address: Address) -> None:
        """Send one delivery; raise `TryAgain` where Teams cannot take it now."""
        reply = Reply.from_address(address)
        question = reply.question
        if reply.way is Way.RETRACT:
            # Later than any edit before it, and earlier than the edits of a message that is restored.
            self._turns.note(question, f"{reply.place.at}{DELETED}")
            async with self._turns.of(question):
                await self._take_back(reply.place, await self._standings.of(organisation, question))
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
        if answer is not None and (subject := Subject.of(answer, reply.place.at)):
            await self._notes.keep_subject(organisation, (reply.place.tenant, reply.place.thread), subject)

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
        """Send by the reply's way, in place of what answered an earlier wording of the question."""
        # What goes on over several messages is not begun again where a later one has to be tried again.
        is_begun = reply.edited or len(messages) > 1
        earlier = await self._standings.of(organisation, reply.question) if is_begun else Standing()
        try:
            if reply.way is Way.PERSONAL:
                await self._send_privately(organisation, reply, messages, earlier)
            else:
                await self._put(organisation, reply, reply.place, messages, earlier)
        except Refused as refused:
            level = logging.WARNING if refused.error in GONE else logging.ERROR
            logger.log(level, "an answer reached nobody: %s", refused)

    async def _send_privately(
        self, organisation: str, reply: Reply, messages: Sequence[Message], earlier: Standing
    ) -> None:
        """Send to the personal chat or nowhere; where the question stands, say no more than that."""
        place, is_sent = reply.place, True
        standing = earlier
        if earlier.chat == place.conversation:
            await self._take_back(place, earlier)
            standing = Standing()
        try:
            chat = await self._connector.create_personal(place.service_url, place.tenant, place.user, place.bot)
            personal = dataclasses.replace(place, conversation=chat, is_personal=True)
            standing = await self._put(organisation, reply, personal, messages, standing)
        except Refused as refused:
            logger.warning("a private answer has no way: %s", refused)
            is_sent = False
        if not reply.is_to_stranger:
            said = await self._say_in_passing(reply, standing.said, is_sent=is_sent)
            await self._standings.keep(organisation, reply.question, dataclasses.replace(standing, said=said))

    async def _say_in_passing(self, reply: Reply, before: str, *, is_sent: bool) -> str:
        """Say where the answer is, or how to get one, in place of what was said *before*; return the line's id."""
        line = render.said(wording.ANSWERED_PRIVATELY if is_sent else wording.ASK_ME_PRIVATELY)
        try:
            return await self._one(reply.place, line, before, reply.message)
        except TryAgain:
            # It is not worth sending that answer twice.
            if not is_sent:
                raise
        except Refused as refused:
            logger.info("nobody was told that an answer is private: %s", refused)
        return before

    async def _put(
        self, organisation: str, reply: Reply, place: Place, messages: Sequence[Message], earlier: Standing
    ) -> Standing:
        """Send the messages to *place*, each in the place of an *earlier* one; return where they stand."""
        if earlier.chat != place.conversation:
            await self._take_back(reply.place, earlier)
            earlier = Standing(place.conversation)
        reply_to = reply.message if place == reply.place else ""
        sent: tuple[str, ...] = ()
        for at, message in enumerate(messages):
            sent += (await self._one(place, message, "".join(earlier.sent[at : at + 1]), reply_to),)
            standing = dataclasses.replace(earlier, sent=sent + earlier.sent[at + 1 :])
            await self._standings.keep(organisation, reply.question, standing)
        for each in earlier.sent[len(messages) :]:
            await self._delete(place, each)
        return dataclasses.replace(earlier, sent=sent)

    async def _one(self, place: Place, message: Message, before: str, reply_to: str) -> str:
        """Send *message*, or show it in the place of the one with the id *before*; return its id."""
        try:
            if before:
                await self._connector.update(place, before, message.as_activity())
                return before
            return await self._connector.send(place, message.as_activity(), reply_to)
        except Refused as refused:
            if refused.error == _IS_DELETED and before:
                return await self._one(place, message, "", reply_to)
            if refused.error in _CARD_REFUSED and message.card is not None:
                logger.warning("an answer goes out as text: %s", refused)
                return await self._one(place, Message(message.text, message.summary), before, reply_to)
            raise

    async def _take_back(self, place: Place, standing: Standing) -> None:
        """Delete what stands, also what was said of it at *place*, where the question is."""
        chat = dataclasses.replace(place, conversation=standing.chat)
        for where, each in (*((chat, one) for one in standing.sent), (place, standing.said)):
            if each:
                await self._delete(where, each)

    async def _delete(self, place: Place, sent: str) -> None:
        try:
            await self._connector.delete(place, sent)
        except Refused as refused:
            logger.info("an earlier answer could not be deleted: %s", refused)


def _to_stranger(reply: Reply) -> Reply:
    """The same reply so that nobody else sees that it is a refusal."""
    way = Way.HERE if reply.place.is_personal else Way.PERSONAL
    return dataclasses.replace(reply, way=way, is_to_stranger=True)
