"""What an administrator reads who installs the Slack app: one page for each way in which that ends."""

import html
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot import wording

INSTALL_PATH = "/slack/install"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What an administrator is told at the end: a title and a sentence, which may have a place for a name."""

    status: int
    title: str
    said: str


INSTALLED: Final = Page(
    200,
    f"{wording.NAME} is installed",
    "Staff of {workspace} can ask now: open Slack and send {name} a direct message, or type /policy and a question.",
)
CANCELLED: Final = Page(200, "Nothing was installed", "You cancelled in Slack. You can start again whenever you like.")
NOT_STARTED_HERE: Final = Page(
    400,
    "Please start again",
    "This installation was not started in this browser, was started more than ten minutes ago, or has ended already. "
    "Nothing was installed.",
)
REFUSED: Final = Page(
    502, "Slack did not confirm the installation", "Nothing was kept. Please wait a minute and start again."
)
NOT_MAPPED: Final = Page(
    403,
    "This workspace is not in the settings",
    "Nothing was kept. Whoever runs {name} has to say first whose policies the workspace sees, by adding this line "
    "to the settings and starting {name} again: slack.workspaces: {{{workspace}: ORGANISATION}}",
)
NOT_STORED: Final = Page(
    503, "The installation could not be stored", "Nothing was kept. Please wait a minute and start again."
)
TOO_MANY: Final = Page(429, "Please wait a minute", "Too many installations were started at once.")


def shown(page: Page, **names: str) -> web.Response:
    """The page, with *names* in the places of its sentence; whatever they hold is shown as text."""
    said = html.escape(page.said.format(name=wording.NAME, **names))
    again = "" if page is INSTALLED else f'<p><a href="{INSTALL_PATH}">Start again</a></p>'
    text = (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(page.title)} - {wording.NAME}</title></head>"
        f"<body><main><h1>{html.escape(page.title)}</h1><p>{said}</p>{again}</main></body></html>"
    )
    return web.Response(text=text, content_type="text/html", status=page.status, headers=HEADERS)
