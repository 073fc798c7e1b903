"""Ids as Teams forms them, and the ones that the stand-in of the Bot Framework starts with."""

import itertools
import time
import uuid
from typing import Any

Json = dict[str, Any]

APP = "5a1e0000-51fe-4051-a000-00000000b075"
BOT = f"28:{APP}"
BOT_NAME = "Signpost"
APP_SECRET = "an-app-secret-of-the-tests"
IDENTITY_HEADER = "an-identity-header-of-the-tests"
TENANT = "6a4de000-0000-4000-8000-000000000001"
OTHER_TENANT = "3ead0000-0000-4000-8000-000000000002"
ASKER = "29:1gardener-of-the-garden-trust"
COLLEAGUE = "29:1keeper-of-the-garden-trust"
GUEST = "29:1visitor-with-a-guest-account"
STRANGER = "29:1neighbour-of-the-meadow-trust"
TEAM = "19:the-garden-trust@thread.tacv2"
TEAM_GROUP = "7ea30000-0000-4000-8000-000000000003"
CHANNEL = "19:sheds-of-the-garden-trust@thread.tacv2"
GROUP = "19:keepers-of-the-sheds@thread.v2"
# The address that activities name until the stand-in puts its own there.
SERVICE_URL = "https://smba.trafficmanager.net/emea/"

# Microsoft takes 30 calls a second of an app in a tenant: people of a benchmark are of sixteen.
TENANTS = [f"{number:08x}-0000-4000-8000-00000000face" for number in range(16)]

_numbers = itertools.count(1)
_last_ms = 0


def new_message(now_s: float | None = None) -> str:
    """A message's id, milliseconds since 1970, greater than every one given out before."""
    global _last_ms  # noqa: PLW0603 -- Teams never gives an id twice in a conversation, whoever asks
    _last_ms = max(_last_ms + 1, int((time.time() if now_s is None else now_s) * 1000))
    return str(_last_ms)


def new_event() -> str:
    """The id of an activity that is no message."""
    return f"f:{uuid.UUID(int=0xF << 124 | next(_numbers))}"


def new_user() -> str:
    """A person whom nobody has met."""
    return f"29:1newcomer-{next(_numbers):05d}"


def aad_of(user: str) -> str:
    """The Entra object id of *user*: known without asking, so that payloads can name it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, user))


def personal_of(user: str) -> str:
    """The id of the bot's personal chat with *user*: known without asking, so that payloads can name it."""
    return f"a:1personal-{user.removeprefix('29:1')}"


def thread(root: str, channel: str = CHANNEL) -> str:
    """The conversation that the message *root* has opened in *channel*."""
    return f"{channel};messageid={root}"


def place_of(conversation: str) -> str:
    """The chat or channel in which *conversation*, perhaps a thread, is held."""
    return conversation.partition(";messageid=")[0]


def many_users(count: int) -> list[str]:
    """The ids of *count* people of a benchmark."""
    return [f"29:1many-{number:05d}" for number in range(count)]


def tenant_of(user: str) -> str:
    """The tenant of one of `many_users`."""
    return TENANTS[int(user[-5:]) % len(TENANTS)]
