"""Timing: many single calls, their median and their 99th percentile."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def percentiles_us(call: Callable[[T], object], inputs: Sequence[T], rounds: int = 5) -> tuple[float, float]:
    """Return p50 and p99 in microseconds of *call* over *inputs*, each asked *rounds* times after a warm-up."""
    for each in inputs[:50]:
        call(each)
    taken = []
    for _ in range(rounds):
        for each in inputs:
            start = time.perf_counter_ns()
            call(each)
            taken.append(time.perf_counter_ns() - start)
    taken.sort()
    return taken[len(taken) // 2] / 1_000, taken[int(len(taken) * 0.99)] / 1_000
