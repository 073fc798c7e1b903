"""`signpost evaluate`: how good the answers are, on labelled questions or on the phrasings themselves."""

import json
from pathlib import Path

from adapters import json_lines
from bot.app import PolicyBot
from knowledge.evaluation import Got, Labelled, measure
from knowledge.leave_one_out import Left, leave_out
from knowledge.library import Library


def questions(bot: PolicyBot, file: Path, *, as_machine: bool) -> None:
    """Print the measures of *bot* on the labelled questions in *file*, and the ids of those it missed."""
    measures = measure(_answered(bot, labelled) for labelled in _read(file))
    if as_machine:
        missed = [{"id": got.labelled.id, "outcome": got.outcome, "clauses": got.clauses} for got in measures.missed]
        shares = {name: {"share": share, "of": of} for name, (share, of) in measures.shares.items()}
        print(json.dumps({"measures": shares, "missed": missed}, indent=2))
        return
    for name, (share, of) in measures.shares.items():
        print(f"{name:42} {share:6.3f}  of {of}")
    for got in measures.missed:
        expected = " ".join(got.labelled.relevant) or got.labelled.kind
        first = " ".join(got.clauses[:3]) or got.situation
        print(f"missed {got.labelled.id}: {got.outcome} {first}; expected {expected}")


def leave_one_out(library: Library, *, as_machine: bool) -> None:
    """Print how often a phrasing finds its situation when it, or it and its like, are taken out."""
    names = ("each phrasing taken out, with its tenth of all", "their near-duplicates taken out as well")
    figures = dict(zip(names, leave_out(library.matcher), strict=True))
    if as_machine:
        print(json.dumps({name: _figures(left) for name, left in figures.items()}, indent=2))
        return
    for name, left in figures.items():
        print(name)
        for figure, value in _figures(left).items():
            print(f"  {figure:42} {value:6.3f}")


def _figures(left: Left) -> dict[str, float]:
    return {
        "situation first": left.hit(1),
        "situation in the first three": left.hit(3),
        "leading clause right": left.clause_hit,
        "right kind": left.kind_hit,
    }


def _read(file: Path) -> list[Labelled]:
    fields: dict[str, type | tuple[type, ...]] = {
        "id": (str, int),
        "question": str,
        "relevant": dict,
        "routes": list,
        "kind": str,
    }
    return [
        Labelled(raw["id"], raw["question"], raw["relevant"], tuple(raw["routes"]), raw["kind"])
        for raw in json_lines.read(file, fields)
    ]


def _answered(bot: PolicyBot, labelled: Labelled) -> Got:
    answer = bot.ask(labelled.question)
    return Got(
        labelled,
        answer.outcome.value,
        answer.situation.id if answer.situation else "",
        tuple(citation.clause.id for citation in answer.citations),
        tuple(route.id for route in answer.routes),
    )
