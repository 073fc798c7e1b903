"""Ids as Slack forms them, and the ones that the stand-in of Slack starts with."""

import itertools
import time

TEAM = "T0GARDEN01"
OTHER_TEAM = "T0MEADOW01"
APP = "A0SIGNPOST"
BOT_USER = "U0SIGNPOST"
BOT = "B0SIGNPOST"
ASKER = "U0GARDENER"
COLLEAGUE = "U0KEEPER01"
CHANNEL = "C0SHEDS001"
SECRET_OF_SIGNING = "a-signing-secret-of-the-tests"
BOT_TOKEN = "xoxb-of-the-garden"
APP_TOKEN = "xapp-of-the-stand-in"
CLIENT_ID = "1000000001.2000000002"
CLIENT_SECRET = "a-client-secret-of-the-tests"

_numbers = itertools.count(1)
_last_us = 0


def new_id(prefix: str) -> str:
    """An id that was not given out before in this process: *prefix* is T, U, C, Ev, Fn and the like."""
    return f"{prefix}0N{next(_numbers):07d}"


def new_ts(now_s: float | None = None) -> str:
    """A message's timestamp, seconds since 1970 with six decimals, greater than every one given out before."""
    global _last_us  # noqa: PLW0603 -- Slack never gives a timestamp twice, whoever asks
    _last_us = max(_last_us + 1, int((time.time() if now_s is None else now_s) * 1_000_000))
    return f"{_last_us // 1_000_000}.{_last_us % 1_000_000:06d}"


def dm_of(user: str) -> str:
    """The id of the app's direct message channel with *user*: known without asking, so that payloads can name it."""
    return f"D{user[1:]}"


def many_users(count: int) -> list[str]:
    """The ids of *count* people of a benchmark."""
    return [f"U0MANY{number:05d}" for number in range(count)]
