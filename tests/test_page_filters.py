"""What a question was narrowed to: chips that change and remove it, a form, the bars over time, the way to a search."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import EXAMPLES
from playwright.sync_api import Browser, Page, expect
from serving import Served, opened, served
from serving import ask as put

from qa import Assistant

pytest_plugins = ["paging"]

CITED = "How many people died in the Velsbridge flood?"
DATED = "What was in the news in March 2025?"
UNANSWERABLE = "What is the boiling point of tungsten?"


def ask(page: Page, question: str) -> None:
    """Put a question, and mark what comes of it: an answer in its place has no mark."""
    put(page, question)
    _mark(page)


def _mark(page: Page) -> None:
    page.evaluate("document.querySelectorAll('.turn').forEach(turn => { turn.dataset.seen = 'yes'; })")


def _anew(page: Page) -> None:
    """Wait until the only turn has been answered once more."""
    page.wait_for_selector("#turn-1.done:not([data-seen])", state="attached", timeout=30_000)
    expect(page.locator(".turn")).to_have_count(1)
    _mark(page)


def _narrow(
    page: Page, opener: str, first: str = "", last: str = "", outlet: str = "", sections: tuple[str, ...] = ()
) -> None:
    page.locator(opener).first.click()
    page.fill("#filter [name=first]", first)
    page.fill("#filter [name=last]", last)
    if outlet:
        page.locator("#filter label", has_text=outlet).locator("input").check()
    for box in page.locator("#filter [name=section]").all():
        box.set_checked(box.get_attribute("value") in sections)
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


def test_all_days_are_those_of_undated_articles_too(page: Page, server: Served) -> None:
    ask(page, "How many articles were published in January 2025?")
    page.locator("#turn-1 .limit .drop").click()
    _anew(page)
    with server.client() as client:
        every = client.get("/api/v1/stats").json()["articles"]
        assert client.get("/api/v1/timeline").json()["undated"] > 0
    expect(page.locator("#turn-1 .answer")).to_contain_text(f"There are {every} articles")


def test_sections_are_chips_that_can_be_changed_and_removed(page: Page, server: Served) -> None:
    chips = page.locator("#turn-1 .limit .change")
    ask(page, CITED)
    _narrow(page, "#turn-1 [data-filter=edit]", sections=("Town", "Business"))
    _anew(page)
    assert chips.all_inner_texts() == ["Section: Business", "Section: Town"]
    with server.client() as client:
        held = client.get("/api/v1/stats", params={"section": ["Town", "Business"]}).json()["articles"]
    expect(page.locator("#turn-1")).to_contain_text(re.compile(f"Searched:? {held} articles"))
    page.locator("#turn-1 .limit", has_text="Business").locator(".drop").click()
    _anew(page)
    assert chips.all_inner_texts() == ["Section: Town"]
    chips.first.click()
    assert page.locator("#filter [name=section]:checked").evaluate_all("all => all.map(one => one.value)") == ["Town"]
    counts = page.locator("#filter .sections label").all_inner_texts()
    assert [" ".join(label.split()) for label in counts] == ["Business 4", "Sport 4", "Town 4", "Travel 1"]
    page.keyboard.press("Escape")
    page.locator("#turn-1 .limit .drop").click()
    _anew(page)
    assert chips.count() == 0


def test_section_that_the_question_names_is_a_chip_that_can_be_removed_and_comes_back(page: Page) -> None:
    chips = page.locator("#turn-1 .limit .change")
    ask(page, "What was new in the Sport section in July 2025?")
    assert chips.all_inner_texts() == ["1 to 31 July 2025", "Section: Sport"]
    page.locator("#turn-1 .limit", has_text="Sport").locator(".drop").click()
    _anew(page)
    assert chips.all_inner_texts() == ["1 to 31 July 2025", "All sections"]
    _narrow(page, "#turn-1 [data-filter=edit]")
    _anew(page)
    assert chips.all_inner_texts() == ["All days", "All sections"]
    page.locator("#turn-1 .limit", has_text="All sections").locator(".drop").click()
    _anew(page)
    assert chips.all_inner_texts() == ["All days", "Section: Sport"]


def test_next_questions_can_be_narrowed_to_a_section(page: Page) -> None:
    _narrow(page, "#scope [data-filter=next]", sections=("Sport", "Travel"))
    assert page.locator("#scope .change").all_inner_texts() == ["Section: Sport", "Section: Travel"]
    page.locator("#scope .limit", has_text="Travel").locator(".drop").click()
    ask(page, "Who won the Cup?")
    assert page.locator("#turn-1 .limit .change").all_inner_texts() == ["Section: Sport"]
    assert "section=Sport" in (page.get_attribute("#turn-1 .over-time", "data-address") or "")


def test_filters_of_a_kept_conversation_are_there_again(page: Page) -> None:
    ask(page, "What was new in the Sport section in July 2025?")
    page.locator("#turn-1 .limit", has_text="Sport").locator(".drop").click()
    _anew(page)
    expect(page).to_have_url(re.compile("#ask\\?c="))
    page.reload()
    page.wait_for_selector("#turn-1.done")
    _mark(page)
    assert page.locator("#turn-1 .limit .change").all_inner_texts() == ["1 to 31 July 2025", "All sections"]
    page.locator("#turn-1 .limit", has_text="All sections").locator(".drop").click()
    _anew(page)
    assert page.locator("#turn-1 .limit .change").all_inner_texts() == ["1 to 31 July 2025", "Section: Sport"]


def test_plain_search_goes_by_section(page: Page, server: Served) -> None:
    page.goto(f"{server.url}/#search?order=newest")
    page.wait_for_selector(".hit")
    page.select_option("#search-form [name=section]", "Town")
    expect(page.locator(".tally")).to_contain_text("section Town")
    with server.client() as client:
        wanted = client.get("/api/v1/articles", params={"section": "Town"}).json()["articles"]
    assert page.locator(".hit h3").all_inner_texts() == [article["title"] for article in wanted]
    assert "section=Town" in page.url
    page.click("#search-clear")
    expect(page.locator(".tally")).not_to_contain_text("section")


def test_archive_without_sections_offers_none(browser: Browser, tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "archive", create=True) as assistant:
        assistant.ingest(EXAMPLES / "port-strike-1.txt")
    with served(tmp_path / "archive", tmp_path / "log") as plain, opened(browser, plain.url) as page:
        page.goto(f"{plain.url}/#search?order=newest")
        page.wait_for_selector(".hit")
        expect(page.locator("#search-form [name=section]")).to_be_hidden()
        expect(page.locator("#search-form [name=source]")).to_be_visible()
        assert page.locator("#filter [name=source]").count() == 1
        assert page.locator("#filter .sections").count() == 0


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
