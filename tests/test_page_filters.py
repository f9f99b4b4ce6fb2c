"""What a question was narrowed to: chips that change and remove it, a form, the bars over time, the way to a search."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from serving import Served, ask, chromium, opened, served

CITED = "How many people died in the Velsbridge flood?"
DATED = "What was in the news in March 2025?"
UNANSWERABLE = "What is the boiling point of tungsten?"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("filters")
    shutil.copytree(sample_archive, folder / "archive")
    with served(folder / "archive", folder / "log") as server:
        yield server


@pytest.fixture
def page(browser: Browser, server: Served) -> Iterator[Page]:
    with opened(browser, server.url) as page:
        yield page


def _anew(page: Page) -> None:
    """Wait until the only turn has been answered once more."""
    page.wait_for_selector("#turn-1.waiting", state="attached", timeout=10_000)
    page.wait_for_selector("#turn-1.done")
    expect(page.locator(".turn")).to_have_count(1)


def _narrow(page: Page, opener: str, first: str = "", last: str = "", outlet: str = "") -> None:
    page.locator(opener).first.click()
    page.fill("#filter [name=first]", first)
    page.fill("#filter [name=last]", last)
    if outlet:
        page.locator("#filter label", has_text=outlet).locator("input").check()
    page.locator("#filter [type=submit]").click()


def test_days_of_the_question_are_a_chip_that_can_be_removed_and_comes_back(page: Page) -> None:
    ask(page, DATED)
    chip = page.locator("#turn-1 .limit .change")
    assert chip.all_inner_texts() == ["1 to 31 March 2025"]
    page.locator("#turn-1 .limit .drop").click()
    _anew(page)
    assert chip.all_inner_texts() == ["All days"]
    page.locator("#turn-1 .limit .drop").click()
    _anew(page)
    assert chip.all_inner_texts() == ["1 to 31 March 2025"]


def test_filters_of_an_answer_can_be_changed(page: Page, server: Served) -> None:
    ask(page, CITED)
    assert page.locator("#turn-1 .limit").count() == 0
    _narrow(page, "#turn-1 [data-filter=edit]", "2025-01-13", "2025-01-14", "Velsbridge Post")
    _anew(page)
    assert page.locator("#turn-1 .limit .change").all_inner_texts() == ["13 to 14 January 2025", "Velsbridge Post"]
    with server.client() as client:
        asked = {"question": CITED, "published_from": "2025-01-13", "published_to": "2025-01-14"}
        answer = client.post("/api/v1/ask", json={**asked, "sources": ["Velsbridge Post"]}).json()
    assert f"Searched {answer['searched']['articles']} article" in page.inner_text("#turn-1").replace(
        "Searched: ", "Searched "
    )
    page.locator("#turn-1 .limit", has_text="Velsbridge Post").locator(".drop").click()
    page.wait_for_function("document.querySelectorAll('#turn-1.done .limit').length < 2")


def test_next_questions_can_be_narrowed(page: Page) -> None:
    _narrow(page, "#scope [data-filter=next]", "2025-01-01", "2025-01-31")
    assert page.locator("#scope .change").all_inner_texts() == ["1 January 2025 – 31 January 2025"]
    ask(page, CITED)
    assert page.locator("#turn-1 .limit .change").all_inner_texts() == ["1 to 31 January 2025"]
    page.locator("#scope .drop").click()
    ask(page, CITED)
    assert page.locator("#turn-2 .limit").count() == 0


def test_bar_of_the_articles_over_time_narrows_to_its_days(page: Page) -> None:
    ask(page, CITED)
    bars = page.locator("#turn-1 button.bar")
    expect(bars.first).to_be_visible()
    counted = sum(int(label.split()[0]) for label in bars.evaluate_all("all => all.map(one => one.ariaLabel)"))
    assert page.inner_text("#turn-1 .over-time .head span") == f"{counted} articles"
    first, last = bars.first.get_attribute("data-first"), bars.first.get_attribute("data-last")
    bars.first.click()
    _anew(page)
    assert f'"first": "{first}", "last": "{last}"' in (page.get_attribute("#turn-1", "data-filters") or "")


def test_course_of_events_is_a_line_of_days_with_articles_to_open(page: Page) -> None:
    ask(page, CITED)
    page.locator("#turn-1 [data-course]").click()
    days = page.locator("#turn-1 .course-here .day")
    expect(days.first).to_be_visible()
    page.locator("#turn-1 .course-here .open").first.click()
    page.wait_for_selector("#reader mark")


def test_answer_about_a_course_of_events_is_drawn_as_one(page: Page) -> None:
    ask(page, "What happened in the port strike?")
    days = page.locator("#turn-1 .answer .course .day").all_inner_texts()
    assert len(days) >= 3
    assert page.locator("#turn-1 .answer .course .chip").count() >= len(days)


def test_disagreement_is_a_card_of_who_says_what_and_when(page: Page, server: Served) -> None:
    ask(page, CITED)
    with server.client() as client:
        answer = client.post("/api/v1/ask", json={"question": CITED}).json()
    claims = answer["disagreements"][0]["claims"]
    rows = page.locator(".differ li")
    assert rows.count() == len(claims)
    for row, claim in zip(rows.all(), claims, strict=True):
        citation = answer["citations"][claim["citation"] - 1]
        assert claim["value"] in row.inner_text()
        assert citation["article"]["source"] in row.inner_text()
        assert row.locator(".latest").count() == claim["latest"]
    rows.first.locator(".chip").click()
    page.wait_for_selector("#reader mark.here")


def test_abstention_leads_to_the_plain_search(page: Page) -> None:
    ask(page, UNANSWERABLE)
    page.locator(".abstention .to-search").click()
    expect(page.locator("#view-search")).to_be_visible()
    expect(page.locator("#view-ask")).to_be_hidden()
    assert "tungsten" in page.url
    page.go_back()
    expect(page.locator(".abstention")).to_be_visible()
