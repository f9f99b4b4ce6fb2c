"""Take the README's pictures of the page anew, over the sample articles: ``python tests/screenshots.py``.

With a folder, ``python tests/screenshots.py FOLDER``, every screen goes there: see ``screens.py``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser
from screens import ANSWERED, COURSE, asked, read
from screens import main as all_of_them
from serving import ROOT, chromium, opened, served

IMAGES = ROOT / "docs" / "images"


def main() -> None:
    if len(sys.argv) > 1:
        all_of_them()
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder / "archive", folder / "log", "--samples") as server, chromium() as browser:
            for_readme(browser, server.url)


def for_readme(browser: Browser, url: str) -> None:
    """``docs/images``: an answer with an article read beside it, on a desk and on a phone, and a course of events."""
    IMAGES.mkdir(exist_ok=True)
    with opened(browser, url) as page:
        asked(page, ANSWERED)
        read(page, 1)
        page.mouse.move(0, 0)
        page.screenshot(path=IMAGES / "answer-desktop.png")
    with opened(browser, url, dark=True) as page:
        asked(page, COURSE)
        page.mouse.move(0, 0)
        page.screenshot(path=IMAGES / "course-desktop-dark.png")
    with opened(browser, url, width=390, height=844) as page:
        asked(page, ANSWERED)
        page.screenshot(path=IMAGES / "answer-phone.png")


if __name__ == "__main__":
    main()
