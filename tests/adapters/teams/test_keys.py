"""promises 6 and 7: a new key is accepted at once, the old ones while their source is away, and nobody waits."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from heard import heard
from jwt.algorithms import RSAAlgorithm
from teams_entrance import Seconds
from teams_gaps import gaps
from teams_service import TeamsService

from adapters.teams.keys import SigningKeys

DAY_S = 24 * 3_600.0
MINUTE_S = 60.0
# What promise 7 allows.
LONGEST_GAP_S = 0.25


@dataclass
class Known:
    """The keys as the product knows them, and the service that publishes them."""

    service: TeamsService
    keys: SigningKeys
    clock: Seconds

    @property
    def fetches(self) -> int:
        """How often the keys were asked for."""
        return self.service.count("metadata")

    async def is_known(self, key_id: str) -> bool:
        """Whether a key of that id is found."""
        return await self.keys.find(key_id) is not None


@pytest.fixture
async def known() -> AsyncIterator[Known]:
    async with TeamsService.running() as service, aiohttp.ClientSession() as session:
        clock = Seconds()
        keys = SigningKeys(session, service.metadata_url, monotonic=clock, timeout_s=1.0)
        yield Known(service, keys, clock)
        await keys.close()


async def test_a_key_is_fetched_once_and_found_with_its_endorsements(known: Known):
    found = [await known.keys.find(known.service.keys.signing.kid) for _ in range(100)]

    assert found[0] is not None
    assert found[0].endorsements == {"msteams"}
    assert found == [found[0]] * 100
    assert known.fetches == 1


async def test_keys_can_be_fetched_before_they_are_needed(known: Known):
    await known.keys.prepare()

    assert await known.is_known(known.service.keys.signing.kid)
    assert known.fetches == 1


@pytest.mark.parametrize("age_s", [0.0, 1.0, 2 * 3_600.0])
async def test_a_key_published_a_second_ago_is_accepted_within_a_second(age_s: float, known: Known):
    await known.is_known(known.service.keys.signing.kid)
    known.clock.at += age_s
    new = known.service.keys.rotate()

    async with asyncio.timeout(1):
        accepted = await known.is_known(new.kid)

    assert accepted


async def test_a_thousand_unknown_keys_cause_two_fetches_a_minute_at_most(known: Known):
    at_once = await asyncio.gather(*(known.is_known(f"unknown-{number}") for number in range(500)))
    later = [await known.is_known(f"later-{number}") for number in range(500)]
    within_a_minute = known.fetches
    known.clock.at += MINUTE_S
    for number in range(500):
        await known.is_known(f"much-later-{number}")

    assert not any((*at_once, *later))
    assert within_a_minute == 2
    assert known.fetches == 4


async def test_whoever_asks_at_the_same_time_shares_a_fetch(known: Known):
    hung = known.service.faults.hang("metadata", times=1)
    asked = [asyncio.create_task(known.is_known(known.service.keys.signing.kid)) for _ in range(50)]
    await known.service.caught(hung)
    hung.release()

    assert await asyncio.gather(*asked) == [True] * 50
    assert known.fetches == 1


async def test_whoever_gives_up_does_not_take_the_fetch_away_from_the_others(known: Known):
    hung = known.service.faults.hang("metadata", times=1)
    impatient, patient = (asyncio.create_task(known.is_known(known.service.keys.signing.kid)) for _ in range(2))
    await known.service.caught(hung)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    hung.release()

    assert await patient


async def test_after_a_day_keys_are_fetched_again_in_the_background(known: Known):
    old = known.service.keys.signing
    await known.is_known(old.kid)
    known.service.keys.rotate(old_stays=False)
    known.clock.at += DAY_S + 1
    hung = known.service.faults.hang("keys", times=1)

    async with asyncio.timeout(1):
        meanwhile = await known.is_known(old.kid)
    await known.service.caught(hung)
    hung.release()
    await known.service.called("keys", 2)
    known.clock.at += 1
    await known.is_known(known.service.keys.signing.kid)
    afterwards = await known.is_known(old.kid)

    assert meanwhile
    assert not afterwards


async def test_old_keys_are_valid_while_their_source_is_down_for_days(known: Known):
    await known.is_known(known.service.keys.signing.kid)
    known.service.faults.fail("*", 503, times=10_000)

    valid = []
    for _ in range(72):
        known.clock.at += 3_600.0
        valid.append(await known.is_known(known.service.keys.signing.kid))
        await asyncio.sleep(0)

    assert valid == [True] * 72


async def test_a_refresh_that_fails_leaves_a_fetch_for_an_unknown_key(known: Known):
    old = known.service.keys.signing
    await known.is_known(old.kid)
    known.clock.at += DAY_S + 1
    known.service.faults.fail("metadata", 503, times=1)
    with heard() as lines:
        for _ in range(10):
            await known.is_known(old.kid)
        await lines.said("cannot be fetched")
    for _ in range(10):
        await known.is_known(old.kid)
        await asyncio.sleep(0)
    new = known.service.keys.rotate()

    assert await known.is_known(new.kid)
    assert known.fetches == 3


async def test_a_key_endpoint_that_hangs_keeps_nobody_else_waiting(known: Known):
    await known.is_known(known.service.keys.signing.kid)
    hung = known.service.faults.hang("keys", times=2)

    async with gaps() as found:
        waiting = [asyncio.create_task(known.is_known(f"unknown-{number}")) for number in range(200)]
        await known.service.caught(hung)
        async with asyncio.timeout(0.5):
            meanwhile = [await known.is_known(known.service.keys.signing.kid) for _ in range(100)]
        afterwards = await asyncio.gather(*waiting)

    assert meanwhile == [True] * 100
    assert not any(afterwards)
    assert found.longest_s <= LONGEST_GAP_S


def jwk(**changes: object) -> dict[str, object]:
    """A key as the Bot Framework describes it, but for the *changes*; None leaves a part out."""
    public = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    right = json.loads(RSAAlgorithm.to_jwk(public)) | {"kid": "right", "endorsements": ["msteams"]}
    return {name: value for name, value in (right | changes).items() if value is not None}


def document(*described: object) -> bytes:
    return json.dumps({"keys": list(described)}).encode()


def short() -> dict[str, object]:
    public = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    return jwk(**{name: json.loads(RSAAlgorithm.to_jwk(public))[name] for name in ("n", "e")})


def private() -> dict[str, object]:
    return json.loads(RSAAlgorithm.to_jwk(rsa.generate_private_key(public_exponent=65537, key_size=2048)))


BROKEN = {
    "no JSON": b"<html>sorry</html>",
    "nothing": b"",
    "a list": b"[]",
    "nested deep": b'{"keys": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "bad UTF-8": b'{"keys": "\xff"}',
    "no keys": b"{}",
    "an empty list": document(),
    "keys that are no objects": document("right", 1, None, ["right"]),
    "too long": json.dumps({"keys": [jwk()], "more": "x" * 1_100_000}).encode(),
    "too many": document(*({"kid": f"k{number}"} for number in range(1_000))),
}
UNUSABLE = {
    "another kind": lambda: jwk(kty="EC"),
    "no id": lambda: jwk(kid=None),
    "an id that is a list": lambda: jwk(kid=["right"]),
    "no modulus": lambda: jwk(n=None),
    "a modulus that is none": lambda: jwk(n="!!!"),
    "a modulus of a megabit": lambda: jwk(n="A" * 200_000),
    "an exponent of a kilobit": lambda: jwk(e="x" * 200),
    "no exponent": lambda: jwk(e=None),
    "too short": short,
    "no endorsements": lambda: jwk(endorsements=None),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("where", ["metadata", "keys"])
async def test_a_broken_document_changes_nothing(where: str, name: str, known: Known):
    await known.is_known(known.service.keys.signing.kid)
    known.service.garbled[where] = BROKEN[name]

    found = await known.is_known("right")

    assert not found
    assert await known.is_known(known.service.keys.signing.kid)


@pytest.mark.parametrize("name", UNUSABLE)
async def test_a_key_that_cannot_be_used_is_left_out_and_the_others_are_taken(name: str, known: Known):
    known.service.garbled["keys"] = document(UNUSABLE[name](), jwk(kid="good"))

    assert await known.is_known("good")
    assert not await known.is_known("right")


async def test_of_a_private_key_only_the_public_half_is_kept(known: Known):
    known.service.garbled["keys"] = document(jwk() | private())

    found = await known.keys.find("right")

    assert found is not None
    assert isinstance(found.public, rsa.RSAPublicKey)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/keys",
        "http://login.botframework.com/v1/.well-known/keys",
        "https://login.botframework.com.evil.example/keys",
        "https://login.botframework.com@evil.example/keys",
        "file:///etc/passwd",
        "//login.botframework.com/keys",
        "",
        None,
        7,
    ],
)
async def test_keys_come_from_nowhere_else(address: object, known: Known):
    known.service.garbled["metadata"] = json.dumps({"jwks_uri": address}).encode()

    found = await known.is_known(known.service.keys.signing.kid)

    assert not found
    assert known.service.count("keys") == 0


async def test_a_redirect_is_not_followed():
    async def redirect(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/v1/.well-known/openidconfiguration"})

    routes = [web.get("/elsewhere", redirect)]
    async with (
        TeamsService.running(more_routes=lambda _service: routes) as service,
        aiohttp.ClientSession() as session,
    ):
        keys = SigningKeys(session, f"{service.url}/elsewhere")

        assert await keys.find(service.keys.signing.kid) is None
        assert service.count("metadata") == 0


async def test_what_goes_wrong_is_logged_by_its_kind(known: Known, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING)
    known.service.faults.fail("metadata", 500)

    await known.is_known("unknown")

    assert [record.getMessage() for record in caplog.records] == [
        "the Bot Framework's keys cannot be fetched: Unreadable; what is known stays"
    ]


@pytest.mark.parametrize("key_id", ["", "a b", "../x", "é", "x" * 300, "\n"])
async def test_an_id_that_no_key_has_fetches_nothing(key_id: str, known: Known):
    assert not await known.is_known(key_id)
    assert known.fetches == 0
