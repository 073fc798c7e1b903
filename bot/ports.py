"""What the bot needs from outside: a store that several processes share."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Overdue:
    """A claim that nobody has delivered in time: its id and its sealed delivery."""

    claim: str
    sealed: bytes


class Store(Protocol):
    """What has to outlive a process, kept apart for each organisation; nothing in it can be read without the key.

    Every verb raises `StoreUnavailable` when the store does not answer within its time limit.
    """

    async def claim(self, organisation: str, platform: str, claim: str, owner: str, sealed: bytes | None) -> bool:
        """Take *claim* for *owner*, with what its delivery needs; False when somebody has taken it before.

        Committed when it returns. Without *sealed* there is nothing to deliver: the claim only counts as taken.
        """

    async def settle(self, organisation: str, claim: str) -> None:
        """Note that *claim* is delivered or given up, and delete what its delivery needed."""

    async def renew(self, organisation: str, owner: str) -> None:
        """Say that *owner* is alive and still at work on the claims that it has not settled."""

    async def take_over(self, organisation: str, platform: str, owner: str, limit: int) -> list[Overdue]:
        """Hand *owner* up to *limit* unsettled claims whose owner was not heard of for ten seconds, oldest first.

        Two callers never get the same claim.
        """

    async def keep(self, organisation: str, key: str, sealed: bytes, kept_s: float) -> None:
        """Keep a sealed note under *key* for *kept_s* seconds, in place of an earlier one."""

    async def kept(self, organisation: str, key: str) -> bytes | None:
        """The note under *key*; None when there is none, or its time is over."""

    async def count_feedback(  # noqa: PLR0913, PLR0917 - one parameter for each column
        self, organisation: str, month: str, platform: str, situation: str, verdict: str, reason: str
    ) -> None:
        """Add one to a count of feedback; *month* is `YYYY-MM`, *reason* empty where none was given."""

    async def forget_old(self, organisation: str) -> None:
        """Delete settled claims older than a day, claims nobody could deliver for a day, and notes out of time."""

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""


class StoreUnavailable(Exception):
    """The store did not answer; questions are answered all the same."""
