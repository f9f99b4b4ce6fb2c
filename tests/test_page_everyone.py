"""For everyone: axe-core on every screen, contrast, all widths, text from right to left, calm, keys, and speed."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from serving import CONTRASTS, Served, ask, opened

from ingest import ingest

pytest_plugins = ["paging"]

CITED = "How many people died in the Velsbridge flood?"
UNANSWERABLE = "What is the boiling point of tungsten?"
HEBREW = "המעבורת לאי אורין טבעה ביום שבת ואיש לא נפגע, כך נמסר מהנמל"
VIEWS = ("ask", "search?words=strike", "archive", "add")


@pytest.fixture(scope="module")
def archive(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("everyone")
    shutil.copytree(sample_archive, folder / "archive")
    article = {"title": "אבדה המעבורת", "text": f"{HEBREW} (Orrin).", "source": "עיתון הנמל", "published": "2025-05-04"}
    (folder / "rtl.jsonl").write_text(json.dumps(article), encoding="utf-8")
    ingest(folder / "rtl.jsonl", archive=folder / "archive")
    return folder / "archive"


def _violations(page: Page) -> list[tuple[str, str, str]]:
    """What axe-core finds wrong, serious or worse: the rule, what it is, and where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    return [(one["id"], one["help"], node["html"][:160]) for one in serious for node in one["nodes"]]


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_axe_finds_nothing_serious_and_text_has_contrast_of_aa(
    browser: Browser, server: Served, width: int, dark: bool
) -> None:
    with opened(browser, server.url, width=width, height=860, dark=dark) as page:
        assert _violations(page) == []
        ask(page, UNANSWERABLE)
        assert _violations(page) == []
        ask(page, CITED)
        page.wait_for_selector("#turn-2 .bar")
        assert _violations(page) == []
        found = page.evaluate(CONTRASTS, "#masthead *, #desk *")
        page.locator("#turn-2 .answer .chip").last.click()
        page.wait_for_selector("#reader mark.here")
        assert _violations(page) == []
        found += page.evaluate(CONTRASTS, "#masthead *, #desk *")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert _violations(page) == []
        page.keyboard.press("Escape")
        page.locator("#scope [data-filter=next]").click()
        assert _violations(page) == []
    assert len(found) > 30
    assert [one for one in found if one["ratio"] < 4.5] == []


@pytest.mark.parametrize("view", VIEWS[1:])
def test_axe_finds_nothing_serious_in_the_other_views(browser: Browser, server: Served, view: str) -> None:
    with opened(browser, server.url) as page:
        page.evaluate("view => location.hash = view", view)
        expect(page.locator(f"#view-{view.partition('?')[0]}")).to_be_visible()
        page.wait_for_timeout(800)
        assert _violations(page) == []


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1920])
def test_nothing_scrolls_sideways_at_any_width(browser: Browser, server: Served, width: int) -> None:
    with opened(browser, server.url, width=width, height=844) as page:
        ask(page, f"{CITED} {'word' * 120}?")
        for view in VIEWS:
            page.evaluate("view => location.hash = view", view)
            expect(page.locator(f"#view-{view.partition('?')[0]}")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") == width, view


def test_question_and_article_from_right_to_left_are_set_so(browser: Browser, server: Served) -> None:
    with opened(browser, server.url) as page:
        ask(page, HEBREW)
        assert _direction(page, "#turn-1 .asked") == "rtl"
        page.locator(".card h3 .open", has_text="המעבורת").first.click()
        page.wait_for_selector("#reader h2")
        assert _direction(page, "#reader h2") == "rtl"
        assert _direction(page, "#reader .body p") == "rtl"
        assert _direction(page, "#masthead .brand") == "ltr"


def _direction(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("element => getComputedStyle(element).direction"))


def test_everything_is_reached_by_keyboard(browser: Browser, server: Served) -> None:
    with opened(browser, server.url) as page:
        ask(page, CITED)
        reached = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            kind, outlined = page.evaluate(FOCUSED)
            assert outlined, kind
            reached.add(kind)
        assert {"chip", "bar", "open", "narrow", "quietly"} <= reached


def test_calm_is_kept(browser: Browser, server: Served) -> None:
    with opened(browser, server.url, calm=False) as page:
        ask(page, CITED)
        assert page.locator(".fresh .sentence").first.evaluate("one => getComputedStyle(one).animationName") == "arrive"
    with opened(browser, server.url, calm=True) as page:
        ask(page, CITED)
        assert page.locator(".fresh .sentence").first.evaluate("one => getComputedStyle(one).animationName") == "none"


def test_what_a_finger_taps_is_large_enough(browser: Browser, server: Served) -> None:
    with opened(browser, server.url, width=390, height=844, touch=True) as page:
        small = [("start", *one) for one in page.evaluate(SMALL)]
        ask(page, CITED)
        page.wait_for_selector("#turn-1 .bar")
        small += [("answer", *one) for one in page.evaluate(SMALL)]
        # A citation's number stands in a line of text: it stays small, and is tapped around.
        chip = page.locator(".answer .chip").first
        assert chip.evaluate(AROUND, [[0, -19], [0, 19], [-14, 0], [14, 0]]) == [True] * 4
        chip.tap()
        page.wait_for_selector("#peek")
        small += [("quote", *one) for one in page.evaluate(SMALL)]
        page.tap("#peek .button")
        page.wait_for_selector("#reader mark.here")
        small += [("reader", *one) for one in page.evaluate(SMALL)]
        page.tap("[data-reader=close]")
        for view in VIEWS[1:]:
            page.evaluate("view => location.hash = view", view)
            page.wait_for_selector(f"#view-{view.partition('?')[0]} :is(.hits, .figures, #way-files)")
            small += [(view, *one) for one in page.evaluate(SMALL)]
        page.tap("#menu")
        page.wait_for_selector("#kept .kept")
        small += [("conversations", *one) for one in page.evaluate(SMALL)]
    assert small == []


def test_a_conversation_is_printed_whole(browser: Browser, server: Served) -> None:
    with opened(browser, server.url, height=500) as page:
        for question in (CITED, UNANSWERABLE, CITED):
            ask(page, question)
        page.emulate_media(media="print")
        for gone in ("#panel", "#masthead", "#foot", ".actions"):
            assert page.locator(gone).first.is_hidden(), gone
        last = page.locator(".card").last.bounding_box()
        assert last
        assert page.locator(".turn").count() == 3
        # Nothing scrolls within the page: all of it stands below what comes before.
        assert last["y"] > page.locator(".turn").last.bounding_box()["y"] > 500  # type: ignore[index]
        assert page.evaluate("document.documentElement.scrollHeight") >= last["y"] + last["height"]


def test_first_contentful_paint_comes_early(browser: Browser, server: Served) -> None:
    paints = []
    for _ in range(3):
        with opened(browser, server.url) as page:
            script = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            paints.append(float(page.evaluate(script)))
    assert min(paints) < 1500, paints  # 200 ms where nothing else runs


# What has the focus, and whether that can be seen: it has an outline, or the frame of the question box glows.
FOCUSED = """() => {
    const focused = document.activeElement;
    const glows = getComputedStyle(focused.closest("#composer") ?? document.body).boxShadow !== "none";
    const seen = getComputedStyle(focused).outlineStyle !== "none" || glows;
    return [focused.className.split(" ")[0] || focused.id || focused.localName, focused === document.body || seen];
}"""

# What can be tapped and is less than 44 px high or wide, as tag, class and size. What stands in a line of text may be.
SMALL = """() => [...document.querySelectorAll("#app :is(button, a[href], input, select, textarea, summary)")]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().width > 1)
    .filter(one => !one.matches(".chip, .number, .open, .opens, .original, .quietly, .change, .bar, .about *"))
    .filter(one => !one.matches(".days a, [type=file]"))
    .filter(one => !one.closest("label, p:not(.deeds, .ways)"))
    .map(one => [one.localName, one.className || one.id, one.getBoundingClientRect()])
    .filter(([, , box]) => Math.round(box.height) < 44 || Math.round(box.width) < 44)
    .map(([tag, name, box]) => [tag, name, Math.round(box.width), Math.round(box.height)])"""

# Whether a tap beside the middle of an element still is one on it.
AROUND = """(element, places) => {
    const box = element.getBoundingClientRect();
    return places.map(([x, y]) =>
        document.elementFromPoint(box.x + box.width / 2 + x, box.y + box.height / 2 + y) === element);
}"""
