"""An answer as plain text, for notifications, screen readers and clients that draw nothing else."""

from collections.abc import Callable, Iterable

from bot import wording
from bot.model import Answer, Outcome
from knowledge.model import Citation

_BETWEEN = "\n\n"


def text(answer: Answer, most: int, size: Callable[[str], int] = len) -> str:
    """What the answer says, up to *most* by *size* and whole clauses only; it says so where there is more."""
    before, clauses, after = parts(answer)
    kept = _fitting(clauses, most - _size((*before, *after, wording.MORE_IN_MESSAGE), size), size)
    whole = [*before, *kept, *([] if len(kept) == len(clauses) else [wording.MORE_IN_MESSAGE]), *after]
    if _size(whole, size) > most:
        whole = [*_fitting(whole, most - _size([wording.MORE_IN_MESSAGE], size), size), wording.MORE_IN_MESSAGE]
    return _BETWEEN.join(whole)


def opening(answer: Answer) -> tuple[list[str], list[str], list[str]]:
    """What comes before the heading (danger), the situation's title, and the first lines."""
    lines = wording.lead_lines(answer)
    if answer.outcome is Outcome.IDENTIFIABLE:
        lines.append(wording.DELETE_IT)
    title = [answer.situation.title] if answer.situation and answer.outcome is Outcome.ANSWERED else []
    danger = [line for line in lines if line == wording.DANGER]
    return danger, title, [line for line in lines if line not in danger]


def parts(answer: Answer) -> tuple[list[str], list[str], list[str]]:
    """What is said before the clauses, the clauses that lead, and what is said after them."""
    danger, title, lines = opening(answer)
    before = [*danger, wording.heading(answer), *title, *lines]
    before += [f"{wording.NOTE}: {note}" for note in wording.beside(answer)]
    before += [f"{number}. {choice.title}" for number, choice in enumerate(answer.choices, 1)]
    clauses = [] if answer.choices else [clause(citation) for citation in answer.leading]
    routes = "\n".join(f"• {wording.route_line(route)}" for route in answer.routes)
    after = [f"{wording.ROUTES}\n{routes}"] if routes else []
    return before, clauses, [*after, wording.EMPLOYER_READS, wording.LIBRARY.format(digest=answer.library)]


def clause(citation: Citation) -> str:
    """The clause, whose word it is, and what it takes to check it."""
    stance, authority = wording.STANCES[citation.clause.stance], wording.AUTHORITIES[citation.authority]
    exceptions = citation.clause.exceptions
    said = [f"{stance} ({authority}):", citation.clause.text]
    said += [f"{wording.exception_line(exceptions)}."] if exceptions else []
    return "\n".join([*said, f"{wording.clause_name(citation)}. {wording.edition_line(citation)}"])


def _fitting(parts: Iterable[str], room: int, size: Callable[[str], int]) -> list[str]:
    kept: list[str] = []
    for part in parts:
        room -= _size([part], size)
        if room < 0:
            break
        kept.append(part)
    return kept


def _size(parts: Iterable[str], size: Callable[[str], int]) -> int:
    return sum(size(part) + size(_BETWEEN) for part in parts)
