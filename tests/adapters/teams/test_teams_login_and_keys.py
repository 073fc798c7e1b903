"""The stand-in's login gives tokens as Microsoft's does, and its keys sign as the Bot Framework's do."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jwt
import pytest
import teams_ids as ids
from slack_world import Clock
from teams_ids import Json
from teams_service import TeamsService

FORM = {
    "grant_type": "client_credentials",
    "client_id": ids.APP,
    "client_secret": ids.APP_SECRET,
    "scope": "https://api.botframework.com/.default",
}
MACHINE = {"api-version": "2018-02-01", "resource": "https://api.botframework.com", "client_id": ids.APP}
APP_SERVICE = MACHINE | {"api-version": "2019-08-01"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(clock: Clock) -> AsyncIterator[TeamsService]:
    async with TeamsService.running(clock=clock) as service:
        yield service


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def said(response: aiohttp.ClientResponse) -> tuple[int, Json]:
    async with response:
        return response.status, await response.json(content_type=None)


async def test_the_right_secret_gets_a_token_for_an_hour(
    service: TeamsService, session: aiohttp.ClientSession, clock: Clock
):
    status, got = await said(await session.post(service.token_url, data=FORM))

    assert (status, got["token_type"], got["expires_in"]) == (200, "Bearer", 3599)
    assert service.login.takes(got["access_token"])
    clock.advance(3599)
    assert not service.login.takes(got["access_token"])
    assert service.count("login") == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, 7000215),
        ({"client_id": "another"}, 400, 700016),
        ({"scope": "https://graph.microsoft.com/.default"}, 400, 70011),
        ({"grant_type": "password"}, 400, 70003),
    ],
)
async def test_a_wrong_login_is_refused_with_microsofts_code(
    service: TeamsService, session: aiohttp.ClientSession, changes: Json, status: int, code: int
):
    got = await said(await session.post(service.token_url, data=FORM | changes))

    assert (got[0], got[1]["error_codes"]) == (status, [code])
    assert f"AADSTS{code}: " in got[1]["error_description"]
    assert service.login.issued == {}


async def test_another_tenant_and_a_form_with_parts_missing_are_refused(
    service: TeamsService, session: aiohttp.ClientSession
):
    elsewhere = service.token_url.replace(ids.TENANT, ids.OTHER_TENANT)

    tenant = await said(await session.post(elsewhere, data=FORM))
    parts = await said(await session.post(service.token_url, data={"client_id": ids.APP}))

    assert (tenant[1]["error_codes"], parts[1]["error_codes"]) == ([90002], [900144])


async def test_errors_of_the_login_can_be_called_up(service: TeamsService, session: aiohttp.ClientSession):
    service.faults.refuse("login", "AADSTS7000222", times=1)

    refused = await said(await session.post(service.token_url, data=FORM))
    after = await said(await session.post(service.token_url, data=FORM))

    assert (refused[0], refused[1]["error_codes"], after[0]) == (401, [7000222], 200)


async def test_a_machine_gets_its_identitys_token_with_figures_as_text(
    service: TeamsService, session: aiohttp.ClientSession, clock: Clock
):
    got = await said(await session.get(service.identity_url, params=MACHINE, headers={"Metadata": "true"}))

    assert got[0] == 200
    assert (got[1]["expires_in"], got[1]["expires_on"]) == ("3599", str(int(clock()) + 3599))
    assert service.login.takes(got[1]["access_token"])


async def test_app_service_gives_a_token_to_those_who_know_its_header(
    service: TeamsService, session: aiohttp.ClientSession
):
    known = {"X-IDENTITY-HEADER": ids.IDENTITY_HEADER}

    got = await said(await session.get(service.identity_endpoint, params=APP_SERVICE, headers=known))
    refused = await said(await session.get(service.identity_endpoint, params=APP_SERVICE))

    assert (got[0], refused[0]) == (200, 401)
    assert service.login.takes(got[1]["access_token"])


@pytest.mark.parametrize(
    ("changes", "headers"),
    [
        ({}, {}),
        ({"api-version": "2017"}, {"Metadata": "true"}),
        ({"client_id": "another"}, {"Metadata": "true"}),
        ({"resource": "https://api.botframework.com/.default"}, {"Metadata": "true"}),
    ],
    ids=["no header", "old version", "unknown identity", "scope for resource"],
)
async def test_a_machine_that_asks_wrongly_gets_no_token(
    service: TeamsService, session: aiohttp.ClientSession, changes: Json, headers: dict[str, str]
):
    got = await said(await session.get(service.identity_url, params=MACHINE | changes, headers=headers))

    assert got[0] == 400
    assert service.login.issued == {}


async def published(service: TeamsService, session: aiohttp.ClientSession) -> jwt.PyJWKSet:
    _, metadata = await said(await session.get(service.metadata_url))
    _, keys = await said(await session.get(metadata["jwks_uri"]))
    return jwt.PyJWKSet.from_dict(keys)


def checked(service: TeamsService, keys: jwt.PyJWKSet, token: str) -> Any:
    key = keys[jwt.get_unverified_header(token)["kid"]]
    wanted = {"require": ["exp", "nbf"], "verify_exp": False, "verify_nbf": False}
    return jwt.decode(token, key, ["RS256"], wanted, audience=ids.APP, issuer="https://api.botframework.com")


async def test_a_token_is_right_for_whoever_reads_the_metadata(
    service: TeamsService, session: aiohttp.ClientSession, clock: Clock
):
    keys = await published(service, session)

    claims = checked(service, keys, service.token())

    assert claims["serviceurl"] == service.service_url
    assert claims["nbf"] < clock() < claims["exp"]
    assert (service.count("metadata"), service.count("keys")) == (1, 1)


async def test_keys_say_for_which_channel_they_are(service: TeamsService):
    endorsed = {kid: key["endorsements"] for kid, key in service.keys.published.items()}

    assert endorsed == {service.keys.signing.kid: ["msteams"], service.keys.elsewhere.kid: ["webchat"]}


async def test_after_a_rotation_the_new_key_signs_and_both_are_published(
    service: TeamsService, session: aiohttp.ClientSession
):
    before = service.bearer()

    new = service.keys.rotate()
    after = service.bearer()

    keys = await published(service, session)
    assert jwt.get_unverified_header(after)["kid"] == new.kid != jwt.get_unverified_header(before)["kid"]
    assert checked(service, keys, before) != {}
    assert checked(service, keys, after) != {}


async def test_a_key_that_is_not_published_signs_nothing_that_holds(
    service: TeamsService, session: aiohttp.ClientSession
):
    stranger = service.keys.another()
    keys = await published(service, session)

    with pytest.raises(KeyError):
        checked(service, keys, service.token(key=stranger))
    with pytest.raises(jwt.InvalidSignatureError):
        checked(service, keys, service.token(key=stranger, header={"kid": service.keys.signing.kid}))


@pytest.mark.parametrize("alg", ["HS256", "none", "RS512"])
async def test_other_algorithms_can_be_tried_and_are_not_rs256(
    service: TeamsService, session: aiohttp.ClientSession, alg: str
):
    token = service.token(alg=alg)

    assert jwt.get_unverified_header(token)["alg"] == alg
    with pytest.raises(jwt.InvalidAlgorithmError):
        checked(service, await published(service, session), token)


async def test_any_part_of_a_token_can_be_left_out_or_changed(service: TeamsService):
    token = service.token(exp=None, iss=None, aud="another", header={"kid": None, "x5t": None})

    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"aud", "nbf", "serviceurl"}
    assert claims["aud"] == "another"
    assert set(jwt.get_unverified_header(token)) == {"alg", "typ"}


async def test_the_ordinary_token_is_kept_for_half_an_hour(service: TeamsService, clock: Clock):
    first = service.bearer()
    clock.advance(1799)
    same = service.bearer()
    clock.advance(2)

    assert same == first
    assert service.bearer() != first
