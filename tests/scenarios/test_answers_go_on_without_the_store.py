"""promise 33: a database that is locked, stopped or not there yet keeps no answer back; the log says so once."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import postgres
import pytest
import slack_events as events
from heard import Lines, heard
from slack_app import HTTP, serving, settings
from slack_delivery import Delivery
from slack_payloads import Json
from slack_replicas import answers, people, several, slack_to
from slack_service import SlackService

from adapters.deliveries import LOOKED_AFTER_EVERY_S
from adapters.sealing import new_key
from knowledge.library import Library

QUESTIONS = 20
AWAY, BACK = "the store does not answer", "the store answers again"
# Somebody looks at the store every few seconds, and gives it one.
NOTICED_WITHIN_S = 3 * LOOKED_AFTER_EVERY_S


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    try:
        server = postgres.Postgres()
    except postgres.NoPostgres as missing:
        if postgres.REQUIRED:
            raise
        pytest.skip(str(missing))
    yield server
    server.remove()


@pytest.fixture
def log() -> Iterator[Lines]:
    with heard() as lines:
        yield lines


@asynccontextmanager
async def locked(folder: Path) -> AsyncIterator[None]:
    """Nobody else can write the database until the end of the block."""
    with closing(sqlite3.connect(folder / "signpost.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


async def test_while_the_database_is_locked_questions_are_answered_once_and_the_log_says_why_once(
    tmp_path, sheds: Library, log: Lines
):
    async with SlackService.running() as service:
        asked = [events.message(user=user) for user in people(service, 2 * QUESTIONS)]
        during, after = asked[:QUESTIONS], asked[QUESTIONS:]
        async with serving(sheds, settings(service, tmp_path, HTTP), service) as app:
            async with locked(tmp_path):
                got = await asyncio.gather(*(app.sends(one) for one in during for _ in range(2)))
                await service.posted(QUESTIONS)
            await log.said(BACK, within_s=NOTICED_WITHIN_S)
            got += await asyncio.gather(*(app.sends(one) for one in asked for _ in range(2)))
            await service.posted(2 * QUESTIONS)
        with closing(sqlite3.connect(tmp_path / "signpost.db")) as connection:
            claimed = connection.execute("SELECT count(*) FROM claims").fetchone()[0]

        assert {one.status for one in got} == {200}
        assert answers(service) == {one["event"]["ts"]: 1 for one in asked}
        assert log.count(AWAY) == log.count(BACK) == 1
        assert claimed >= len(after)


async def test_postgresql_may_be_away_at_the_start_and_go_and_come_again(server: postgres.Postgres):
    database = server.make_database()
    server.stop()
    async with SlackService.running() as service:
        asked = [events.message(user=user) for user in people(service, 4 * QUESTIONS)]
        parts = [asked[first::4] for first in range(4)]
        async with (
            several(2, service.api_url, database, SIGNPOST_KEYS=new_key()) as replicas,
            slack_to(*replicas) as (way, other),
        ):
            await ask(service, parts[0], 1, way)
            server.start()
            await asyncio.gather(*(one.log.until(went_and_came(1), within_s=15) for one in replicas))
            await ask(service, parts[1], 2, way, other)
            server.stop()
            await ask(service, parts[2], 3, way)
            await replicas[1].log.until(lambda log: log.count(AWAY) == 2, within_s=NOTICED_WITHIN_S)
            server.start()
            await asyncio.gather(*(one.log.until(went_and_came(2), within_s=NOTICED_WITHIN_S) for one in replicas))
            await ask(service, parts[3], 4, way, other)
            await asyncio.gather(*(one.stop() for one in replicas))

        assert answers(service) == {one["event"]["ts"]: 1 for one in asked}
        assert not any(one.log.count("Traceback") for one in replicas)


async def test_a_postgresql_that_hangs_keeps_no_answer_back(server: postgres.Postgres):
    (postgres_id,) = [int((server.folder / "data/postmaster.pid").read_text().split()[0])]
    async with SlackService.running() as service:
        asked = [events.message(user=user) for user in people(service, QUESTIONS)]
        async with (
            several(1, service.api_url, server.make_database(), SIGNPOST_KEYS=new_key()) as (replica,),
            slack_to(replica) as (way,),
        ):
            await ask(service, asked[:1], 1, way)
            hung = [postgres_id, *children(postgres_id)]
            for process in hung:
                os.kill(process, signal.SIGSTOP)
            try:
                got = await asyncio.gather(*(way.deliver(one) for one in asked[1:]))
                await service.posted(QUESTIONS, within_s=10)
            finally:
                for process in hung:
                    os.kill(process, signal.SIGCONT)

        assert {one.status for one in got} == {200}
        assert answers(service) == {one["event"]["ts"]: 1 for one in asked}


def went_and_came(times: int) -> Callable[[Lines], bool]:
    """Whether the log says so often that the store is away, and as often that it is back."""
    return lambda log: log.count(AWAY) == log.count(BACK) == times


async def ask(service: SlackService, asked: list[Json], rounds: int, *ways: Delivery) -> None:
    """Ask, each question twice by each of the ways, and wait for the answers of this round and those before it."""
    got = await asyncio.gather(*(way.deliver(one, retry=again) for one in asked for again in range(2) for way in ways))
    assert {one.status for one in got} == {200}
    await service.posted(rounds * len(asked), within_s=10)


def children(process: int) -> list[int]:
    """The processes that *process* has begun."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
