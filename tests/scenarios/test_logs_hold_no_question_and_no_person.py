"""promises 41 and 22: nothing that was asked is in a log or in a file; every event is one line."""

import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import strings
from serving import Server, signpost

from adapters.cli import OneLine

CANARY = "zyxcanary"
EVENT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR) [a-z_.]+ \S")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    served = Server(tmp_path)
    yield served
    served.kill()


def test_a_thousand_hostile_questions_leave_no_trace(server: Server):
    before = len(server.log.read_text().splitlines())
    marked = [
        f"{CANARY} {text}" if n % 2 else f"{text[:1900]} {CANARY}" for n, text in enumerate(strings(1_000, seed=41))
    ]

    answers = server.ask(marked)
    lines = server.stop()

    assert {status for status, _ in answers} == {200}
    assert len(lines) == before
    _nothing_is_kept(server.folder, CANARY.encode())


def test_requests_that_cannot_be_read_are_one_line_each_without_their_text(server: Server):
    before = len(server.log.read_text().splitlines())
    broken = [
        f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b{CANARY} is my question\r\n\r\n",
        f"{CANARY}\r\n\r\n",
        f"GET /{CANARY} HTTP/9\r\n\r\n",
        f"GET / HTTP/1.1\r\n{CANARY}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: {CANARY}\r\n\r\n",
        f"GET /{CANARY * 2000} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n",
    ]

    for request in broken:
        server.send(request.encode())
    lines = server.stop()

    assert before < len(lines) <= before + len(broken)
    for line in lines:
        assert EVENT.match(line) or line.startswith("Signpost answers at "), line
        assert "127.0.0.1" not in line
    _nothing_is_kept(server.folder, CANARY.encode())


def test_a_visitor_who_goes_away_is_no_event(server: Server):
    before = len(server.log.read_text().splitlines())

    head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 999"
    server.send(f"{head}\r\n\r\nquestion={CANARY}".encode())
    server.ask(["hello"])
    lines = server.stop()

    assert not [line for line in lines[before:] if " ERROR adapters" in line]
    _nothing_is_kept(server.folder, CANARY.encode())


def test_the_command_line_logs_no_question(tmp_path: Path):
    asked = tmp_path / "asked.jsonl"
    asked.write_text("".join(json.dumps({"id": n, "question": f"{CANARY} {n}"}) + "\n" for n in range(100)))
    kept = tmp_path / "tmp"
    kept.mkdir()

    done = signpost("--verbose", "ask", "--batch", asked, env=os.environ | {"TMPDIR": str(kept)})

    assert done.returncode == 0
    assert CANARY not in done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 100
    _nothing_is_kept(kept, CANARY.encode())


def test_no_text_in_an_event_can_pass_for_another_event():
    one_line = OneLine("%(levelname)s %(name)s %(message)s")

    for text in strings(1_000, seed=22):
        line = one_line.format(logging.LogRecord("adapters", logging.ERROR, "", 1, "no %s", (f"a\n{text}\r\nb",), None))

        assert line.startswith("ERROR adapters no a\\n"), ascii(text)
        assert len(line.splitlines()) == 1, ascii(text)


def _nothing_is_kept(folder: Path, canary: bytes) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert canary not in path.read_bytes(), path
