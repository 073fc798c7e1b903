"""What the stand-in of the Bot Framework knows: people, conversations, and what the bot has written where."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import teams_ids as ids
from teams_ids import Json

CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(slots=True)
class User:
    """A person, with what Teams says of them; `has_bot` is whether the app is installed for them."""

    id: str
    name: str = "Gardener"
    tenant: str = ids.TENANT
    role: str = "user"
    has_bot: bool = True

    def seen(self) -> Json:
        """What `GET …/members/{id}` says: https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/get-teams-context."""
        aad = ids.aad_of(self.id)
        address = f"{aad[:8]}@garden.example"
        return {
            "id": self.id,
            "name": self.name,
            "objectId": aad,
            "aadObjectId": aad,
            "givenName": self.name,
            "surname": "",
            "email": address,
            "userPrincipalName": address,
            "tenantId": self.tenant,
            "userRole": self.role,
        }


@dataclass(slots=True)
class Conversation:
    """A personal chat, a group chat or a channel; the bot may write where it is in the roster."""

    id: str
    kind: str = "personal"
    tenant: str = ids.TENANT
    members: set[str] = field(default_factory=set)
    has_bot: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """What the bot has written, as it looked then; `place` is the chat or channel that its conversation is held in."""

    id: str
    conversation: str
    activity: Json
    reply_to: str = ""
    at: float = field(default_factory=time.monotonic)

    @property
    def place(self) -> str:
        """The chat or channel, without the thread."""
        return ids.place_of(self.conversation)

    @property
    def text(self) -> str:
        """The plain text, empty where a card says it all."""
        return str(self.activity.get("text") or "")

    @property
    def summary(self) -> str:
        """What notifications and screen readers are given."""
        return str(self.activity.get("summary") or "")

    @property
    def card(self) -> Json | None:
        """The first Adaptive Card, where there is one."""
        attached = self.activity.get("attachments") or []
        return next((one["content"] for one in attached if one.get("contentType") == CARD), None)


class World:
    """All of it; a new one holds an asker, a colleague, a guest, a stranger, a channel and a group chat."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.standing: dict[str, dict[str, Message]] = {}
        for user, about in (
            (ids.ASKER, {}),
            (ids.COLLEAGUE, {"name": "Keeper"}),
            (ids.GUEST, {"name": "Visitor (Guest)", "role": "guest"}),
            (ids.STRANGER, {"name": "Neighbour", "tenant": ids.OTHER_TENANT, "has_bot": False}),
        ):
            self.add_user(user, **about)
        people = (ids.ASKER, ids.COLLEAGUE, ids.GUEST)
        self.add_conversation(ids.CHANNEL, kind="channel", members=people)
        self.add_conversation(ids.GROUP, kind="groupChat", members=people)

    def add_user(self, user: str = "", **about: Any) -> User:
        """A person, with their personal chat where the app is installed for them."""
        person = User(user or ids.new_user(), **about)
        self.users[person.id] = person
        if person.has_bot:
            self.personal(person)
        return person

    def add_conversation(self, conversation: str, *, members: Iterable[str] = (), **about: Any) -> Conversation:
        """A conversation with *members*, and the bot unless *about* says otherwise."""
        place = Conversation(conversation, members=set(members), **about)
        self.conversations[place.id] = place
        return place

    def personal(self, user: User) -> Conversation:
        """The bot's chat with *user*, opened if it was not."""
        id_ = ids.personal_of(user.id)
        return self.conversations.get(id_) or self.add_conversation(id_, members=(user.id,), tenant=user.tenant)

    def uninstall(self, conversation: str) -> None:
        """Take the bot out of *conversation*, and of the person's app list where it is their chat."""
        place = self.conversations[ids.place_of(conversation)]
        place.has_bot = False
        for user in place.members if place.kind == "personal" else ():
            self.users[user].has_bot = False

    def meet(self, activity: Json) -> None:
        """Know who sent *activity* and where, as Teams does when it sends one; what is known stays as it is."""
        who, about = _part(activity, "from"), _part(activity, "conversation")
        sender, place = str(who.get("id") or ""), ids.place_of(str(about.get("id") or ""))
        tenant = str(about.get("tenantId") or ids.TENANT)
        if sender and sender not in self.users:
            self.users[sender] = User(sender, str(who.get("name") or ""), tenant)
        if place and place not in self.conversations:
            kind = str(about.get("conversationType") or "personal")
            self.add_conversation(place, kind=kind, tenant=tenant)
        if sender and place:
            self.conversations[place].members.add(sender)

    def keep(self, message: Message) -> None:
        """Let *message* stand in its place, instead of an older one with its id."""
        self.standing.setdefault(message.place, {})[message.id] = message

    def find_user(self, id_: str) -> User | None:
        """The person with this Teams id or Entra object id."""
        return self.users.get(id_) or next((one for one in self.users.values() if ids.aad_of(one.id) == id_), None)


def _part(activity: Json, name: str) -> Json:
    """The object called *name*, empty in activities that a test has mutilated."""
    found = activity.get(name)
    return found if isinstance(found, dict) else {}
