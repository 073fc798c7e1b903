"""promise 42: who does not use a platform does not load its SDK: it costs no memory, and no hole in it matters."""

from collections.abc import Mapping
from pathlib import Path

from replicas import Replica, garden
from slack_app import HTTP
from slack_service import SlackService
from teams_app import reaching
from teams_service import TeamsService

BOT_FRAMEWORK = {"botbuilder", "botframework", "msrest", "msal", "requests"}
SLACKS = {"slack_bolt", "slack_sdk"}


async def loaded(told: Mapping[str, str], *options: str) -> set[str]:
    """The packages that a process has loaded when it answers, by what Python says of its imports."""
    async with Replica.several(1, {**told, "PYTHONVERBOSE": "1"}, garden, *options) as (replica,):
        await replica.stop()
    lines = [line for line in replica.log.all if line.startswith("import '")]
    assert lines
    return {line.split("'")[1].partition(".")[0] for line in lines}


async def test_with_neither_platform_neither_sdk_is_loaded():
    assert await loaded({}) & (BOT_FRAMEWORK | SLACKS | {"sqlalchemy"}) == set()


async def test_with_slack_alone_nothing_of_microsofts_is_loaded(tmp_path: Path):
    async with SlackService.running() as service:
        told = {"SLACK_API_URL": service.api_url, "SIGNPOST_DATABASE_URL": f"sqlite:///{tmp_path}/signpost.db", **HTTP}

        packages = await loaded(told)

    assert packages >= {"slack_bolt"}
    assert packages & BOT_FRAMEWORK == set()


async def test_with_teams_alone_nothing_of_slacks_is_loaded(tmp_path: Path):
    async with TeamsService.running() as service:
        packages = await loaded(reaching(service, tmp_path), "--dev")

    assert packages >= {"botbuilder"}
    assert packages & SLACKS == set()
