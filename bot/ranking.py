"""From probable situations to the clauses of an answer: which leads, which follow, which are choices."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.library import Citer
from knowledge.matching import Match
from knowledge.model import Citation, Situation

MOST_CITATIONS = 10
SITUATIONS_CONSIDERED = 8
MOST_CHOICES = 4

# What each place under a situation is worth. The first answer settles the question best, the others
# settle it too, and what applies as well supports a clause that another situation leads with.
GRADES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
ALSO_GRADE = 0.3
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
    """Rank the clauses that *matches* lead to; None where none of them has a clause in force.

    Authority is a tier and not a score: the employer's clauses come before all others. Where no clause of
    the employer stands under the leading situation's answers, its documents are silent, and only clauses
    of others are cited.
    """
    considered = [
        (match, cited)
        for match in matches[:SITUATIONS_CONSIDERED]
        if (cited := answers_in_force(match.situation, citer))
    ]
    if not considered:
        return None
    support = _support(considered, citer)
    best = max(support, key=lambda clause: support[clause])
    match, lead = next((m, c) for m, c in considered if any(each.clause.id == best for each in c))
    silent = not lead[0].authority.is_employers
    settled = {citation.clause.id for citation in lead}
    worth_showing = [
        clause for clause, value in support.items() if clause in settled or value >= NEAR_FROM * support[best]
    ]
    cited = [c for each in worth_showing if (c := citer.citation(each, support[each])) is not None]
    cited = [c for c in cited if not (silent and c.authority.is_employers)]
    cited.sort(key=lambda c: (c.authority.tier if silent else not c.authority.is_employers, -c.score))
    shown = tuple(cited[:MOST_CITATIONS])
    same_lead = sum(m.probability for m, c in considered if c[0].clause.id == shown[0].clause.id)
    return Ranking(
        match.situation,
        shown,
        frozenset(c.clause.id for c in shown) - settled,
        same_lead / sum(m.probability for m, _ in considered),
        silent,
    )


def _support(considered: Iterable[tuple[Match, list[Citation]]], citer: Citer) -> dict[str, float]:
    support: dict[str, float] = defaultdict(float)
    for match, cited in considered:
        for place, citation in enumerate(cited):
            support[citation.clause.id] += match.probability * GRADES[min(place, len(GRADES) - 1)]
    for match, _ in considered:
        for clause_id in match.situation.also:
            if clause_id in support:
                support[clause_id] += match.probability * ALSO_GRADE
    return support


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
