"""Files of sentences beside the scenarios: one a line, comments start with `#`."""

from pathlib import Path

SCENARIOS = Path(__file__).parent / "scenarios"
DANGER = "! "


def read(name: str) -> list[str]:
    """The sentences of `scenarios/<name>.txt`, in order; each stands in it once."""
    lines = (SCENARIOS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line and not line.startswith("#")]
    assert len(set(found)) == len(found)
    return found


def share(values: list[bool]) -> float:
    """How many of *values* are true, of 1."""
    return sum(values) / len(values)
