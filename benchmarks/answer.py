"""The whole of `answer()` on the shipped library: p50 and p99 over its own phrasings, stories included."""

import random
from datetime import date

from adapters import library_files
from benchmarks.timing import percentiles_us
from bot.answering import answer
from bot.model import Question

QUESTIONS = 3_000


def main() -> None:
    """Print the figures."""
    library = library_files.load()
    organisation = library.organisations["trust"]
    phrasings = [p for s in library.situations.values() for p in s.phrasings]
    asked = random.Random(3).sample(phrasings, QUESTIONS)
    today = date(2026, 11, 20)
    p50, p99 = percentiles_us(lambda text: answer(Question(text, today), library, organisation), asked, 2)
    print(f"answer() over {QUESTIONS} phrasings: p50 {p50 / 1000:.2f} ms, p99 {p99 / 1000:.2f} ms")
    worst = "can I post " * 180
    p50, p99 = percentiles_us(lambda text: answer(Question(text, today), library, organisation), [worst] * 50, 2)
    print(f"answer() to {len(worst)} characters: p50 {p50 / 1000:.2f} ms, p99 {p99 / 1000:.2f} ms")


if __name__ == "__main__":
    main()
