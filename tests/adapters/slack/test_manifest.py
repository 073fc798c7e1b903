"""The manifest of the Slack app: the least it needs, within what Slack takes."""

from typing import Any

import pytest

from adapters.slack.manifest import SCOPES, manifest
from bot import wording

ADDRESS = "https://signpost.example"
EVERY_KIND = [
    {"socket_mode": socket_mode, "many_workspaces": many, "agent_view": agent, "public_url": ADDRESS}
    for socket_mode in (True, False)
    for many in (True, False)
    for agent in (True, False)
]
# Every key that we may write, from https://docs.slack.dev/reference/app-manifest; a list stands for all its items.
TAKEN: dict[str, Any] = {
    "display_information": {"name": str, "description": str, "long_description": str},
    "features": {
        "app_home": {"home_tab_enabled": bool, "messages_tab_enabled": bool, "messages_tab_read_only_enabled": bool},
        "agent_view": {"agent_description": str},
        "assistant_view": {"assistant_description": str},
        "bot_user": {"display_name": str, "always_online": bool},
        "shortcuts": [{"name": str, "type": str, "callback_id": str, "description": str}],
        "slash_commands": [{"command": str, "url": str, "description": str, "usage_hint": str, "should_escape": bool}],
    },
    "oauth_config": {"redirect_urls": [str], "scopes": {"bot": [str]}},
    "settings": {
        "event_subscriptions": {"request_url": str, "bot_events": [str]},
        "interactivity": {"is_enabled": bool, "request_url": str},
        "org_deploy_enabled": bool,
        "socket_mode_enabled": bool,
        "token_rotation_enabled": bool,
    },
}


def untaken(value: Any, taken: Any, where: str = "") -> list[str]:
    """Where *value* has what Slack does not take."""
    if isinstance(taken, dict):
        found = [f"{where}.{key}" for key in value if key not in taken]
        return found + [each for key in value if key in taken for each in untaken(value[key], taken[key], key)]
    if isinstance(taken, list):
        return [each for item in value for each in untaken(item, taken[0], f"{where}[]")]
    return [] if type(value) is taken else [where]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_manifest_has_only_what_slack_takes(kind: dict[str, Any]):
    made = manifest(**kind)

    assert untaken(made, TAKEN) == []


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_texts_keep_within_slacks_lengths(kind: dict[str, Any]):
    made = manifest(**kind)

    shown, features = made["display_information"], made["features"]
    pane = features.get("agent_view") or features["assistant_view"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert all(len(text) <= 300 for text in pane.values())
    assert all(len(shortcut["name"]) <= 24 for shortcut in features["shortcuts"])
    assert all(len(shortcut["description"]) <= 150 for shortcut in features["shortcuts"])
    assert all(len(command["description"]) <= 2000 for command in features["slash_commands"])


def test_the_app_asks_for_six_scopes_and_says_of_each_why():
    asked = manifest(socket_mode=True)["oauth_config"]["scopes"]

    assert asked == {
        "bot": ["app_mentions:read", "assistant:write", "chat:write", "commands", "im:history", "users:read"]
    }
    assert sorted(SCOPES) == asked["bot"]
    assert all(SCOPES.values())


def test_the_app_hears_of_nothing_that_it_does_not_answer():
    events = manifest(socket_mode=True)["settings"]["event_subscriptions"]["bot_events"]

    assert events == ["app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked"]


def test_the_older_assistant_view_has_events_of_its_own():
    made = manifest(socket_mode=True, agent_view=False)

    events = made["settings"]["event_subscriptions"]["bot_events"]
    assert "agent_view" not in made["features"]
    assert "assistant_view" in made["features"]
    assert {"assistant_thread_started", "assistant_thread_context_changed"} <= set(events)


def test_with_socket_mode_slack_is_given_no_address():
    made = manifest(socket_mode=True, public_url=ADDRESS)

    assert ADDRESS not in repr(made)
    assert made["settings"]["socket_mode_enabled"] is True


@pytest.mark.parametrize("public_url", [ADDRESS, f"{ADDRESS}/"])
def test_without_socket_mode_everything_comes_to_one_address(public_url: str):
    made = manifest(socket_mode=False, public_url=public_url)

    settings = made["settings"]
    addresses = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(command["url"] for command in made["features"]["slash_commands"]),
    }
    assert addresses == {f"{ADDRESS}/slack/events"}


def test_many_workspaces_install_by_oauth_with_tokens_that_rotate():
    made = manifest(socket_mode=False, public_url=ADDRESS, many_workspaces=True)

    assert made["oauth_config"]["redirect_urls"] == [f"{ADDRESS}/slack/oauth_redirect"]
    assert made["settings"]["token_rotation_enabled"] is True
    assert made["settings"]["org_deploy_enabled"] is True


def test_the_token_of_one_workspace_in_the_settings_never_runs_out():
    settings = manifest(socket_mode=True)["settings"]

    assert settings["token_rotation_enabled"] is False
    assert settings["org_deploy_enabled"] is False


def test_people_can_write_to_the_app():
    home = manifest(socket_mode=True)["features"]["app_home"]

    assert home == {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}


def test_the_app_has_the_name_that_the_administrator_gives_it():
    made = manifest(socket_mode=True, name="Policy desk")

    assert made["display_information"]["name"] == made["features"]["bot_user"]["display_name"] == "Policy desk"
    assert manifest(socket_mode=True)["display_information"]["name"] == wording.NAME


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"socket_mode": False}, "public_url"),
        ({"socket_mode": True, "many_workspaces": True}, "public_url"),
        ({"socket_mode": False, "public_url": "http://signpost.example"}, "https://"),
        ({"socket_mode": True, "name": ""}, "0 characters"),
        ({"socket_mode": True, "name": "x" * 36}, "36 characters"),
    ],
)
def test_what_slack_would_refuse_is_refused_with_what_to_do(wrong: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=said):
        manifest(**wrong)
