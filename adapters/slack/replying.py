"""Sends replies: to staff only, by the way that was decided, and never a private one in public."""

import dataclasses
import json
import logging
from collections.abc import Mapping
from typing import Any

from adapters.deliveries import Address
from adapters.notes import Notes, Subject
from adapters.slack import render
from adapters.slack.calling import GONE, Refused, SlackApi
from adapters.slack.people import People
from adapters.slack.render import Message
from adapters.slack.replies import INSTEAD, Reply, Way
from adapters.slack.workspaces import Workspace, Workspaces
from adapters.turns import DELETED, Turns
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer
from bot.recorded import Unrestorable, restore

logger = logging.getLogger(__name__)

_BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
# The question is gone, and nobody waits for the answer.
_QUESTION_GONE = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})
# The app may write nowhere, so another place is not worth a try.
_NOWHERE = frozenset({"missing_scope", "no_permission", "access_denied", "not_allowed_token_type"})
_NO_EXTRAS = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "mrkdwn": False}


class Replier:
    """Turns deliveries into messages in Slack."""

    def __init__(
        self,
        *,
        bots: Mapping[str, PolicyBot],
        workspaces: Workspaces,
        api: SlackApi,
        people: People,
        notes: Notes,
    ) -> None:
        self._bots = bots
        self._workspaces = workspaces
        self._api = api
        self._people = people
        self._notes = notes
        self._turns = Turns()

    async def post(self, organisation: str, address: Address) -> None:
        """Send one delivery; raise `TryAgain` where Slack cannot take it now."""
        reply = Reply.from_address(address)
        workspace = await self._workspaces.find(reply.asker.team, reply.asker.enterprise)
        if workspace is None or workspace.organisation != organisation:
            logger.warning("an answer is not sent: its workspace has uninstalled the app")
            return
        if reply.way is Way.RETRACT:
            await self._retract(workspace, reply)
            return
        try:
            person = await self._people.find(workspace, reply.asker.user)
        except Refused as refused:
            if refused.error not in GONE:
                logger.error("an answer is not sent: %s", refused)
            return  # who cannot be told to be staff gets no clause
        if not person.is_staff:
            await self._send(workspace, _to_stranger(reply), render.said(wording.STRANGER))
            return
        answer = self._answer(organisation, reply)
        question = (workspace.team, reply.channel, reply.message)
        self._turns.note(question, reply.edited)
        async with self._turns.of(question):
            if self._turns.is_over(question, reply.edited):
                return
            await self._send(workspace, reply, self._message(organisation, reply, answer))
        if answer is not None and reply.thread and (subject := Subject.of(answer, reply.message)):
            await self._notes.keep_subject(organisation, (workspace.team, reply.channel, reply.thread), subject)

    async def _retract(self, workspace: Workspace, reply: Reply) -> None:
        """Delete the answer to a question that its asker has deleted."""
        question = (workspace.team, reply.channel, reply.message)
        self._turns.note(question, DELETED)
        async with self._turns.of(question):
            sent = await self._notes.reply(workspace.organisation, question)
            if sent is not None:
                await self._delete(workspace, sent)

    def _answer(self, organisation: str, reply: Reply) -> Answer | None:
        bot = self._bots[organisation]
        try:
            return restore(reply.answer, bot.library, bot.organisation) if reply.answer else None
        except Unrestorable:
            logger.warning("an answer cannot be made again: the library changed before it was delivered")
            return None

    def _message(self, organisation: str, reply: Reply, answer: Answer | None) -> Message:
        bot = self._bots[organisation]
        if answer is None:
            return render.said(wording.SENTENCES[reply.sentence or "ask_again"])
        shareable = json.dumps(reply.answer, separators=(",", ":")) if reply.shareable else None
        return render.message(answer, bot.library, bot.organisation, shareable=shareable)

    async def _send(self, workspace: Workspace, reply: Reply, message: Message) -> None:
        """Send by the reply's way, then by the one instead of it, for as long as Slack refuses."""
        way: Way | None = reply.way
        question = (workspace.team, reply.channel, reply.message)
        earlier = await self._notes.reply(workspace.organisation, question) if reply.edited else None
        while way is not None:
            try:
                await self._send_by(way, workspace, reply, message, earlier)
                return
            except Refused as refused:
                if refused.error in _QUESTION_GONE | GONE:
                    return  # of a workspace that is gone, whoever keeps its token has said so
                if refused.error in _BLOCKS_REFUSED and message.blocks:
                    # First the same in plain sections, then the text alone, which holds the answer as well.
                    is_plain = message == render.plain(message)
                    message = Message(message.text, ()) if is_plain else render.plain(message)
                    logger.warning("an answer is sent more plainly: %s", refused)
                    continue
                way = _instead(way, reply, refused)
                if way is None:
                    logger.error("an answer reached nobody: %s", refused)
                else:
                    logger.warning("an answer goes by direct message: %s", refused)

    async def _send_by(
        self, way: Way, workspace: Workspace, reply: Reply, message: Message, earlier: Mapping[str, str] | None
    ) -> None:
        body = {"text": message.text, "blocks": list(message.blocks)}
        match way:
            case Way.RESPONSE:
                await self._api.respond(
                    reply.response_url,
                    body | {"response_type": "ephemeral", "replace_original": reply.replaces} | _NO_EXTRAS,
                )
            case Way.EPHEMERAL:
                # Slack shows it in a thread only if somebody has written in that thread.
                in_thread = {"thread_ts": reply.thread} if reply.thread not in ("", reply.message) else {}
                where = {"channel": reply.channel, "user": reply.asker.user} | in_thread
                await self._api.post(workspace, "chat.postEphemeral", body | where | _NO_EXTRAS)
                if earlier:
                    await self._delete(workspace, earlier)
            case Way.THREAD if earlier and earlier["channel"] == reply.channel:
                await self._api.call(workspace, "chat.update", body | dict(earlier) | {"parse": "none"})
            case Way.THREAD | Way.DIRECT:
                await self._post_new(way, workspace, reply, body, earlier)

    async def _post_new(
        self, way: Way, workspace: Workspace, reply: Reply, body: dict[str, Any], earlier: Mapping[str, str] | None
    ) -> None:
        if earlier:
            await self._delete(workspace, earlier)
        in_thread = way is Way.THREAD
        where = {"channel": reply.channel, "thread_ts": reply.thread} if in_thread else {"channel": reply.asker.user}
        told = await self._api.post(workspace, "chat.postMessage", body | where | _NO_EXTRAS)
        if reply.message:
            sent = {"channel": str(told.get("channel", "")), "ts": str(told.get("ts", ""))}
            question = (workspace.team, reply.channel, reply.message)
            await self._notes.keep_reply(workspace.organisation, question, sent)

    async def _delete(self, workspace: Workspace, sent: Mapping[str, str]) -> None:
        try:
            await self._api.call(workspace, "chat.delete", dict(sent))
        except Refused as refused:
            if refused.error not in GONE:
                logger.info("an earlier answer could not be deleted: %s", refused)


def _instead(way: Way, reply: Reply, refused: Refused) -> Way | None:
    """The way to try next; None where none is left, or where the refusal holds for every way."""
    in_direct_messages = way is Way.THREAD and reply.channel.startswith("D")
    return None if in_direct_messages or refused.error in _NOWHERE else INSTEAD[way]


def _to_stranger(reply: Reply) -> Reply:
    """The same reply so that nobody else sees that it is a refusal."""
    in_channel = reply.way is Way.THREAD and not reply.channel.startswith("D")
    way = Way.EPHEMERAL if in_channel else reply.way
    return dataclasses.replace(reply, way=way, shareable=False)
