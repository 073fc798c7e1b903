"""The connector: where the bot writes, changes and takes back, and asks who somebody is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import teams_ids as ids
from aiohttp import web
from teams_ids import Json
from teams_world import Conversation, Message, User, World

# The whole request counts: https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/format-your-bot-messages.
MOST_BYTES = 28 * 1024
# What stands in a chat; anything else that is sent, such as typing, passes.
KEPT = ("message",)

# https://learn.microsoft.com/en-us/microsoftteams/platform/bots/build-conversational-capability: status and message.
ERRORS: Mapping[str, tuple[int, str]] = {
    "BadArgument": (400, "Failed to decrypt pairwise id"),
    "BadSyntax": (400, "Bad format of request"),
    "BotNotRegistered": (401, "No registration found for this bot."),
    "BotDisabledByAdmin": (403, "The tenant admin disabled this bot"),
    "BotNotInConversationRoster": (403, "The bot is not part of the conversation roster."),
    "ConversationBlockedByUser": (403, "User blocked the conversation with the bot."),
    "ForbiddenOperationException": (403, "Bot is not installed in user's personal scope"),
    "InvalidBotApiHost": (403, "Invalid bot api host."),
    "MessageWritesBlocked": (403, "Message writes are blocked for this thread."),
    "NotEnoughPermissions": (403, "Not enough permissions"),
    "ActivityNotFoundInConversation": (404, "Conversation not found."),
    "ConversationNotFound": (404, "Conversation not found."),
    "MemberNotFoundInConversation": (404, "The member was not found in the conversation."),
    "PreconditionFailed": (412, "Precondition failed, please try again."),
    "MessageSizeTooBig": (413, "Message size too large."),
    "Throttled": (429, "Too many requests."),
    "ServiceError": (502, "Service dependency issue."),
    "ServiceUnavailable": (503, "Service is unavailable."),
    "GatewayTimeout": (504, "Gateway timeout."),
}


class Refusal(Exception):
    """The connector says no, with the name of one of `ERRORS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def response(self, headers: Mapping[str, str] | None = None) -> web.Response:
        """The answer that says so."""
        status, said = ERRORS[self.code]
        return web.json_response({"error": {"code": self.code, "message": said}}, status=status, headers=headers)


@dataclass(slots=True)
class Connector:
    """What the bot has done, oldest first: a message in `updated` looks as it did after that update.

    `trimmed` says what is kept of an activity: all of it, unless a benchmark makes too many.
    """

    world: World
    most_bytes: int = MOST_BYTES
    trimmed: Callable[[Json], Json] = lambda activity: activity
    sent: list[Message] = field(default_factory=list)
    updated: list[Message] = field(default_factory=list)
    deleted: list[Message] = field(default_factory=list)
    created: list[Conversation] = field(default_factory=list)

    async def create(self, request: web.Request, body: Json) -> web.Response:
        """`POST /v3/conversations`: opens the personal chat with the one member, or gives the one there is."""
        members = body.get("members") or []
        tenant = body.get("tenantId") or body.get("channelData", {}).get("tenant", {}).get("id")
        if len(members) != 1 or not tenant or body.get("isGroup"):
            raise Refusal("BadSyntax")
        user = self.world.find_user(str(members[0].get("id")))
        if user is None or user.tenant != tenant:
            raise Refusal("BadArgument")
        if not user.has_bot:
            raise Refusal("ForbiddenOperationException")
        place = self.world.personal(user)
        self.created.append(place)
        answer = {"id": place.id}
        if body.get("activity"):
            answer["activityId"] = self._keep(place.id, body["activity"], "").id
        return web.json_response(answer, status=201)

    async def send(self, request: web.Request, body: Json) -> web.Response:
        """`POST …/activities` and `POST …/activities/{replyToId}`."""
        conversation = self._conversation(request)
        if body.get("type") not in KEPT:
            return web.json_response({}, status=202)
        replied = request.match_info.get("activity") or str(body.get("replyToId") or "")
        return web.json_response({"id": self._keep(conversation, body, replied).id}, status=201)

    async def update(self, request: web.Request, body: Json) -> web.Response:
        """`PUT …/activities/{id}`."""
        before = self._message(request)
        after = Message(before.id, before.conversation, self.trimmed(body), before.reply_to)
        self.world.keep(after)
        self.updated.append(after)
        return web.json_response({"id": after.id})

    async def delete(self, request: web.Request, body: Json) -> web.Response:
        """`DELETE …/activities/{id}`."""
        message = self._message(request)
        del self.world.standing[message.place][message.id]
        self.deleted.append(message)
        return web.Response()

    async def member(self, request: web.Request, body: Json) -> web.Response:
        """`GET …/members/{id}`, by Teams id or Entra object id."""
        place = self.world.conversations[ids.place_of(self._conversation(request))]
        user: User | None = self.world.find_user(request.match_info["member"])
        if user is None or user.id not in place.members:
            raise Refusal("MemberNotFoundInConversation")
        return web.json_response(user.seen())

    def _keep(self, conversation: str, activity: Json, replied: str) -> Message:
        message = Message(ids.new_message(self.world.clock()), conversation, self.trimmed(activity), replied)
        self.world.keep(message)
        self.sent.append(message)
        return message

    def _conversation(self, request: web.Request) -> str:
        conversation = request.match_info["conversation"]
        place = self.world.conversations.get(ids.place_of(conversation))
        if place is None:
            raise Refusal("ConversationNotFound")
        if not place.has_bot:
            raise Refusal("BotNotInConversationRoster")
        return conversation

    def _message(self, request: web.Request) -> Message:
        place = ids.place_of(self._conversation(request))
        found = self.world.standing.get(place, {}).get(request.match_info["activity"])
        if found is None:
            raise Refusal("ActivityNotFoundInConversation")
        return found
