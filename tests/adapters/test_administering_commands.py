"""`signpost keys rotate` and `signpost slack manifest`: what they need, and what they say where it is not there."""

import json
import os
from pathlib import Path

import pytest
import slack_ids as ids
import yaml
from serving import signpost
from slack_database import an_installation, installed_workspaces

from adapters import administering
from adapters.sealing import Seal, new_key
from adapters.settings import load
from adapters.storage.store import open_store
from bot.config import ConfigError, read

TOKEN = "xoxb-zyxsecret"


def environment(**told: str) -> dict[str, str]:
    """The environment of a process that is told this of Signpost, and nothing else."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SIGNPOST_"))}
    return clean | told


async def installed(folder: Path, key: str) -> str:
    """A database in which one workspace has the app, its token sealed with *key*; its URL."""
    url = f"sqlite:///{folder}/signpost.db"
    store = await open_store(url)
    await installed_workspaces(store.engine, "https://slack.example/api/", Seal([key])).keep(an_installation())
    await store.close()
    return url


async def test_tokens_that_no_key_opens_are_named_with_what_to_do(tmp_path: Path):
    url = await installed(tmp_path, new_key())

    done = signpost("keys", "rotate", env=environment(SIGNPOST_DATABASE_URL=url, SIGNPOST_KEYS=new_key()))

    assert done.returncode == 1
    assert f"workspace {ids.TEAM}" in done.stderr
    assert "SIGNPOST_KEYS" in done.stderr
    assert "behind the others" in done.stderr
    assert "Something went wrong" not in done.stderr


async def test_one_token_is_one_token(tmp_path: Path):
    old = new_key()
    url = await installed(tmp_path, old)

    done = signpost("keys", "rotate", env=environment(SIGNPOST_DATABASE_URL=url, SIGNPOST_KEYS=f"{new_key()},{old}"))

    assert (done.returncode, done.stderr) == (0, "1 stored token is sealed with the first key\n")


def test_where_there_is_no_database_none_is_made(tmp_path: Path):
    done = signpost("keys", "rotate", env=environment(SIGNPOST_DATABASE_URL=f"sqlite:///{tmp_path}/signpost.db"))

    assert done.returncode == 1
    assert f"{tmp_path}/signpost.db: no database there" in done.stderr
    assert list(tmp_path.iterdir()) == []


async def test_where_the_key_of_the_database_is_gone_none_is_made(tmp_path: Path):
    config = read("the tests", {}, {"SIGNPOST_DATABASE_URL": f"sqlite:///{tmp_path}/signpost.db"})
    await (await open_store(config.database)).close()

    with pytest.raises(administering.NotRotated, match=r"signpost\.key: no key there; restore it"):
        administering.rotate_keys(config)

    assert not (tmp_path / "signpost.key").exists()


WITH_AN_ADDRESS = {"SIGNPOST_PUBLIC_URL": "https://signpost.example"}


@pytest.mark.parametrize(
    ("told", "options", "by_socket"),
    [
        ({}, [], True),
        ({"SLACK_BOT_TOKEN": TOKEN}, [], True),
        ({"SLACK_BOT_TOKEN_FILE": "/none/of/these"}, [], True),
        ({"SLACK_APP_TOKEN": "xapp-zyxsecret", **WITH_AN_ADDRESS}, [], False),
        (WITH_AN_ADDRESS, ["--socket-mode"], True),
    ],
    ids=["nothing", "a token", "a token's file that is not there", "an app-level token", "a flag"],
)
def test_the_address_and_the_flag_decide_what_the_manifest_is_for_and_no_token_does(
    told: dict[str, str], options: list[str], by_socket: bool, tmp_path: Path
):
    file = tmp_path / "signpost.yaml"
    file.write_text("# nothing yet\n")

    done = signpost("slack", "manifest", "--json", *options, "--config", file, env=environment(**told))

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["settings"]["socket_mode_enabled"] is by_socket


def test_a_manifest_can_be_printed_while_the_settings_are_still_half_there(tmp_path: Path):
    file = tmp_path / "signpost.yaml"
    file.write_text("database: postgresql://signpost@db.example/signpost\nslack: {client_id: '1000.2000'}\n")

    config = load(file, WITH_AN_ADDRESS, only=administering.OF_THE_MANIFEST)

    assert config.slack.many_workspaces
    with pytest.raises(ConfigError, match="SLACK_CLIENT_SECRET"):
        load(file, WITH_AN_ADDRESS)


def test_the_yaml_of_a_manifest_ends_with_one_line_end():
    done = signpost("slack", "manifest", env=environment())

    assert yaml.safe_load(done.stdout)["settings"]["socket_mode_enabled"] is True
    assert done.stdout.endswith("false\n")


def test_a_name_that_is_too_long_is_not_blamed_on_the_address():
    done = signpost("slack", "manifest", "--name", 36 * "x", env=environment())

    assert done.returncode == 1
    assert "the app's name has 36 characters; Slack takes 1 to 35" in done.stderr
    assert "public_url" not in done.stderr


def test_many_workspaces_and_socket_mode_are_wrong_usage():
    done = signpost("slack", "manifest", "--many-workspaces", "--socket-mode", env=environment(**WITH_AN_ADDRESS))

    assert done.returncode == 2
    assert "leave one of the two out" in done.stderr
