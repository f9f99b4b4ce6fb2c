"""Work that takes a while, in a real browser: a tab that is closed stops it, and others wait and are told so."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, expect
from serving import Served, ask, opened
from slow_model import SECONDS_AT_MOST, Model, model

from web import words

pytest_plugins = ["paging"]

QUESTION = "How many people died in the Velsbridge flood?"


@pytest.fixture(scope="module")
def writer() -> Iterator[Model]:
    with model() as writer:
        yield writer


@pytest.fixture(scope="module")
def environ(writer: Model) -> dict[str, str]:
    return {
        "DATELINE_LLM": writer.setting,
        "DATELINE_LLM_TIMEOUT": str(SECONDS_AT_MOST),
        "DATELINE_METRICS": "open",
        "DATELINE_QUESTIONS_AT_ONCE": "1",
        "DATELINE_QUESTIONS_WAITING": "0",
    }


def running(server: Served) -> int:
    """How many questions the server is answering, as it tells itself."""
    with server.client() as client:
        found = re.search(r"^dateline_questions_running ([\d.]+)$", client.get("/metrics").text, re.MULTILINE)
    assert found
    return int(float(found[1]))


def kept(server: Served) -> int:
    """How many conversations there are."""
    with server.client() as client:
        return client.get("/page/conversations").text.count("data-kept=")


def wait_until(fact: Callable[[], bool], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("silent", [False, True])
def test_a_closed_tab_stops_the_answer_and_keeps_nothing(
    browser: Browser, server: Served, writer: Model, silent: bool
) -> None:
    with opened(browser, server.url) as page:  # what an answer leaves behind that is waited for
        ask(page, QUESTION)
        expect(page.locator(".answer .chip").first).to_be_visible()
    before = kept(server)
    assert (before, running(server)) == (1 + silent, 0)
    writer.silent = silent
    writer.writes.clear()
    writer.left.clear()
    writer.patient.set()
    with opened(browser, server.url) as page:
        page.fill("#question textarea", QUESTION)
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#turn-1.waiting")
        assert writer.writes.wait(15)
        wait_until(lambda: running(server) == 1)
        assert not writer.left.is_set()
    try:
        assert writer.left.wait(15), "the model still writes for a tab that is closed"
        wait_until(lambda: running(server) == 0)
    finally:
        writer.patient.clear()
        writer.silent = False
    time.sleep(0.5)  # whatever went on would end now, and be kept
    assert (kept(server), running(server)) == (before, 0)


@pytest.fixture
def slowly(writer: Model) -> Iterator[Model]:
    """No answer comes to an end before the test does, unless it lets them."""
    writer.writes.clear()
    writer.patient.set()
    yield writer
    writer.patient.clear()


def test_a_question_that_waits_for_its_turn_says_so(browser: Browser, server: Served, slowly: Model) -> None:
    with opened(browser, server.url) as first, opened(browser, server.url) as second:
        for page in (first, second):
            page.fill("#question textarea", QUESTION)
            page.press("#question textarea", "Enter")
            assert slowly.writes.wait(15)
        expect(second.locator("#queued")).to_have_text(words.QUEUED)
        expect(second.locator(".turn")).to_have_count(0)
        slowly.patient.clear()
        expect(second.locator("#turn-1.done .answer .chip").first).to_be_visible(timeout=20_000)
        assert second.locator("#queued").count() == first.locator("#queued").count() == 0


def test_what_could_not_be_answered_is_asked_again_in_its_place(
    browser: Browser, server: Served, slowly: Model
) -> None:
    with server.client() as client, ThreadPoolExecutor(1) as thread, opened(browser, server.url) as page:
        somebody_elses = thread.submit(client.post, "/api/v1/ask", json={"question": QUESTION})
        assert slowly.writes.wait(15)
        page.fill("#question textarea", QUESTION)
        page.press("#question textarea", "Enter")
        expect(page.locator("#turn-1 .failure")).to_contain_text(words.FAILED)
        slowly.patient.clear()
        assert somebody_elses.result().status_code == 200
        page.get_by_role("button", name=words.ASK_AGAIN).click()
        expect(page.locator("#turn-1.done .answer .chip").first).to_be_visible(timeout=20_000)
        expect(page.locator(".turn")).to_have_count(1)
        assert page.input_value("#question textarea") == ""


def test_sentences_show_their_numbers_before_they_can_be_opened(
    browser: Browser, server: Served, slowly: Model
) -> None:
    with opened(browser, server.url) as page:
        page.fill("#question textarea", QUESTION)
        page.press("#question textarea", "Enter")
        expect(page.locator(".turn.waiting .answer .chip.pending").first).to_have_text("1", timeout=20_000)
        assert page.locator(".turn.waiting button.chip").count() == 0
        slowly.patient.clear()
        expect(page.locator("#turn-1.done button.chip").first).to_be_visible(timeout=20_000)
