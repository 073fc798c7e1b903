"""promises 8 and 39: over repetitions, deaths and a stop, every question from Teams is answered, and once."""

import asyncio
from pathlib import Path

from teams_delivery import Delivery, Reception
from teams_ids import Json
from teams_replicas import answers, people, questions, several, teams_to
from teams_service import TeamsService

QUESTIONS, DELIVERIES = 30, 4
# Ten seconds without a word from the process, and up to two and a half until somebody looks.
TAKEN_OVER_WITHIN_S = 14.0
A_SECOND = 50
STOPPED_WITHIN_S = 10.0


async def test_thirty_questions_delivered_four_times_to_each_of_two_processes_get_thirty_answers(tmp_path: Path):
    async with TeamsService.running() as service:
        asked = questions(people(service, QUESTIONS))
        async with several(2, service, tmp_path) as replicas, teams_to(service, *replicas) as ways:
            got = await asyncio.gather(*(way.deliver(one) for one in asked for _ in range(DELIVERIES) for way in ways))
            await service.until(lambda: len(answers(service)) == QUESTIONS, within_s=20)
            again = await asyncio.gather(*(way.deliver(one) for one in asked for way in ways))
            await asyncio.gather(*(replica.stop() for replica in replicas))

        assert {one.status for one in (*got, *again)} == {200}
        assert answers(service) == {one["id"]: 1 for one in asked}


async def test_after_two_deaths_every_question_is_answered_within_seconds(tmp_path: Path):
    async with TeamsService.running() as service:
        asked = questions(people(service, QUESTIONS + 1))
        before_sending, while_sending = asked[:QUESTIONS], asked[QUESTIONS:]
        async with several(2, service, tmp_path) as replicas, teams_to(service, *replicas) as (first, second):
            looked_up = service.faults.hang("member", times=QUESTIONS)
            got = list(await asyncio.gather(*(first.deliver(one) for one in before_sending)))
            await service.caught(looked_up, QUESTIONS)
            await replicas[0].kill()
            looked_up.release()

            sent = service.faults.hang("send")
            got += await asyncio.gather(*(second.deliver(one) for one in while_sending))
            await service.caught(sent)
            await asyncio.gather(replicas[1].kill(), replicas[0].start())
            sent.release()
            everything = {one["id"] for one in asked}
            await service.until(lambda: answers(service).keys() >= everything, within_s=TAKEN_OVER_WITHIN_S)
            await replicas[0].stop()

        found = answers(service)
        assert {one.status for one in got} == {200}
        assert found.keys() == everything
        assert all(found[one["id"]] == 1 for one in before_sending)
        assert found[while_sending[0]["id"]] <= 2


async def test_stopped_at_fifty_questions_a_second_nothing_acknowledged_is_lost(tmp_path: Path):
    async with TeamsService.running() as service:
        asked = questions(people(service, 2 * A_SECOND))
        async with several(2, service, tmp_path) as replicas, teams_to(service, *replicas) as (first, second):
            asking = [asyncio.create_task(insist(first, one, at / A_SECOND)) for at, one in enumerate(asked)]
            await service.called("send", A_SECOND // 2, within_s=20)
            took_s = await replicas[0].stop()
            got = dict(zip((one["id"] for one in asked), await asyncio.gather(*asking), strict=True))
            left = [one for one in asked if not got[one["id"]].ok]
            again = await asyncio.gather(*(second.deliver(one) for one in left))
            await service.until(lambda: len(answers(service)) == len(asked), within_s=15)
            await replicas[1].stop()

        assert took_s <= STOPPED_WITHIN_S
        assert left
        assert all(one.ok for one in again)
        assert {one.status for one in got.values()} <= {200, 0}
        assert answers(service) == {one["id"]: 1 for one in asked}


async def insist(way: Delivery, activity: Json, after_s: float) -> Reception:
    """Ask after some time, at a steady pace."""
    await asyncio.sleep(after_s)
    return await way.deliver(activity)
