"""Who fails too often: from the eleventh failure in five minutes on, an address is told to stop."""

from collections import OrderedDict

from aiolimiter import AsyncLimiter

FAILURES, FAILURES_PER_S = 10, 300.0
MOST_ADDRESSES = 10_000


class Failures:
    """A leaky bucket of failures for each address; the least recent are forgotten first."""

    def __init__(self) -> None:
        self._addresses: OrderedDict[str, AsyncLimiter] = OrderedDict()

    async def one_too_many(self, address: str) -> bool:
        """Count a failure from *address*; True when it has had its ten."""
        failures = self._addresses.setdefault(address, AsyncLimiter(FAILURES, FAILURES_PER_S))
        self._addresses.move_to_end(address)
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        if not failures.has_capacity():
            return True
        await failures.acquire()
        return False
