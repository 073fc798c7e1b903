"""promise 7: the keys, the login and the connector may hang, and Signpost goes on for everybody else."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest
from replicas import Replica
from teams_activities import group_mention, message
from teams_app import serving, settings
from teams_gaps import gaps
from teams_ids import Json
from teams_invokes import queried
from teams_replicas import people, questions, several, teams_to
from teams_service import TeamsService

from knowledge.library import Library

QUESTIONS = 20
# Far more than it takes, and far less than what hangs: how much exactly is measured in benchmarks/teams.py.
LONGEST_S = 1.0


def concerns(users: list[str]) -> list[Json]:
    """What is answered in a personal chat that has to be made first."""
    return [
        group_mention("the head gardener bullies me", user=user, group=f"19:{user[3:]}@thread.v2") for user in users
    ]


@pytest.mark.parametrize("name", ["member", "send", "create"])
async def test_while_the_connector_hangs_questions_are_acknowledged_and_the_process_lives(name: str, tmp_path: Path):
    async with TeamsService.running() as service:
        users = people(service, QUESTIONS)
        asked = questions(users) if name != "create" else concerns([service.world.add_user().id for _ in users])
        async with (
            several(1, service, tmp_path) as (replica,),
            teams_to(service, replica) as (way,),
            aiohttp.ClientSession() as session,
        ):
            hung = service.faults.hang(name, times=QUESTIONS)
            got = await asyncio.gather(*(way.deliver(one) for one in asked))
            await service.caught(hung, QUESTIONS)
            alive_s = [await alive(session, replica) for _ in range(QUESTIONS)]
            hung.release()
            await service.until(lambda: len(service.sent) >= QUESTIONS, within_s=10)

    assert {one.status for one in got} == {200}
    assert max(alive_s) < LONGEST_S


async def test_while_the_keys_hang_who_signs_with_a_known_key_is_answered_at_once(tmp_path: Path, sheds: Library):
    async with TeamsService.running() as service, serving(sheds, settings(service, tmp_path), service) as app:
        await app.sends(message())
        users, known = [service.world.add_user().id for _ in range(QUESTIONS)], service.bearer()
        service.keys.rotate()
        hung = service.faults.hang("keys", times=3)
        unknown = [asyncio.create_task(app.sends(message(user=user))) for user in users]
        await service.caught(hung)

        async with gaps() as found:
            got = [await app.teams.deliver(message(), token=known) for _ in range(3)]
        hung.release()
        waited = await asyncio.gather(*unknown)

    assert {one.status for one in got} == {200}
    assert max(one.latency_s for one in got) < LONGEST_S
    assert found.longest_s < LONGEST_S
    assert {one.status for one in waited} == {200}
    assert service.count("keys") <= 2


async def test_while_the_login_is_away_questions_are_taken_and_answered_afterwards(tmp_path: Path, sheds: Library):
    async with TeamsService.running() as service:
        service.faults.fail("login", 503, times=1)
        async with serving(sheds, settings(service, tmp_path), service) as app:
            got = [await app.sends(message()) for _ in range(3)]
            before = len(service.sent)
            await service.posted(3, within_s=15)

    assert {one.status for one in got} == {200}
    assert before == 0


async def test_a_search_is_answered_in_time_while_the_connector_hangs(tmp_path: Path, sheds: Library):
    async with TeamsService.running() as service, serving(sheds, settings(service, tmp_path), service) as app:
        hung = service.faults.hang("member", times=2)
        got = await app.sends(queried("do i lock the shed"))
        hung.release()

    # Teams waits five seconds for it.
    assert got.status == 200
    assert got.latency_s < 5.0
    assert got.body["composeExtension"]["type"] == "message"


async def alive(session: aiohttp.ClientSession, replica: Replica) -> float:
    """The seconds that `/livez` took."""
    began = time.monotonic()
    async with session.get(f"{replica.url}/livez") as response:
        assert response.status == 200
    return time.monotonic() - began
