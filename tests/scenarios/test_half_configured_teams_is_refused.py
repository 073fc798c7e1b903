"""promise 3: Teams set up by half does not start, says what to set, opens no port and prints no secret."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import teams_ids as ids
from serving import packs_on_disk, signpost
from starting import CLEAN, attempted
from teams_app import REGISTERED, reaching
from teams_service import TeamsService

CANARY = "zyxsecret"
APP, TENANT = "TEAMS_APP_ID", "TEAMS_TENANT_ID"
ONE = {APP: ids.APP, TENANT: ids.TENANT, "TEAMS_APP_SECRET": CANARY}
BY_IDENTITY = "teams: {managed_identity: true}\n"


@dataclass(frozen=True)
class Half:
    """Settings that cannot work, the setting that the message must name, and the remedy that it must hold."""

    names: str
    remedy: str
    environment: Mapping[str, str] = field(default_factory=dict)
    file: str = CLEAN
    options: tuple[str, ...] = ()


def _and(**more: str) -> dict[str, str]:
    return {**ONE, **more}


def _but(*names: str) -> dict[str, str]:
    return {each: value for each, value in ONE.items() if each not in names}


HALVES: Mapping[str, Half] = {
    "an app id without a secret": Half("TEAMS_APP_SECRET", "managed_identity", _but("TEAMS_APP_SECRET")),
    "a blank secret": Half("TEAMS_APP_SECRET", "managed_identity", _and(TEAMS_APP_SECRET="  ")),
    "a secret without an app id": Half(APP, "missing", _but(APP)),
    "a secret alone": Half(APP, "missing", _but(APP, TENANT)),
    "an empty app id": Half(APP, "missing", _and(TEAMS_APP_ID="")),
    "a tenant alone": Half(APP, "missing", {TENANT: ids.TENANT}),
    "a managed identity alone": Half(APP, "missing", {}, BY_IDENTITY),
    "no tenant": Half(TENANT, "which tenant", _but(TENANT)),
    "a secret and a managed identity": Half("TEAMS_APP_SECRET", "not both", ONE, BY_IDENTITY),
    "an app id that is none": Half(APP, "00000000-", _and(TEAMS_APP_ID=f"{CANARY}-app")),
    "a tenant by its name": Half(TENANT, "00000000-", _and(TEAMS_TENANT_ID="garden.example")),
    "a secret with spaces": Half("TEAMS_APP_SECRET", "without spaces", _and(TEAMS_APP_SECRET=f"{CANARY} {CANARY}")),
    "a secret in the file": Half("teams.app_secret", "environment", ONE, f"teams: {{app_secret: {CANARY}}}\n"),
    "a switch for verification": Half("teams.verify_tokens", "remove it", ONE, "teams: {verify_tokens: 'no'}\n"),
    "a tenant of nobody": Half(
        f"teams.tenants.{ids.TENANT}", "garden", ONE, f"teams: {{tenants: {{{ids.TENANT}: gardn}}}}\n"
    ),
    "a tenant that is none": Half("teams.tenants", "00000000-", ONE, "teams: {tenants: {garden.example: garden}}\n"),
    "the login in plain http": Half("TEAMS_TOKEN_URL", "https", _and(TEAMS_TOKEN_URL="http://login.example/token")),
    "the login in plain http on this machine": Half(
        "TEAMS_TOKEN_URL", "--dev", _and(TEAMS_TOKEN_URL="http://127.0.0.1:9/token")
    ),
    "the keys in plain http on this machine": Half(
        "TEAMS_OPENID_METADATA_URL", "--dev", _and(TEAMS_OPENID_METADATA_URL="http://127.0.0.1:9/keys")
    ),
    "replicas without a key": Half(
        "SIGNPOST_KEYS", "keys new", _and(SIGNPOST_DATABASE_URL=f"postgresql://signpost:{CANARY}@127.0.0.1:9/none")
    ),
    "a key that is none": Half("SIGNPOST_KEYS", "keys new", _and(SIGNPOST_KEYS=f"{CANARY}-key")),
    "development for everybody": Half("--dev", "127.0.0.1", ONE, CLEAN, ("--dev", "--host", "0.0.0.0")),
    "development for another address": Half("--dev", "127.0.0.1", {}, CLEAN, ("--dev", "--host", "192.0.2.1")),
    "development and a secret without an app id": Half(APP, "missing", _but(APP), CLEAN, ("--dev",)),
}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = packs_on_disk(tmp_path_factory.mktemp("packs"))
    signpost("compile", "--library", folder)
    return folder


@pytest.mark.parametrize("name", HALVES)
def test_it_says_what_to_set_and_prints_no_secret(name: str, packs: Path, tmp_path: Path):
    half = HALVES[name]

    attempt = attempted(packs, tmp_path, half.environment, half.file, *half.options)

    assert attempt.is_refused, attempt
    assert half.names in attempt.said
    assert half.remedy in attempt.said
    assert CANARY not in attempt.said


def test_every_problem_is_told_at_once(packs: Path, tmp_path: Path):
    told = {APP: f"{CANARY}-app", TENANT: "garden.example", "TEAMS_TOKEN_URL": "ftp://login.example"}

    attempt = attempted(packs, tmp_path, told, "timezone: Europe/Garden\nteams: {tennants: {}}\n")

    assert "signpost.yaml: 5 problems" in attempt.said
    for named in (APP, TENANT, "TEAMS_TOKEN_URL", "timezone", "teams.tennants"):
        assert f"\n  {named}   " in attempt.said
    assert CANARY not in attempt.said


def _says(error: str) -> Callable[[TeamsService], None]:
    def broken(service: TeamsService) -> None:
        service.faults.refuse("login", error)

    return broken


def _other_secret(service: TeamsService) -> None:
    service.login.secret = "another"


def _other_app(service: TeamsService) -> None:
    service.login.app = ids.TENANT


def _other_tenant(service: TeamsService) -> None:
    service.login.tenant = ids.OTHER_TENANT


WRONG: Mapping[str, tuple[Callable[[TeamsService], None], str, str]] = {
    "a secret that is not the app's": (_other_secret, "AADSTS7000215", "TEAMS_APP_SECRET"),
    "a secret that has expired": (_says("AADSTS7000222"), "AADSTS7000222", "make a new one"),
    "an app that the tenant does not have": (_other_app, "AADSTS700016", "TEAMS_APP_ID"),
    "a tenant that is not there": (_other_tenant, "AADSTS90002", "TEAMS_TENANT_ID"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_microsoft_refuses_is_refused_before_a_port_is_open(name: str, packs: Path, tmp_path: Path):
    breaks, number, remedy = WRONG[name]
    async with TeamsService.running() as service:
        breaks(service)
        told = reaching(service, tmp_path)

        attempt = await asyncio.to_thread(attempted, packs, tmp_path, told, CLEAN, "--dev")

    assert attempt.is_refused, attempt
    assert number in attempt.said
    assert remedy in attempt.said
    assert REGISTERED["TEAMS_APP_SECRET"] not in attempt.said
    assert "Unclosed" not in attempt.said
