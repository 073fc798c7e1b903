"""Settings are one value, or every problem at once: named, with a remedy, and without any secret."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.config import ENVIRONMENT, SECRETS, SLACK_API, ConfigError, read, unknown_organisations

CANARY = "zyxsecret"
BOT, APP, SIGNING = f"xoxb-{CANARY}", f"xapp-{CANARY}", f"{CANARY}-signing"
ONE = {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING}
SOCKET = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}
MANY = {
    "SLACK_CLIENT_ID": "1000.2000",
    "SLACK_CLIENT_SECRET": f"{CANARY}-client",
    "SLACK_SIGNING_SECRET": SIGNING,
    "SIGNPOST_PUBLIC_URL": "https://signpost.example",
}
MAPPED = {"slack": {"workspaces": {"T0GARDEN01": "garden"}}}


def refused(told: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[str, ...]:
    """The problems of settings that are not taken, none of which repeats a secret."""
    with pytest.raises(ConfigError) as caught:
        read("signpost.yaml", told, environment)
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None or CANARY not in str(caught.value.__context__)
    return caught.value.problems


PASTED = {
    "a bot token": f"xoxb-{CANARY}-1234567890",
    "an app-level token with a space before it": f" xapp-1-{CANARY}",
    "a signing secret": f"0123456789abcdef{CANARY}",
    "a client secret of Teams": f"abc8Q~{CANARY}.0123456789",
    "a key": f"{CANARY}0123456789abcdefghijklmnopqrstuv=",
}


@pytest.mark.parametrize("name", PASTED)
def test_a_secret_that_stands_where_a_name_belongs_is_not_printed(name: str):
    secret = PASTED[name]

    problems = (
        *refused({secret: "x"}, {}),
        *refused({"slack": {secret: "x"}}, {}),
        *refused({"slack": {"workspaces": {secret: "garden"}}}, {}),
        *refused({"organisations": {secret: {"colour": "green"}}}, {}),
    )
    in_library = unknown_organisations(
        read("signpost.yaml", {"organisations": {secret: {}}, "slack": {"workspaces": {"T0GARDEN01": secret}}}, {}),
        ["garden"],
    )

    assert len(problems) == 4
    assert len(in_library) == 2
    assert all("(hidden: it looks like a secret)" in each for each in (*problems, *in_library))
    assert CANARY not in str(in_library)


def test_a_long_name_is_cut():
    [problem] = refused({50 * "colour_": "green"}, {})

    assert problem.startswith("colour_colour_colour_colour_colour_colou…   unknown")


def test_nothing_needs_to_be_set():
    config = read("the environment", {}, {})

    assert not config.slack.is_on
    assert config.database == "sqlite:///signpost.db"
    assert config.timezone == "Europe/London"
    assert config.slack.api_url == SLACK_API
    assert config.of("garden").answers_in_channels == "thread"


@pytest.mark.parametrize(
    ("environment", "told", "socket_mode", "many"),
    [(ONE, {}, False, False), (SOCKET, {}, True, False), (MANY, MAPPED, False, True)],
)
def test_each_way_to_reach_slack_is_taken_when_it_is_whole(
    environment: dict[str, str], told: dict[str, Any], socket_mode: bool, many: bool
):
    config = read("signpost.yaml", told, environment)

    assert config.slack.is_on
    assert (config.slack.socket_mode, config.slack.many_workspaces) == (socket_mode, many)


@pytest.mark.parametrize("missing", ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"])
def test_half_of_one_workspace_is_refused(missing: str):
    [problem] = refused({}, {name: value for name, value in ONE.items() if name != missing})

    assert missing in problem


@pytest.mark.parametrize("missing", [*MANY, "slack.workspaces"])
def test_half_of_many_workspaces_is_refused(missing: str):
    told = {} if missing == "slack.workspaces" else MAPPED

    problems = refused(told, {name: value for name, value in MANY.items() if name != missing})

    assert any(missing in problem for problem in problems)


def test_one_workspace_and_many_at_once_are_refused():
    assert any("not both" in problem for problem in refused(MAPPED, {**MANY, "SLACK_BOT_TOKEN": BOT}))


def test_replicas_need_a_key_that_they_share():
    told = {**ONE, "SIGNPOST_DATABASE_URL": f"postgresql://signpost:{CANARY}@db.example/signpost"}

    [problem] = refused({}, told)

    assert problem.startswith("SIGNPOST_KEYS   ")
    assert read("the environment", {}, {**told, "SIGNPOST_KEYS": "one two,three"}).keys == ("one", "two", "three")


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("SLACK_BOT_TOKEN", APP, "xoxb-"),
        ("SLACK_BOT_TOKEN", f"xoxb-{CANARY} and more", "xoxb-"),
        ("SLACK_APP_TOKEN", BOT, "xapp-"),
        ("SLACK_SIGNING_SECRET", f"{CANARY} with spaces", "without spaces"),
        ("SLACK_SIGNING_SECRET", "short", "signing secret"),
        ("SLACK_CLIENT_ID", f"{CANARY}/x", "digits"),
        ("SIGNPOST_DATABASE_URL", f"mysql://root:{CANARY}@db.example/x", "sqlite:///"),
        ("SLACK_API_URL", f"http://{CANARY}.example/api/", "https"),
        ("SLACK_API_URL", f"https://user:{CANARY}@slack.com/api/", "https"),
        ("SLACK_API_URL", f"file:///{CANARY}", "https"),
        ("SLACK_API_URL", "https://[::1/api/", "https"),
        ("SIGNPOST_PUBLIC_URL", "https://", "https"),
        ("SIGNPOST_PUBLIC_URL", "https://signpost.example:70000/", "https"),
        ("SIGNPOST_PUBLIC_URL", f"https://signpost.example/?key={CANARY}", "https"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused_by_name_with_the_right_form(variable: str, value: str, remedy: str):
    problems = refused(MAPPED, {**ONE, variable: value})

    assert any(problem.startswith(f"{variable}   ") and remedy in problem for problem in problems)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api/", "http://localhost:9/api/", "http://[::1]:9/api/"])
def test_a_stand_in_of_slack_on_this_machine_may_speak_plain_http(url: str):
    assert read("the environment", {}, {"SLACK_API_URL": url}).slack.api_url == url


@pytest.mark.parametrize("variable", [name for name, path in ENVIRONMENT.items() if path[-1] in SECRETS])
def test_a_secret_in_the_file_is_refused_also_where_the_environment_has_it_too(variable: str):
    told: dict[str, Any] = {}
    inside = told
    *folders, name = ENVIRONMENT[variable]
    for folder in folders:
        inside = inside.setdefault(folder, {})
    inside[name] = [CANARY] if name == "keys" else CANARY

    problems = refused(told, {**ONE, "SLACK_APP_TOKEN": APP})

    said = f"{'.'.join(ENVIRONMENT[variable])}   set in the file; secrets come by the environment: {variable}"
    assert said in problems


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"slak": {}}, "slak   unknown; did you mean 'slack'?"),
        ({"databse": "x"}, "databse   unknown; did you mean 'database'?"),
        ({"slack": {"agent_veiw": "true"}}, "slack.agent_veiw   unknown; did you mean 'agent_view'?"),
        ({"slack": {"verify": "no"}}, "slack.verify   unknown; remove it"),
        (
            {"organisations": {"garden": {"answer_in_channels": "private"}}},
            "organisations.garden.answer_in_channels   unknown; did you mean 'answers_in_channels'?",
        ),
    ],
)
def test_an_unknown_setting_is_an_error_with_a_suggestion(told: dict[str, Any], said: str):
    assert refused(told, {}) == (said,)


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"slack": "on"}, "slack"),
        ({"slack": ["on"]}, "slack"),
        ({"slack": {"workspaces": ["T1"]}}, "slack.workspaces"),
        ({"slack": {"workspaces": {"garden": "garden"}}}, "slack.workspaces.garden"),
        ({"slack": {"agent_view": "perhaps"}}, "slack.agent_view"),
        ({"organisations": {"garden": {"answers_in_channels": "public"}}}, "organisations.garden.answers_in_channels"),
        ({"timezone": "Europe/Garden"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"database": {"url": "x"}}, "SIGNPOST_DATABASE_URL"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_place(told: dict[str, Any], where: str):
    assert any(problem.startswith(f"{where}   ") for problem in refused(told, {}))


def test_all_problems_are_told_at_once():
    problems = refused(
        {"slak": 1, "timezone": "Europe/Garden", "slack": {"bot_token": BOT, "agent_veiw": 1}},
        {"SLACK_APP_TOKEN": BOT, "SLACK_API_URL": "http://slack.example"},
    )

    assert len(problems) == 6
    assert len({problem.split("   ")[0] for problem in problems}) == 6


def test_the_environment_goes_before_the_file_and_blanks_do_not_count():
    told = {"database": "sqlite:///file.db", "public_url": "https://file.example"}

    config = read("signpost.yaml", told, {"SIGNPOST_DATABASE_URL": "sqlite:///env.db", "SIGNPOST_PUBLIC_URL": "  "})

    assert (config.database, config.public_url) == ("sqlite:///env.db", "https://file.example")


def test_an_organisation_that_the_library_does_not_know_is_a_problem_with_its_place():
    told = {"organisations": {"gardn": {}}, "slack": {"workspaces": {"T0GARDEN01": "garden", "T0MEADOW01": "medow"}}}
    config = read("signpost.yaml", told, {})

    problems = unknown_organisations(config, ["meadow", "garden"])

    assert problems == [
        "organisations.gardn   no organisation 'gardn'; the library knows: garden, meadow",
        "slack.workspaces.T0MEADOW01   no organisation 'medow'; the library knows: garden, meadow",
    ]


def test_no_secret_stands_in_the_representation_of_an_error():
    with pytest.raises(ConfigError) as caught:
        read("the environment", {}, {**ONE, "SLACK_APP_TOKEN": f"wrong-{CANARY}"})

    assert CANARY not in repr(caught.value)
