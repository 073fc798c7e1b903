"""What an administrator does once: the manifest of the Slack app, and new keys for what is stored."""

import asyncio
import json

import yaml

from adapters.slack import manifest as slack
from adapters.slack.installations import rotate_seals
from adapters.slack_server import seal_of
from adapters.storage.store import open_store
from bot.config import Config, ConfigError


def manifest(config: Config, name: str, many_workspaces: bool, as_machine: bool) -> str:
    """The manifest as YAML, or as JSON for machines; raise `ConfigError` where Slack would refuse it."""
    many = many_workspaces or config.slack.many_workspaces
    by_socket = config.slack.socket_mode or (config.public_url is None and not many)
    try:
        found = slack.manifest(
            name=name,
            public_url=config.public_url,
            socket_mode=by_socket,
            many_workspaces=many,
            agent_view=config.slack.agent_view,
        )
    except ValueError as refused:
        raise ConfigError("the settings", [f"public_url   {refused}"]) from None
    if as_machine:
        return json.dumps(found, indent=2)
    return yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=110)


def rotate_keys(config: Config) -> int:
    """Seal every stored token with the first key, and return how many there are."""
    return asyncio.run(_rotated(config))


async def _rotated(config: Config) -> int:
    store = await open_store(config.database)
    try:
        return await rotate_seals(store.engine, seal_of(config))
    finally:
        await store.close()
