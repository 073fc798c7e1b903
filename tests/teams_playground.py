"""Microsoft's own client in tests: the Microsoft 365 Agents Playground, on loopback, driven in Chromium.

It sends what Teams sends to a bot, takes what a bot posts, and draws cards as Teams does. It knows no manifest and no
dialogs, and it signs nothing: what it talks to has to run without an app id.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import node_tools
import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, ViewportSize, expect, sync_playwright

PACKAGES = Path(__file__).parent / "playground"
REQUIRED = "SIGNPOST_PLAYGROUND_REQUIRED"
# A folder for what the tests saw, to be looked at.
PICTURES = os.environ.get("SIGNPOST_PICTURES")
CLI = Path("node_modules", "@microsoft", "m365agentsplayground", "cli.js")
SHOWN_MS = 10_000
ARGUMENTS = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost"),
]
# Narrower, it hides where one can go.
SIZE: ViewportSize = {"width": 1280, "height": 900}
# What is left of it, above it, and the box for a message below it.
CONVERSATION = (330, 52, 100)
TENANT = "7d3f6a52-5f0c-4c2f-9a51-0c6b8f1e2d34"
TEAM = "Ward 7"
PERSONAL, GROUP, CHANNEL = "Personal Chat", "Group Chat", f"{TEAM} - General"
NAME = "Signpost"


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium that finds no other machine; skips where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set and there is no Chromium: apt-get install chromium")
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield launched
        launched.close()


@contextmanager
def playground(bot: str, folder: Path) -> Iterator[str]:
    """Start the Playground in the empty *folder* for the bot at this address; give the address of its page.

    Each has people and conversations of its own. Skips where Node or the package cannot be had.
    """
    packages = node_tools.installed(PACKAGES, required=REQUIRED)
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(_people_and_places()), encoding="utf-8")
    flags = ("start", "-e", bot, "-c", "msteams", "-p", "0", "--disable-telemetry")
    quiet = {"HOME": str(folder), "TEAMSAPPTESTER_BROWSER": "none"}
    said = folder / "errors"
    with (
        said.open("wb") as errors,
        node_tools.start(
            "--require", PACKAGES / "loopback_only.cjs", packages / CLI, *flags, folder=folder, errors=errors, **quiet
        ) as process,
    ):
        try:
            assert process.stdout is not None
            lines = (re.fullmatch(r"Listening on (\d+)", line.strip()) for line in process.stdout)
            listening = next((found for found in lines if found), None)
            assert listening is not None, said.read_text(encoding="utf-8")
            yield f"http://localhost:{listening[1]}/"
        finally:
            process.terminate()


def _people_and_places() -> dict[str, object]:
    """Who is there and where they talk; the Playground wants exactly five others. Ids look like those of Teams."""

    def person(name: str) -> dict[str, str]:
        address = f"{name.lower().replace(' ', '.')}@trust.example"
        both = {"email": address, "userPrincipleName": address}  # Microsoft's spelling
        return {
            "id": f"29:{uuid4()}",
            "name": name,
            "givenName": name,
            "surname": "",
            "aadObjectId": str(uuid4()),
        } | both

    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": f"28:{uuid4()}", "name": NAME},
        "currentUser": person("Member of staff"),
        "users": [person(f"Colleague {number}") for number in range(1, 6)],
        "personalChat": {"id": f"a:{uuid4()}"},
        "groupChat": {"id": f"19:{uuid4()}@thread.v2", "name": GROUP},
        "team": {
            "id": f"19:{uuid4()}@thread.tacv2",
            "name": TEAM,
            "aadGroupId": str(uuid4()),
            "channels": [{"id": f"19:{uuid4()}@thread.tacv2", "name": "Announcements"}],
        },
    }


class Client:
    """The Playground's page: what somebody types, clicks and sees there."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.set_default_timeout(SHOWN_MS)
        page.set_viewport_size(SIZE)
        page.goto(address)
        # It can be typed into from the moment the bot has been told that it is installed.
        page.get_by_text("Type a message...").first.wait_for()
        page.get_by_role("button", name="Hide log panel").click()

    def open(self, place: str) -> None:
        """Go to the personal chat, the group chat or the channel."""
        self.page.get_by_role("treeitem", name=place).click()
        box = "Start a new post" if place == CHANNEL else "Type a message..."
        self.page.get_by_text(box).first.wait_for()

    def say(self, text: str) -> None:
        """Send a message, in a chat."""
        self._box.click()
        self.page.keyboard.insert_text(text)
        self._send()

    def mention(self, text: str) -> None:
        """Send a message, or post one, that begins with a mention of the bot."""
        self._box.click()
        self.page.keyboard.type("@")
        offered = self.page.get_by_role("listbox", name="Typeahead menu")
        offered.get_by_text(NAME, exact=True).click()
        self.page.keyboard.type(f" {text}")
        self._send()

    def card(self, text: str) -> Locator:
        """The last card that holds *text*, shown."""
        found = self.page.locator(".ac-adaptiveCard", has_text=text).last
        expect(found).to_be_visible(timeout=SHOWN_MS)
        return found

    def sees(self, text: str) -> None:
        """Wait until *text* is shown."""
        expect(self.page.get_by_text(text).last).to_be_visible(timeout=SHOWN_MS)

    def find(self, words: str) -> Locator:
        """Search with the message extension; the titles of what it finds, to be clicked."""
        self.page.get_by_role("button", name="Trigger Message Extension App").first.click()
        self.page.get_by_role("menuitem", name="Search Command").click()
        self.page.get_by_placeholder("Enter a search term").fill(words)
        self.page.keyboard.press("Enter")
        found = self.page.get_by_role("group").filter(has_text="Search-Based Message Extension")
        return found.get_by_role("heading", level=1)

    def send(self) -> None:
        """Send what stands in the box."""
        self._send()

    def picture(self, name: str, *, conversation: int = 0) -> None:
        """Keep what is shown as a picture, if somebody wants to look at it; or so many pixels of the conversation."""
        if not PICTURES:
            return
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        file = Path(PICTURES) / f"{name}.png"
        if not conversation:
            self.page.screenshot(path=file)
            return
        left, top, box = CONVERSATION
        self.page.set_viewport_size({**SIZE, "height": top + conversation + box})
        shown: FloatRect = {"x": left, "y": top, "width": SIZE["width"] - left, "height": conversation}
        self.page.screenshot(path=file, clip=shown)
        self.page.set_viewport_size(SIZE)

    @property
    def _box(self) -> Locator:
        return self.page.locator("[contenteditable=true]").first

    def _send(self) -> None:
        post = self.page.get_by_role("button", name="Post", exact=True)
        (post if post.count() else self.page.get_by_role("button", name="Send Message")).first.click()
