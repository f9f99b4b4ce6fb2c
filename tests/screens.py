"""Every screen of the page, to be looked at: ``python tests/screens.py FOLDER [NAME...]``.

Each is taken on a desk, a tablet and a phone, in light and in dark; with names, only those whose name has one of them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page
from serving import ask, chromium, opened
from staging import World, world

SIZES = {"desk": (1440, 900), "tablet": (768, 1024), "phone": (390, 844)}
ANSWERED = "How many people died in the Velsbridge flood?"
COURSE = "What happened in the port strike?"
UNANSWERED = "What is the boiling point of tungsten?"
HEBREW = "כמה בני אדם נהרגו באסון המעבורת?"

Screen = Callable[[Page, World], None]
SCREENS: dict[str, tuple[str, Screen]] = {}


def screen(server: str) -> Callable[[Screen], Screen]:
    """Takes the function for a screen of that server, which brings the page there."""

    def take(bring: Screen) -> Screen:
        SCREENS[bring.__name__.replace("_", "-")] = (server, bring)
        return bring

    return take


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {name: bring for name, bring in SCREENS.items() if not names or any(part in name for part in names)}
    with tempfile.TemporaryDirectory() as place, world(Path(place)) as here, chromium() as browser:
        for size in SIZES:
            for dark in (False, True):
                for name, (server, bring) in wanted.items():
                    file = folder / f"{name}-{size}{'-dark' if dark else ''}.png"
                    taken(browser, here, server, bring, file, size=size, dark=dark)


def taken(browser: Browser, here: World, name: str, bring: Screen, file: Path, *, size: str, dark: bool) -> None:
    """Take one screen of the server of that name."""
    url = getattr(here, name).url
    width, height = SIZES[size]
    visited = plainly if name == "guarded" else opened
    with visited(browser, url, width=width, height=height, dark=dark, touch=size != "desk") as page:
        bring(page, here)
        if not page.locator("#peek").count():
            page.mouse.move(0, 0)
        page.screenshot(path=file)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            print(f"{file.name}: {wide} px wide")


@contextmanager
def plainly(browser: Browser, url: str, *, width: int, height: int, dark: bool, touch: bool) -> Iterator[Page]:
    """What is at ``url``, without a question box to wait for."""
    scheme: Literal["dark", "light"] = "dark" if dark else "light"
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=touch, is_mobile=touch
    )
    page.goto(url)
    yield page
    page.close()


# --- what can be asked for -------------------------------------------------------------------------------------------


def asked(page: Page, question: str) -> None:
    """Ask, and wait until the articles over time are drawn too, where there are any."""
    ask(page, question)
    page.wait_for_selector(".turn:last-child :is(.over-time[data-filled], .abstention)", state="attached")


def read(page: Page, citation: int) -> None:
    """Open the article of a citation of the last answer, counted from 0."""
    page.locator(".turn").last.locator(".answer .chip").nth(citation).click()
    if page.locator("#peek .button").count():
        page.locator("#peek .button").click()
    page.wait_for_selector("#reader mark.here")


def go(page: Page, where: str, wait: str) -> None:
    """Turn to a view, by the page's address, and wait for something in it."""
    page.evaluate("where => { location.hash = where; }", where)
    page.wait_for_selector(wait)
    page.wait_for_timeout(150)


def listed(page: Page) -> None:
    """Have the conversations in sight, which are a drawer on narrow screens."""
    if not page.locator("#panel").is_visible():
        page.click("#menu")
    page.wait_for_selector("#kept :is(.kept, .hint)")


@screen("empty")
def empty_start(page: Page, here: World) -> None:
    page.wait_for_selector("#start h2")


@screen("empty")
def empty_search(page: Page, here: World) -> None:
    go(page, "#search", ".nothing")


@screen("empty")
def empty_archive(page: Page, here: World) -> None:
    go(page, "#archive", ".holding")


@screen("empty")
def empty_conversations(page: Page, here: World) -> None:
    listed(page)


@screen("full")
def start(page: Page, here: World) -> None:
    page.wait_for_selector("#start h2")


@screen("full")
def answer(page: Page, here: World) -> None:
    asked(page, ANSWERED)


@screen("full")
def answer_end(page: Page, here: World) -> None:
    asked(page, ANSWERED)
    page.locator(".over-time").last.scroll_into_view_if_needed()


@screen("full")
def quote(page: Page, here: World) -> None:
    asked(page, ANSWERED)
    chip = page.locator(".answer .chip").first
    if page.evaluate("matchMedia('(hover: none)').matches"):
        chip.tap()
    else:
        chip.hover()
    page.wait_for_selector("#peek")


@screen("full")
def reader(page: Page, here: World) -> None:
    asked(page, ANSWERED)
    read(page, 0)


@screen("full")
def reader_versions(page: Page, here: World) -> None:
    go(page, "#search?words=harbour+terminal+pillars", ".hit")
    page.locator(".hit .opens").first.click()
    page.locator("#reader .versions summary").first.click()
    page.locator("#reader .versions").scroll_into_view_if_needed()


@screen("full")
def reader_long_title(page: Page, here: World) -> None:
    go(page, "#search?words=harbour+terminal+pillars", ".hit")
    page.locator(".hit .opens").first.click()
    page.wait_for_selector("#reader .article")


@screen("full")
def filters(page: Page, here: World) -> None:
    page.locator("#scope [data-filter=next]").click()
    page.wait_for_selector("#filter[open]")


@screen("full")
def abstention(page: Page, here: World) -> None:
    asked(page, UNANSWERED)


@screen("full")
def course(page: Page, here: World) -> None:
    asked(page, COURSE)


@screen("full")
def forty(page: Page, here: World) -> None:
    go(page, f"#ask?c={here.cited}", ".turn.done")


@screen("full")
def right_to_left(page: Page, here: World) -> None:
    asked(page, HEBREW)


@screen("full")
def right_to_left_reader(page: Page, here: World) -> None:
    go(page, "#search?words=המעבורת", ".hit")
    page.locator(".hit .opens").first.click()
    page.wait_for_selector("#reader .article")


@screen("full")
def shortcuts(page: Page, here: World) -> None:
    page.locator("#question textarea").blur()
    page.keyboard.press("?")


@screen("full")
def search(page: Page, here: World) -> None:
    go(page, "#search?words=harbour+flood", ".hit")


@screen("full")
def search_none(page: Page, here: World) -> None:
    go(page, "#search?words=xylophonist&order=newest&first=2025-01-01&last=2025-02-01", ".nothing")


@screen("full")
def holdings(page: Page, here: World) -> None:
    go(page, "#archive", ".figures")


@screen("full")
def adding(page: Page, here: World) -> None:
    go(page, "#add", "#way-files")


@screen("full")
def adding_text(page: Page, here: World) -> None:
    go(page, "#add", "#way-files")
    page.click("#tab-text")


@screen("full")
def adding_report(page: Page, here: World) -> None:
    go(page, "#add", "#way-files")
    good = {"name": "ferry.txt", "mimeType": "text/plain", "buffer": b"The ferry is back in service, the port said."}
    bad = {"name": "broken.json", "mimeType": "application/json", "buffer": b'{"title": "No text"'}
    long = {"name": f"{'a-very-long-name-of-a-file-' * 5}.xyz", "mimeType": "text/plain", "buffer": b"\0\1\2"}
    page.set_input_files("#add-files", [good, bad, long])
    page.wait_for_selector(".job[data-state=done] .reasons")


@screen("full")
def conversations(page: Page, here: World) -> None:
    listed(page)


@screen("full")
def conversations_menu(page: Page, here: World) -> None:
    listed(page)
    page.locator(".kept-menu").nth(1).click()


@screen("full")
def conversations_older(page: Page, here: World) -> None:
    listed(page)
    page.click("#more-kept")
    page.wait_for_function("document.querySelectorAll('.kept').length > 100")
    page.locator("#more-kept, .kept").last.scroll_into_view_if_needed()


@screen("full")
def deleting(page: Page, here: World) -> None:
    listed(page)
    page.locator(".kept-menu").nth(1).click()
    page.locator(".menu:not([hidden]) [data-do=delete]").click()
    page.wait_for_selector("dialog.confirm")


@screen("writing")
def written_answer(page: Page, here: World) -> None:
    asked(page, ANSWERED)


@screen("writing")
def slow_answer(page: Page, here: World) -> None:
    here.model.patient.set()
    try:
        page.fill("#question textarea", ANSWERED)
        page.press("#question textarea", "Enter")
        page.wait_for_selector(".turn.waiting .answer.writing", timeout=20_000)
        page.wait_for_timeout(400)
    finally:
        here.model.patient.clear()


@screen("writing")
def busy(page: Page, here: World) -> None:
    with occupied(here):
        page.fill("#question textarea", COURSE)
        page.press("#question textarea", "Enter")
        page.wait_for_selector(".failure")


@screen("writing")
def queued(page: Page, here: World) -> None:
    here.model.patient.set()
    here.model.writes.clear()
    other = page.context.new_page()
    try:
        other.goto(page.url)
        for one in (other, page):
            one.wait_for_selector("#question textarea")
            one.fill("#question textarea", ANSWERED)
            one.press("#question textarea", "Enter")
            assert here.model.writes.wait(20)
        page.wait_for_selector("#queued")
    finally:
        here.model.patient.clear()
        other.close()


@screen("full")
def printed(page: Page, here: World) -> None:
    asked(page, ANSWERED)
    asked(page, COURSE)
    page.emulate_media(media="print")


@contextmanager
def occupied(here: World) -> Iterator[None]:
    """The one question that the server answers at a time is somebody else's."""
    here.model.patient.set()
    here.model.writes.clear()
    with here.writing.client() as client, ThreadPoolExecutor(1) as thread:
        answer = thread.submit(client.post, "/api/v1/ask", json={"question": ANSWERED})
        try:
            assert here.model.writes.wait(20)
            yield
        finally:
            here.model.patient.clear()
            answer.result()


@screen("guarded")
def login(page: Page, here: World) -> None:
    page.wait_for_selector("#name")


@screen("guarded")
def login_wrong(page: Page, here: World) -> None:
    page.fill("#name", "ada")
    page.fill("#password", "a wrong password")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wrong")


if __name__ == "__main__":
    main()
