"""No regular expression that reads a message or a clause takes much more than twice as long for twice the length.

Each pattern of `bot/`, `knowledge/speaking_up.py` and `knowledge/terms.py`, and each function made of them, is
given hostile texts of 1,000 and of 2,000 characters. Prints the steepest and the slowest; exits with 1 where a
text of double length costs more than 2.5 times as much processor time (promise 9).
"""

import re
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import ModuleType

from adapters import library_files
from bot import clauses_by_name, concerns, conversation, identifiers, names
from bot.answering import MAX_CHARACTERS
from knowledge import speaking_up, terms

MODULES: tuple[ModuleType, ...] = (clauses_by_name, concerns, conversation, identifiers, names, speaking_up, terms)
MOST_GROWTH = 2.5
# Below this a text costs too little to tell its growth from noise.
TOO_LITTLE_MS = 0.5
ROUNDS = 7

# What is repeated, one unit between two bars: nearly a match of something, again and again, and never quite.
UNITS = tuple(
    (
        "a|1| |.|-|'|(|@|\n|é|A|mr |Mr. A |dr. |a'|a-|Ab |ab cd |Doreen |patient |patient is called |bed a |bed 1, |"
        "in the bed |the a |a's |son of |1 |1.|1-|1(|12 a |1 a b c |12 ab cd ef |qq 12 34 56 |a@|a@a.|@a|dob |dob 1 |"
        "hospital no |case a1|+44 |07700 90|999 012 345|5.6.|5.6 |clause |clause 5|a/|trust/|whole a b c |"
        "show me the |policy |and |and what |ok |? |what about |cut her |going to |suicid|self |self-harm awareness |"
        "not |not be |no a b c |only |keep a b c |post |concern |concern not |without a b c |if a, |if a b c d |"
        "victim|fail to report |unacceptable to |worr|the a family |nobody a b c d e f g h |rather than |"
        "problem at |blow the whistle |safety "
    ).split("|")
)


def texts(length: int) -> dict[str, str]:
    """Hostile texts of *length*, by what they are made of: one unit throughout, or two, half and half."""
    whole = {unit: (unit * length)[:length] for unit in UNITS}
    halves = {f"{a}|{b}": (a * length)[: length // 2] + (b * length)[: length // 2] for a, b in pairwise(UNITS)}
    return whole | halves


def readers() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Everything that reads a text: single patterns, then the functions that use them."""
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{module.__name__}.{name}", lambda text, pattern=value: list(pattern.finditer(text))
    knows = library_files.load().matcher.speller.knows
    yield "bot.names.holds_name", lambda text: names.holds_name(text, knows)
    yield "bot.identifiers.holds_number", identifiers.holds_number
    yield "knowledge.speaking_up.forbids_raising", speaking_up.forbids_raising


def cost_ms(read: Callable[[str], object], text: str, rounds: int = ROUNDS) -> float:
    """Processor time of the quickest of some readings."""
    taken = []
    for _ in range(rounds):
        start = time.process_time_ns()
        read(text)
        taken.append(time.process_time_ns() - start)
    return min(taken) / 1e6


def main() -> None:
    """Print the steepest and the slowest readings; exit with 1 where one is too steep."""
    half, whole = texts(MAX_CHARACTERS // 2), texts(MAX_CHARACTERS)
    found: list[tuple[float, float, str, str]] = []
    for name, read in readers():
        for unit, text in whole.items():
            if cost_ms(read, text, 1) < TOO_LITTLE_MS or bool(read(text)) != bool(read(half[unit])):
                continue  # too quick to tell, or one of the two was found out at its beginning
            cost = cost_ms(read, text)
            if cost >= TOO_LITTLE_MS:
                found.append((cost / cost_ms(read, half[unit]), cost, name, unit))
    print(f"{len(whole)} texts of {MAX_CHARACTERS} characters; {len(found)} readings cost {TOO_LITTLE_MS} ms or more")
    for title, column in (("steepest", 0), ("slowest", 1)):
        print(title)
        for growth, cost, name, unit in sorted(found, key=lambda each: -each[column])[:10]:
            print(f"  x {growth:4.2f} for double length, {cost:6.2f} ms  {name}  {unit!r}")
    if any(growth > MOST_GROWTH for growth, *_ in found):
        sys.exit(f"some grow more than {MOST_GROWTH} times for double length")


if __name__ == "__main__":
    main()
