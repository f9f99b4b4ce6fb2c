"""Take the README's pictures of the page anew, over the sample articles: ``python tests/screenshots.py``.

With a folder, ``python tests/screenshots.py FOLDER``, every screen goes there: wide and narrow, light and dark.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser
from serving import ROOT, ask, chromium, opened, served

IMAGES = ROOT / "docs" / "images"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
ANSWERED = "How many people died in the Velsbridge flood?"
UNANSWERED = "What is the boiling point of tungsten?"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder / "archive", folder / "log", "--samples") as server, chromium() as browser:
            if len(sys.argv) > 1:
                everything(browser, server.url, Path(sys.argv[1]))
            else:
                for_readme(browser, server.url)


def for_readme(browser: Browser, url: str) -> None:
    """``docs/images/answer-desktop.png``: an answer with its sources."""
    IMAGES.mkdir(exist_ok=True)
    with opened(browser, url) as page:
        ask(page, ANSWERED)
        page.locator(".chip").first.click()
        page.mouse.move(0, 0)
        page.screenshot(path=IMAGES / "answer-desktop.png")


def everything(browser: Browser, url: str, folder: Path) -> None:
    """The start, an answer, a source, an abstention, a follow-up: on each size of screen, in light and in dark."""
    folder.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        for dark in (False, True):
            at = f"{size}-dark.png" if dark else f"{size}.png"
            with opened(browser, url, width=width, height=height, dark=dark) as page:
                page.screenshot(path=folder / f"start-{at}")
                ask(page, ANSWERED)
                page.screenshot(path=folder / f"answer-{at}")
                page.locator(".chip").last.click()
                page.screenshot(path=folder / f"source-{at}")
                ask(page, UNANSWERED)
                page.screenshot(path=folder / f"abstention-{at}")
                ask(page, "And what about the port strike?")
                page.screenshot(path=folder / f"followup-{at}")


if __name__ == "__main__":
    main()
