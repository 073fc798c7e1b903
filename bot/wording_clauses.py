"""What is said of a clause: whose word it is, what it does, its source, its edition and how it is worded."""

from datetime import date

from knowledge.model import Authority, Citation, Edition, PrintedDate, ReviewState, Stance, Wording

RESTATED = "In our words; the original prevails."
REPORTED = "As reported by somebody else, in our words; the original prevails."
NOT_YET = "This edition takes effect in the future ({date}). It does not apply yet."
WITHDRAWN = "This edition is no longer in force. It was withdrawn ({date})."
REPLACED = "This edition is no longer in force. A later edition of the document has replaced it."
EXCEPTION = "Exception"
EXCEPTIONS = "Exceptions"

STANCES: dict[Stance, str] = {
    Stance.MUST: "You must",
    Stance.MUST_NOT: "You must not",
    Stance.MAY: "You may",
    Stance.MAY_IF: "You may, on a condition",
    Stance.SHOULD: "You should",
    Stance.SHOULD_NOT: "You should not",
    Stance.INFORMS: "For information",
}

AUTHORITIES: dict[Authority, str] = {
    Authority.EMPLOYER_POLICY: "Your employer's policy",
    Authority.EMPLOYER_GUIDANCE: "Your employer's guidance",
    Authority.NATIONAL_POLICY: "National policy",
    Authority.OTHER_EMPLOYER: "Another employer's policy, not your employer's",
    Authority.UNION_ADVICE: "Union advice, not your employer's policy",
    Authority.COMMENTARY: "Commentary, not a policy",
}

MONTHS = "January February March April May June July August September October November December".split()


def printed(when: PrintedDate) -> str:
    """The date in words, no more exact than it was printed: `August 2015`, `5 June 2017`."""
    month = f"{MONTHS[when.first_day.month - 1]} {when.first_day.year}"
    return f"{when.first_day.day} {month}" if len(when.printed) == 10 else month


def review(edition: Edition, state: ReviewState) -> str:
    """Where the edition stands with its review."""
    if edition.review_by is None or state is ReviewState.NOT_STATED:
        return "No review date is stated"
    due = printed(edition.review_by)
    return f"Review was due by {due}: overdue" if state is ReviewState.OVERDUE else f"Review due by {due}"


def wording_note(wording: Wording) -> str:
    """How the clause is worded, where that is not word for word."""
    return {Wording.VERBATIM: "", Wording.RESTATED: RESTATED, Wording.REPORTED: REPORTED}[wording]


def force_note(edition: Edition, in_force: bool, on: date) -> str:
    """What a reader of an edition must know that is not in force on the day; nothing for one that is."""
    if in_force:
        return ""
    if edition.effective.first_day > on:
        return NOT_YET.format(date=printed(edition.effective))
    if edition.withdrawn is not None and edition.withdrawn.first_day <= on:
        return WITHDRAWN.format(date=printed(edition.withdrawn))
    return REPLACED


def clause_name(citation: Citation) -> str:
    """The clause as one would look it up: its document, and its place there."""
    document = citation.edition.document
    return f"{document.title} ({document.issuer}), {citation.clause.place}"


def edition_dates(edition: Edition) -> str:
    """The edition and when it took effect."""
    return f"Edition {edition.label}, effective {printed(edition.effective)}."


def edition_line(citation: Citation) -> str:
    """The edition of a citation, its review, and how it is worded."""
    note = wording_note(citation.wording)
    return " ".join(
        part
        for part in (
            edition_dates(citation.edition),
            f"{review(citation.edition, citation.review_state)}.",
            note,
        )
        if part
    )


def exception_line(exceptions: tuple[str, ...]) -> str:
    """Where a clause holds exceptions: which words they are, long ones by how they begin."""
    begins = "; ".join(f"“{_beginning(each.strip())}”" for each in exceptions)
    return f"{EXCEPTION if len(exceptions) == 1 else EXCEPTIONS}: {begins}"


def _beginning(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:60].rsplit(maxsplit=1)[0]} …"
