"""The connector's token: one request an hour, shared, made ahead of time; the secret shows nowhere."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import teams_ids as ids
from aiohttp import web
from heard import heard
from slack_probes import logged
from teams_entrance import Seconds
from teams_service import TeamsService

from adapters.deliveries import TryAgain
from adapters.teams.tokens import AppTokens, ClientSecret, ManagedIdentity, Source, WrongSecret

HOUR_S, MINUTE_S = 3_600.0, 60.0
LIVES_S = 3_599

Make = Callable[[TeamsService], Source]


@dataclass
class Given:
    """The tokens as the product gets them, and the login that gives them."""

    service: TeamsService
    tokens: AppTokens
    clock: Seconds
    name: str = "login"

    @property
    def requests(self) -> int:
        """How often a token was asked for."""
        return self.service.count(self.name)


def by_secret(service: TeamsService, **changes: Any) -> ClientSecret:
    right = {"app_id": ids.APP, "tenant": ids.TENANT, "secret": ids.APP_SECRET, "token_url": token_url(service)}
    return ClientSecret(**right | changes)


def token_url(service: TeamsService) -> str:
    return f"{service.url}/{{tenant}}/oauth2/v2.0/token"


def by_machine(service: TeamsService) -> ManagedIdentity:
    return ManagedIdentity(ids.APP, service.identity_url)


def by_app_service(service: TeamsService) -> ManagedIdentity:
    return ManagedIdentity(ids.APP, service.identity_endpoint, ids.IDENTITY_HEADER)


@asynccontextmanager
async def giving(make: Make = by_secret, name: str = "login") -> AsyncIterator[Given]:
    clock = Seconds()
    async with TeamsService.running(clock=clock) as service, aiohttp.ClientSession() as session:
        tokens = AppTokens(session, make(service), monotonic=clock, now=clock)
        yield Given(service, tokens, clock, name)
        await tokens.close()


@pytest.fixture
async def given() -> AsyncIterator[Given]:
    async with giving() as given:
        yield given


@pytest.mark.parametrize(
    ("make", "name"),
    [(by_secret, "login"), (by_machine, "identity"), (by_app_service, "identity")],
    ids=["client secret", "managed identity of a machine", "managed identity in App Service"],
)
async def test_a_token_is_one_that_the_connector_takes_and_is_asked_for_once(make: Make, name: str):
    async with giving(make, name) as given:
        tokens = {await given.tokens.current() for _ in range(100)}

        assert len(tokens) == 1
        assert given.service.login.takes(*tokens)
        assert given.requests == 1


async def test_a_thousand_at_once_share_a_request(given: Given):
    tokens = await asyncio.gather(*(given.tokens.current() for _ in range(1_000)))

    assert len(set(tokens)) == 1
    assert given.requests == 1


async def test_one_request_an_hour_over_a_day_with_a_call_a_minute(given: Given):
    for _ in range(24 * 60):
        token = await given.tokens.current()
        assert given.service.login.takes(token)
        given.clock.at += MINUTE_S
        if given.tokens.renewing is not None:
            await given.tokens.renewing

    assert 24 <= given.requests <= 27


async def test_in_its_last_five_minutes_another_is_fetched_in_the_background(given: Given):
    first = await given.tokens.current()
    given.clock.at += LIVES_S - 4 * MINUTE_S
    hung = given.service.faults.hang("login", times=1)

    async with asyncio.timeout(1):
        meanwhile = await given.tokens.current()
    await given.service.caught(hung)
    renewing = given.tokens.renewing
    hung.release()
    assert renewing is not None
    await renewing
    afterwards = await given.tokens.current()

    assert meanwhile == first
    assert afterwards != first
    assert given.requests == 2


async def test_a_token_that_has_run_out_is_not_used(given: Given):
    first = await given.tokens.current()
    given.clock.at += LIVES_S

    assert await given.tokens.current() != first


async def test_while_the_login_is_down_the_token_is_used_as_long_as_it_lasts(given: Given):
    first = await given.tokens.current()
    given.service.faults.fail("login", 503, times=1_000)

    used = set()
    for _ in range(58):
        given.clock.at += MINUTE_S
        for _ in range(5):
            used.add(await given.tokens.current())
            if given.tokens.renewing is not None:
                await given.tokens.renewing
    given.clock.at += 2 * MINUTE_S
    with pytest.raises(TryAgain):
        await given.tokens.current()

    assert used == {first}
    assert given.requests <= 7


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_what_passes_is_tried_again_and_nobody_hurries(status: int, given: Given):
    given.service.faults.fail("login", status)

    refused = await asyncio.gather(*(given.tokens.current() for _ in range(100)), return_exceptions=True)
    at_once = given.requests
    given.clock.at += 3
    token = await given.tokens.current()

    assert {type(each) for each in refused} == {TryAgain}
    assert all(isinstance(each, TryAgain) and each.after_s > 0 for each in refused)
    assert at_once == 1
    assert given.service.login.takes(token)


async def test_a_dropped_connection_passes(given: Given):
    # One more for the client, which tries a kept connection again by itself.
    given.service.faults.drop("login", times=2)

    with pytest.raises(TryAgain):
        await given.tokens.current()


async def test_waiting_grows_to_a_minute_and_not_beyond(given: Given):
    given.service.faults.fail("login", 503, times=1_000)

    waits = []
    for _ in range(10):
        with pytest.raises(TryAgain) as told:
            await given.tokens.current()
        waits.append(told.value.after_s)
        given.clock.at += told.value.after_s

    assert waits == sorted(waits)
    assert waits[-1] == MINUTE_S


GARBAGE = {
    "no JSON": b"<html>sorry</html>",
    "an array": b"[]",
    "no token": b'{"expires_in": 3599}',
    "a token that is no text": b'{"access_token": 1, "expires_in": 3599}',
    "a token with a line end": b'{"access_token": "a\\r\\nX-Header: b", "expires_in": 3599}',
    "no end": b'{"access_token": "abc"}',
    "an end that is no number": b'{"access_token": "abc", "expires_in": "soon"}',
    "an end in the past": b'{"access_token": "abc", "expires_in": -5}',
    "100 kB": b'{"access_token": "' + b"a" * 100_000 + b'", "expires_in": 3599}',
}


@pytest.mark.parametrize("name", GARBAGE)
async def test_garbage_passes_too(name: str, given: Given):
    given.service.garbled["login"] = GARBAGE[name]

    with pytest.raises(TryAgain):
        await given.tokens.current()


REFUSED = {
    "AADSTS7000215": "secret's Value, not its Secret ID",
    "AADSTS7000222": "has expired",
    "AADSTS700016": "check TEAMS_APP_ID and TEAMS_TENANT_ID",
    "AADSTS90002": "no such tenant",
    "AADSTS53003": "Conditional Access",
    "AADSTS500011": "TEAMS_TOKEN_URL",
    "AADSTS70011": "https://login.microsoftonline.com/error?code=70011",
}


@pytest.mark.parametrize("error", REFUSED)
async def test_what_only_other_settings_cure_says_what_to_do(error: str, given: Given):
    given.service.faults.refuse("login", error)

    with pytest.raises(WrongSecret) as told:
        await given.tokens.current()

    assert error in str(told.value)
    assert REFUSED[error] in str(told.value)
    assert "Trace ID" not in str(told.value)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"secret": "guessed"}, "AADSTS7000215"),
        ({"app_id": "another"}, "AADSTS700016"),
        ({"tenant": "elsewhere"}, "AADSTS90002"),
        ({"scope": "https://graph.microsoft.com/.default"}, "AADSTS70011"),
    ],
)
async def test_each_wrong_setting_is_told_apart(changes: dict[str, str], error: str):
    async with giving(lambda service: by_secret(service, **changes)) as given:
        with pytest.raises(WrongSecret, match=error):
            await given.tokens.current()


@pytest.mark.parametrize(
    "make",
    [
        lambda service: ManagedIdentity("another", service.identity_url),
        lambda service: ManagedIdentity("another", service.identity_endpoint, ids.IDENTITY_HEADER),
        lambda service: ManagedIdentity(ids.APP, service.identity_endpoint, "guessed"),
    ],
)
async def test_a_machine_without_the_identity_says_what_to_do(make: Make):
    async with giving(make, "identity") as given:
        with pytest.raises(WrongSecret, match="assign the managed identity"):
            await given.tokens.current()


async def test_an_identity_endpoint_that_is_being_updated_passes():
    async with giving(by_machine, "identity") as given:
        given.service.faults.fail("identity", 410)

        with pytest.raises(TryAgain):
            await given.tokens.current()


async def test_a_wrong_secret_is_tried_once_a_minute_and_a_new_one_is_found(given: Given):
    fault = given.service.faults.refuse("login", "AADSTS7000215")

    for _ in range(100):
        with pytest.raises(WrongSecret):
            await given.tokens.current()
    within_a_minute = given.requests
    fault.release()
    given.clock.at += MINUTE_S
    token = await given.tokens.current()

    assert within_a_minute == 1
    assert given.service.login.takes(token)


async def test_before_anything_is_served_a_wrong_secret_is_told_and_an_absent_login_is_not():
    async with giving(lambda service: by_secret(service, secret="guessed")) as given:
        with pytest.raises(WrongSecret):
            await given.tokens.prove()
    async with giving() as given:
        given.service.faults.fail("login", 503)
        await given.tokens.prove()

        assert given.requests == 1


@pytest.mark.parametrize("status", [400, 503])
async def test_a_temporary_refusal_is_not_taken_for_a_wrong_secret(status: int):
    async def refuse(_request: web.Request) -> web.Response:
        return web.json_response({"error": "temporarily_unavailable", "error_codes": [90033]}, status=status)

    routes = [web.post("/away/token", refuse)]
    async with (
        TeamsService.running(more_routes=lambda _service: routes) as service,
        aiohttp.ClientSession() as session,
    ):
        tokens = AppTokens(session, by_secret(service, token_url=f"{service.url}/away/token"))

        with pytest.raises(TryAgain):
            await tokens.current()


async def test_a_token_that_teams_does_not_take_is_replaced_once(given: Given):
    first = await given.tokens.current()
    given.clock.at += 2 * MINUTE_S

    for _ in range(10):
        given.tokens.spoil(first)
    second = await given.tokens.current()
    # A new one that is refused as well is not worth another: the fault lies elsewhere.
    given.tokens.spoil(second)
    third = await given.tokens.current()

    assert first != second == third
    assert given.requests == 2


async def test_whoever_gives_up_does_not_take_the_request_away_from_the_others(given: Given):
    hung = given.service.faults.hang("login")
    impatient, patient = (asyncio.create_task(given.tokens.current()) for _ in range(2))
    await given.service.caught(hung)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    hung.release()

    assert given.service.login.takes(await patient)
    assert given.requests == 1


async def test_no_secret_and_no_token_shows_in_logs_errors_or_representations(
    given: Given, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    token = await given.tokens.current()
    given.service.faults.refuse("login", "AADSTS7000215", times=1)
    given.clock.at += HOUR_S
    with heard() as lines, pytest.raises(WrongSecret) as told:
        await given.tokens.current()

    source = by_secret(given.service)
    identity = by_app_service(given.service)
    shown = [repr(each) for each in (source, source.request(), identity, identity.request(), given.tokens)]
    said = "\n".join([logged(caplog), *lines.all, str(told.value), repr(told.value), *shown])
    assert lines.count("AADSTS7000215") == 1
    assert ids.APP_SECRET not in said
    assert ids.IDENTITY_HEADER not in said
    assert token not in said
