"""promise 4: answers go to Microsoft's hosts only, whatever an activity and its token say, and no socket is opened."""

from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
import teams_ids as ids
from slack_probes import connections
from teams_activities import message
from teams_addresses import HOSTILE, Trap, a_trap
from teams_entrance import OURS, Entered, entered
from teams_service import TeamsService

from adapters.teams.connector import Connector, Place, Refused
from adapters.teams.service_hosts import HOST_OF, HOSTS, allowed
from adapters.teams.tokens import AppTokens, ClientSecret

GENUINE = (
    "https://smba.trafficmanager.net/teams/",
    "https://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net/amer-df/",
    "https://smba.trafficmanager.net/uk/6a4de000-0000-4000-8000-000000000001/",
    "https://smba.trafficmanager.net/teams",
    "https://smba.trafficmanager.net",
)


@pytest.fixture
async def trap() -> AsyncIterator[Trap]:
    async with a_trap() as trap:
        yield trap


@pytest.fixture
async def app() -> AsyncIterator[Entered]:
    async with entered() as app:
        yield app


async def refused_by_the_guard(app: Entered, trap: Trap) -> dict[str, int]:
    """Each address that was not answered 403, with a token that claims it too, and what it was answered."""
    got = {name: await app.activity(message(serviceUrl=url), serviceurl=url) for name, url in addresses(trap).items()}
    # After ten failures the status says so; the refusal is the same.
    return {name: status for name, status in got.items() if status not in (403, 429)}


def addresses(trap: Trap) -> dict[str, str]:
    return {name: trap.address(name) for name in HOSTILE}


async def test_an_activity_from_such_an_address_is_refused_with_a_valid_token_that_claims_it(app: Entered, trap: Trap):
    await app.activity()
    admitted = len(app.admitted)

    with connections() as tried:
        wrong = await refused_by_the_guard(app, trap)

    ours = {int(app.delivery.url.split(":")[2].partition("/")[0])}
    assert wrong == {}
    assert len(app.admitted) == admitted
    assert {port for _host, port in tried} <= ours
    assert trap.heard == 0


@pytest.mark.parametrize("name", HOSTILE)
async def test_each_is_refused_as_forbidden(name: str, app: Entered, trap: Trap):
    url = trap.address(name)

    status = await app.activity(message(serviceUrl=url), serviceurl=url)

    assert status == 403
    assert app.admitted == []


@pytest.mark.parametrize("name", HOSTILE)
async def test_nothing_is_sent_to_such_an_address_either(name: str, trap: Trap):
    async with TeamsService.running() as service, aiohttp.ClientSession() as session:
        tokens = AppTokens(session, ClientSecret(ids.APP, ids.TENANT, ids.APP_SECRET, service.token_url))
        connector = Connector(session, tokens)
        place = Place(trap.address(name), ids.TENANT, ids.GROUP)

        with connections() as tried, pytest.raises(Refused, match="not_a_host_of_teams"):
            await connector.send(place, {"type": "message", "text": "shed"})

        assert tried == []
        assert trap.heard == 0
        assert service.count("login") == 0


async def test_a_redirect_is_not_followed_and_takes_no_token_along(trap: Trap):
    async with TeamsService.running() as service, aiohttp.ClientSession() as session:
        tokens = AppTokens(session, ClientSecret(ids.APP, ids.TENANT, ids.APP_SECRET, service.token_url))
        connector = Connector(session, tokens, dev=True)
        place = Place(f"{service.url}/redirecting/teams/", ids.TENANT, ids.GROUP)

        with pytest.raises(Refused, match="status_307"):
            await connector.send(place, {"type": "message", "text": "shed"})

        assert service.redirected == 1
        assert service.sent == []


@pytest.mark.parametrize("url", GENUINE)
async def test_microsofts_own_addresses_are_right(url: str, app: Entered):
    assert await app.activity(message(serviceUrl=url), serviceurl=url) == 200


@pytest.mark.parametrize("cloud", HOST_OF)
async def test_a_governments_host_is_right_where_the_settings_name_it(cloud: str):
    url = f"https://{HOST_OF[cloud]}/teams/"

    async with entered(replace(OURS, hosts=frozenset({HOST_OF[cloud]}))) as app:
        assert await app.activity(message(serviceUrl=url), serviceurl=url) == 200
        assert await app.activity() == (200 if cloud == "public" else 403)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/teams/", "http://localhost:56150/_connector", "http://[::1]/x"])
def test_this_machine_is_right_in_development_only(url: str):
    assert allowed(url, HOSTS, dev=True)
    assert not allowed(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1.evil.example/",
        "http://localhost@evil.example/",
        "http://localhost.evil.example/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://127.0.0.2/",
        "http://smba.trafficmanager.net/teams/",
        "http://localhost:80:80/",
        "http://localhost:123456/",
    ],
)
def test_in_development_no_other_machine_is_right(url: str):
    assert not allowed(url, HOSTS, dev=True)


@pytest.mark.parametrize("url", [None, 1, ["https://smba.trafficmanager.net/"], {"a": 1}, b"https://x/"])
def test_what_is_not_a_text_is_no_address(url: object):
    assert not allowed(url, HOSTS)
