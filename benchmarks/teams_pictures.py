"""The pictures of Teams in the docs: `python -m benchmarks.teams_pictures` draws them; with a folder, more of them.

Needs the test extras, Chromium and Node 20. What is drawn is what the product sends; Microsoft's own renderer for the
web draws it in colours like those of Teams, so Teams' clients differ in details.
"""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from adapters import library_files
from adapters.teams import extension, render, views
from adapters.teams.render import Message
from benchmarks.pictures import ARGUMENTS, PICTURES
from benchmarks.slack_pictures import CONTACTS, SOURCES
from bot import routing, wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.library import Library

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import node_tools  # noqa: E402 - found through the line above
from builders import TODAY  # noqa: E402

WIDE, PHONE = 640, 320
RENDERER = "node_modules/adaptivecards/dist/adaptivecards.min.js"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the card, and how it is shown; *opened* is the button that is pressed first."""

    name: str
    card: dict[str, Any] | None
    width: int = WIDE
    theme: str = "light"
    opened: str = ""
    most_high: int = 0
    in_docs: bool = False


def main() -> None:
    """Draw the docs' pictures into docs/pictures, or every one into the folder that is named."""
    chromium = shutil.which("chromium") or sys.exit("no Chromium on this machine: apt-get install chromium")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    renderer = (node_tools.installed() / RENDERER).read_text(encoding="utf-8").replace("</script", "<\\/script")
    page = (Path(__file__).parent / "teams_card.html").read_text(encoding="utf-8").replace("/*RENDERER*/", renderer)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, "--disable-lcd-text"])
        for picture in pictures(library_files.load()):
            if picture.in_docs or folder != PICTURES:
                _draw(browser, page, picture, folder / f"teams-{picture.name}.png")
        browser.close()


def pictures(library: Library) -> Iterator[Picture]:
    """What the docs show."""
    trust = replace(library.organisations["trust"], contacts=CONTACTS, source_urls=SOURCES)
    bot = PolicyBot(library, trust, today=lambda: TODAY)

    def card(text: str = "", situation: str | None = None) -> dict[str, Any] | None:
        return render.message(bot.ask(text, situation=situation), library, trust, record="recorded").card

    def shown(message: Message) -> dict[str, Any] | None:
        return message.card

    cited = library.cite(trust, TODAY).citations(["hee/principles/3", "unite/dont/4"])
    yield Picture("answer", card("can I post bake sale photos?"), in_docs=True)
    others = wording.FOLDED["others"].format(count=1)
    folded = card(situation="too-much-use")
    yield Picture("folded-dark", folded, 560, "dark", opened=others, most_high=824, in_docs=True)
    yield Picture("choose", card("and what about colleagues?"), in_docs=True)
    yield Picture("choose-contrast-phone", card("and what about colleagues?"), PHONE, "contrast")
    yield Picture("speaking-up-phone", card("a colleague has a knife on the ward right now"), PHONE, in_docs=True)
    yield Picture("speaking-up-contrast", card("a colleague has a knife on the ward right now"), theme="contrast")
    yield Picture("answer-phone-dark", card("can I post bake sale photos?"), PHONE, "dark")
    yield Picture("answer-contrast", card("can I post bake sale photos?"), theme="contrast")
    yield Picture("reasons", card("can I post bake sale photos?"), opened=wording.UNHELPFUL)
    yield Picture("reasons-phone", card("can I post bake sale photos?"), PHONE, opened=wording.UNHELPFUL)
    yield Picture("elsewhere", card("my payslip is wrong"))
    default = routing.for_ids(library, trust, ["line_manager"])
    nearest = Answer(Outcome.NOT_COVERED, library.digest, TODAY, also=tuple(cited), routes=default)
    yield Picture("not-covered", render.message(nearest, library, trust).card)
    yield Picture("identifiable", card("can I post about the patient with NHS number 943 476 5919?"))
    yield Picture("help", card("hello"))
    yield Picture("section", card("section 5"))
    yield Picture("document", card("show me the whole policy"))
    citation = cited[0]
    yield Picture("inserted", extension.clause_result(citation)["content"], in_docs=True)
    yield Picture("section-view", shown(views.section_message(citation, library, trust, on=TODAY)))
    yield Picture("comms", shown(views.comms_message(library, trust)))
    yield Picture("topic", shown(views.topic_message("media", library, trust, TODAY)))


def _draw(browser: Browser, html: str, picture: Picture, file: Path) -> None:
    page = browser.new_page(viewport={"width": picture.width, "height": 200}, reduced_motion="reduce")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_content(html)
    heard = page.evaluate("shown => window.draw(...shown)", [picture.card, picture.theme, picture.opened])
    page.evaluate("document.activeElement.blur()")
    high = page.evaluate("document.getElementById('chat').offsetHeight")
    high = min(high, picture.most_high or high)
    wide = page.evaluate("document.getElementById('chat').scrollWidth")
    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": picture.width, "height": high})
    print(f"{file} {file.stat().st_size:,} bytes", *complaints, *heard)
    if wide > picture.width:
        print(f"{file} is {wide} pixels wide")
    page.close()


if __name__ == "__main__":
    main()
