"""promise 7: whatever Signpost depends on may hang, and it goes on: no blocking call stands on the event loop."""

import ast
import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
import slack_events as events
import slack_interactions as interactions
from replicas import Replica
from serving import ROOT
from slack_app import HTTP, SOCKET, serving, settings
from slack_replicas import people, several, slack_to
from slack_service import RESPONSE_URL, SlackService

from knowledge.library import Library

QUESTIONS = 30
# Far more than it takes, and far less than what hangs: how much exactly is measured in benchmarks/slack.py.
LONGEST_S = 1.0

ON_THE_LOOP = ("adapters/slack", "adapters/storage", "adapters/deliveries.py", "adapters/late_store.py")
ON_THE_LOOP += ("adapters/slack_server.py", "adapters/leaving.py", "adapters/limits.py")
ON_THE_LOOP += ("adapters/teams", "adapters/teams_server.py", "adapters/questions.py", "adapters/notes.py")
ON_THE_LOOP += ("adapters/turns.py", "adapters/background.py", "adapters/counting.py", "adapters/failures.py")
BLOCKING_MODULES = {
    "requests",
    "msal",
    "msrest",
    "botframework.connector",
    "urllib.request",
    "http.client",
    "socket",
    "subprocess",
    "sqlite3",
    "psycopg",
    "select",
}
BLOCKING_CALLS = {
    *("time.sleep", "open", "input", "os.system", "os.popen", "os.wait", "os.fsync", "asyncio.run"),
    *("socket.getaddrinfo", "socket.gethostbyname", "socket.create_connection", "urlopen"),
}
BLOCKING_METHODS = {".read_text", ".read_bytes", ".write_text", ".write_bytes", ".run_until_complete"}
# Before anything is served: the SQLite file is made private, and SQLite's version is looked at.
AT_THE_START = {("adapters/storage/engine.py", "sqlite3")}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for name in ON_THE_LOOP:
        place = ROOT / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def called(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            said = ast.unparse(node.func)
            yield said
            yield "." + said.rpartition(".")[2]


def synchronous_slack(tree: ast.Module) -> Iterator[str]:
    for name in imported(tree):
        if name.startswith(("slack_sdk", "slack_bolt")) and name.rpartition(".")[2] in {"client", "app", "webhook"}:
            yield name


def test_no_module_on_the_event_loop_imports_or_calls_what_blocks():
    found = [
        (path, what)
        for path, tree in modules()
        for what in (
            *(name for name in imported(tree) if name in BLOCKING_MODULES),
            *(name for name in called(tree) if name in BLOCKING_CALLS | BLOCKING_METHODS),
            *synchronous_slack(tree),
        )
    ]

    assert set(found) - AT_THE_START == set()


def test_the_check_sees_what_it_is_for():
    tree = ast.parse("import time, requests\nfrom slack_sdk.web.client import WebClient\ntime.sleep(1)\nopen('x')")

    assert set(imported(tree)) & BLOCKING_MODULES == {"requests"}
    assert {"time.sleep", "open"} <= set(called(tree)) & BLOCKING_CALLS
    assert list(synchronous_slack(tree)) == ["slack_sdk.web.client"]


@pytest.mark.parametrize("method", ["users.info", "chat.postMessage", RESPONSE_URL])
async def test_while_slack_hangs_questions_are_acknowledged_and_the_process_lives(method, tmp_path: Path):
    async with SlackService.running() as service:
        users = people(service, QUESTIONS)
        async with (
            several(1, service.api_url, f"sqlite:///{tmp_path}/signpost.db") as (replica,),
            slack_to(replica) as (way,),
            aiohttp.ClientSession() as session,
        ):
            hung = service.faults.hang(method, times=QUESTIONS)
            asked = [
                service.live(interactions.command(user_id=user))
                if method == RESPONSE_URL
                else events.message(user=user)
                for user in users
            ]
            got = await asyncio.gather(*(way.deliver(one) for one in asked))
            await service.caught(hung, QUESTIONS)
            alive_s = [await alive(session, replica) for _ in range(QUESTIONS)]
            hung.release()
            await service.until(lambda: len(service.messages()) + len(service.ephemerals) == QUESTIONS)

    assert {one.status for one in got} == {200}
    assert max(alive_s) < LONGEST_S


@pytest.mark.parametrize(("method", "way"), [("auth.test", HTTP), ("apps.connections.open", SOCKET)])
async def test_a_slack_that_hangs_at_the_start_does_not_keep_the_process_from_starting(
    method, way, tmp_path, sheds: Library
):
    async with SlackService.running() as service:
        hung = service.faults.hang(method, times=1)
        async with serving(sheds, settings(service, tmp_path, way), service) as app:
            await service.called("auth.test", within_s=10)
            hung.release()
            if way is SOCKET:
                await service.socket.connected(within_s=10)
                await service.socket.ask(events.message())
            else:
                await app.slack.insist(events.message(), after_s=(0.2,) * 20)
            posted = await service.posted(within_s=10)

    assert len(posted) == 1


@pytest.mark.parametrize("way", [HTTP, SOCKET])
async def test_a_slack_that_hangs_at_the_start_is_waited_for_in_the_background(way, tmp_path, sheds: Library):
    async with SlackService.running() as service:
        hung = service.faults.fail("*", 503, times=2)
        async with serving(sheds, settings(service, tmp_path, way), service) as app:
            await service.caught(hung, 2)
            if way is SOCKET:
                await service.socket.connected(within_s=10)
                await service.socket.ask(events.message())
            else:
                await service.called("auth.test", 3, within_s=10)
                await app.slack.insist(events.message(), after_s=(0.2,) * 20)
            posted = await service.posted(within_s=10)

    assert len(posted) == 1


async def alive(session: aiohttp.ClientSession, replica: Replica) -> float:
    """The seconds that `/livez` took."""
    began = time.monotonic()
    async with session.get(f"{replica.url}/livez") as response:
        assert response.status == 200
    return time.monotonic() - began
