"""The command line as a process: 0 done, 1 no and why, 2 wrong usage, 3 a bug; results on stdout alone."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from builders import OWN_DOCUMENT, some_packs
from serving import ROOT, Server, packs_on_disk, signpost

SMALL = ("--organisation", "garden", "--library")


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return packs_on_disk(tmp_path / "packs")


def test_the_installed_command_answers():
    command = Path(sys.executable).with_name("signpost")

    done = subprocess.run([command, "ask", "--json", "can I post bake sale photos?"], capture_output=True, check=True)

    assert json.loads(done.stdout)["citations"][0]["clause"] == "trust/dont/5"
    assert done.stderr == b""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["ask", "--help"], ["serve", "-h"]], ids=" ".join)
def test_help_and_version_are_results(arguments: list[str]):
    done = signpost(*arguments)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


WRONG_USAGE = {
    "no question": ["ask"],
    "a question and a file": ["ask", "hello", "--batch", __file__],
    "no such file": ["ask", "--batch", "/no/such/file"],
    "a folder for a file": ["ask", "--batch", "/"],
    "no such option": ["ask", "--loudly", "hello"],
    "no such verb": ["answer", "hello"],
    "a day that is none": ["ask", "--as-of", "yesterday", "hello"],
    "a day that never was": ["ask", "--as-of", "2026-02-30", "hello"],
    "no such organisation": ["ask", "--organisation", "nobody", "hello"],
    "nothing to evaluate": ["evaluate"],
    "two things to evaluate": ["evaluate", __file__, "--leave-one-out"],
    "no such questions": ["evaluate", "/no/such/file"],
    "a port that is none": ["serve", "--port", "http"],
    "no verb": [],
}


@pytest.mark.parametrize("name", WRONG_USAGE)
def test_wrong_usage_is_2_and_says_what_is_right(name: str):
    done = signpost(*WRONG_USAGE[name])

    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage:" in done.stderr or "organisation" in done.stderr
    assert "Traceback" not in done.stderr


BROKEN = {
    "broken YAML": ("documents/own.yaml", OWN_DOCUMENT.replace("title: Shed policy", "title: [Shed")),
    "an alias": ("documents/own.yaml", OWN_DOCUMENT.replace("title: Shed policy", "title: *shed")),
    "an unknown field": ("documents/own.yaml", OWN_DOCUMENT.replace("issuer:", "isuer:")),
    "a key twice": ("documents/own.yaml", OWN_DOCUMENT.replace("owner:", "title: Again\nowner:")),
    "a clause twice": ("documents/own.yaml", OWN_DOCUMENT.replace("id: own/2", "id: own/1")),
    "an unknown stance": ("documents/own.yaml", OWN_DOCUMENT.replace("stance: must", "stance: maybe")),
    "a control character": ("documents/own.yaml", OWN_DOCUMENT.replace("Shed policy", '"Shed \\e[31m policy"')),
    "a script for a source": (
        "organisations.yaml",
        "organisations:\n  - id: garden\n    name: G\n    source_urls: {own: 'javascript:alert(1)'}\n",
    ),
}


@pytest.mark.parametrize("verb", ["ask", "check", "compile"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_pack_is_1_with_file_line_and_remedy(packs: Path, name: str, verb: str):
    file, text = BROKEN[name]
    (packs / file).write_text(text)
    question = ["hello"] if verb == "ask" else []

    done = signpost(verb, *question, "--library", packs)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("the library was refused: ")
    assert re.search(rf"^{file}:\d+: .+; .+$", done.stderr, re.MULTILINE)
    assert "\x1b" not in done.stderr


def test_all_problems_are_told_at_once(packs: Path):
    (packs / "documents/own.yaml").write_text(OWN_DOCUMENT.replace("issuer:", "isuer:"))
    (packs / "situations/help.yaml").write_text("topic: help")

    done = signpost("check", "--library", packs)

    assert "documents/own.yaml:" in done.stderr
    assert "situations/help.yaml:" in done.stderr


def test_a_folder_that_is_not_there_is_1(tmp_path: Path):
    done = signpost("ask", "hello", "--library", tmp_path / "none")

    assert done.returncode == 1
    assert f"{tmp_path / 'none'}: no such folder" in done.stderr


def test_a_bad_line_of_a_batch_is_1(packs: Path, tmp_path: Path):
    asked = tmp_path / "asked.jsonl"
    asked.write_text('{"id": 1, "question": "hello"}\nhello\n')

    done = signpost("ask", "--batch", asked, *SMALL, packs)

    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.startswith(f"{asked}:2: not a JSON object with ")


def test_a_bad_line_of_an_evaluation_is_1(packs: Path, tmp_path: Path):
    asked = tmp_path / "asked.jsonl"
    asked.write_text('{"id": 1, "question": "hello"}\n')

    done = signpost("evaluate", asked, *SMALL, packs)

    assert done.returncode == 1
    assert done.stderr.startswith(f"{asked}:1: not a JSON object with ")


def test_a_bug_is_3_with_the_path_of_its_log_and_without_the_question(tmp_path: Path):
    # A part that is not ours and fails where nothing expects it to.
    (tmp_path / "rich").mkdir()
    (tmp_path / "rich/__init__.py").write_text("raise RuntimeError('broken on purpose')")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "TMPDIR": str(tmp_path)}

    done = signpost("ask", "zebra crossing", env=environment)

    assert done.returncode == 3
    assert done.stdout == ""
    assert "broken on purpose" not in done.stderr
    log = Path(done.stderr.rpartition("The log: ")[2].strip())
    assert log.parent == tmp_path
    assert "broken on purpose" in log.read_text()
    assert "zebra" not in log.read_text()


def test_a_reader_who_has_enough_is_no_bug(packs: Path, tmp_path: Path):
    asked = tmp_path / "asked.jsonl"
    asked.write_text("".join(f'{{"id": {n}, "question": "do i lock the shed"}}\n' for n in range(500)))
    verb = [sys.executable, "-m", "adapters.cli", "ask", "--batch", asked, *SMALL, packs]

    with subprocess.Popen(verb, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert json.loads(first)["id"] == 0
    assert (process.returncode, said) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full to write to")
def test_a_full_disk_is_1_and_says_so(packs: Path):
    with open("/dev/full", "w") as full:
        done = signpost("ask", "hello", *SMALL, packs, capture_output=False, stdout=full, stderr=subprocess.PIPE)

    assert done.returncode == 1
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_lacks_characters_gets_the_answer_nevertheless(encoding: str):
    environment = os.environ | {"PYTHONIOENCODING": encoding}

    done = signpost("ask", "can I post bake sale photos?", env=environment, encoding=encoding)
    machine = signpost("ask", "--json", "can I post bake sale photos?", env=environment, encoding=encoding)

    assert (done.returncode, done.stderr) == (0, "")
    assert "bake sale" in done.stdout
    assert json.loads(machine.stdout)["outcome"] == "answered"


@pytest.mark.parametrize("question", [b"\xff\xfe bake sale", "[/] \x1b[31m ﷺ".encode(), b"-", b"%s %d"])
def test_no_question_is_a_bug(packs: Path, question: bytes):
    verb = [sys.executable, "-m", "adapters.cli", "ask", *SMALL, str(packs), "--", question]

    done = subprocess.run(verb, capture_output=True, check=False, cwd=ROOT)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout


def test_the_server_says_where_it_is_and_ends_when_told_to(tmp_path: Path):
    server = Server(tmp_path)
    try:
        status, _ = server.get("/readyz")
        server.process.send_signal(signal.SIGTERM)
        code = server.process.wait(30)
    finally:
        server.kill()

    assert status == 200
    assert code == 0
    said = [line for line in server.log.read_text().splitlines() if line.startswith("Signpost")]
    assert said == [f"Signpost answers at http://localhost:{server.port}/"]


def test_a_port_that_is_taken_is_1_and_says_so(packs: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = signpost("serve", "--port", str(port), *SMALL, packs)

    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "address already in use" in done.stderr


def test_the_server_refuses_a_broken_library_before_it_listens(packs: Path):
    (packs / "documents/own.yaml").write_text("document: [")

    done = signpost("serve", *SMALL, packs)

    assert done.returncode == 1
    assert "documents/own.yaml:" in done.stderr
    assert "answers at" not in done.stderr


def test_the_shipped_packs_need_no_setting(tmp_path: Path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    done = signpost("ask", "can I post bake sale photos?", env=environment)

    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_small_library_of_these_tests_is_sound(packs: Path):
    done = signpost("compile", "--library", packs)

    assert (done.returncode, done.stdout) == (0, "")
    assert re.fullmatch(r"library [0-9a-f]{16} is compiled\n", done.stderr)
    assert len(some_packs()) == sum(1 for path in packs.rglob("*.yaml"))
