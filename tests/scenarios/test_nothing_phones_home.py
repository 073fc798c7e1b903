"""promise 58: neither the command line nor the server opens a connection or looks up a name."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile import strings
from serving import Server, signpost

# Loaded by every Python that the test starts, and by those that these start: writes down what a process
# asks of the network.
WITNESS = """
import os, sys

def note(event, values):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        with open(os.environ["WITNESS"], "a") as file:
            file.write(f"{event} {values[-1] if event == 'socket.connect' else values[0]}\\n")

sys.addaudithook(note)
"""


@pytest.fixture
def witness(tmp_path: Path) -> dict[str, str]:
    """The environment in which processes are watched."""
    (tmp_path / "watching").mkdir()
    (tmp_path / "watching/sitecustomize.py").write_text(WITNESS)
    return {"PYTHONPATH": str(tmp_path / "watching"), "WITNESS": str(tmp_path / "noted")}


def noted(environment: dict[str, str]) -> list[str]:
    file = Path(environment["WITNESS"])
    return file.read_text().splitlines() if file.exists() else []


def test_the_command_line_opens_no_connection(tmp_path: Path, witness: dict[str, str]):
    asked = tmp_path / "asked.jsonl"
    asked.write_text("".join(json.dumps({"id": n, "question": text}) + "\n" for n, text in enumerate(strings(200, 58))))

    done = signpost("ask", "--batch", asked, env=os.environ | witness)

    assert len(done.stdout.splitlines()) == 200
    assert noted(witness) == []


def test_checking_and_compiling_open_no_connection(tmp_path: Path, witness: dict[str, str]):
    checked = signpost("check", env=os.environ | witness)
    compiled = signpost("compile", "--library", tmp_path, env=os.environ | witness)

    assert (checked.returncode, compiled.returncode) == (0, 0)
    assert noted(witness) == []


def test_the_server_opens_no_connection_and_listens_on_this_machine_alone(tmp_path: Path, witness: dict[str, str]):
    server = Server(tmp_path, **witness)
    try:
        answers = server.ask(strings(100, seed=59))
        for path in ("/", "/documents", "/documents/own/1", "/static/ask.js"):
            server.get(path)
        server.stop()
    finally:
        server.kill()

    assert len(answers) == 100
    # Asyncio resolves the address that it is told to listen on; it is an address, so nobody is asked.
    assert set(noted(witness)) <= {"socket.getaddrinfo 127.0.0.1"}


def test_the_witness_sees_a_connection(witness: dict[str, str]):
    reach_out = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"

    subprocess.run([sys.executable, "-W", "ignore", "-c", reach_out], env=os.environ | witness, check=True)

    assert noted(witness) == ["socket.connect ('127.0.0.1', 9)"]
