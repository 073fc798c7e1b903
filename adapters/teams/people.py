"""Who asks: staff are answered, guests and people of other organisations are not."""

import dataclasses
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from adapters.payloads import text
from adapters.teams.connector import GONE, Connector, Refused
from adapters.teams.inbound import Place

KEPT_S = 3_600.0
MOST_KEPT = 10_000
# Entra puts this into the names of people whom another tenant has invited.
_INVITED = "#ext#"
_STAFF = frozenset({"", "user", "owner"})
_UNKNOWN = frozenset({"MemberNotFoundInConversation", "status_404"})


class People:
    """Looks people up at Teams, and remembers for an hour, in memory only, who is staff."""

    def __init__(
        self, connector: Connector, *, all_are_staff: bool = False, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """*all_are_staff* is for tools that know no members."""
        self._connector = connector
        self._all_are_staff = all_are_staff
        self._monotonic = monotonic
        self._known: OrderedDict[tuple[str, str], tuple[float, bool]] = OrderedDict()

    async def is_staff(self, place: Place) -> bool:
        """Whether the one who asks at *place* is staff, looked up where need be; raise `TryAgain` or `Refused`.

        Whoever cannot be told to be staff counts as a stranger.
        """
        if self._all_are_staff:
            return True
        who = (place.tenant, place.user)
        at, known = self._known.get(who, (0.0, False))
        if who in self._known and self._monotonic() - at < KEPT_S:
            return known
        try:
            is_staff = _is_staff(await self._member(place), place)
        except Refused as refused:
            if refused.error not in _UNKNOWN:
                raise
            return False
        self._known[who] = (self._monotonic(), is_staff)
        self._known.move_to_end(who)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return is_staff

    async def _member(self, place: Place) -> Mapping[str, Any]:
        """What Teams says of the person: here, or where the app is no member, in their own chat with it."""
        try:
            return await self._connector.member(place, place.user)
        except Refused as refused:
            if refused.error not in GONE or place.is_personal:
                raise
        chat = await self._connector.create_personal(place.service_url, place.tenant, place.user, place.bot)
        return await self._connector.member(dataclasses.replace(place, conversation=chat), place.user)


def _is_staff(member: Mapping[str, Any], place: Place) -> bool:
    """By https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context."""
    tenant = text(member, "tenantId").lower()
    is_ours = not tenant or tenant == place.tenant.lower()
    is_invited = _INVITED in text(member, "userPrincipalName").lower()
    return is_ours and not is_invited and text(member, "userRole").lower() in _STAFF
