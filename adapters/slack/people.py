"""Who asks: staff are answered, guests and people of other organisations are not."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.calling import Refused, SlackApi
from adapters.slack.workspaces import Workspace

KEPT_S = 3_600.0
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """What has to be known of an asker: whether to answer, and where the day begins for them."""

    is_staff: bool
    timezone: str = ""


class People:
    """Looks people up at Slack, and remembers them for an hour, in memory only."""

    def __init__(self, api: SlackApi, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._monotonic = monotonic
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()

    def known(self, team: str, user: str) -> Person | None:
        """The person, if looked up within the hour."""
        at, person = self._known.get((team, user), (0.0, None))
        return person if person is not None and self._monotonic() - at < KEPT_S else None

    async def find(self, workspace: Workspace, user: str) -> Person:
        """The person, looked up where need be; raise `TryAgain` or `Refused`.

        Whoever cannot be told to be staff counts as a stranger.
        """
        if person := self.known(workspace.team, user):
            return person
        try:
            told = await self._api.call(workspace, "users.info", {"user": user})
        except Refused as refused:
            if refused.error not in _UNKNOWN:
                raise
            return Person(is_staff=False)
        person = _person(told.get("user"), workspace)
        self._known[workspace.team, user] = (self._monotonic(), person)
        self._known.move_to_end((workspace.team, user))
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return person


# https://docs.slack.dev/reference/methods/users.info#errors
_UNKNOWN = frozenset({"user_not_found", "user_not_visible"})
# https://docs.slack.dev/reference/objects/user-object
_NOT_STAFF = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted", "is_workflow_bot")


def _person(told: object, workspace: Workspace) -> Person:
    if not isinstance(told, Mapping):
        return Person(is_staff=False)
    of_ours = told.get("team_id") == workspace.team or _is_in_enterprise(told, workspace)
    is_staff = of_ours and not any(told.get(flag) for flag in _NOT_STAFF)
    timezone = told.get("tz")
    return Person(is_staff, timezone if isinstance(timezone, str) else "")


def _is_in_enterprise(told: Mapping[str, Any], workspace: Workspace) -> bool:
    enterprise = told.get("enterprise_user")
    if not workspace.enterprise or not isinstance(enterprise, Mapping):
        return False
    return enterprise.get("enterprise_id") == workspace.enterprise
