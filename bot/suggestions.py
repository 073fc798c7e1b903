"""What to suggest to somebody who has not asked anything yet: the organisation's most useful situations."""

from datetime import date

from bot import answering
from bot.model import Choice, Outcome, Question
from knowledge.library import Library
from knowledge.model import Kind
from knowledge.people import Organisation


def suggested(library: Library, organisation: Organisation, on: date, count: int = 4) -> tuple[Choice, ...]:
    """Return up to *count* situations that the employer's own clauses answer on the day, one a topic.

    Those that people put in most ways come first. Asking for one by its title gives that situation's answer.
    """
    citer = library.cite(organisation, on)
    policy = (s for s in library.situations.values() if s.kind is Kind.POLICY)
    own = [s for s in policy if any(c.authority.is_employers for c in citer.citations(s.answers))]
    found: dict[str, Choice] = {}
    for situation in sorted(own, key=lambda s: (-len(s.phrasings), s.id)):
        if len(found) == count:
            break
        if situation.topic in found:
            continue
        got = answering.answer(Question(situation.title, on), library, organisation)
        if got.outcome is Outcome.ANSWERED and got.situation == situation:
            found[situation.topic] = Choice(situation.id, situation.title)
    return tuple(found.values())
