"""What the stand-in of Slack knows: workspaces, people, channels, tokens, and what was written where."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import slack_ids as ids
from slack_payloads import Json

SCOPES = ("app_mentions:read", "assistant:write", "chat:write", "commands", "im:history", "users:read")
TRIGGER_LIVES_S = 3.0
TOKEN_LIVES_S = 43_200
RESPONSE_URL_LIVES_S = 1_800.0
RESPONSE_URL_USES = 5


class Refusal(Exception):
    """Slack says no: the error's name and what the answer holds beside it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


class Clock:
    """Seconds since 1970 that move only when a test moves them."""

    def __init__(self, now_s: float = 1_795_000_000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self.now_s += seconds


@dataclass(slots=True)
class Workspace:
    """One team with the app in it; `agent_view` says which of the two panes its app has."""

    team: str
    name: str = "The Garden Trust"
    enterprise: str = ""
    bot_user: str = ids.BOT_USER
    bot: str = ids.BOT
    agent_view: bool = True


@dataclass(slots=True)
class User:
    """A person or a bot, with what `users.info` says of them."""

    id: str
    team: str = ids.TEAM
    name: str = "gardener"
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    locale: str = "en-GB"
    tz: str = "Europe/London"


@dataclass(slots=True)
class Channel:
    """A place for messages; the app may write where its bot user is a member."""

    id: str
    team: str = ids.TEAM
    name: str = "sheds"
    members: set[str] = field(default_factory=set)
    archived: bool = False
    is_im: bool = False
    is_private: bool = False


@dataclass(slots=True)
class Token:
    """A token as Slack keeps it; `error` is what every call with it is told, once it is of no use."""

    value: str
    team: str = ids.TEAM
    scopes: tuple[str, ...] = SCOPES
    expires_at: float | None = None
    error: str = ""

    @property
    def is_bot(self) -> bool:
        """Whether it speaks for a bot user, and not for the app as a whole."""
        return not self.value.startswith("xapp-")


@dataclass(slots=True)
class Message:
    """One message in a channel, or, with `only_for`, one that a single person sees."""

    channel: str
    ts: str
    text: str
    blocks: list[Json]
    user: str
    thread_ts: str = ""
    only_for: str = ""
    edits: int = 0
    deleted: bool = False
    args: Json = field(default_factory=dict)


@dataclass(slots=True)
class Trigger:
    """A trigger id: three seconds, one use; `view` is the modal that it was clicked in."""

    id: str
    team: str
    user: str
    given_at: float
    view: str = ""
    used: bool = False


@dataclass(slots=True)
class View:
    """A modal or a home tab that somebody has open."""

    id: str
    team: str
    user: str
    shape: Json
    hash: str
    root: str = ""
    previous: str = ""

    def seen(self, bot: str = ids.BOT) -> Json:
        """The view as Slack's answers and payloads show it, made by *bot*."""
        absent = {name: self.shape.get(name, "") for name in ("private_metadata", "callback_id", "external_id")}
        return (
            self.shape
            | absent
            | {
                "id": self.id,
                "team_id": self.team,
                "hash": self.hash,
                "state": {"values": {}},
                "root_view_id": self.root or self.id,
                "previous_view_id": self.previous or None,
                "app_id": ids.APP,
                "bot_id": bot,
            }
        )


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer to one interaction may be sent: thirty minutes, five times."""

    token: str
    channel: str
    user: str
    given_at: float
    original: str = ""
    uses: int = 0


@dataclass(slots=True)
class Grant:
    """A person's permission to install, which a code stands for; used once."""

    code: str
    team: str
    user: str
    scopes: tuple[str, ...]
    redirect_uri: str = ""
    whole_organisation: bool = False
    used: bool = False


@dataclass(slots=True)
class Pane:
    """One call about the agent pane that had an effect: prompts, a status or a title."""

    method: str
    channel: str
    thread_ts: str
    shown: Any


class World:
    """All of it; a new one holds one workspace with the app, an asker, a colleague and one channel."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.workspaces: dict[str, Workspace] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.tokens: dict[str, Token] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.ephemerals: list[Message] = []
        self.triggers: dict[str, Trigger] = {}
        self.views: dict[str, View] = {}
        self.published: dict[str, View] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.grants: dict[str, Grant] = {}
        self.refreshes: dict[str, Token] = {}
        self.pane: list[Pane] = []
        self.rotation = False
        self.refused_blocks: frozenset[str] = frozenset()
        self.add_workspace(Workspace(ids.TEAM), token=ids.BOT_TOKEN)
        self.tokens[ids.APP_TOKEN] = Token(ids.APP_TOKEN, scopes=("connections:write",))
        self.add_user(ids.ASKER)
        self.add_user(ids.COLLEAGUE, name="keeper")
        self.add_channel(ids.CHANNEL, members=(ids.ASKER, ids.COLLEAGUE, ids.BOT_USER))

    def add_workspace(self, workspace: Workspace, *, token: str = "") -> Workspace:
        """Put the app into *workspace*, with a bot token of its own where one is given."""
        self.workspaces[workspace.team] = workspace
        self.users[workspace.bot_user] = User(workspace.bot_user, workspace.team, "signpost", is_bot=True)
        if token:
            self.tokens[token] = Token(token, workspace.team)
        return workspace

    def uninstall(self, team: str, error: str = "account_inactive") -> None:
        """Refuse every token of *team* with *error* from now on, as Slack does once the app was removed."""
        for token in self.tokens.values():
            if token.team == team and token.is_bot:
                token.error = error

    def add_user(self, user: str = "", **about: Any) -> User:
        """A person of the first workspace, unless *about* says otherwise."""
        person = User(user or ids.new_id("U"), **about)
        self.users[person.id] = person
        return person

    def add_channel(self, channel: str = "", *, members: Iterable[str] = (), **about: Any) -> Channel:
        """A channel with *members*; the bot is in it only if they name it."""
        place = Channel(channel or ids.new_id("C"), members=set(members), **about)
        self.channels[place.id] = place
        return place

    def workspace_of(self, user: User) -> Workspace:
        """The workspace in which *user* meets the app: their own, or, for strangers, the first."""
        return self.workspaces.get(user.team) or next(iter(self.workspaces.values()))

    def dm(self, user: User) -> Channel:
        """The app's direct messages with *user*, opened if they were not."""
        workspace = self.workspace_of(user)
        id_ = ids.dm_of(user.id)
        if id_ not in self.channels:
            self.add_channel(id_, members=(user.id, workspace.bot_user), team=workspace.team, is_im=True, name="")
        return self.channels[id_]

    def add_trigger(self, *, user: str = ids.ASKER, team: str = ids.TEAM, view: str = "") -> str:
        """A trigger id as an interaction of *user* carries it; *view* is the modal they clicked in."""
        trigger = Trigger(f"{secrets.randbelow(10**12)}.{team}.{secrets.token_hex(8)}", team, user, self.clock(), view)
        self.triggers[trigger.id] = trigger
        return trigger.id

    def add_response_url(self, *, channel: str = ids.CHANNEL, user: str = ids.ASKER, original: str = "") -> str:
        """The token of a response URL; *original* is the ts of the message that was clicked."""
        one = ResponseUrl(secrets.token_urlsafe(18), channel, user, self.clock(), original)
        self.response_urls[one.token] = one
        return one.token

    def add_grant(self, *, team: str = ids.TEAM, user: str = ids.ASKER, **about: Any) -> str:
        """The code that Slack sends back once *user* has allowed the app in *team*; *about* as in `Grant`."""
        grant = Grant(secrets.token_hex(12), team, user, **({"scopes": SCOPES} | about))
        self.grants[grant.code] = grant
        return grant.code

    def new_token(self, team: str, scopes: tuple[str, ...]) -> tuple[Token, str]:
        """A bot token, and with rotation on an expiring one with the refresh token that renews it."""
        expires_at = self.clock() + TOKEN_LIVES_S if self.rotation else None
        token = Token(f"{'xoxe.' if self.rotation else ''}xoxb-{secrets.token_hex(12)}", team, scopes, expires_at)
        self.tokens[token.value] = token
        if not self.rotation:
            return token, ""
        refresh = f"xoxe-1-{secrets.token_hex(16)}"
        self.refreshes[refresh] = token
        return token, refresh

    def add_message(self, message: Message) -> Message:
        """Keep *message* where everybody in its channel sees it."""
        self.messages.setdefault(message.channel, {})[message.ts] = message
        return message

    def ephemeral(self, channel: str, ts: str) -> Message | None:
        """The message that one person sees under *ts*."""
        return next((one for one in self.ephemerals if one.channel == channel and one.ts == ts), None)
