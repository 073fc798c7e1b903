"""Measures of answers against labelled questions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with what a good answer holds: relevant clauses (2 best, 1 acceptable) and routes."""

    id: str
    question: str
    relevant: Mapping[str, int]
    routes: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Got:
    """What was answered: the outcome, the ranked clause ids and the route ids."""

    labelled: Labelled
    outcome: str
    situation: str
    clauses: tuple[str, ...]
    routes: tuple[str, ...]

    def hit(self, depth: int) -> bool:
        """Whether an acceptable clause stands among the first *depth*."""
        return any(clause in self.labelled.relevant for clause in self.clauses[:depth])

    @property
    def reciprocal_rank(self) -> float:
        """1 divided by the place of the first acceptable clause among ten; 0 without one."""
        for place, clause in enumerate(self.clauses[:10], 1):
            if clause in self.labelled.relevant:
                return 1 / place
        return 0.0

    @property
    def refused(self) -> bool:
        """Whether no answer was given: not covered, or only help."""
        return self.outcome in ("not_covered", "help")

    @property
    def expects_route(self) -> bool:
        """Whether the label asks for a route."""
        return bool(self.labelled.routes) and "none" not in self.labelled.routes

    @property
    def route_found(self) -> bool:
        """Whether an expected route is among those given."""
        return bool(set(self.labelled.routes) & set(self.routes))

    @property
    def missed(self) -> bool:
        """Whether the answer falls short of its label."""
        kind = self.labelled.kind
        if kind == "in_scope":
            return not self.hit(1) or self.outcome not in ("answered", "choose")
        if kind == "out_of_scope":
            return not self.refused
        return self.outcome != kind


@dataclass(frozen=True, slots=True)
class Measures:
    """Shares of 1, each with the number of questions it was measured on."""

    shares: Mapping[str, tuple[float, int]]
    missed: tuple[Got, ...] = field(default=(), repr=False)


def measure(answers: Iterable[Got]) -> Measures:
    """Return all measures over *answers*; a measure without a question to it is left out."""
    every = list(answers)
    asked = [got for got in every if got.labelled.kind == "in_scope"]
    outside = [got for got in every if got.labelled.kind == "out_of_scope"]
    with_route = [got for got in asked if got.expects_route]
    shares = {
        "hit@1": _share(got.hit(1) for got in asked),
        "hit@3": _share(got.hit(3) for got in asked),
        "MRR@10": _share(got.reciprocal_rank for got in asked),
        "expected route given": _share(got.route_found for got in with_route),
        "offered a choice": _share(got.outcome == "choose" for got in asked),
        "in scope refused or taken for sensitive": _share(got.outcome not in ("answered", "choose") for got in asked),
        "out of scope refused": _share(got.refused for got in outside),
    }
    for kind in ("sensitive", "identifiable", "help"):
        shares[f"{kind} recognised"] = _share(got.outcome == kind for got in every if got.labelled.kind == kind)
    return Measures({n: s for n, s in shares.items() if s[1]}, tuple(got for got in every if got.missed))


def _share(values: Iterable[float]) -> tuple[float, int]:
    found: Sequence[float] = list(values)
    return (sum(found) / len(found) if found else 0.0, len(found))
