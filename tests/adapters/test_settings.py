"""Settings are read from one file and the environment; a secret may stand in a file that only the server reads."""

from pathlib import Path

import pytest

from adapters.settings import load
from bot.config import ConfigError

CANARY = "zyxsecret"
TOKEN, SIGNING = f"xoxb-{CANARY}", f"{CANARY}-signing"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(file: Path | None, environment: dict[str, str]) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(file, environment)
    assert CANARY not in str(caught.value)
    return caught.value


def test_without_a_file_the_environment_is_enough():
    config = load(None, {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SIGNING, "PATH": "/bin"})

    assert config.slack.bot_token == TOKEN


def test_the_file_in_this_folder_is_read_unless_another_one_is_named(tmp_path: Path):
    Path("signpost.yaml").write_text("timezone: Europe/Paris\n")
    other = tmp_path / "other.yaml"
    other.write_text("timezone: Europe/Rome\n")

    assert load(None, {}).timezone == "Europe/Paris"
    assert load(other, {}).timezone == "Europe/Rome"


def test_yaml_turns_no_text_into_something_else(tmp_path: Path):
    file = tmp_path / "signpost.yaml"
    file.write_text("slack: {agent_view: no, workspaces: {T0123E456: 0123}}\n")

    slack = load(file, {}).slack

    assert slack.agent_view is False
    assert slack.workspaces == {"T0123E456": "0123"}


def test_a_secret_may_stand_in_a_file_without_its_line_end(tmp_path: Path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")

    config = load(None, {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token"), "SLACK_SIGNING_SECRET": SIGNING})

    assert config.slack.bot_token == TOKEN


def test_a_secret_set_in_both_ways_is_refused(tmp_path: Path):
    (tmp_path / "token").write_text(TOKEN)

    error = refused(None, {"SLACK_BOT_TOKEN": TOKEN, "SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})

    assert error.problems == ("SLACK_BOT_TOKEN   set twice; keep SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE",)


@pytest.mark.parametrize("held", [b"", b"  \n", b"\xff\xfe"])
def test_a_secrets_file_without_a_secret_is_refused_by_its_setting(held: bytes, tmp_path: Path):
    (tmp_path / "token").write_bytes(held)

    error = refused(None, {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token"), "SLACK_SIGNING_SECRET": SIGNING})

    assert [problem.split("   ")[0] for problem in error.problems] == ["SLACK_BOT_TOKEN_FILE"]


@pytest.mark.parametrize("name", ["none", "."])
def test_a_secrets_file_that_cannot_be_read_is_refused_with_a_remedy(name: str, tmp_path: Path):
    error = refused(None, {"SLACK_BOT_TOKEN_FILE": str(tmp_path / name), "SLACK_SIGNING_SECRET_FILE": str(tmp_path)})

    assert [problem.split("   ")[0] for problem in error.problems] == [
        "SLACK_BOT_TOKEN_FILE",
        "SLACK_SIGNING_SECRET_FILE",
    ]
    assert "check the path" in str(error)


@pytest.mark.parametrize("name", ["none.yaml", "."])
def test_a_file_of_settings_that_cannot_be_read_is_refused(name: str, tmp_path: Path):
    error = refused(tmp_path / name, {})

    assert "could not be read" in str(error)


@pytest.mark.parametrize(
    "held",
    [
        b"- a\n- b\n",
        b"just words",
        b"slack: {bot_token: zyxsecret\n",
        b"timezone: Europe/Paris\ntimezone: Europe/Rome\n",
        b"a: &a [zyxsecret]\nb: *a\n",
        b"slack: !!python/object/apply:os.system [zyxsecret]\n",
        b"\xff\xfe",
        b"[" * 5_000,
        b"xoxb-zyxsecret: a\nxoxb-zyxsecret: b\n",
        b"? {a: zyxsecret}\n: b\n",
    ],
)
def test_a_file_that_is_no_list_of_settings_is_refused_without_repeating_it(held: bytes, tmp_path: Path):
    file = tmp_path / "signpost.yaml"
    file.write_bytes(held)

    error = refused(file, {})

    assert str(error).startswith("signpost.yaml: ")


def test_an_empty_file_sets_nothing(tmp_path: Path):
    file = tmp_path / "signpost.yaml"
    file.write_text("# nothing yet\n")

    assert load(file, {}) == load(None, {})


def test_the_problems_of_the_environment_and_the_file_name_their_places(tmp_path: Path):
    file = tmp_path / "signpost.yaml"
    file.write_text("slak: {}\n")

    error = refused(file, {"SLACK_BOT_TOKEN": f"xoxp-{CANARY}"})

    assert str(error).startswith("signpost.yaml: 2 problems\n")
    assert {problem.split("   ")[0] for problem in error.problems} == {"slak", "SLACK_BOT_TOKEN"}
