"""Reading an article beside its answer: the quote in sight, dates resolved, versions and copies, by key and tap."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from serving import Served, ask, opened

from ingest import ingest
from qa.dates import resolve_quote

pytest_plugins = ["paging"]

FERRY = "When did the ferry to Orrin Island sink?"
CAPTION = "The wreck lies in nine metres of water. (Photo by Ina Holt/Tidewire)"
STORY = f"""ORRIN, May 4 — The ferry to Orrin Island sank on Saturday with nobody on board, the port said.

{CAPTION}

Divers found the hull on Sunday. “We heard it go,” said Bo Lind, 61, who keeps the light.

{"The ferry had served the island since 1974. " * 30}

A new ferry was ordered last week and comes in March 2026."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ferry, told by three outlets, one of which changed its words."""
    folder = tmp_path_factory.mktemp("reader")
    story = {
        "title": "Ferry lost off Orrin",
        "text": STORY,
        "source": "Harbour Gazette",
        "authors": ["Ina Holt", "Per Aas"],
        "published": "2025-05-04T08:30:00+02:00",
        "url": "https://gazette.example/ferry",
        "section": "Coast",
    }
    copies = [
        {**story, "source": name, "url": f"https://{name.lower()}.example/ferry", "title": f"Ferry lost, says {name}"}
        for name in ("Tidewire", "Ledger")
    ]
    old = {**story, "text": STORY.replace("nobody on board", "a crew of two on board")}
    for number, rows in enumerate(([old, *copies], [story])):
        file = folder / f"{number}.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        ingest(file, archive=folder / "archive")
    return folder / "archive"


@pytest.fixture(scope="module")
def asked(browser: Browser, server: Served) -> Iterator[Page]:
    """The page with an answer, shared by all tests that leave it as it is."""
    with opened(browser, server.url) as page:
        ask(page, FERRY)
        yield page


@pytest.fixture
def page(asked: Page) -> Iterator[Page]:
    yield asked
    asked.keyboard.press("Escape")
    expect(asked.locator("#reader")).to_be_hidden()


def _read(page: Page) -> None:
    page.locator(".answer .chip").first.click()
    page.wait_for_selector("#reader mark.here")


def test_citation_opens_the_article_with_the_quote_in_sight(page: Page, server: Served) -> None:
    _read(page)
    with server.client() as client:
        cited = client.post("/api/v1/ask", json={"question": FERRY}).json()["citations"][0]
        article = client.get(f"/api/v1/articles/{cited['article']['id']}").json()
    mark = page.locator("#reader mark.here").first
    expect(mark).to_be_in_viewport()
    assert mark.inner_text() == cited["quote"]
    assert page.inner_text("#reader h2") == article["title"]
    assert "By Ina Holt, Per Aas" in page.inner_text("#reader .about")
    assert "4 May 2025, 08:30" in page.inner_text("#reader .about")
    assert page.inner_text("#reader .kicker") == f"{article['source']} · Coast"
    shown = page.locator("#reader .body > p").evaluate_all("all => all.map(one => one.textContent)")
    assert [one.strip() for one in article["text"].split("\n\n")] == [one.strip() for one in shown]


def test_captions_are_shown_as_captions(page: Page) -> None:
    _read(page)
    assert page.locator("#reader .caption").all_inner_texts() == [CAPTION]


def test_relative_dates_are_resolved_in_place(page: Page) -> None:
    _read(page)
    shown = page.locator("#reader .when").evaluate_all("all => all.map(one => [one.textContent, one.dataset.day])")
    assert ["on Saturday".removeprefix("on "), "3 May 2025"] in [[one.removeprefix("on "), day] for one, day in shown]
    assert any("Sunday" in words and day == "4 May 2025" for words, day in shown)
    assert len([one for one in resolve_quote(STORY, "2025-05-04") if not one.resolved.startswith("2026")]) == len(shown)


def test_versions_tell_what_changed(page: Page) -> None:
    _read(page)
    page.locator("#reader summary").click()
    assert "crew of two" in page.inner_text("#reader .diff del")
    assert "nobody on board" in page.inner_text("#reader .diff ins")


def test_copies_in_other_outlets_can_be_read_too(page: Page) -> None:
    _read(page)
    assert page.inner_text("#reader .copies h3") == "Also in 2 outlets"
    page.locator("#reader .copies .open").first.click()
    expect(page.locator("#reader h2")).to_contain_text("Ferry lost, says")


def test_hovering_a_citation_shows_quote_title_outlet_and_day(page: Page) -> None:
    chip = page.locator(".answer .chip").first
    chip.hover()
    peek = page.locator("#peek")
    expect(peek).to_be_visible()
    card = page.locator(f"#{chip.get_attribute('data-card')}")
    assert peek.locator(".quote").inner_text() == card.locator("mark").inner_text()
    assert peek.locator(".title").inner_text() == card.locator("h3").inner_text()
    outlet_and_day = card.locator(".about bdi").all_inner_texts()
    assert len(outlet_and_day) == 2
    assert peek.locator(".about").inner_text() == " · ".join(outlet_and_day)
    assert chip.get_attribute("aria-describedby") == "peek"
    page.mouse.move(1, 1)
    expect(peek).to_have_count(0)


def test_keys_go_through_the_citations_and_close(page: Page) -> None:
    page.locator("#question textarea").blur()
    page.keyboard.press("j")
    page.wait_for_selector("#reader mark.here")
    chips = page.locator(".answer .chip")
    assert page.locator(".chip.lit").inner_text() == chips.first.inner_text()
    page.keyboard.press("j")
    assert page.locator(".chip.lit").inner_text() == chips.nth(1 % chips.count()).inner_text()
    page.keyboard.press("k")
    assert page.locator(".chip.lit").inner_text() == chips.first.inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()


def test_focus_goes_into_the_article_and_back(page: Page) -> None:
    chip = page.locator(".answer .chip").first
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#reader mark.here")
    expect(page.locator("#reader h2")).to_be_focused()
    page.locator("[data-reader=close]").click()
    expect(chip).to_be_focused()


def test_card_opens_its_article_and_links_to_the_page_it_was_published_on(page: Page) -> None:
    card = page.locator(".card").first
    card.locator("h3 .open").click()
    page.wait_for_selector("#reader mark.here")
    assert page.locator("#reader a.original").get_attribute("href") == card.locator("a.original").get_attribute("href")


def test_tapping_a_citation_on_a_phone_shows_the_quote_then_the_article(browser: Browser, server: Served) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("#question textarea")
    ask(page, FERRY)
    page.locator(".answer .chip").first.tap()
    expect(page.locator("#peek.sheet")).to_be_in_viewport()
    page.locator("#peek .button").tap()
    page.wait_for_selector("#reader mark.here")
    box = page.locator("#reader").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    page.go_back()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator(".turn")).to_have_count(1)
    context.close()


def test_words_that_no_longer_stand_there_are_not_marked(server: Served) -> None:
    with server.client() as client:
        found = client.post("/api/v1/ask", json={"question": FERRY}).json()["citations"][0]
        address = f"/page/article/{found['article']['id']}?marks={found['start']}-{found['end']}-00000000-1"
        shown = client.get(address).text
        assert "<mark" not in shown
        assert "no longer stand there" in shown
        assert "nothing" not in client.get("/page/article/nothing").text.partition("detail")[0]
        assert client.get("/page/article/nothing").status_code == 404
