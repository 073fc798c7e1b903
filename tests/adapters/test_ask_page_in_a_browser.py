"""The ask page in a real Chromium: accessible, by keyboard, narrow, dark, without JavaScript, and safe."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from aiohttp import web
from axe_playwright_python.sync_playwright import Axe
from builders import TODAY
from hostile import strings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from adapters.limits import QUESTIONS
from adapters.web import application
from bot import wording
from bot.app import PolicyBot
from knowledge.library import Library

pytestmark = pytest.mark.browser

BAKE_SALE = "can I post bake sale photos?"
AMBIGUOUS = "and what about colleagues?"
DISCLOSURE = "my manager screams at me every day and I am frightened of her"
NARROW, WIDE = 320, 1280
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Answers as from a network, but under a name that browsers do not trust as they trust this machine's own.
PLAIN_HTTP = "signpost.test"
ARGUMENTS = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", f"--host-resolver-rules=MAP {PLAIN_HTTP} 127.0.0.1"),
]


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("SIGNPOST_BROWSER_REQUIRED"):
        pytest.fail("SIGNPOST_BROWSER_REQUIRED is set and there is no Chromium: apt-get install chromium")
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    return found


@pytest.fixture(scope="module")
def port(chromium: str, shipped: Library) -> Iterator[int]:
    """The port of the ask page of the shipped library, served from a thread."""
    bot = PolicyBot(shipped, shipped.organisations["trust"], today=lambda: TODAY)
    listening: list[int] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        runner = web.AppRunner(application.build(bot), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        listening.append(runner.addresses[0][1])
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(30)
    yield listening[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@dataclass
class Opened:
    """A new visitor's browser window, and what it noticed."""

    context: BrowserContext
    page: Page
    noticed: list[str]
    requested: list[str]

    def ask(self, question: str) -> None:
        """Type the question and press the button; wait for what comes of it."""
        self.page.fill("#question", question)
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.page.click("#ask button")
        self.page.locator(".answer, .problem").last.wait_for()


Open = Callable[..., Opened]


@pytest.fixture
def opened(browser: Browser, port: int) -> Iterator[Open]:
    """Opens windows on the ask page; closes them all in the end."""
    contexts = []

    def open_one(*, width: int = WIDE, host: str = "127.0.0.1", **settings: object) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            base_url=f"http://{host}:{port}",
            reduced_motion="reduce",
            **settings,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        window = Opened(context, page, [], [])
        page.on("console", lambda said: window.noticed.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda failed: window.noticed.append(str(failed)))
        page.on("dialog", lambda dialog: (window.noticed.append("a dialog"), dialog.dismiss()))
        page.on("request", lambda request: window.requested.append(request.url))
        page.goto("/")
        return window

    yield open_one
    for context in contexts:
        context.close()


def _asked(question: str) -> Callable[[Opened], None]:
    return lambda window: window.ask(question)


STATES: dict[str, Callable[[Opened], object]] = {
    "empty": lambda window: None,
    "answered": _asked(BAKE_SALE),
    "choose": _asked(AMBIGUOUS),
    "sensitive": _asked(DISCLOSURE),
    "danger": _asked("my colleague says he is going to kill himself tonight"),
    "not covered": _asked("how much is a jacket potato in the canteen"),
    "nearest": _asked("zorble frumious whatsit policy borogove"),
    "identifiable": _asked("may I post about NHS number 999 000 0018"),
    "help": _asked("hello"),
    "other views": _asked("can I talk about problems at work on facebook"),
    "error": _asked(""),
    "two answers": lambda window: (window.ask(BAKE_SALE), window.ask(AMBIGUOUS)),
    "documents": lambda window: window.page.goto("/documents"),
    "document": lambda window: window.page.goto("/documents/trust/1.0"),
    "a document of clauses without numbers": lambda window: window.page.goto("/documents/care/september-2018"),
    "clause": lambda window: window.page.goto("/documents/trust/1.0/5.6"),
    "no such page": lambda window: window.page.goto("/nowhere"),
}


@pytest.mark.parametrize("state", STATES)
def test_no_accessibility_rule_is_broken(opened: Open, state: str):
    window = opened()
    STATES[state](window)
    # Folded parts are read as well.
    window.page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")

    for scheme, width in product(("light", "dark"), (WIDE, NARROW)):
        window.page.emulate_media(color_scheme=scheme)
        window.page.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(window.page, options={"runOnly": {"type": "tag", "values": RULES}})
        assert found.violations_count == 0, found.generate_report()
        assert len(found.response["passes"]) > 10


@pytest.mark.parametrize("state", STATES)
def test_at_320_pixels_and_at_twice_the_size_of_text_nothing_scrolls_sideways(opened: Open, state: str):
    window = opened(width=NARROW)
    STATES[state](window)
    window.page.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

    narrow = window.page.evaluate(too_wide)
    window.page.set_viewport_size({"width": WIDE, "height": 800})
    window.page.evaluate("document.documentElement.style.fontSize = '225%'")
    enlarged = window.page.evaluate(too_wide)
    window.page.set_viewport_size({"width": WIDE // 2, "height": 400})
    window.page.evaluate("document.documentElement.style.fontSize = ''")
    zoomed = window.page.evaluate(too_wide)

    assert (narrow, enlarged, zoomed) == (False, False, False)


def test_the_keyboard_alone_asks_and_lands_on_the_answers_heading(opened: Open):
    window = opened()
    page = window.page

    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        if reached[-1] == "question":
            page.keyboard.type(BAKE_SALE)
    page.keyboard.press("Enter")
    page.locator(".answer").wait_for()

    assert reached == ["Skip to main content", "Signpost", "Documents", "question", "Ask"]
    expect(page.locator(".answer h2")).to_be_focused()
    expect(page.locator(".answer h2")).to_have_text("What the policy says")
    expect(page.locator("#question")).to_have_value("")


def test_the_keyboard_alone_picks_a_choice(opened: Open):
    window = opened()
    window.ask(AMBIGUOUS)

    window.page.keyboard.press("Tab")
    picked = window.page.evaluate("document.activeElement.textContent")
    window.page.keyboard.press("Enter")
    window.page.locator(".answer").nth(1).wait_for()

    answer = window.page.locator(".answer").nth(1)
    expect(answer.locator("h2")).to_be_focused()
    expect(answer.locator(".asked")).to_contain_text(picked)
    expect(answer.locator(".clause").first).to_be_visible()


def test_the_keyboard_alone_opens_what_is_folded(opened: Open):
    window = opened()
    window.ask("can I talk about problems at work on facebook")
    folded = window.page.locator("details:not([open])").first
    expect(folded.locator(".clause").first).not_to_be_visible()

    folded.locator("summary").focus()
    window.page.keyboard.press("Enter")

    expect(window.page.locator("details").last.locator(".clause").first).to_be_visible()


def test_the_skip_link_skips(opened: Open):
    window = opened()

    window.page.keyboard.press("Tab")
    expect(window.page.locator(".skip")).to_be_in_viewport()
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")

    expect(window.page.locator("#question")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_is_always_visible(opened: Open, scheme: str):
    window = opened(color_scheme=scheme)
    page = window.page
    window.ask(AMBIGUOUS)
    page.evaluate("document.activeElement.blur()")

    seen = 0
    look = "(({outlineStyle, boxShadow}) => [outlineStyle, boxShadow])(getComputedStyle(document.activeElement))"
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement !== document.body") and seen < 40:
        outline, shadow = page.evaluate(look)
        assert outline != "none" or shadow != "none"
        seen += 1
        page.keyboard.press("Tab")

    assert 5 <= seen < 40


def test_waiting_is_announced_and_a_second_press_does_nothing(opened: Open):
    window = opened()
    page, held = window.page, []
    page.route("**/", lambda route: held.append(route))  # noqa: PLW0108 (Playwright counts the arguments)
    page.fill("#question", BAKE_SALE)

    page.click("#ask button")
    expect(page.get_by_role("status")).to_have_text(wording.WAITING)
    expect(page.locator("#ask button")).to_be_disabled()
    held[0].continue_()
    page.locator(".answer").wait_for()

    expect(page.get_by_role("status")).to_have_text("")
    expect(page.locator("#ask button")).to_be_enabled()
    assert len(held) == 1


def test_a_problem_is_announced_beside_the_question_which_is_kept(opened: Open):
    window = opened()
    page = window.page
    page.route("**/", lambda route: route.abort())
    page.fill("#question", BAKE_SALE)

    page.click("#ask button")

    expect(page.get_by_role("alert")).to_have_text(wording.UNKNOWN_ERROR)
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#question")).to_have_value(BAKE_SALE)
    expect(page.locator("#question")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#question")).to_have_accessible_description(f"{wording.QUESTION_HINT} {wording.UNKNOWN_ERROR}")


def test_a_problem_is_gone_with_the_next_answer(opened: Open):
    window = opened()
    window.ask("")
    expect(window.page.get_by_role("alert")).to_contain_text(wording.EMPTY_QUESTION)

    window.ask(BAKE_SALE)

    expect(window.page.get_by_role("alert")).to_have_count(0)
    assert window.page.locator("#question").get_attribute("aria-invalid") is None


def test_answers_add_up_to_a_conversation_that_no_other_window_sees(opened: Open):
    window, other = opened(), opened()
    window.ask("can I post a photo of a colleague on instagram")

    window.ask("and what if they agreed?")
    other.ask("and what if they agreed?")

    expect(window.page.locator(".answer")).to_have_count(2)
    expect(window.page.locator(".answer h2").last).to_have_text("What the policy says")
    expect(other.page.locator(".answer h2").last).not_to_have_text("What the policy says")


def test_a_citation_leads_to_its_clause(opened: Open):
    window = opened()
    window.ask(BAKE_SALE)
    text = window.page.locator(".clause .text").first.inner_text()

    window.page.click(".clause .source a >> nth=0")

    expect(window.page.locator(".clause .text")).to_have_text(text)
    assert "/documents/trust/1.0/" in window.page.url


@pytest.mark.parametrize("host", ["127.0.0.1", PLAIN_HTTP])
def test_it_works_without_javascript(opened: Open, host: str):
    window = opened(java_script_enabled=False, host=host)
    page = window.page

    page.fill("#question", AMBIGUOUS)
    page.click("#ask button")
    expect(page).to_have_title("Which of these is closest? – Signpost")
    page.locator(".answer .choice").first.click()
    expect(page).to_have_title("What the policy says – Signpost")
    expect(page.locator(".clause").first).to_be_visible()
    page.click("#ask button")

    expect(page).to_have_title("There is a problem: Signpost")
    expect(page.get_by_role("alert")).to_contain_text(wording.EMPTY_QUESTION)


def test_an_example_is_asked_with_one_press(opened: Open):
    window = opened()

    window.page.get_by_role("button", name="Can I post bake sale photos?").click()

    expect(window.page.locator(".answer h2")).to_be_focused()
    expect(window.page.locator("#examples")).to_have_count(0)


def test_questions_are_in_no_address_and_nothing_comes_from_elsewhere(opened: Open, port: int):
    window = opened()

    window.ask(BAKE_SALE)
    window.page.click(".clause .source a >> nth=0")
    window.page.go_back()

    assert all(address.startswith(f"http://127.0.0.1:{port}/") for address in window.requested)
    assert all("?" not in address and "bake" not in address for address in window.requested)
    assert window.noticed == []


def test_in_the_dark_the_page_is_dark(opened: Open):
    shade = "getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"

    light = opened(color_scheme="light").page.evaluate(shade)
    dark = opened(color_scheme="dark").page.evaluate(shade)

    assert min(light) > 200
    assert max(dark) < 60


def test_hostile_questions_run_nothing(opened: Open):
    """promise 12, in a browser that would run them."""
    window = opened()
    nodes = "[document.scripts.length, document.querySelectorAll('iframe, img, svg, object, base, style').length]"

    for number, text in enumerate(strings(100, seed=120)):
        if number % QUESTIONS == 0:
            window.context.clear_cookies()
            window.page.goto("/")
        window.ask(text or "empty")
        assert window.page.evaluate(nodes) == [1, 0], ascii(text)

    refused = "the server responded with a status of 400"
    assert [said for said in window.noticed if refused not in said] == []
    assert len(window.context.pages) == 1
