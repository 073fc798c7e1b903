"""`signpost ask`: readable for people, JSON for machines, files of questions."""

import json
from pathlib import Path

import pytest
from builders import OWN_DOCUMENT, SITUATIONS, some_packs
from click.testing import CliRunner, Result
from serving import packs_on_disk

from adapters.cli import signpost

LINE = [
    *("id", "outcome", "situation", "citations", "also", "other_views", "choices", "routes", "warnings"),
    *("elsewhere", "library"),
]
CITATION = [
    *("clause", "document", "edition", "authority", "stance", "heading", "text", "effective", "review_by"),
    *("review_state", "score"),
]
BAKE_SALE = "can I post bake sale photos?"


def run(*arguments: str | Path, library: Path | None = None) -> Result:
    chosen = ["--library", str(library), "--organisation", "garden"] if library else []
    return CliRunner().invoke(signpost, ["ask", *map(str, arguments), *chosen])


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return packs_on_disk(tmp_path / "packs")


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    return tmp_path / "asked.jsonl"


def test_the_bake_sale_question_gets_the_rule_with_its_exception_and_what_else_applies():
    got = run("--json", BAKE_SALE)
    answer = json.loads(got.stdout)

    assert got.exit_code == 0
    assert answer["outcome"] == "answered"
    assert answer["citations"][0]["clause"] == "trust/dont/5"
    assert "consent" in answer["citations"][0]["text"]
    assert {"trust/do/5", "trust/do/6"} <= {cited["clause"] for cited in answer["also"] + answer["citations"]}
    assert answer["routes"][0]["id"] == "comms_team"
    assert answer["routes"][0]["name"] == "The communications team"


def test_a_person_gets_the_clause_its_source_its_review_and_the_routes():
    got = run(BAKE_SALE)
    said = " ".join(got.stdout.replace("│", " ").split())

    assert got.exit_code == 0
    assert "What the policy says" in said
    assert "Your employer's policy" in said
    assert "Photographs taken with consent are acceptable" in said
    assert "Edition 1.0, effective August 2015." in said
    assert "Review was due by August 2017: overdue." in said
    assert "In our words; the original prevails." in said
    assert "Who to go to • The communications team" in said


def test_words_without_quotation_marks_are_one_question():
    assert run("--json", *BAKE_SALE.split()).stdout == run("--json", BAKE_SALE).stdout


def test_the_same_question_gets_the_same_bytes():
    assert run("--json", BAKE_SALE).stdout_bytes == run("--json", BAKE_SALE).stdout_bytes


def test_json_holds_the_whole_answer():
    answer = json.loads(run("--json", "show me the whole policy").stdout)

    assert list(answer) == [*LINE[1:-1], "document", "as_of", "library", "near", "sources", "exceptions"]
    assert answer["document"] == "trust"
    cited = json.loads(run("--json", BAKE_SALE).stdout)["citations"][0]
    assert list(cited) == [*CITATION[:-1], "wording", "score"]
    assert cited["wording"] == "restated"


def test_a_batch_is_answered_line_by_line_in_order_with_the_agreed_fields(asked: Path):
    questions = {
        "q-3": BAKE_SALE,
        "q-1": "and what about colleagues?",
        "q-2": "my manager screams at me every day and I am frightened of her",
        "7": "how much is a jacket potato in the canteen",
        "ü": "hello",
        "": "trust/5.3",
    }
    asked.write_text("".join(json.dumps({"id": i, "question": q}) + "\n" for i, q in questions.items()))

    got = run("--batch", asked)
    answers = [json.loads(line) for line in got.stdout.splitlines()]

    assert got.exit_code == 0
    assert [answer["id"] for answer in answers] == list(questions)
    outcomes = ["answered", "choose", "sensitive", "not_covered", "help", "answered"]
    assert [answer["outcome"] for answer in answers] == outcomes
    for answer in answers:
        assert list(answer) == LINE
        for cited in answer["citations"] + answer["also"] + answer["other_views"]:
            assert list(cited) == CITATION
        assert all(list(choice) == ["situation", "title"] for choice in answer["choices"])
        assert all(list(route) == ["id", "name", "contact", "because"] for route in answer["routes"])
        assert all(list(warning) == ["id", "clause"] for warning in answer["warnings"])
        assert len(answer["citations"]) <= 10
    choose, sensitive, canteen = answers[1], answers[2], answers[3]
    assert len(choose["choices"]) == len(choose["citations"]) > 1
    assert (sensitive["citations"], sensitive["also"]) == ([], [])
    assert len(sensitive["routes"]) >= 3
    assert list(canteen["elsewhere"]) == ["id", "name", "contact"]
    assert canteen["citations"] == []
    assert "speaking_up_rider" in {warning["id"] for warning in answers[5]["warnings"]}


def test_an_id_may_be_a_number_and_empty_lines_are_passed_over(packs: Path, asked: Path):
    asked.write_bytes(
        b'\xef\xbb\xbf{"id": 1, "question": "hello"}\r\n\n   \n{"id": 2, "question": "hello", "more": []}'
    )

    got = run("--batch", asked, library=packs)

    assert [json.loads(line)["id"] for line in got.stdout.splitlines()] == [1, 2]


BAD_LINES = {
    "not JSON": b"do i lock the shed",
    "half a line": b'{"id": 1, "question": "do',
    "not an object": b'["id", "question"]',
    "a number": b"7",
    "null": b"null",
    "no id": b'{"question": "hello"}',
    "no question": b'{"id": 1}',
    "a question that is no text": b'{"id": 1, "question": null}',
    "a question of several": b'{"id": 1, "question": ["hello"]}',
    "an id that is no name": b'{"id": {}, "question": "hello"}',
    "not UTF-8": b'{"id": 1, "question": "\xff"}',
    "nested too deep": b"[" * 200_000,
    "NUL": b"\x00",
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_named_by_file_and_line(packs: Path, asked: Path, name: str):
    asked.write_bytes(b'{"id": 1, "question": "hello"}\n\n' + BAD_LINES[name] + b'\n{"id": 2, "question": "hello"}\n')

    got = run("--batch", asked, library=packs)

    assert str(got.exception) == f'{asked}:3: not a JSON object with "id", "question"; correct the line'
    assert [json.loads(line)["id"] for line in got.stdout.splitlines()] == [1]


def test_no_text_of_a_batch_is_lost_on_its_way(packs: Path, asked: Path):
    names = ["\u2028", "\x85", "\ud800", "a\nb", "🤷", "\x00"]
    asked.write_text("".join(json.dumps({"id": name, "question": name}) + "\n" for name in names))

    got = run("--batch", asked, library=packs)

    assert [json.loads(line)["id"] for line in got.stdout.split("\n")[:-1]] == names


def test_another_organisation_puts_its_own_policy_first():
    trust = json.loads(run("--json", "who approves a new social media account for our team").stdout)
    hee = json.loads(
        run("--json", "--organisation", "hee", "who approves a new social media account for our team").stdout
    )

    assert {cited["document"]: cited["authority"] for cited in hee["citations"]}["hee"] == "employer_policy"
    assert "employer_policy" not in {cited["authority"] for cited in trust["citations"] if cited["document"] == "hee"}


def test_another_folder_of_packs_answers(packs: Path):
    answer = json.loads(run("--json", "do i lock the shed", library=packs).stdout)

    assert answer["citations"][0]["clause"] == "own/1"
    assert answer["routes"][0]["because"] == "own/1"


def test_a_day_is_answered_from_the_editions_in_force_on_it():
    before_hee = json.loads(run("--json", "--as-of", "2016-01-31", BAKE_SALE).stdout)
    before_all = json.loads(run("--json", "--as-of", "2014-06-30", BAKE_SALE).stdout)

    assert before_hee["citations"][0]["review_state"] == "current"
    assert "hee" not in {cited["document"] for cited in before_hee["citations"] + before_hee["also"]}
    assert before_all["outcome"] == "not_covered"
    assert (before_all["citations"], before_all["also"]) == ([], [])
    assert before_all["warnings"] == [{"id": "nothing_in_force", "clause": None}]


def test_a_day_before_every_edition_is_said_in_words():
    said = " ".join(run("--as-of", "2014-06-30", BAKE_SALE).stdout.split())

    assert "None of the policies that I have was in force on 30 June 2014" in said


def test_a_batch_is_answered_for_a_day_as_well(asked: Path):
    asked.write_text(json.dumps({"id": 1, "question": BAKE_SALE}))

    answer = json.loads(run("--batch", asked, "--as-of", "2014-06-30").stdout)

    assert answer["outcome"] == "not_covered"


def test_choices_are_numbered_by_their_titles():
    said = run("and what about colleagues?").stdout

    assert "Which of these is closest?" in said
    assert "  1. " in said
    assert "  2. " in said


def test_text_is_never_taken_for_markup(tmp_path: Path):
    hostile = "[bold red]red[/] [link=https://evil.example]here[/link] :smile: [/nope] \\[x]"
    own = OWN_DOCUMENT.replace("You may paint the shed green.", f"'{hostile}'").replace(
        "Shed policy", '"[red]Shed policy[/red]"'
    )
    situations = SITUATIONS.replace("title: Painting the shed", "title: '[blink]Painting[/blink]'")
    packs = packs_on_disk(tmp_path / "packs", some_packs(documents__own=own, situations__sheds=situations))

    answered = run("may i paint the shed green", library=packs)
    offered = run("may i paint the shed green? and can i put goldfish in the pond?", library=packs)

    assert answered.exit_code == offered.exit_code == 0
    said = " ".join(answered.stdout.replace("│", " ").split())
    assert hostile in said
    assert "[red]Shed policy[/red]" in said
    assert "[blink]Painting[/blink]" in offered.stdout
    assert "\x1b" not in answered.stdout + offered.stdout
