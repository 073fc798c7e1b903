"""`signpost check`: what the library's owners should look at."""

import json
from dataclasses import asdict
from datetime import date
from itertools import groupby

from knowledge.library import Library
from knowledge.lint import lint
from knowledge.people import Organisation


def report(library: Library, employer: Organisation, on: date, *, as_machine: bool) -> None:
    """Print every finding, grouped by rule, and a last line with the counts."""
    findings = lint(library, employer, on)
    if as_machine:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
        return
    for rule, found in groupby(findings, key=lambda finding: finding.rule):
        print(rule)
        for finding in found:
            print(f"  {finding.where}: {finding.what}")
    clauses = sum(len(edition.clauses) for edition in library.in_force(on))
    phrasings = sum(len(situation.phrasings) for situation in library.situations.values())
    print(
        f"library {library.digest}: valid; {clauses} clauses, {len(library.situations)} situations, "
        f"{phrasings} phrasings, {len(findings)} findings"
    )
