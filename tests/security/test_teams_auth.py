"""promises 1, 9 and 56: only genuine activities of Teams run code, and nothing of the others is logged."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import teams_ids as ids
from slack_probes import logged
from teams_activities import message
from teams_entrance import JSON, Entered, entered
from teams_invokes import executed
from teams_matrix import CANARY, MINUTE_S, REFUSED, now, question

from adapters.deliveries import Deliveries
from adapters.sealing import Seal, new_key
from adapters.storage.store import open_store

HOUR_S = 3_600.0


@pytest.fixture
async def app() -> AsyncIterator[Entered]:
    async with entered() as app:
        yield app


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_not_teams_runs_no_code_and_is_not_logged(
    case: str, app: Entered, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)

    status = await REFUSED[case].send(app)
    admitted_by_then = len(app.admitted)
    genuine = await app.activity(message("do i lock the shed"))

    assert status in REFUSED[case].statuses
    assert admitted_by_then == 0
    assert genuine == 200
    assert len(app.admitted) == 1
    assert CANARY not in logged(caplog)
    assert ids.ASKER not in logged(caplog)
    assert "Traceback" not in logged(caplog)


async def test_1_a_valid_activity_is_admitted_with_its_tenant(app: Entered):
    activity = question()

    status = await app.activity(activity)

    assert status == 200
    assert [dict(each.activity) for each in app.admitted] == [activity]
    assert app.admitted[0].tenant == ids.TENANT


async def test_an_invoke_needs_a_name_and_no_id(app: Entered):
    invoke = {name: told for name, told in executed("show").items() if name != "id"}

    status = await app.activity(invoke)

    assert status == 200


async def test_13_a_token_that_expired_four_minutes_ago_is_inside_the_skew(app: Entered):
    expired = await app.activity(exp=now(app) - 4 * MINUTE_S)
    early = await app.activity(nbf=now(app) + 4 * MINUTE_S)

    assert (expired, early) == (200, 200)


async def test_20_the_same_token_and_activity_replayed_is_admitted_and_claimed_once(app: Entered, tmp_path: Path):
    activity, token = question(), app.bearer()
    store = await open_store(f"sqlite:///{tmp_path}/signpost.db")
    deliveries = Deliveries("teams", ["garden"], store=store, seal=Seal([new_key()]), post=nowhere)

    statuses = [await app.activity(activity, token=token) for _ in range(5)]
    claimed = [await deliveries.claim("garden", each.activity["id"]) for each in app.admitted]
    await store.close()

    assert statuses == [200] * 5
    assert claimed == [True] + [False] * 4


@pytest.mark.parametrize("age_s", [0.0, 2 * HOUR_S], ids=["26 cache fresh", "27 cache two hours old"])
async def test_a_token_signed_with_a_key_published_a_second_ago_is_admitted(age_s: float, app: Entered):
    await app.activity()
    app.clock.at += 1.0 + age_s
    app.service.keys.rotate()

    async with asyncio.timeout(1):
        status = await app.activity()

    assert status == 200


async def test_a_tenant_is_read_from_either_place_whatever_its_case(app: Entered):
    in_conversation = await app.activity(question(channelData={}))
    in_channel_data = await app.activity(
        question(conversation={"id": "a:1"}, channelData={"tenant": {"id": ids.TENANT.upper()}})
    )

    assert (in_conversation, in_channel_data) == (200, 200)


async def test_a_body_that_is_not_compressed_as_it_says_is_refused(app: Entered):
    headers = JSON | {"Authorization": f"Bearer {app.bearer()}", "Content-Encoding": "deflate", "Connection": "close"}

    status = await app.send(json.dumps(question()).encode(), headers)

    assert status == 400
    assert app.admitted == []


async def nowhere(_organisation: str, _address: Any) -> None:
    """Nothing is delivered here."""
