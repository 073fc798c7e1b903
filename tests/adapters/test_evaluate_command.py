"""`signpost evaluate`: how good the answers are, overall and by kind, and which were missed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from serving import packs_on_disk

from adapters.cli import signpost

QUESTIONS = [
    ("1", "do i lock the shed", {"own/1": 2}, ["comms_team"], "in_scope"),
    ("2", "can i put goldfish in the pond", {"own/2": 2}, ["none"], "in_scope"),
    ("3", "my wages are wrong", {}, [], "out_of_scope"),
    ("4", "my boss screams at me daily", {}, [], "sensitive"),
    ("5", "padlock on the shed, ask 999 000 0018", {}, [], "identifiable"),
    ("6", "good morning", {}, [], "help"),
]
FIELDS = ("id", "question", "relevant", "routes", "kind")


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return packs_on_disk(tmp_path / "packs")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(json.dumps(dict(zip(FIELDS, each, strict=True))) for each in QUESTIONS) + "\n\n")
    return file


def evaluate(packs: Path, *more: str | Path) -> Result:
    chosen = ["--library", str(packs), "--organisation", "garden"]
    return CliRunner().invoke(signpost, ["evaluate", *chosen, *map(str, more)])


def test_the_measures_are_shares_of_the_questions_that_they_are_about(packs: Path, labelled: Path):
    got = evaluate(packs, labelled, "--json")
    measures = json.loads(got.stdout)["measures"]

    assert got.exit_code == 0
    assert measures["hit@1"] == {"share": 0.5, "of": 2}
    assert measures["expected route given"] == {"share": 1.0, "of": 1}
    assert measures["out of scope refused"] == {"share": 1.0, "of": 1}
    assert measures["sensitive recognised"] == {"share": 1.0, "of": 1}
    assert measures["identifiable recognised"] == {"share": 1.0, "of": 1}
    assert measures["help recognised"] == {"share": 1.0, "of": 1}


def test_what_was_missed_is_listed_with_what_was_expected(packs: Path, labelled: Path):
    for_people = evaluate(packs, labelled).stdout
    for_machines = json.loads(evaluate(packs, labelled, "--json").stdout)["missed"]

    assert [line for line in for_people.splitlines() if line.startswith("missed")] == [
        "missed 2: answered other/2; expected own/2"
    ]
    assert for_machines == [{"id": "2", "outcome": "answered", "clauses": ["other/2"]}]


def test_no_question_is_repeated(packs: Path, labelled: Path):
    assert "goldfish" not in evaluate(packs, labelled).stdout + evaluate(packs, labelled, "--json").stdout


BAD = {
    "not JSON": b"hello",
    "not UTF-8": b'{"id": "1", "question": "\xff", "relevant": {}, "routes": [], "kind": "help"}',
    "no kind": b'{"id": "1", "question": "hello", "relevant": {}, "routes": []}',
    "a question that is no text": b'{"id": "1", "question": 1, "relevant": {}, "routes": [], "kind": "help"}',
    "no routes": b'{"id": "1", "question": "hello", "relevant": {}, "routes": null, "kind": "help"}',
    "clauses without grades": b'{"id": "1", "question": "hello", "relevant": ["own/1"], "routes": [], "kind": "help"}',
    "nested too deep": b"[" * 200_000,
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_named_by_file_and_line(packs: Path, labelled: Path, name: str):
    labelled.write_bytes(labelled.read_bytes().replace(b"\n\n", b"\n") + BAD[name])

    got = evaluate(packs, labelled)

    assert str(got.exception).startswith(f"{labelled}:7: not a JSON object with ")


def test_a_line_ends_where_json_lines_end(packs: Path, labelled: Path):
    odd = {"id": "7", "question": "good\u2028morning\x85hiya", "relevant": {}, "routes": [], "kind": "help"}
    labelled.write_text(json.dumps(odd, ensure_ascii=False) + "\n", encoding="utf-8")

    got = evaluate(packs, labelled, "--json")

    assert json.loads(got.stdout)["measures"]["help recognised"]["of"] == 1


def test_leaving_one_out_reports_both_figures(packs: Path):
    got = evaluate(packs, "--leave-one-out", "--json")
    figures = json.loads(got.stdout)

    assert got.exit_code == 0
    assert list(figures) == [
        "each phrasing taken out, with its tenth of all",
        "their near-duplicates taken out as well",
    ]
    for figure in figures.values():
        assert 0 <= figure["situation first"] <= figure["situation in the first three"] <= 1
