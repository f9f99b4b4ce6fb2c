"""Take the README's pictures of the page anew, over the sample articles: ``python tests/screenshots.py``.

With a folder, ``python tests/screenshots.py FOLDER``, every screen goes there: wide and narrow, light and dark.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page
from serving import ROOT, ask, chromium, opened, served

IMAGES = ROOT / "docs" / "images"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
ANSWERED = "How many people died in the Velsbridge flood?"
COURSE = "What happened in the port strike?"
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
    """``docs/images``: an answer with an article read beside it, on a desk and on a phone, and a course of events."""
    IMAGES.mkdir(exist_ok=True)
    with opened(browser, url) as page:
        asked(page, ANSWERED)
        read(page, 1)
        page.screenshot(path=IMAGES / "answer-desktop.png")
    with opened(browser, url, dark=True) as page:
        asked(page, COURSE)
        page.screenshot(path=IMAGES / "course-desktop-dark.png")
    with opened(browser, url, width=390, height=844) as page:
        asked(page, ANSWERED)
        page.screenshot(path=IMAGES / "answer-phone.png")


def asked(page: Page, question: str) -> None:
    """Ask, and wait until the articles over time are drawn too, where there are any."""
    ask(page, question)
    page.wait_for_selector(".turn:last-child :is(.over-time[data-filled], .abstention)", state="attached")
    page.mouse.move(0, 0)


def read(page: Page, citation: int) -> None:
    """Open the article of a citation of the last answer, counted from 0."""
    page.locator(".turn").last.locator(".answer .chip").nth(citation).click()
    page.wait_for_selector("#reader mark.here")
    page.mouse.move(0, 0)


def everything(browser: Browser, url: str, folder: Path) -> None:
    """Every screen that asking leads to: on each size of screen, in light and in dark."""
    folder.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        for dark in (False, True):
            at = f"{size}-dark.png" if dark else f"{size}.png"
            with opened(browser, url, width=width, height=height, dark=dark) as page:
                page.screenshot(path=folder / f"start-{at}")
                asked(page, ANSWERED)
                page.screenshot(path=folder / f"answer-{at}")
                page.locator(".answer .chip").first.hover()
                page.wait_for_selector("#peek")
                page.screenshot(path=folder / f"quote-{at}")
                read(page, 1)
                page.screenshot(path=folder / f"reader-{at}")
                page.keyboard.press("Escape")
                page.locator("#scope [data-filter=next]").click()
                page.screenshot(path=folder / f"filter-{at}")
                page.keyboard.press("Escape")
                page.keyboard.press("Escape")
                asked(page, UNANSWERED)
                page.screenshot(path=folder / f"abstention-{at}")
                asked(page, COURSE)
                page.screenshot(path=folder / f"course-{at}")
                page.locator(".turn").last.locator(".over-time, .fine").last.scroll_into_view_if_needed()
                page.screenshot(path=folder / f"over-time-{at}")
                page.locator("#question textarea").blur()
                page.keyboard.press("?")
                page.screenshot(path=folder / f"help-{at}")


if __name__ == "__main__":
    main()
