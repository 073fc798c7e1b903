"""promise 40, and installing the app by OAuth: in the browser that began, once, for workspaces the settings name."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import slack_ids as ids
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from pages import Page
from slack_database import SEAL, all_rows, an_installation, change, database, installed_workspaces
from slack_service import SlackService
from slack_world import Workspace
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.slack.installing import COOKIE, STARTS_A_MINUTE, Application, Installing, routes, states
from adapters.slack.manifest import SCOPES
from adapters.slack.rotating import OAuthClient
from adapters.slack.workspaces import InstalledWorkspaces

PUBLIC_URL = "https://signpost.example"
ENTERPRISE = "E0ESTATE01"
MakeClient = Callable[..., Awaitable[TestClient[Any, Any]]]


class Browser:
    """An administrator's browser: starts an installation, and comes back from Slack."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.state = ""
        self.cookie = ""

    async def start(self) -> ClientResponse:
        response = await self.client.get("/slack/install", allow_redirects=False)
        if "Set-Cookie" in response.headers:
            self.state = parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]
            self.cookie = SimpleCookie(response.headers["Set-Cookie"])[COOKIE].value
        return response

    async def come_back(self, **query: str) -> tuple[int, Page]:
        values = {"state": self.state} | query
        headers = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        response = await self.client.get("/slack/oauth_redirect", params=values, headers=headers)
        return response.status, Page(await response.text())


@pytest.fixture
async def slack() -> AsyncIterator[SlackService]:
    async with SlackService.running() as service:
        service.world.rotation = True
        yield service


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with database(tmp_path) as one:
        yield one


@pytest.fixture
def workspaces(engine: AsyncEngine, slack: SlackService) -> InstalledWorkspaces:
    return installed_workspaces(engine, slack.api_url)


@pytest.fixture
async def browser(
    aiohttp_client: MakeClient, engine: AsyncEngine, workspaces: InstalledWorkspaces, slack: SlackService
) -> Browser:
    return await a_browser(aiohttp_client, engine, workspaces, slack.api_url)


async def a_browser(
    aiohttp_client: MakeClient, engine: AsyncEngine, workspaces: InstalledWorkspaces, api_url: str
) -> Browser:
    application = Application(ids.CLIENT_ID, ids.CLIENT_SECRET, PUBLIC_URL)
    served = web.Application()
    installing = Installing(application, workspaces, states(engine), SEAL, OAuthClient(api_url))
    served.add_routes(routes(installing.start, installing.finish))
    return Browser(await aiohttp_client(served))


def a_code(slack: SlackService, **about: Any) -> str:
    return slack.world.add_grant(**{"redirect_uri": f"{PUBLIC_URL}/slack/oauth_redirect"} | about)


def said(page: Page) -> str:
    assert page.one("title").text.startswith(page.one("h1").text)
    assert page.one("html").attributes["lang"] == "en-GB"
    return page.one("main").text


async def test_installing_begins_at_slack_with_the_scopes_of_the_manifest(browser: Browser, slack: SlackService):
    response = await browser.start()

    there = urlsplit(response.headers["Location"])
    asked = parse_qs(there.query)
    assert response.status == 302
    assert f"{there.scheme}://{there.netloc}" == slack.url
    assert there.path == "/oauth/v2/authorize"
    assert set(asked.pop("scope")[0].split(",")) == set(SCOPES)
    assert asked == {
        "client_id": [ids.CLIENT_ID],
        "redirect_uri": [f"{PUBLIC_URL}/slack/oauth_redirect"],
        "state": [browser.state],
    }


async def test_the_cookie_that_binds_an_installation_to_its_browser_is_kept_safe(browser: Browser):
    response = await browser.start()

    cookie = SimpleCookie(response.headers["Set-Cookie"])[COOKIE]
    assert COOKIE.startswith("__Host-")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert int(cookie["max-age"]) == 600
    assert browser.state not in cookie.value


async def test_a_workspace_that_the_settings_name_is_installed_and_answered(
    browser: Browser, slack: SlackService, workspaces: InstalledWorkspaces
):
    await browser.start()

    status, page = await browser.come_back(code=a_code(slack))

    known = await workspaces.find(ids.TEAM, "")
    assert status == 200
    assert "Signpost is installed" in said(page)
    assert slack.world.workspaces[ids.TEAM].name in said(page)
    assert known is not None
    assert known.bot == slack.world.workspaces[ids.TEAM].bot
    assert (await workspaces.token(known)) in slack.world.tokens


async def test_a_state_that_was_not_issued_installs_nothing(browser: Browser, slack: SlackService, engine: AsyncEngine):
    await browser.start()

    status, page = await browser.come_back(code=a_code(slack), state="made-up")

    assert status == 400
    assert "Please start again" in said(page)
    assert slack.calls == []
    assert ids.TEAM not in await all_rows(engine)


@pytest.mark.parametrize("cookie", ["", "made-up", "é"])
async def test_another_browser_cannot_finish_an_installation(browser: Browser, slack: SlackService, cookie: str):
    await browser.start()
    browser.cookie = cookie

    status, page = await browser.come_back(code=a_code(slack))

    assert status == 400
    assert "not started in this browser" in said(page)
    assert slack.calls == []


async def test_the_cookie_of_one_installation_does_not_fit_the_state_of_another(browser: Browser, slack: SlackService):
    await browser.start()
    first = browser.state
    await browser.start()

    status, _ = await browser.come_back(code=a_code(slack), state=first)

    assert status == 400
    assert slack.calls == []


async def test_a_state_is_used_once(browser: Browser, slack: SlackService):
    await browser.start()
    await browser.come_back(code=a_code(slack))
    before = len(slack.calls)

    status, page = await browser.come_back(code=a_code(slack))

    assert status == 400
    assert "has ended already" in said(page)
    assert len(slack.calls) == before


async def test_a_state_is_used_once_also_when_it_comes_many_times_at_once(browser: Browser, slack: SlackService):
    await browser.start()

    came = await asyncio.gather(*(browser.come_back(code=a_code(slack)) for _ in range(10)))

    assert sorted(status for status, _ in came) == [200] + [400] * 9
    assert len(slack.called_so_far("oauth.v2.access")) == 1


async def test_after_ten_minutes_one_has_to_start_again(browser: Browser, slack: SlackService, engine: AsyncEngine):
    await browser.start()
    await change(engine, "UPDATE slack_oauth_states SET expire_at = datetime('now', '-1 second')")

    status, page = await browser.come_back(code=a_code(slack))

    assert status == 400
    assert "ten minutes ago" in said(page)
    assert slack.calls == []


async def test_installations_that_came_to_nothing_are_deleted(browser: Browser, engine: AsyncEngine):
    await browser.start()
    abandoned = browser.state
    await change(engine, "UPDATE slack_oauth_states SET expire_at = datetime('now', '-1 second')")

    await browser.start()

    assert abandoned not in await all_rows(engine)
    assert browser.state in await all_rows(engine)


async def test_who_cancels_in_slack_is_told_that_nothing_was_installed(
    browser: Browser, slack: SlackService, engine: AsyncEngine
):
    await browser.start()

    status, page = await browser.come_back(error="access_denied")

    assert status == 200
    assert "Nothing was installed" in said(page)
    assert slack.calls == []
    assert await all_rows(engine) == "[[], [], []]"


@pytest.mark.parametrize("query", [{"error": "<script>alert(1)</script>"}, {}, {"code": ""}, {"code": "made-up"}])
async def test_what_slack_does_not_confirm_is_not_installed_and_nothing_of_it_is_shown(
    browser: Browser, engine: AsyncEngine, query: dict[str, str]
):
    await browser.start()

    status, page = await browser.come_back(**query)

    assert status == 502
    assert "Slack did not confirm" in said(page)
    assert all(word not in said(page) for word in ("script", "made-up", "invalid_code"))
    assert ids.TEAM not in await all_rows(engine)


@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
@pytest.mark.parametrize("broken", ["fail", "drop"])
async def test_when_slack_breaks_one_is_asked_to_start_again(
    browser: Browser, slack: SlackService, engine: AsyncEngine, method: str, broken: str
):
    await browser.start()
    getattr(slack.faults, broken)(method)

    status, page = await browser.come_back(code=a_code(slack))

    assert status == 502
    assert "Slack did not confirm" in said(page)
    assert page.one("a").attributes["href"] == "/slack/install"
    assert ids.TEAM not in await all_rows(engine)


async def test_a_workspace_that_the_settings_do_not_name_is_told_what_to_add_and_nothing_is_kept(
    browser: Browser, slack: SlackService, engine: AsyncEngine
):
    slack.world.add_workspace(Workspace(ids.OTHER_TEAM))
    await browser.start()

    status, page = await browser.come_back(code=a_code(slack, team=ids.OTHER_TEAM))

    assert status == 403
    assert f"slack.workspaces: {{{ids.OTHER_TEAM}: ORGANISATION}}" in said(page)
    assert await all_rows(engine) == "[[], [], []]"
    issued = [token for token in slack.world.tokens.values() if token.team == ids.OTHER_TEAM]
    assert [token.error for token in issued] == ["token_revoked"]


@pytest.mark.parametrize("away", ["the database", "slack"])
async def test_installing_again_in_vain_leaves_the_earlier_installation_as_it_was(
    browser: Browser, slack: SlackService, engine: AsyncEngine, workspaces: InstalledWorkspaces, away: str
):
    await workspaces.keep(an_installation())
    await browser.start()
    if away == "slack":
        slack.faults.fail("auth.test")
    else:
        await change(engine, "ALTER TABLE slack_bots RENAME TO away")

    status, page = await browser.come_back(code=a_code(slack))

    if away == "the database":
        await change(engine, "ALTER TABLE away RENAME TO slack_bots")
    known = await workspaces.find(ids.TEAM, "")
    assert status in (502, 503)
    assert "Nothing was kept" in said(page)
    assert known is not None
    assert await workspaces.token(known) == ids.BOT_TOKEN
    assert slack.called_so_far("auth.revoke") == []


async def test_no_installation_is_started_that_could_not_be_finished(browser: Browser, engine: AsyncEngine):
    await change(engine, "ALTER TABLE slack_oauth_states RENAME TO away")

    response = await browser.start()

    assert response.status == 503
    assert "could not be stored" in said(Page(await response.text()))


async def test_an_enterprise_that_the_settings_name_installs_for_all_its_workspaces(
    aiohttp_client: MakeClient, aiohttp_server: Callable[..., Awaitable[Any]], engine: AsyncEngine
):
    api_url = await slack_for_an_enterprise(aiohttp_server)
    workspaces = installed_workspaces(engine, api_url, organisations={ENTERPRISE: "estate"})
    browser = await a_browser(aiohttp_client, engine, workspaces, api_url)
    await browser.start()

    status, page = await browser.come_back(code="a-code")

    known = await workspaces.find(ids.OTHER_TEAM, ENTERPRISE)
    assert status == 200
    assert "Staff of The Estate & Co can ask now" in said(page)
    assert known is not None
    assert (known.team, known.organisation) == (ids.OTHER_TEAM, "estate")
    assert await workspaces.token(known) == "xoxb-estate"


async def test_an_enterprise_that_the_settings_do_not_name_is_told_its_id(
    aiohttp_client: MakeClient, aiohttp_server: Callable[..., Awaitable[Any]], engine: AsyncEngine
):
    api_url = await slack_for_an_enterprise(aiohttp_server)
    browser = await a_browser(aiohttp_client, engine, installed_workspaces(engine, api_url), api_url)
    await browser.start()

    status, page = await browser.come_back(code="a-code")

    assert status == 403
    assert f"slack.workspaces: {{{ENTERPRISE}: ORGANISATION}}" in said(page)
    assert await all_rows(engine) == "[[], [], []]"


async def slack_for_an_enterprise(aiohttp_server: Callable[..., Awaitable[Any]]) -> str:
    """Slack's answers to an installation for a whole enterprise: https://docs.slack.dev/enterprise/developing-for-enterprise-orgs."""

    async def access(_request: web.Request) -> web.Response:
        given = {"ok": True, "access_token": "xoxb-estate", "token_type": "bot", "scope": "chat:write"}
        of_whom = {"team": None, "enterprise": {"id": ENTERPRISE, "name": "The Estate & Co"}}
        return web.json_response(
            given | of_whom | {"is_enterprise_install": True, "bot_user_id": ids.BOT_USER, "app_id": ids.APP}
        )

    async def whose(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "bot_id": ids.BOT, "user_id": ids.BOT_USER, "team_id": ENTERPRISE})

    async def revoked(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "revoked": True})

    stand_in = web.Application()
    stand_in.add_routes(
        [
            web.post("/api/oauth.v2.access", access),
            web.post("/api/auth.test", whose),
            web.get("/api/auth.revoke", revoked),
            web.post("/api/auth.revoke", revoked),
        ]
    )
    server = await aiohttp_server(stand_in)
    return str(server.make_url("/api/"))


async def test_a_name_from_slack_is_shown_as_text(browser: Browser, slack: SlackService):
    slack.world.workspaces[ids.TEAM].name = "<img src=x onerror=alert(1)>"
    await browser.start()

    _, page = await browser.come_back(code=a_code(slack))

    assert "<img src=x onerror=alert(1)>" in said(page)
    assert page.all("img") == []


async def test_pages_are_neither_stored_nor_framed_nor_let_anything_run(browser: Browser):
    started = await browser.start()
    ended = await browser.client.get("/slack/oauth_redirect")

    for response in (started, ended):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_starting_over_and_over_does_not_fill_the_disk(browser: Browser, engine: AsyncEngine):
    statuses = [(await browser.start()).status for _ in range(STARTS_A_MINUTE + 5)]

    assert statuses[:STARTS_A_MINUTE] == [302] * STARTS_A_MINUTE
    assert statuses[-1] == 429


async def test_neither_code_nor_token_nor_secret_stands_in_the_database_the_log_or_the_page(
    browser: Browser, slack: SlackService, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    await browser.start()
    code = a_code(slack)

    status, page = await browser.come_back(code=code)

    issued = [token for token in slack.world.tokens if token != ids.BOT_TOKEN and token.startswith("xox")]
    kept = contents(tmp_path)
    assert status == 200
    assert issued
    for secret in (code, ids.CLIENT_SECRET, browser.cookie, *issued, *slack.world.refreshes):
        assert secret.encode() not in kept
        assert secret not in written(caplog)
        assert secret not in said(page)


def contents(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def written(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "aiohttp.access")


async def test_installing_again_keeps_one_installation(
    browser: Browser, slack: SlackService, workspaces: InstalledWorkspaces, engine: AsyncEngine
):
    await workspaces.keep(an_installation())
    await browser.start()

    await browser.come_back(code=a_code(slack))

    known = await workspaces.find(ids.TEAM, "")
    assert known is not None
    assert await workspaces.token(known) != ids.BOT_TOKEN
    assert (await all_rows(engine)).count(ids.TEAM) == 1
