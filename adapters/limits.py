"""How many questions one asker may ask, 20 a minute, and an address or workspace with all its askers, 3,000."""

from collections import OrderedDict

from aiolimiter import AsyncLimiter

QUESTIONS = 20
# An address may be a proxy with a whole hospital behind it.
QUESTIONS_OF_AN_ADDRESS = 3_000
PER_S = 60.0
MOST_KEPT = 10_000


class Limits:
    """A leaky bucket for each visitor and each address; the least recent are forgotten first."""

    def __init__(self, of_an_address: int = QUESTIONS_OF_AN_ADDRESS) -> None:
        self._of_an_address = of_an_address
        self._visitors: OrderedDict[str, AsyncLimiter] = OrderedDict()
        self._addresses: OrderedDict[str, AsyncLimiter] = OrderedDict()

    async def allows(self, visitor: str, address: str) -> bool:
        """Count a question of *visitor*, who comes from *address*; False when it is one too many for either."""
        buckets = (
            _bucket(self._visitors, visitor, QUESTIONS),
            _bucket(self._addresses, address, self._of_an_address),
        )
        if not all(bucket.has_capacity() for bucket in buckets):
            return False
        for bucket in buckets:
            await bucket.acquire()
        return True


def _bucket(buckets: OrderedDict[str, AsyncLimiter], name: str, rate: int) -> AsyncLimiter:
    bucket = buckets.setdefault(name, AsyncLimiter(rate, PER_S))
    buckets.move_to_end(name)
    if len(buckets) > MOST_KEPT:
        buckets.popitem(last=False)
    return bucket
