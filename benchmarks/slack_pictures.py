"""The pictures of Slack in the docs: `python -m benchmarks.slack_pictures` draws them; with a folder, more of them.

Needs the test extras, Chromium and Node 20. What is drawn is what the product sends; slack-blocks-to-jsx draws it, so
Slack's own clients differ in details.
"""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from adapters import actions, library_files
from adapters.slack import render, views
from benchmarks.pictures import ARGUMENTS, PICTURES
from bot import routing, wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.library import Library

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import node_tools  # noqa: E402 - found through the line above
from builders import TODAY  # noqa: E402

WIDE, PHONE = 640, 390
# What an organisation sets: without it the pictures would show that no contact is set.
CONTACTS = {
    "line_manager": "in your ward or team office",
    "comms_team": "comms@trust.example, extension 2210",
    "raising_concerns": "speakup@trust.example",
    "hr": "hr@trust.example",
    "information_governance": "ig@trust.example, extension 2244",
    "safeguarding": "safeguarding@trust.example, extension 2299",
}
SOURCES = {"trust": "https://intranet.trust.example/policies/social-media"}
STYLE = """
body { margin: 0; font-family: Lato, "Helvetica Neue", Arial, "Liberation Sans", sans-serif; font-size: 15px }
.modal, .home, .message { padding: 16px; box-sizing: border-box }
.modal { border: 1px solid #8888; border-radius: 8px; margin: 8px }
.light { background: #fff; color: #1d1c1d } .dark { background: #1a1d21; color: #d1d2d3 }
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, what it shows, and how."""

    name: str
    shown: Any
    width: int = WIDE
    theme: str = "light"
    most_high: int = 0
    in_docs: bool = False


def main() -> None:
    """Draw the docs' pictures into docs/pictures, or every one into the folder that is named."""
    chromium = shutil.which("chromium") or sys.exit("no Chromium on this machine: apt-get install chromium")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    node = node_tools.installed()
    with TemporaryDirectory(dir=node) as scratch, sync_playwright() as playwright:
        page = _bundled(node, Path(scratch))
        browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, "--disable-lcd-text"])
        for picture in pictures(library_files.load()):
            if picture.in_docs or folder != PICTURES:
                _draw(browser, page, picture, folder / f"slack-{picture.name}.png")
        browser.close()


def pictures(library: Library) -> Iterator[Picture]:
    """What the docs show."""
    trust = replace(library.organisations["trust"], contacts=CONTACTS, source_urls=SOURCES)
    bot = PolicyBot(library, trust, today=lambda: TODAY)

    def asked(text: str, **how: str) -> Any:
        return list(render.message(bot.ask(text), library, trust, **how).blocks)

    citer = library.cite(trust, TODAY)
    cited = citer.citations(["hee/principles/3", "unite/dont/4"])
    shown = actions.Show("others", TODAY, tuple(c.clause.id for c in cited))
    yield Picture("answer", asked("can I post bake sale photos?", shareable="recorded"), in_docs=True)
    folded = render.message(bot.ask("", situation="professional-networking"), library, trust)
    yield Picture("folded-dark-phone", list(folded.blocks), PHONE, "dark", in_docs=True)
    yield Picture("choose", asked("and what about colleagues?"), in_docs=True)
    yield Picture("elsewhere", asked("my payslip is wrong"))
    default = routing.for_ids(library, trust, ["line_manager"])
    nearest = Answer(Outcome.NOT_COVERED, library.digest, TODAY, also=tuple(cited), routes=default)
    yield Picture("not-covered", list(render.message(nearest, library, trust).blocks))
    yield Picture("speaking-up-phone", asked("a colleague has a knife on the ward right now"), PHONE, in_docs=True)
    yield Picture("identifiable", asked("can I post about the patient with NHS number 943 476 5919?"))
    yield Picture("home", views.home(library, trust, TODAY), most_high=676, in_docs=True)
    yield Picture("home-dark-phone", views.home(library, trust, TODAY), PHONE, "dark")
    yield Picture(
        "clauses", views.clauses_modal(wording.OTHER_VIEWS, cited, library, trust, shown=shown), 540, in_docs=True
    )
    yield Picture("reasons", views.reasons_modal("bake-sale"), 540)
    yield Picture("help", asked("hello"))
    yield Picture("topic", views.topic_modal("media", library, trust, TODAY), 540)
    yield Picture("section", asked("section 5"))


def _bundled(node: Path, scratch: Path) -> str:
    """A page with the renderer in it."""
    shutil.copy(Path(__file__).parent / "slack_message.jsx", scratch)
    flags = ["--bundle", "--outfile=slack.js", "--loader:.css=css", "--loader:.svg=dataurl", "--log-level=warning"]
    mode = '--define:process.env.NODE_ENV="production"'
    entry, out = str(scratch / "slack_message.jsx"), f"--outfile={scratch / 'slack.js'}"
    done = node_tools.run("esbuild", entry, *flags[:1], out, *flags[2:], mode, folder=node, timeout_s=120)
    if done.returncode:
        sys.exit(done.stderr)
    script, style = (scratch / "slack.js").read_text(), (scratch / "slack.css").read_text()
    closed = script.replace("</script", "<\\/script")
    head = f'<!doctype html><meta charset="utf-8"><style>{style}</style><style>{STYLE}</style>'
    return f'{head}<main id="root"></main><script>{closed}</script>'


def _draw(browser: Browser, html: str, picture: Picture, file: Path) -> None:
    page = browser.new_page(viewport={"width": picture.width, "height": 200}, reduced_motion="reduce")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_content(html)
    page.evaluate("([shown, theme]) => window.draw(shown, theme)", [picture.shown, picture.theme])
    page.locator("#root > div").wait_for()
    high = page.evaluate("document.getElementById('root').offsetHeight")
    high = min(high, picture.most_high or high)
    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": picture.width, "height": high})
    print(f"{file} {file.stat().st_size:,} bytes", *complaints)
    page.close()


if __name__ == "__main__":
    main()
