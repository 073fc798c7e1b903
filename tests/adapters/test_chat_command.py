"""`signpost chat`: a conversation in a terminal, or fed from a file."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from builders import OTHER_DOCUMENT
from hostile import strings
from serving import ROOT, packs_on_disk, signpost

from bot import wording


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return packs_on_disk(tmp_path / "packs")


def chat(packs: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    verb = ["chat", "--organisation", "garden", "--library", packs]
    return signpost(*verb, input="".join(f"{line}\n" for line in lines), errors="replace")


def flat(text: str) -> str:
    """The words on the screen, whatever lines and frames they stand in."""
    return " ".join(text.replace("│", " ").split())


def test_it_begins_with_what_it_is_and_who_can_read_along(packs: Path):
    done = chat(packs, "")

    assert done.returncode == 0
    assert flat(done.stdout).startswith(wording.NOTICE)


def test_each_question_gets_its_answer_until_an_empty_line(packs: Path):
    done = chat(packs, "do i lock the shed", "can i put goldfish in the pond", "", "may i paint the shed green")

    assert done.returncode == 0
    assert "Lock the shed at night, unless the owl is inside." in flat(done.stdout)
    assert "Ponds may hold fish." in flat(done.stdout)
    assert flat(done.stdout).count(f"{wording.ASK}:") == 3


def test_the_end_of_the_input_ends_it(packs: Path):
    done = chat(packs, "hello")

    assert (done.returncode, done.stderr) == (0, "")


def test_a_follow_up_leans_on_the_question_before(packs: Path):
    alone = chat(packs, "what about the planks?")
    after = chat(packs, "may i paint the shed green", "what about the planks?")

    assert wording.CHOOSE in flat(alone.stdout)
    assert wording.CHOOSE not in flat(after.stdout)
    assert flat(after.stdout).count("You may paint the shed green.") == 2


def test_a_number_picks_a_choice(packs: Path):
    both = "may i paint the shed green? and can i put goldfish in the pond?"

    done = chat(packs, both, "2")

    said = flat(done.stdout)
    assert "1. Painting the shed" in said
    assert "2. Fish in the pond" in said
    assert "Ponds may hold fish." in said.partition("2. Fish in the pond")[2]


@pytest.mark.parametrize("typed", ["0", "3", "99", "-1", "²", "١", "9" * 5_000, "1.5"])
def test_any_other_number_is_a_question(packs: Path, typed: str):
    both = "may i paint the shed green? and can i put goldfish in the pond?"

    done = chat(packs, both, typed)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Ponds may hold fish." not in flat(done.stdout).partition("2. Fish in the pond")[2]


def test_nothing_that_is_typed_ends_it_or_steers_the_terminal(packs: Path):
    typed = [" ".join(text.splitlines()) for text in strings(200, seed=3)]

    done = chat(packs, *(f"x {text}".encode(errors="replace").decode() for text in typed), "do i lock the shed")

    assert (done.returncode, done.stderr) == (0, "")
    assert flat(done.stdout).count(f"{wording.ASK}:") == len(typed) + 2
    assert "\x1b" not in done.stdout
    assert "Lock the shed at night" in flat(done.stdout)


def test_a_day_and_an_organisation_may_be_chosen(packs: Path):
    done = signpost(
        *("chat", "--organisation", "garden", "--as-of", "2001-02-03", "--library", packs), input="do i lock the shed\n"
    )

    assert "None of the policies that I have was in force on 3 February 2001" in flat(done.stdout)


def test_in_a_terminal_the_answer_stands_below_the_question(packs: Path):
    with_frame = OTHER_DOCUMENT.replace("Ponds may hold fish.", "'Ponds may [red]hold[/red] fish.'")
    (packs / "documents/other.yaml").write_text(with_frame)

    screen = in_a_terminal(packs, "can i put goldfish in the pond\n\n")

    assert screen.index("Ask:") < screen.index("can i put goldfish") < screen.index("Ponds may [red]hold[/red] fish.")


def test_in_a_terminal_interrupting_ends_it_without_an_error(packs: Path):
    screen = in_a_terminal(packs, interrupt=True)

    assert "Traceback" not in screen
    assert "went wrong" not in screen


def in_a_terminal(packs: Path, keys: str = "", *, interrupt: bool = False) -> str:
    """Type *keys* into a pseudo-terminal once it asks; return what stood on the screen when it ended with 0."""
    ours, theirs = pty.openpty()
    verb = [sys.executable, "-m", "adapters.cli", "chat", "--organisation", "garden", "--library", str(packs)]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(
        verb,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env=environment,
        preexec_fn=_hear_interrupts,  # noqa: PLW1509 - no other thread runs here
    )
    os.close(theirs)
    screen = b""
    try:
        while b"Ask:" not in screen:
            screen += os.read(ours, 4_096)
        os.write(ours, keys.encode())
        if interrupt:
            process.send_signal(signal.SIGINT)
        while part := _read(ours):
            screen += part
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return screen.decode()


def _hear_interrupts() -> None:
    # A suite that runs in the background hands down that interrupts are ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4_096)
    except OSError:  # how Linux says that nobody writes any more
        return b""
