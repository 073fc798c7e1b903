"""What an operator reads when Signpost starts with Slack: where it answers, or the one reason why it does not."""

import asyncio
import os
from pathlib import Path

import pytest
import slack_events as events
import slack_ids as ids
from replicas import Replica, garden
from serving import free_port, signpost
from slack_app import HTTP, SOCKET, serving, settings
from slack_replicas import several
from slack_service import SlackService
from slack_world import Token

from adapters.announcing import Announcements
from adapters.slack import listeners
from adapters.slack.mount import PATH
from adapters.slack.sdk_log import sdk_logger
from adapters.slack.web_client import WebClient
from knowledge.library import Library

MANY = {
    "SLACK_CLIENT_ID": ids.CLIENT_ID,
    "SLACK_CLIENT_SECRET": ids.CLIENT_SECRET,
    "SLACK_SIGNING_SECRET": ids.SECRET_OF_SIGNING,
    "SIGNPOST_PUBLIC_URL": "https://signpost.example",
}
# What Bolt reads from the environment beside these, when it is let.
MORE = {"SLACK_VERIFICATION_TOKEN": "of-old-kind", "SLACK_SCOPES": "chat:write"}
BY_SOCKET, BY_REQUESTS = "Signpost answers in Slack (Socket Mode)", f"Signpost answers in Slack (requests to {PATH})"


@pytest.mark.parametrize(("way", "said"), [(HTTP, BY_REQUESTS), (SOCKET, BY_SOCKET)], ids=["requests", "socket"])
async def test_a_start_says_where_it_answers_and_nothing_else(way: dict[str, str], said: str, tmp_path: Path):
    async with (
        SlackService.running() as service,
        several(1, service.api_url, f"sqlite:///{tmp_path}/signpost.db", way, **MORE) as [replica],
    ):
        await replica.log.said("answers in Slack")
        await replica.stop()

    assert replica.log.all == [f"Signpost answers at http://localhost:{replica.port}/", said]


async def test_a_start_for_many_workspaces_makes_no_files_of_bolts(tmp_path: Path):
    file, home = tmp_path / "signpost.yaml", tmp_path / "home"
    file.write_text(f"slack: {{workspaces: {{{ids.TEAM}: garden}}}}\n")
    home.mkdir()
    own = {"SIGNPOST_DATABASE_URL": f"sqlite:///{tmp_path}/signpost.db", "HOME": str(home)}
    async with (
        SlackService.running() as service,
        Replica.several(
            1, {**MANY, **MORE, **own, "SLACK_API_URL": service.api_url}, garden, "--config", str(file)
        ) as [replica],
    ):
        await replica.log.said("answers in Slack")
        await replica.stop()

    assert replica.log.all == [f"Signpost answers at http://localhost:{replica.port}/", BY_REQUESTS]
    assert list(home.iterdir()) == []


async def test_bolt_learns_nothing_from_the_environment_and_leaves_it_as_it_is(monkeypatch: pytest.MonkeyPatch):
    for name, value in {**HTTP, **MANY, **MORE}.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)

    app = listeners.build(WebClient("https://slack.example/api/", logger=sdk_logger()), *[None] * 3)  # type: ignore[arg-type]

    assert (app.oauth_flow, app.installation_store) == (None, None)
    assert dict(os.environ) == before


async def test_a_wrong_app_level_token_is_refused_in_one_line(tmp_path: Path):
    options, about = garden()
    own = {"SIGNPOST_DATABASE_URL": f"sqlite:///{tmp_path}/signpost.db"}
    async with SlackService.running() as service:
        service.world.tokens[ids.APP_TOKEN] = Token(ids.APP_TOKEN, error="invalid_auth")
        told = os.environ | SOCKET | about | own | {"SLACK_API_URL": service.api_url}

        done = await asyncio.to_thread(signpost, "serve", "--port", str(free_port()), *options, env=told)

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("Slack does not take SLACK_APP_TOKEN (invalid_auth): make an app-level token")


async def test_a_port_that_is_taken_is_all_that_is_said(tmp_path: Path):
    options, about = garden()
    own = {"SIGNPOST_DATABASE_URL": f"sqlite:///{tmp_path}/signpost.db"}
    async with SlackService.running() as service:
        port = service.url.rpartition(":")[2]
        told = os.environ | HTTP | about | own | {"SLACK_API_URL": service.api_url}

        done = await asyncio.to_thread(signpost, "serve", "--port", port, *options, env=told)

    assert done.returncode == 1
    assert "address already in use" in done.stderr
    assert "answers" not in done.stderr


async def test_a_workspace_of_no_organisation_is_not_said_to_be_answered(sheds: Library, tmp_path: Path):
    said: list[str] = []
    elsewhere = {"slack": {"workspaces": {ids.OTHER_TEAM: "garden"}}}
    async with SlackService.running() as service:
        config = settings(service, tmp_path, HTTP, **elsewhere)
        async with serving(sheds, config, service, announce=said.append) as app:
            refused = await app.sends(events.message())

    assert refused.status == 403
    assert said == []


def test_what_is_ready_before_the_port_is_open_is_said_after_it(capsys: pytest.CaptureFixture[str]):
    announcements = Announcements()

    announcements.answers("in Slack (Socket Mode)")
    before = capsys.readouterr().err
    announcements.port_is_open("http://localhost:8080/")
    announcements.answers("elsewhere")

    assert before == ""
    assert capsys.readouterr().err.splitlines() == [
        "Signpost answers at http://localhost:8080/",
        BY_SOCKET,
        "Signpost answers elsewhere",
    ]
