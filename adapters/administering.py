"""What an administrator does once: the manifest of the Slack app, and new keys for what is stored."""

import asyncio
import json
from pathlib import Path

import yaml

from adapters.outside import key_file, seal_of
from adapters.sealing import Unsealable
from adapters.slack import manifest as slack
from adapters.slack.installations import rotate_seals
from adapters.storage.store import open_store
from bot.config import Config, ConfigError
from bot.errors import SetupError
from bot.ports import StoreUnavailable

# What the manifest is made of besides the file: it is needed before there is any token.
OF_THE_MANIFEST = frozenset({"SIGNPOST_PUBLIC_URL", "SLACK_CLIENT_ID"})


class NotRotated(SetupError):
    """The seals could not all be changed; the message says what is missing, and what to do."""


def manifest(config: Config, name: str, *, many_workspaces: bool, socket_mode: bool, as_machine: bool) -> str:
    """The manifest as YAML, or as JSON for machines; raise `ConfigError` where Slack would refuse it.

    Without a public address the app uses Socket Mode, unless it is for many workspaces.
    """
    many = many_workspaces or (config.slack.many_workspaces and not socket_mode)
    by_socket = socket_mode or (config.public_url is None and not many)
    try:
        found = slack.manifest(
            name=name,
            public_url=config.public_url,
            socket_mode=by_socket,
            many_workspaces=many,
            agent_view=config.slack.agent_view,
        )
    except ValueError as refused:
        raise ConfigError("the manifest", [str(refused)]) from None
    if as_machine:
        return json.dumps(found, indent=2)
    return yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=110).rstrip("\n")


def rotate_keys(config: Config) -> int:
    """Seal every stored token with the first key, and return how many there are.

    Raise `NotRotated` where the database or a key is not there, which are not made here.
    """
    _need_what_was_stored(config)
    try:
        return asyncio.run(_rotated(config))
    except Unsealable as missing:
        keys = "SIGNPOST_KEYS" if config.keys else str(key_file(config))
        raise NotRotated(f"{missing}. The key that is missing in {keys} {_BEHIND}") from None
    except StoreUnavailable:
        raise NotRotated("the database does not answer; see to it, and run this again: nothing is lost") from None


_BEHIND = (
    "is one that was used before: put it into SIGNPOST_KEYS behind the others and run this again. "
    "If it is lost, let these workspaces install the app again"
)


def _need_what_was_stored(config: Config) -> None:
    if not config.database.startswith("sqlite"):
        return
    database = Path(config.database.removeprefix("sqlite:///"))
    if not database.exists():
        raise NotRotated(
            f"{database}: no database there; run this where Signpost runs, with its --config and SIGNPOST_DATABASE_URL"
        )
    if not config.keys and not key_file(config).exists():
        raise NotRotated(f"{key_file(config)}: no key there; restore it, or set the keys in SIGNPOST_KEYS")


async def _rotated(config: Config) -> int:
    store = await open_store(config.database)
    try:
        return await rotate_seals(store.engine, seal_of(config))
    finally:
        await store.close()
