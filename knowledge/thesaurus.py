"""Staff's words to the policy's words: both sides of a pair are found by one shared term."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.terms import terms, words


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Groups of words that mean one thing; a group's own term starts with `=` and meets no real word."""

    groups: Mapping[str, tuple[str, ...]]
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, entries: Mapping[str, Sequence[str]]) -> "Thesaurus":
        """Build from *entries*: the policy's word (or words), and staff's words for it."""
        groups: dict[str, tuple[str, ...]] = {}
        for policy_word, staff_words in entries.items():
            for phrase in (policy_word, *staff_words):
                key = " ".join(terms(phrase))
                shared = f"={policy_word}"
                if key and shared not in groups.get(key, ()):
                    groups[key] = (*groups.get(key, ()), shared)
        every = {word for entry in entries.items() for text in (entry[0], *entry[1]) for word in words(text)}
        return cls(groups, tuple(sorted(every)))

    def expand(self, found: Sequence[str]) -> list[str]:
        """Return *found* with the shared terms of every group that a term, or two neighbours, belong to."""
        keys: Iterable[str] = (*found, *(f"{a} {b}" for a, b in pairwise(found)))
        return [*found, *(shared for key in keys for shared in self.groups.get(key, ()))]
