"""The README's pictures of the ask page, light and dark: `python -m benchmarks.pictures` makes them anew.

Needs the test extras and Chromium; serves the shipped library itself.
"""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

QUESTION = "Can I post bake sale photos?"
PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def main() -> None:
    """Serve, ask, and write one picture for each colour scheme."""
    chromium = shutil.which("chromium") or sys.exit("no Chromium on this machine: apt-get install chromium")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    verb = [sys.executable, "-m", "adapters.cli", "serve", "--port", str(port)]
    with subprocess.Popen(verb, stderr=subprocess.PIPE, text=True) as server:
        try:
            if server.stderr is None or "answers at" not in server.stderr.readline():
                sys.exit("the server did not start: run 'signpost serve' to see why")
            _take(chromium, port)
        finally:
            server.terminate()


def _take(chromium: str, port: int) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for scheme in ("light", "dark"):
            page = browser.new_page(
                color_scheme=scheme,  # type: ignore[arg-type]
                viewport={"width": 900, "height": 1080},
                reduced_motion="reduce",
            )
            page.goto(f"http://127.0.0.1:{port}/")
            page.fill("#question", QUESTION)
            page.click("#ask button")
            page.locator(".answer").wait_for()
            page.evaluate("scrollTo(0, 0)")
            picture = PICTURES / f"ask-page-{scheme}.png"
            page.screenshot(path=picture)
            print(f"{picture} {picture.stat().st_size:,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
