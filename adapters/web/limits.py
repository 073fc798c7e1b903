"""How many questions one visitor may ask: 20 a minute."""

from collections import OrderedDict

from aiolimiter import AsyncLimiter

QUESTIONS = 20
PER_S = 60.0
MOST_VISITORS = 10_000


class Limits:
    """One leaky bucket for each visitor; the least recent visitors are forgotten first."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, AsyncLimiter] = OrderedDict()

    async def allows(self, visitor: str) -> bool:
        """Count a question of *visitor*; False when it is one too many."""
        bucket = self._buckets.setdefault(visitor, AsyncLimiter(QUESTIONS, PER_S))
        self._buckets.move_to_end(visitor)
        if len(self._buckets) > MOST_VISITORS:
            self._buckets.popitem(last=False)
        if not bucket.has_capacity():
            return False
        await bucket.acquire()
        return True
