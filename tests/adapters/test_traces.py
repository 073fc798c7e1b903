"""What an error is logged as: where it arose, and nothing of what it says."""

import json
from collections.abc import Callable

import pytest

from adapters.sealing import Seal
from adapters.traces import is_ours, trace

CANARY = "zyxcanary"


def raised_by(doing: Callable[[], object]) -> Exception:
    with pytest.raises((KeyError, ValueError)) as caught:
        doing()
    return caught.value


def test_a_trace_says_what_arose_and_where_but_not_what_it_was_about():
    error = raised_by(lambda: {}[CANARY])

    said = trace(error)

    assert said.startswith("KeyError at ")
    assert "tests/adapters/test_traces.py:" in said
    assert CANARY not in said
    assert "\n" not in said


def test_an_error_inside_an_error_tells_nothing_either():
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as first:
            raise RuntimeError(CANARY) from first
    except RuntimeError as error:
        said = trace(error)

    assert said.startswith("RuntimeError at ")
    assert CANARY not in said


def test_an_error_is_ours_when_it_passed_through_our_code():
    assert is_ours(raised_by(lambda: Seal(["none"])))
    assert not is_ours(raised_by(lambda: json.loads("{")))


def test_an_error_that_was_never_raised_has_no_place():
    assert trace(ValueError(CANARY)) == "ValueError at no place"
