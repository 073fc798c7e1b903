"""The manifest that a Slack administrator pastes to make the app: what it can do, and the least it needs for that."""

from typing import Any

from bot import wording

# Every scope, and why it is asked for: https://docs.slack.dev/reference/scopes
SCOPES = {
    "app_mentions:read": "to see a question in a channel that mentions the app, and no other message there",
    "assistant:write": "to open the assistant pane and suggest questions in it",
    "chat:write": "to post answers",
    "commands": "to offer /policy and the message shortcut",
    "im:history": "to see the questions that people send the app in its direct messages",
    "users:read": "to tell staff from guests and strangers, and to read people's time zone",
}

COMMAND = "/policy"
SHORTCUT = "signpost.shortcut"
EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
# The older assistant_view tells when its pane opens and moves; with agent_view, app_home_opened does.
ASSISTANT_EVENTS = ("assistant_thread_context_changed", "assistant_thread_started")

EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"
LONGEST_NAME = 35

LONG_DESCRIPTION = (
    "Ask in your own words what you may and may not do: in a direct message, in the assistant pane, with /policy, "
    "or by mentioning the app in a channel. The answer is the clause of the policy itself, in full, with the "
    "document, the edition and its date, and the person or team to go to next. "
)


def manifest(
    *,
    name: str = wording.NAME,
    public_url: str | None = None,
    socket_mode: bool,
    many_workspaces: bool = False,
    agent_view: bool = True,
) -> dict[str, Any]:
    """The manifest as Slack's schema has it (https://docs.slack.dev/reference/app-manifest), ready for YAML or JSON.

    *public_url* is where Slack reaches this server, `https://…`; Socket Mode does without. *many_workspaces* is for
    the installation by OAuth, which needs it too. Token rotation, which nobody can switch off again, goes with OAuth
    only: a token in the settings has to stay valid. Apps made before 30 June 2026 may still need *agent_view* off.
    Raises ValueError for an address or a name that Slack would refuse.
    """
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ValueError(f"the app's name has {len(name)} characters; Slack takes 1 to {LONGEST_NAME}")
    if public_url is None and (many_workspaces or not socket_mode):
        raise ValueError("set public_url, the https address at which Slack reaches this server, or use Socket Mode")
    if public_url is not None and not public_url.startswith("https://"):
        raise ValueError(f"public_url is {public_url}; Slack only calls addresses that begin with https://")
    address = (public_url or "").rstrip("/")
    # With Socket Mode everything comes down the connection, and Slack asks for no address.
    events = None if socket_mode else address + EVENTS_PATH
    return {
        "display_information": {
            "name": name,
            "description": wording.TAGLINE,
            "long_description": LONG_DESCRIPTION + wording.NOTICE,
        },
        "features": _features(name, events, agent_view=agent_view),
        "oauth_config": _oauth(address if many_workspaces else None),
        "settings": {
            "event_subscriptions": {
                **_at("request_url", events),
                "bot_events": sorted(EVENTS if agent_view else EVENTS + ASSISTANT_EVENTS),
            },
            "interactivity": {"is_enabled": True, **_at("request_url", events)},
            "org_deploy_enabled": many_workspaces,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": many_workspaces,
        },
    }


def _features(name: str, events: str | None, *, agent_view: bool) -> dict[str, Any]:
    pane = {"agent_view": {"agent_description": wording.TAGLINE}}
    if not agent_view:
        pane = {"assistant_view": {"assistant_description": wording.TAGLINE}}
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        **pane,
        "bot_user": {"display_name": name, "always_online": True},
        "slash_commands": [
            {
                "command": COMMAND,
                **_at("url", events),
                "description": "Ask what the policy says; only you see the answer",
                "usage_hint": "can I post bake sale photos?",
                "should_escape": False,
            }
        ],
        "shortcuts": [
            {
                # Slack takes 24 characters: there is no room for the question mark.
                "name": "What does the policy say",
                "type": "message",
                "callback_id": SHORTCUT,
                "description": "Find the clause about this message; only you see the answer",
            }
        ],
    }


def _oauth(address: str | None) -> dict[str, Any]:
    redirects = {} if address is None else {"redirect_urls": [address + REDIRECT_PATH]}
    return {**redirects, "scopes": {"bot": sorted(SCOPES)}}


def _at(key: str, address: str | None) -> dict[str, str]:
    return {} if address is None else {key: address}
