"""`signpost check`: valid or refused, and what the library's owner should look at."""

import json
from pathlib import Path

from builders import OWN_DOCUMENT, some_packs
from click.testing import CliRunner, Result
from serving import packs_on_disk

from adapters.cli import signpost


def check(packs: Path, *more: str) -> Result:
    return CliRunner().invoke(signpost, ["check", "--library", str(packs), "--organisation", "garden", *more])


def test_a_sound_library_is_said_to_be_valid_with_its_counts(tmp_path: Path):
    got = check(packs_on_disk(tmp_path))

    assert got.exit_code == 0
    last = got.stdout.splitlines()[-1]
    assert "valid; 4 clauses, 8 situations, " in last
    assert last.endswith("findings")


def test_findings_stand_under_their_rules_with_the_place(tmp_path: Path):
    own = OWN_DOCUMENT.replace("review_by: 2030-01", "review_by: 2021-01")

    got = check(packs_on_disk(tmp_path, some_packs(documents__own=own)))

    lines = got.stdout.splitlines()
    assert lines[lines.index("past-review") + 1] == "  own: review was due by 2021-01; tell its owner: Head of Sheds"
    assert "  painting-the-shed: own/2 and other/1" not in lines[: lines.index("documents-disagree")]


def test_a_machine_gets_the_findings_as_json(tmp_path: Path):
    got = check(packs_on_disk(tmp_path), "--json")
    findings = json.loads(got.stdout)

    assert {"rule": "gap-in-employers-policy", "where": "fish-in-the-pond", "what": "Fish in the pond"} in findings
    assert all(list(finding) == ["rule", "where", "what"] for finding in findings)


def test_the_shipped_library_is_valid_and_its_known_faults_are_listed():
    got = CliRunner().invoke(signpost, ["check", "--json"])
    found = {(finding["rule"], finding["where"]) for finding in json.loads(got.stdout)}

    assert got.exit_code == 0
    assert {("past-review", "trust"), ("past-review", "hee")} <= found
    assert ("forbids-raising-concerns", "trust/5.3") in found
    assert "documents-disagree" in {rule for rule, _ in found}
