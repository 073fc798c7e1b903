"""promises 1, 3 and 56: what stands around the token check: clouds, development, too many failures, what is logged."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from teams_activities import message
from teams_delivery import Delivery
from teams_entrance import JSON, OURS, Entered, entered

from adapters.teams.clouds import PUBLIC, cloud_of


@pytest.fixture
async def app() -> AsyncIterator[Entered]:
    async with entered() as app:
        yield app


async def test_nothing_is_fetched_for_a_token_that_is_not_for_us(app: Entered):
    for claims in ({"aud": "somebody else"}, {"iss": "https://sts.windows.net/x/"}):
        await app.activity(key=app.service.keys.another(), **claims)

    assert app.service.count("keys") == 0


async def test_the_eleventh_failure_in_five_minutes_is_told_to_stop_and_genuine_requests_still_pass(app: Entered):
    statuses = [await app.activity(aud="somebody else") for _ in range(15)]
    genuine = await app.activity()

    assert statuses == [401] * 10 + [429] * 5
    assert genuine == 200


async def test_refusals_are_logged_once_a_minute_by_kind_with_what_to_look_at(
    app: Entered, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING)

    for _ in range(5):
        await app.activity(aud="somebody else")

    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert "wrong_audience=1 (is TEAMS_APP_ID the app's id in Azure?)" in said[0]


async def test_while_the_keys_cannot_be_fetched_requests_are_refused_and_not_with_5xx(app: Entered):
    app.service.faults.fail("metadata", 500)

    refused = await app.activity()
    app.clock.at += 31
    admitted = await app.activity()

    assert (refused, admitted) == (401, 200)


async def test_in_the_governments_cloud_its_own_issuer_is_right_and_no_other():
    government = cloud_of("https://login.botframework.azure.us/v1/.well-known/openidconfiguration")

    async with entered(replace(OURS, issuer=government.issuer)) as app:
        statuses = [await app.activity(iss="https://api.botframework.us"), await app.activity()]

    assert statuses == [200, 401]
    assert cloud_of("https://login.botframework.com/v1/.well-known/openidconfiguration") == PUBLIC


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_there_is_no_other_way_in(method: str, app: Entered):
    async with aiohttp.ClientSession() as session, session.request(method, app.delivery.url) as response:
        status = response.status

    assert status in (403, 405)


async def test_without_an_app_id_nobody_is_admitted():
    async with entered(replace(OURS, app_id="")) as app:
        statuses = {await app.activity(), await app.activity(aud=""), await app.activity(token="", aud="")}

        assert statuses == {401}
        assert app.admitted == []


async def test_in_development_without_an_app_id_this_machine_is_answered_and_nobody_else():
    async with entered(replace(OURS, app_id="", dev=True)) as app:
        local = message(serviceUrl=app.service.service_url, tenant="any-tenant")
        without_token = await app.send(json.dumps(local).encode(), JSON)
        from_outside = await app.send(json.dumps(message()).encode(), JSON)

        assert (without_token, from_outside) == (200, 403)
        assert len(app.admitted) == 1


async def test_in_development_with_an_app_id_a_token_is_asked_for_all_the_same():
    async with entered(replace(OURS, dev=True)) as app:
        local = message(serviceUrl=app.service.service_url)
        without_token = await app.send(json.dumps(local).encode(), JSON)
        with_token = await app.activity(local, serviceurl=app.service.service_url)

        assert (without_token, with_token) == (401, 200)


async def test_a_stranger_is_refused_before_anything_of_the_body_is_read(app: Entered):
    reader, writer = await asyncio.open_connection("127.0.0.1", _port(app.delivery))
    writer.write(
        b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    )

    async with asyncio.timeout(5):
        line = await reader.readline()

    assert line.split()[1] == b"401"
    writer.close()
    await writer.wait_closed()


def _port(delivery: Delivery) -> int:
    return int(delivery.url.split(":")[2].partition("/")[0])
