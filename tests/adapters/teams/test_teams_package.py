"""The app package of Teams: the least it needs, within what Teams takes, and its two icons."""

import io
import json
import re
import struct
import zipfile
import zlib
from datetime import date
from typing import Any

import pytest

from adapters.teams import icons
from adapters.teams.package import ABOUT, FIND, PERMISSIONS, App, manifest, package
from bot.suggestions import suggested
from knowledge.library import Library

# Every key that we may write, with the longest text or what fits it; a list stands for all its items. From
# https://learn.microsoft.com/microsoft-365/extensibility/schema/?view=m365-app-1.30
GUID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
URL = re.compile(r"https://.{1,2040}")
SCOPE = re.compile("team|personal|groupChat|copilot")
TAKEN: dict[str, Any] = {
    "$schema": URL,
    "manifestVersion": re.compile(r"1\.30"),
    "version": re.compile(r"[0-9]+\.[0-9]+\.[0-9]+"),
    "id": GUID,
    "localizationInfo": {"defaultLanguageTag": re.compile("[a-z]{2}-[a-z]{2}")},
    "developer": {"name": 32, "websiteUrl": URL, "privacyUrl": URL, "termsOfUseUrl": URL},
    "name": {"short": 30, "full": 100},
    "description": {"short": 80, "full": 4000},
    "icons": {"color": 2048, "outline": 2048},
    "accentColor": re.compile("#[0-9a-f]{6}"),
    "defaultInstallScope": re.compile("personal|team|groupChat|meetings|copilot"),
    "permissions": [re.compile("identity|messageTeamMembers")],
    "validDomains": [2048],
    "bots": [
        {
            "botId": GUID,
            "scopes": [SCOPE],
            "isNotificationOnly": bool,
            "supportsFiles": bool,
            "commandLists": [
                {
                    "scopes": [SCOPE],
                    "commands": [
                        {"title": 128, "description": 4000, "type": re.compile("basic|prompt"), "prompt": 4000}
                    ],
                }
            ],
        }
    ],
    "composeExtensions": [
        {
            "botId": GUID,
            "commands": [
                {
                    "id": 64,
                    "type": re.compile("query|action"),
                    "context": [re.compile("compose|commandBox|message")],
                    "title": 32,
                    "description": 128,
                    "initialRun": bool,
                    "fetchTask": bool,
                    "parameters": [
                        {"name": 64, "title": 32, "description": 128, "inputType": re.compile("text|textarea")}
                    ],
                }
            ],
        }
    ],
}
MOST = {"bots": 1, "scopes": 4, "commandLists": 3, "composeExtensions": 1, "context": 3, "parameters": 5}
LONGEST = {"name": "N" * 30, "publisher": "P" * 32, "prompts": ["q" * 128] * 12, "version": "99999.0.10"}


def an_app(**changes: Any) -> App:
    values: dict[str, Any] = {
        "app_id": "6c1a2f10-0f4e-4b8e-9d7e-2f3a4b5c6d7e",
        "public_url": "https://signpost.example.org",
        "prompts": ["Posting a picture of a patient"],
        "version": "1.2.3",
    }
    return App(**values | changes)


def untaken(value: Any, taken: Any, where: str = "") -> list[str]:
    """Where *value* has what Teams does not take."""
    if isinstance(taken, dict):
        found = [f"{where}.{key}" for key in value if key not in taken]
        return found + [each for key in value if key in taken for each in untaken(value[key], taken[key], key)]
    if isinstance(taken, list):
        inside = [each for item in value for each in untaken(item, taken[0], f"{where}[]")]
        return inside + [where] * (len(value) > MOST.get(where, 12))
    if isinstance(taken, int):
        return [] if isinstance(value, str) and 1 <= len(value) <= taken else [where]
    if isinstance(taken, re.Pattern):
        return [] if isinstance(value, str) and taken.fullmatch(value) else [where]
    return [] if type(value) is taken else [where]


def pixels(png: bytes) -> list[list[tuple[int, ...]]]:
    """The rows of an unfiltered PNG with transparency, each pixel as red, green, blue and how opaque it is."""
    width, height = struct.unpack(">II", png[16:24])
    held, at = b"", 8
    while at < len(png):
        (size,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + body)
        held += body if kind == b"IDAT" else b""
        at += 12 + size
    rows = zlib.decompress(held)
    line = 1 + 4 * width
    assert len(rows) == line * height
    return [[tuple(rows[y * line + 1 + 4 * x :][:4]) for x in range(width)] for y in range(height)]


@pytest.mark.parametrize("changes", [{}, LONGEST], ids=["ordinary", "longest"])
def test_every_manifest_has_only_what_teams_takes(changes: dict[str, Any]):
    made = manifest(an_app(**changes))

    assert untaken(made, TAKEN) == []


def test_the_organisations_own_suggestions_are_the_prompts(shipped: Library):
    organisation = shipped.organisations["trust"]
    titles = [choice.title for choice in suggested(shipped, organisation, date(2026, 11, 20), 6)]

    made = manifest(an_app(prompts=titles))

    (commands,) = (each["commands"] for each in made["bots"][0]["commandLists"])
    assert untaken(made, TAKEN) == []
    assert [command["prompt"] for command in commands] == titles
    assert [command["title"] for command in commands] == titles
    assert {command["type"] for command in commands} == {"prompt"}


def test_the_bot_talks_everywhere_and_takes_no_files():
    (bot,) = manifest(an_app())["bots"]

    assert bot["scopes"] == bot["commandLists"][0]["scopes"] == ["personal", "team", "groupChat"]
    assert (bot["isNotificationOnly"], bot["supportsFiles"]) == (False, False)


def test_the_app_asks_for_two_permissions_and_says_of_each_why():
    made = manifest(an_app())

    assert made["permissions"] == ["identity", "messageTeamMembers"]
    assert all(PERMISSIONS.values())
    assert made["validDomains"] == []
    assert {"authorization", "webApplicationInfo", "devicePermissions"}.isdisjoint(made)


def test_clauses_can_be_searched_for_and_messages_asked_about():
    find, about = manifest(an_app())["composeExtensions"][0]["commands"]

    assert (find["id"], find["type"], find["title"]) == (FIND, "query", "Find a clause")
    assert find["initialRun"] is True
    assert len(find["parameters"]) == 1
    assert (about["id"], about["type"], about["title"]) == (ABOUT, "action", "What does the policy say?")
    assert (about["context"], about["fetchTask"]) == (["message"], True)


def test_the_app_the_bot_and_the_extension_have_one_id():
    made = manifest(an_app(app_id="0000000A-1111-2222-3333-444444444444"))

    ids = {made["id"], made["bots"][0]["botId"], made["composeExtensions"][0]["botId"]}
    assert ids == {"0000000A-1111-2222-3333-444444444444"}


def test_notices_of_the_organisations_own_are_named():
    app = an_app(name="Policy desk", publisher="The Garden Trust", privacy_url="https://garden.example/privacy")

    made = manifest(app)

    assert made["name"]["short"] == "Policy desk"
    assert made["developer"] == {
        "name": "The Garden Trust",
        "websiteUrl": "https://signpost.example.org",
        "privacyUrl": "https://garden.example/privacy",
        "termsOfUseUrl": "https://signpost.example.org",
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"app_id": "signpost"}, "not a GUID"),
        ({"app_id": "6c1a2f10-0f4e-4b8e-9d7e-2f3a4b5c6d7e\n"}, "not a GUID"),
        ({"public_url": "http://signpost.example.org"}, "https://"),
        ({"public_url": ""}, "https://"),
        ({"terms_url": "signpost.example.org/terms"}, "https://"),
        ({"privacy_url": "https://garden.example/" + "x" * 2048}, "https://"),
        ({"version": "1.2"}, "three numbers"),
        ({"version": "1.2.3.dev4"}, "three numbers"),
        ({"version": "01.2.3"}, "three numbers"),
        ({"name": ""}, "the name has 0 characters"),
        ({"name": "N" * 31}, "the name has 31 characters"),
        ({"publisher": "P" * 33}, "the publisher has 33 characters"),
        ({"prompts": []}, "0 prompts"),
        ({"prompts": ["q"] * 13}, "13 prompts"),
        ({"prompts": ["q" * 129]}, "a prompt has 129 characters"),
    ],
)
def test_what_teams_would_refuse_is_refused_with_what_to_do(wrong: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=said):
        package(an_app(**wrong))


def test_the_package_holds_the_manifest_and_the_two_icons_it_names():
    archive = zipfile.ZipFile(io.BytesIO(package(an_app())))

    held = json.loads(archive.read("manifest.json"))
    assert held == manifest(an_app())
    assert sorted(archive.namelist()) == sorted(["manifest.json", *held["icons"].values()])
    assert archive.read(held["icons"]["color"]) == icons.colour()
    assert archive.read(held["icons"]["outline"]) == icons.outline()
    assert archive.testzip() is None


def test_the_same_app_gives_the_same_bytes():
    assert package(an_app()) == package(an_app())


def test_the_colour_icon_keeps_the_sign_in_the_half_in_the_middle():
    drawn = pixels(icons.colour())

    edge = {drawn[y][x] for y in range(192) for x in range(192) if not (48 <= x < 144 and 48 <= y < 144)}
    assert [len(drawn), len(drawn[0])] == [192, 192]
    assert edge == {(*icons.BLUE, 255)}
    assert (255, 255, 255, 255) in drawn[90]


def test_the_outline_icon_is_white_on_nothing_and_fills_its_square():
    drawn = pixels(icons.outline())

    inked = [(x, y) for y in range(32) for x in range(32) if drawn[y][x][3]]
    assert [len(drawn), len(drawn[0])] == [32, 32]
    assert {pixel[:3] for row in drawn for pixel in row} == {(255, 255, 255)}
    assert {pixel[3] for row in drawn for pixel in row} >= {0, 255}
    assert [min(x for x, _ in inked), max(x for x, _ in inked)] == [0, 31]
    assert [min(y for _, y in inked), max(y for _, y in inked)] == [0, 31]
