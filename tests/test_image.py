"""The image: its Dockerfile is linted, and its install steps run as they are written."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REQUIRED = bool(os.environ.get("SIGNPOST_IMAGE_REQUIRED"))


def test_the_dockerfile_has_no_fault_that_hadolint_knows():
    hadolint = Path(sys.executable).parent / "hadolint"

    found = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)

    assert found.stdout + found.stderr == ""
    assert found.returncode == 0


def test_whoever_runs_in_the_image_may_make_the_database_and_the_key_where_it_starts():
    final = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").split("\nFROM ")[-1]
    steps = [line.split(maxsplit=1) for line in final.splitlines() if line[:1].isupper()]
    [user] = [text for name, text in steps if name == "USER"]

    owned = re.search(rf"install --directory --owner={user} --mode=0700 (\S+)", final)

    assert owned is not None
    assert [text for name, text in steps if name in ("WORKDIR", "VOLUME")] == [owned[1]] * 2


@pytest.mark.skipif(not REQUIRED, reason="installs the whole image; set SIGNPOST_IMAGE_REQUIRED to run it")
def test_the_install_steps_build_something_that_answers(tmp_path):
    dockerfile = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    build_stage = dockerfile.split("\nFROM ")[1]
    steps = re.findall(r"^(COPY|RUN) (.+)$", build_stage, re.MULTILINE)
    work, installed = tmp_path / "build", tmp_path / "app"
    work.mkdir()

    for instruction, text in steps:
        if instruction == "COPY":
            *sources, _target = shlex.split(text)
            for source in sources:
                _copy(ROOT / source, work / source)
        else:
            command = text.replace("/app", str(installed)).replace("python -m venv", f"{sys.executable} -m venv")
            subprocess.run(command, shell=True, cwd=work, check=True)
    answered = subprocess.run(
        [installed / "bin" / "signpost", "ask", "--json", "can I post bake sale photos?"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
    )

    assert '"clause": "trust/dont/5"' in answered.stdout


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "compiled"))
    else:
        shutil.copy(source, target)
