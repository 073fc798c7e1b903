"""promises 4 and 28: an address that is not Slack's is never answered at; the answer goes to the asker alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from aiohttp import web
from slack_app import HTTP, SlackApp, serving, settings
from slack_interactions import action_in, click
from slack_probes import connections
from slack_service import SlackService

from knowledge.library import Library

# {trap} is where somebody listens who should not hear of us, {slack} is the stand-in of Slack.
HOSTILE = {
    "loopback by number": "http://127.0.0.1:{trap}/response/x",
    "loopback by name": "http://localhost:{trap}/response/x",
    "loopback of version 6": "http://[::1]:{trap}/response/x",
    "loopback in hexadecimal": "http://0x7f000001:{trap}/response/x",
    "loopback as one number": "http://2130706433:{trap}/response/x",
    "loopback in https": "https://127.0.0.1:{trap}/response/x",
    "a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
    "a private network": "http://10.0.0.1/response/x",
    "Slack as the user of another host": "http://127.0.0.1:{slack}@127.0.0.1:{trap}/response/x",
    "hooks.slack.com as the user": "https://hooks.slack.com@127.0.0.1:{trap}/commands/1",
    "a user before Slack": "http://user@127.0.0.1:{slack}/response/x",
    "Slack as a subdomain": "https://hooks.slack.com.evil.example/commands/1",
    "Slack as a path": "http://127.0.0.1:{trap}/hooks.slack.com/commands/1",
    "Slack as a fragment": "http://127.0.0.1:{trap}/#https://hooks.slack.com/",
    "a backslash": "http://127.0.0.1:{slack}\\@127.0.0.1:{trap}/response/x",
    "a tab": "http://127.0.0.1:{slack}\t@127.0.0.1:{trap}/response/x",
    "a line end": "http://127.0.0.1:{slack}/\r\nHost: 127.0.0.1:{trap}/response/x",
    "a space before": " http://127.0.0.1:{trap}/response/x",
    "a full stop after the host": "https://hooks.slack.com./commands/1",
    "another port": "https://hooks.slack.com:8443/commands/1",
    "Slack in plain HTTP": "http://hooks.slack.com/commands/1",
    "letters that look alike": "https://hооks.slack.com/commands/1",
    "a letter that folds to k": "https://HOO\u212aS.SLACK.COM/commands/1",
    "punycode": "https://xn--hks-tedd.slack.com/commands/1",
    "a redirect at Slack": "http://127.0.0.1:{slack}/redirecting",
    "a file": "file:///etc/passwd",
    "no scheme": "//127.0.0.1:{trap}/response/x",
    "not an address": "http://[::1",
    "a lone surrogate": "http://127.0.0.1:{slack}/\ud800",
    "4 kB": "https://hooks.slack.com/" + 4_000 * "a",
}


@dataclass
class Trap:
    """Somebody who listens on loopback, and counts who comes."""

    port: int = 0
    heard: int = 0


@dataclass
class Trapped:
    """The product and Slack, talking, and the trap beside them."""

    app: SlackApp
    trap: Trap

    def address(self, name: str) -> str:
        """The hostile address of that name."""
        slack = urlsplit(self.app.service.url).port
        return HOSTILE[name].replace("{trap}", str(self.trap.port)).replace("{slack}", str(slack))

    def strangers(self, tried: list[tuple[str, int]]) -> set[tuple[str, int]]:
        """Those of the connections that lead neither to Slack nor, from Slack, to us."""
        ours = {urlsplit(self.app.service.url).port, urlsplit(self.app.slack.url).port}
        return {(host, port) for host, port in tried if host != "127.0.0.1" or port not in ours}


@asynccontextmanager
async def a_trap() -> AsyncIterator[Trap]:
    trap = Trap()

    async def hear(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trap.heard += 1
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        trap.port = server.sockets[0].getsockname()[1]
        yield trap


@pytest.fixture
async def trapped(tmp_path: Path, sheds: Library) -> AsyncIterator[Trapped]:
    async with a_trap() as trap:

        async def redirect(_request: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": f"http://127.0.0.1:{trap.port}/"})

        routes = [web.post("/redirecting", redirect)]
        async with (
            SlackService.running(more_routes=lambda _service: routes) as service,
            serving(sheds, settings(service, tmp_path, HTTP), service) as app,
        ):
            yield Trapped(app, trap)


# A form cannot hold a lone surrogate; JSON can.
@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "a lone surrogate"])
async def test_an_answer_to_a_command_goes_by_direct_message_instead(name: str, trapped: Trapped):
    service = trapped.app.service
    payload = interactions.command("do i lock the shed", response_url=trapped.address(name))

    with connections() as tried:
        taken = await trapped.app.slack.deliver(payload)
        [answer] = await service.posted(1)

    assert taken.status == 200
    assert answer.channel == ids.dm_of(ids.ASKER)
    assert "Lock the shed at night" in answer.text
    assert service.messages(ids.CHANNEL) == []
    assert trapped.trap.heard == 0
    assert trapped.strangers(tried) == set()


@pytest.mark.parametrize("name", ["loopback by number", "Slack as the user of another host", "not an address"])
async def test_an_answer_about_somebodys_message_goes_by_direct_message_instead(name: str, trapped: Trapped):
    payload = interactions.shortcut("my boss screams at me daily", response_url=trapped.address(name))

    with connections() as tried:
        await trapped.app.slack.deliver(payload)
        [answer] = await trapped.app.service.posted(1)

    assert answer.channel == ids.dm_of(ids.ASKER)
    assert trapped.trap.heard == 0
    assert trapped.strangers(tried) == set()


@pytest.mark.parametrize("name", HOSTILE)
async def test_nothing_is_shared_at_such_an_address(name: str, trapped: Trapped):
    app, service = trapped.app, trapped.app.service
    await app.sends(interactions.command("do i lock the shed"))
    [private] = await service.shown(ids.ASKER)
    share = action_in(private.blocks, "signpost.share")

    with connections() as tried:
        taken = await app.slack.deliver(service.live(click(private, share)) | {"response_url": trapped.address(name)})
        await app.sends(events.message("do i lock the shed"))
        await service.posted(1)

    assert taken.status == 200
    assert service.messages(ids.CHANNEL) == []
    assert trapped.trap.heard == 0
    assert trapped.strangers(tried) == set()


@pytest.mark.parametrize("asked", [interactions.command, interactions.shortcut], ids=["command", "shortcut"])
async def test_without_an_address_the_answer_goes_by_direct_message(asked, trapped: Trapped):
    taken = await trapped.app.slack.deliver(asked("do i lock the shed", response_url=""))
    [answer] = await trapped.app.service.posted(1)

    assert taken.status == 200
    assert answer.channel == ids.dm_of(ids.ASKER)
    assert "Lock the shed at night" in answer.text
    assert "signpost.share" not in str(answer.blocks)
    assert trapped.app.service.messages(ids.CHANNEL) == []
