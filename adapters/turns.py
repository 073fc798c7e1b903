"""Replies to one question go out one after the other, and none for a wording of it that is no more."""

import asyncio
from collections import OrderedDict
from weakref import WeakValueDictionary

MOST_KEPT = 10_000
# Later than every timestamp of a platform's.
DELETED = "~"

Place = tuple[str, str, str]


class Turns:
    """Keeps, in this process, what is under way for a question, and the latest edit of those that were edited."""

    def __init__(self) -> None:
        self._under_way: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._latest: OrderedDict[Place, str] = OrderedDict()

    def of(self, place: Place) -> asyncio.Lock:
        """The lock that a reply to the question at *place* (team, channel, timestamp) holds while it goes out."""
        if not place[-1]:
            return asyncio.Lock()  # a command or a click: it never changes
        lock = self._under_way.get(place) or asyncio.Lock()
        self._under_way[place] = lock
        return lock

    def note(self, place: Place, edited: str) -> None:
        """Note that the question was *edited*, a timestamp of the platform's, or `DELETED`; empty for neither."""
        if edited > self._latest.get(place, ""):
            self._latest[place] = edited
            self._latest.move_to_end(place)
            if len(self._latest) > MOST_KEPT:
                self._latest.popitem(last=False)

    def is_over(self, place: Place, edited: str) -> bool:
        """Whether the question has changed since that edit, so that nobody waits for the answer to it."""
        return edited < self._latest.get(place, "")
