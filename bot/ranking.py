"""From probable situations to the clauses of an answer: which leads, which follow, which are choices."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from knowledge.library import Citer
from knowledge.matching import Match
from knowledge.model import Citation, Situation

MOST_CITATIONS = 10
SITUATIONS_CONSIDERED = 8
MOST_CHOICES = 4

Considered: TypeAlias = Sequence[tuple[Match, list[Citation]]]

# What each place under a situation is worth. The first answer settles the question best, the others settle
# it too, and what applies as well supports a clause that another situation leads with.
GRADES = (1.0, 0.8, 0.6, 0.5, 0.4, 0.3)
ALSO_GRADE = 0.5
# How much a situation still counts for the next place once a clause of it is shown: a list that repeats one
# reading of the question helps nobody whom it misread.
STILL_COUNTS = 0.35
# A clause of a neighbouring situation is shown from this share of the best clause's support on.
NEAR_FROM = 0.08


@dataclass(frozen=True, slots=True)
class Ranking:
    """The leading situation, the ranked citations, which of them come from neighbours, and the confidence.

    `confidence` is the share, 0 to 1, of probability that lies with situations led by the first clause.
    """

    lead: Situation
    citations: tuple[Citation, ...]
    near: frozenset[str]
    confidence: float
    silent: bool


def answers_in_force(situation: Situation, citer: Citer) -> list[Citation]:
    """The situation's answers that are in force, the higher authority first, else in the pack's order."""
    return sorted(citer.citations(situation.answers), key=lambda citation: citation.authority.tier)


def rank(matches: Sequence[Match], citer: Citer) -> Ranking | None:
    """Rank the clauses that *matches* lead to; None where the likeliest has no clause in force.

    Authority is a tier and not a score: the employer's clauses come before all others. Where no clause of
    the employer stands under the leading situation's answers, its documents are silent, and only clauses
    of others are cited.
    """
    considered = [
        (match, cited)
        for match in matches[:SITUATIONS_CONSIDERED]
        if (cited := answers_in_force(match.situation, citer))
    ]
    if not considered or considered[0][0] is not matches[0]:
        return None
    support = _support(considered)
    best = max(sorted(support), key=lambda clause: support[clause])
    match, lead = next((m, c) for m, c in considered if any(each.clause.id == best for each in c))
    silent = not lead[0].authority.is_employers
    settled = {citation.clause.id for citation in lead}
    worth_showing = {c for c, value in support.items() if c in settled or value >= NEAR_FROM * support[best]}
    shown = _in_order(considered, worth_showing)
    cited = [c for each in shown if (c := citer.citation(each, support[each])) is not None]
    cited = [c for c in cited if not (silent and c.authority.is_employers)]
    # Where the employer is silent a neighbour's clause, however high its authority, does not lead.
    cited.sort(key=lambda c: (c.clause.id not in settled, c.authority.tier) if silent else not c.authority.is_employers)
    cited = cited[:MOST_CITATIONS]
    same_lead = sum(m.probability for m, c in considered if c[0].clause.id == cited[0].clause.id)
    return Ranking(
        match.situation,
        tuple(cited),
        frozenset(c.clause.id for c in cited) - settled,
        same_lead / sum(m.probability for m, _ in considered),
        silent,
    )


def _worth(match: Match, cited: Sequence[Citation]) -> dict[str, float]:
    """What each clause is worth to somebody in the situation, 0 to 1."""
    worth = dict.fromkeys(match.situation.also, ALSO_GRADE)
    for place, citation in enumerate(cited):
        worth[citation.clause.id] = GRADES[min(place, len(GRADES) - 1)]
    return worth


def _support(considered: Considered) -> dict[str, float]:
    """For each clause that some situation leads with: how probable it is to be worth showing."""
    support = {citation.clause.id: 0.0 for _, cited in considered for citation in cited}
    for match, cited in considered:
        for clause, worth in _worth(match, cited).items():
            if clause in support:
                support[clause] += match.probability * worth
    return support


def _in_order(considered: Considered, clauses: Set[str]) -> list[str]:
    """The *clauses*, each time the one that adds most to what those before it have covered."""
    left = [(match.probability, _worth(match, cited)) for match, cited in considered]
    waiting = sorted(clauses)
    order: list[str] = []
    while waiting:
        chosen = max(waiting, key=lambda clause: sum(p * worth.get(clause, 0.0) for p, worth in left))
        waiting.remove(chosen)
        order.append(chosen)
        left = [(p * (1 - (1 - STILL_COUNTS) * worth.get(chosen, 0.0)), worth) for p, worth in left]
    return order


def distinct(matches: Sequence[Match], citer: Citer) -> list[tuple[Situation, Citation]]:
    """The likeliest situations that lead to different clauses, each with its first clause."""
    found: dict[str, tuple[Situation, Citation]] = {}
    for match in matches[: SITUATIONS_CONSIDERED * 2]:
        cited = answers_in_force(match.situation, citer)
        if cited:
            found.setdefault(cited[0].clause.id, (match.situation, cited[0]))
        if len(found) == MOST_CHOICES:
            break
    return list(found.values())
