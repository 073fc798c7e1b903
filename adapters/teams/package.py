"""The app package that a Teams administrator uploads: what the app can do, and the least it needs for that."""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adapters.teams import icons
from bot import wording

SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v1.30/MicrosoftTeams.schema.json"
COLOUR, OUTLINE = "color.png", "outline.png"
SCOPES = ("personal", "team", "groupChat")
# What Teams tells people, and administrators, before they add the app.
PERMISSIONS = {
    "identity": "to tell staff from guests and strangers",
    "messageTeamMembers": "to answer in the personal chat what a channel should not read",
}

# Which command of the message extension it was, and where its words stand.
FIND, ABOUT, WORDS = "find", "about", "words"
FIND_TITLE, ABOUT_TITLE = "Find a clause", "What does the policy say?"
PROMPT_DESCRIPTION = "The clause, and who to go to"
FULL_DESCRIPTION = (
    "Ask in your own words what you may and may not do: in the chat with the app, by mentioning it in a channel or a "
    "group chat, or about a message that somebody wrote. The answer is the clause of the policy itself, in full, "
    "with the document, the edition and its date, and the person or team to go to next. Clauses can be found from "
    "the box in which you write a message, and inserted there. "
)

LONGEST_NAME, LONGEST_PUBLISHER, LONGEST_PROMPT, LONGEST_URL = 30, 32, 128, 2_048
MOST_PROMPTS = 12
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# As in Microsoft's schema; three numbers, and nothing after them.
_VERSION = re.compile(r"(0|[1-9][0-9]{0,4})(\.(0|[1-9][0-9]{0,4})){2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What an organisation decides of its app.

    *app_id* is the bot's, *public_url* where staff reach Signpost. *prompts* are the questions to start with, at most
    twelve; choosing one puts it into the box for a message. *version* is three numbers; Teams takes an update when it
    is higher. *publisher* and the addresses of the privacy notice and of the terms of use, `https://…`, are shown to
    whoever adds the app; without them, *public_url* stands for both.
    """

    app_id: str
    public_url: str
    prompts: Sequence[str]
    version: str
    name: str = wording.NAME
    publisher: str = wording.NAME
    privacy_url: str = ""
    terms_url: str = ""

    @property
    def urls(self) -> dict[str, str]:
        """The addresses that Teams shows, by their names in the manifest."""
        return {
            "websiteUrl": self.public_url,
            "privacyUrl": self.privacy_url or self.public_url,
            "termsOfUseUrl": self.terms_url or self.public_url,
        }


def package(app: App) -> bytes:
    """The zip that is uploaded; the same app gives the same bytes. Raises ValueError for what Teams would refuse."""
    files = {
        "manifest.json": json.dumps(manifest(app), indent=2, ensure_ascii=False).encode(),
        COLOUR: icons.colour(),
        OUTLINE: icons.outline(),
    }
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, held in files.items():
            archive.writestr(zipfile.ZipInfo(file), held, zipfile.ZIP_DEFLATED)
    return zipped.getvalue()


def manifest(app: App) -> dict[str, Any]:
    """The manifest as Microsoft's schema has it, version 1.30, the first with prompts.

    https://learn.microsoft.com/microsoft-365/extensibility/schema/. Raises ValueError for what Teams would refuse.
    """
    if problem := _problem(app):
        raise ValueError(problem)
    return {
        "$schema": SCHEMA,
        "manifestVersion": "1.30",
        "version": app.version,
        "id": app.app_id,
        "localizationInfo": {"defaultLanguageTag": "en-gb"},
        "developer": {"name": app.publisher, **app.urls},
        "name": {"short": app.name, "full": f"{app.name}: what the policy says"},
        "description": {"short": wording.TAGLINE, "full": FULL_DESCRIPTION + wording.NOTICE},
        "icons": {"color": COLOUR, "outline": OUTLINE},
        "accentColor": icons.ACCENT,
        "defaultInstallScope": "personal",
        "permissions": list(PERMISSIONS),
        "validDomains": [],  # those of pages that open inside Teams: there are none
        "bots": [_bot(app)],
        "composeExtensions": [{"botId": app.app_id, "commands": [_FIND, _ABOUT]}],
    }


def _bot(app: App) -> dict[str, Any]:
    starters = [
        {"title": prompt, "description": PROMPT_DESCRIPTION, "type": "prompt", "prompt": prompt}
        for prompt in app.prompts
    ]
    return {
        "botId": app.app_id,
        "scopes": list(SCOPES),
        "isNotificationOnly": False,
        "supportsFiles": False,
        "commandLists": [{"scopes": list(SCOPES), "commands": starters}],
    }


_FIND = {
    "id": FIND,
    "type": "query",
    "context": ["compose", "commandBox"],
    "title": FIND_TITLE,
    "description": "Find clauses of the policies, and insert one into your message",
    "initialRun": True,
    "parameters": [
        {
            "name": WORDS,
            "title": "Words or a clause",
            "description": "What it is about, or a number such as 5.3",
            "inputType": "text",
        }
    ],
}
_ABOUT = {
    "id": ABOUT,
    "type": "action",
    "context": ["message"],
    "title": ABOUT_TITLE,
    "description": "Find the clause about this message; only you see the answer",
    "fetchTask": True,
}


def _problem(app: App) -> str | None:
    """What Teams would refuse first, and what to do about it."""
    if not _GUID.fullmatch(app.app_id):
        return "the app id is not a GUID; copy the bot's Microsoft App ID"
    if not _VERSION.fullmatch(app.version):
        return f"the version is {app.version!r}; Teams takes three numbers, such as 1.0.0"
    for what, text, longest in (("name", app.name, LONGEST_NAME), ("publisher", app.publisher, LONGEST_PUBLISHER)):
        if not 1 <= len(text) <= longest:
            return f"the {what} has {len(text)} characters; Teams takes 1 to {longest}"
    for url in app.urls.values():
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or len(url) > LONGEST_URL:
            return f"{url[:60]!r} is no address for Teams; it takes those that begin with https://"
    if not 1 <= len(app.prompts) <= MOST_PROMPTS:
        return f"there are {len(app.prompts)} prompts; Teams takes 1 to {MOST_PROMPTS}"
    for prompt in app.prompts:
        if not 1 <= len(prompt) <= LONGEST_PROMPT:
            return f"a prompt has {len(prompt)} characters; Teams takes 1 to {LONGEST_PROMPT}: {prompt[:60]!r}"
    return None
