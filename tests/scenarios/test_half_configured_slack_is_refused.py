"""promise 3: what is set up by half does not start, says what to set, opens no port and prints no secret."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import slack_ids as ids
from serving import packs_on_disk, signpost
from slack_service import SlackService
from slack_world import Token
from starting import CLEAN, attempted

CANARY = "zyxsecret"
BOT, APP = f"xoxb-{CANARY}-1", f"xapp-{CANARY}-2"
SIGNING, CLIENT = f"{CANARY}-signing", f"{CANARY}-client"
ONE = {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING}
MANY = {
    "SLACK_CLIENT_ID": "1000.2000",
    "SLACK_CLIENT_SECRET": CLIENT,
    "SLACK_SIGNING_SECRET": SIGNING,
    "SIGNPOST_PUBLIC_URL": "https://signpost.example",
}
MAPPED = "slack:\n  workspaces:\n    T0GARDEN01: garden\n"


@dataclass(frozen=True)
class Half:
    """Settings that cannot work, the setting that the message must name, and the remedy that it must hold."""

    names: str
    remedy: str
    environment: Mapping[str, str] = field(default_factory=dict)
    file: str = CLEAN


def _and(settings: Mapping[str, str], **more: str) -> dict[str, str]:
    return {**settings, **more}


def _but(settings: Mapping[str, str], name: str) -> dict[str, str]:
    return {each: value for each, value in settings.items() if each != name}


HALVES: Mapping[str, Half] = {
    "a bot token alone": Half("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", {"SLACK_BOT_TOKEN": BOT}),
    "an app-level token alone": Half("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", {"SLACK_APP_TOKEN": APP}),
    "a blank signing secret": Half(
        "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": "  "}
    ),
    "a user's token": Half("SLACK_BOT_TOKEN", "xoxb-", _and(ONE, SLACK_BOT_TOKEN=f"xoxp-{CANARY}")),
    "a secret in the file": Half("SLACK_BOT_TOKEN", "environment", file=f"slack: {{bot_token: {BOT}}}\n"),
    "a switch for verification": Half(
        "slack.verify_signatures", "remove it", ONE, "slack: {verify_signatures: 'no'}\n"
    ),
    "a file that is not YAML": Half("signpost.yaml", "signpost.yaml:2", ONE, f"slack: [{CANARY}\n"),
    "the Web API in plain HTTP": Half("SLACK_API_URL", "https", _and(ONE, SLACK_API_URL="http://slack.example/api/")),
    "many workspaces and no address": Half(
        "SLACK_CLIENT_ID", "SIGNPOST_PUBLIC_URL", _but(MANY, "SIGNPOST_PUBLIC_URL"), MAPPED
    ),
    "many workspaces of nobody": Half("slack.workspaces", "T0123ABCD: trust", MANY),
    "replicas without a key": Half(
        "SIGNPOST_KEYS", "key", _and(ONE, SIGNPOST_DATABASE_URL=f"postgresql://signpost:{CANARY}@127.0.0.1:9/none")
    ),
    "a key that is none": Half("SIGNPOST_KEYS", "signpost keys new", _and(ONE, SIGNPOST_KEYS=f"{CANARY}-key")),
    "a database of another kind": Half(
        "SIGNPOST_DATABASE_URL", "sqlite:///", _and(ONE, SIGNPOST_DATABASE_URL=f"mysql://root:{CANARY}@127.0.0.1/none")
    ),
    "a workspace of no organisation": Half(
        "slack.workspaces.T0GARDEN01", "garden", ONE, "slack: {workspaces: {T0GARDEN01: gardn}}\n"
    ),
    "a secret's file that is not there": Half(
        "SLACK_BOT_TOKEN_FILE", "path", _but(_and(ONE, SLACK_BOT_TOKEN_FILE="/none/of/these"), "SLACK_BOT_TOKEN")
    ),
}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = packs_on_disk(tmp_path_factory.mktemp("packs"))
    signpost("compile", "--library", folder)
    return folder


@pytest.mark.parametrize("name", HALVES)
def test_it_says_what_to_set_and_prints_no_secret(name: str, packs: Path, tmp_path: Path):
    half = HALVES[name]

    attempt = attempted(packs, tmp_path, half.environment, half.file)

    assert attempt.is_refused, attempt
    assert half.names in attempt.said
    assert half.remedy in attempt.said
    assert CANARY not in attempt.said


def test_every_problem_is_told_at_once(packs: Path, tmp_path: Path):
    told = {"SLACK_BOT_TOKEN": f"xoxp-{CANARY}", "SLACK_API_URL": "http://slack.example/api/"}

    attempt = attempted(packs, tmp_path, told, "timezone: Europe/Garden\nslak: 1\n")

    assert attempt.is_refused
    assert "signpost.yaml: 4 problems" in attempt.said
    for named in ("SLACK_BOT_TOKEN", "SLACK_API_URL", "timezone", "slak"):
        assert f"\n  {named}   " in attempt.said
    assert CANARY not in attempt.said


def _revoked(service: SlackService) -> None:
    service.world.uninstall(ids.TEAM, "token_revoked")


def _unknown(service: SlackService) -> None:
    service.world.tokens.clear()


def _not_a_bots(service: SlackService) -> None:
    service.world.tokens[ids.APP_TOKEN] = Token(ids.APP_TOKEN, error="invalid_auth")


HTTP = {"SLACK_BOT_TOKEN": ids.BOT_TOKEN, "SLACK_SIGNING_SECRET": ids.SECRET_OF_SIGNING}
SOCKET = {"SLACK_BOT_TOKEN": ids.BOT_TOKEN, "SLACK_APP_TOKEN": ids.APP_TOKEN}
WRONG: Mapping[str, tuple[Callable[[SlackService], None], Mapping[str, str], str, str]] = {
    "a bot token that was revoked": (_revoked, HTTP, "SLACK_BOT_TOKEN", "install the app"),
    "a bot token that Slack does not know": (_unknown, HTTP, "SLACK_BOT_TOKEN", "copy the Bot User OAuth Token"),
    "an app-level token that Slack does not know": (_not_a_bots, SOCKET, "SLACK_APP_TOKEN", "connections:write"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_token_that_slack_refuses_is_refused_before_a_port_is_open(name: str, packs: Path, tmp_path: Path):
    breaks, told, names, remedy = WRONG[name]
    async with SlackService.running() as service:
        breaks(service)
        told = {**told, "SLACK_API_URL": service.api_url}

        attempt = await asyncio.to_thread(attempted, packs, tmp_path, told)

    assert attempt.is_refused, attempt
    assert names in attempt.said
    assert remedy in attempt.said
    for secret in told.values():
        assert secret == told["SLACK_API_URL"] or secret not in attempt.said
    assert ids.BOT_TOKEN not in attempt.said
