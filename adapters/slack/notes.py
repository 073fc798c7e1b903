"""Sealed notes for a day: where the answer to a question stands, and what a thread was about."""

import json
from collections.abc import Mapping

from adapters.sealing import Seal, Unsealable
from adapters.slack.workspaces import Workspace
from bot.app import REMEMBERED_S
from bot.ports import Store, StoreUnavailable

# How long an edited or deleted question still finds its answer.
REPLIES_KEPT_S = 24 * 3_600.0


class Notes:
    """Notes found by the keyed hash of a message's place; without a store there are none."""

    def __init__(self, store: Store, seal: Seal) -> None:
        self._store = store
        self._seal = seal

    async def keep_reply(self, workspace: Workspace, channel: str, message: str, sent: Mapping[str, str]) -> None:
        """Note that the answer to *message* was *sent*: its channel and timestamp."""
        await self._keep(workspace, ("reply", channel, message), dict(sent), REPLIES_KEPT_S)

    async def reply(self, workspace: Workspace, channel: str, message: str) -> Mapping[str, str] | None:
        """Where the answer to *message* stands; None where that is not known."""
        found = await self._kept(workspace, ("reply", channel, message))
        return found if isinstance(found, dict) else None

    async def keep_subject(self, workspace: Workspace, channel: str, thread: str, situation: str) -> None:
        """Note what a thread is about, for as long as a conversation is remembered."""
        await self._keep(workspace, ("subject", channel, thread), situation, REMEMBERED_S)

    async def subject(self, workspace: Workspace, channel: str, thread: str) -> str:
        """The situation that a thread is about; empty where that is not known."""
        found = await self._kept(workspace, ("subject", channel, thread))
        return found if isinstance(found, str) else ""

    async def _keep(self, workspace: Workspace, place: tuple[str, ...], note: object, kept_s: float) -> None:
        sealed = self._seal.seal(json.dumps(note).encode())
        try:
            await self._store.keep(workspace.organisation, self._key(workspace, place), sealed, kept_s)
        except StoreUnavailable:
            return

    async def _kept(self, workspace: Workspace, place: tuple[str, ...]) -> object:
        try:
            sealed = await self._store.kept(workspace.organisation, self._key(workspace, place))
            return json.loads(self._seal.open(sealed)) if sealed else None
        except (StoreUnavailable, Unsealable):
            return None

    def _key(self, workspace: Workspace, place: tuple[str, ...]) -> str:
        return self._seal.key("slack", workspace.team, *place)
