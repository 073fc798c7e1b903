"""Sixty labelled questions, three for each of twenty subjects: the floor below which the search may not fall.

The labels are the clauses of the shipped packs: 2 settles the question, 1 is acceptable too.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from builders import TODAY

from adapters import evaluating
from bot.app import PolicyBot
from knowledge.index import Index
from knowledge.library import Library

GOLDEN = Path(__file__).parent / "golden.jsonl"
FLOORS: Mapping[str, float] = {"hit@1": 0.8, "hit@3": 0.9, "expected route given": 0.9}


def measured(library: Library, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    bot = PolicyBot(library, library.organisations["trust"], today=lambda: TODAY, monotonic=lambda: 0.0)
    evaluating.questions(bot, GOLDEN, as_machine=True)
    return {name: each["share"] for name, each in json.loads(capsys.readouterr().out)["measures"].items()}


def backwards(index: Index) -> Index:
    """An index that takes each passage for the one at the other end."""
    return replace(index, positions=index.size - 1 - index.positions)


def test_there_are_sixty_questions_and_every_label_is_a_clause_and_a_route_of_the_library(shipped: Library):
    lines = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    clauses = {clause.id for _, clause in shipped.passages}

    assert len({line["question"] for line in lines}) == len({line["id"] for line in lines}) == 60
    for line in lines:
        assert set(line["relevant"]) <= clauses
        assert set(line["relevant"].values()) <= {1, 2}
        assert 2 in line["relevant"].values()
        assert set(line["routes"]) <= set(shipped.routes)


def test_no_golden_question_is_a_phrasing_of_the_library(shipped: Library):
    phrasings = {phrasing.casefold() for each in shipped.situations.values() for phrasing in each.phrasings}
    asked = [json.loads(line)["question"].casefold() for line in GOLDEN.read_text(encoding="utf-8").splitlines()]

    assert [text for text in asked if text in phrasings] == []


def test_the_golden_questions_are_answered(shipped: Library, capsys: pytest.CaptureFixture[str]):
    got = measured(shipped, capsys)

    assert {name: got[name] for name, floor in FLOORS.items() if got[name] < floor} == {}


def test_few_are_offered_a_choice_and_fewer_are_refused(shipped: Library, capsys: pytest.CaptureFixture[str]):
    got = measured(shipped, capsys)

    assert got["offered a choice"] <= 0.15
    assert got["in scope refused or taken for sensitive"] <= 0.05


def test_a_search_that_mistakes_situations_would_be_noticed(shipped: Library, capsys: pytest.CaptureFixture[str]):
    matcher = shipped.matcher
    moved = (*matcher.situations[1:], matcher.situations[0])

    got = measured(replace(shipped, matcher=replace(matcher, situations=moved)), capsys)

    assert got["hit@1"] < FLOORS["hit@1"]
    assert got["hit@3"] < FLOORS["hit@3"]


def test_a_search_whose_parts_disagree_would_be_noticed(shipped: Library, capsys: pytest.CaptureFixture[str]):
    matcher = replace(shipped.matcher, index=backwards(shipped.matcher.index))

    got = measured(replace(shipped, matcher=matcher), capsys)

    assert got["hit@1"] < FLOORS["hit@1"]


def test_a_search_that_reads_no_words_would_be_noticed(shipped: Library, capsys: pytest.CaptureFixture[str]):
    weights = shipped.matcher.linear.weights
    deaf = replace(
        shipped.matcher,
        index=replace(shipped.matcher.index, columns={}),
        linear=replace(shipped.matcher.linear, weights=replace(weights, columns={})),
    )

    got = measured(replace(shipped, matcher=deaf), capsys)

    assert got["hit@3"] < FLOORS["hit@3"]
