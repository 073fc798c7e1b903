"""What each threshold of `calibration.yaml` costs and brings, by leave-one-out with near-duplicates taken out.

Takes as long as `signpost evaluate --leave-one-out`: some ten minutes on two cores.
"""

import numpy as np
import numpy.typing as npt

from adapters import library_files
from knowledge.leave_one_out import Left, leave_out
from knowledge.model import Kind

STEPS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def main() -> None:
    """Print, for each threshold, the shares of phrasings that it sends each way."""
    library = library_files.load()
    _, left = leave_out(library.matcher)
    kinds = np.array([list(Kind).index(s.kind) for s in library.matcher.situations])
    of_kind = _probability_of_kinds(left, kinds)
    own = kinds[left.own]
    policy, sensitive, elsewhere = (list(Kind).index(k) for k in (Kind.POLICY, Kind.SENSITIVE, Kind.ELSEWHERE))
    print("threshold | covered_from: policy refused, elsewhere answered | sensitive_from: missed, policy taken for it")
    for step in STEPS:
        refused = float((of_kind[own == policy, policy] < step).mean())
        answered = float((of_kind[own == elsewhere, policy] >= step).mean())
        missed = float((of_kind[own == sensitive, sensitive] < step).mean())
        taken = float((of_kind[own == policy, sensitive] >= step).mean())
        print(f"{step:9.2f} | {refused:8.3f} {answered:8.3f} | {missed:8.3f} {taken:8.3f}")


def _probability_of_kinds(left: Left, kinds: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    odds = np.exp(left.evidence - left.evidence.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return np.stack([odds[:, kinds == kind].sum(axis=1) for kind in range(len(Kind))], axis=1)


if __name__ == "__main__":
    main()
