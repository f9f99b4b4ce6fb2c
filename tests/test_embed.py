"""The element that puts "ask this archive" on other pages: in Chromium, on a page of another origin."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from serving import ROOT, Served, chromium, served

from qa.answer import ABSTENTION
from web.embed import SCRIPT

TOLL = "How many people died in the Velsbridge flood?"
FOLLOW_UP = ("Which club did Ivo Marlick join for 6.2 million crowns?", "How old is he?")
NOT_THERE = "Who won the 1998 chess olympiad in Elista?"


@dataclass
class Site:
    """A web site whose one page is ``body``."""

    url: str = ""
    body: str = ""


@contextmanager
def site() -> Iterator[Site]:
    """A web site of its own origin: another port is another origin."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            words = f"<!doctype html><html lang=en><title>News</title><body>{made.body}".encode()
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(words) if self.path == "/" else 0))
            self.end_headers()
            if self.path == "/":
                self.wfile.write(words)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def news() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.fixture(scope="module")
def token() -> list[str]:
    return []


@pytest.fixture(scope="module")
def server(
    news: Site, token: list[str], sample_archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("embed")
    archive = Path(shutil.copytree(sample_archive, folder / "archive"))
    create = ["token", "create", "widget", "--scope", "ask", "--archive", str(archive), "--json"]
    made = subprocess.run(
        [sys.executable, "-c", "from app import main; main()", *create], cwd=ROOT, capture_output=True, check=True
    )
    token.append(json.loads(made.stdout)["token"])
    with served(archive, folder / "log", environ={"DATELINE_ALLOWED_ORIGINS": news.url}) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@contextmanager
def page_of(browser: Browser, at: Site, body: str) -> Iterator[Page]:
    at.body = body
    context = browser.new_context(viewport={"width": 500, "height": 900})
    page = context.new_page()
    page.goto(at.url)
    yield page
    context.close()


@pytest.fixture
def widget(server: Served, token: list[str]) -> str:
    script = f'<script src="{server.url}/embed/dateline-ask.js"></script>'
    return f'{script}<dateline-ask token="{token[0]}" heading="Ask the Courier"></dateline-ask>'


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")


def test_the_script_is_small_and_open_to_all_pages(server: Served) -> None:
    response = httpx.get(f"{server.url}/embed/dateline-ask.js", trust_env=False)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.text == SCRIPT.read_text("utf-8")
    assert len(response.content) < 30_000


def test_a_page_of_another_origin_asks(browser: Browser, news: Site, server: Served, widget: str) -> None:
    with page_of(browser, news, widget) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.evaluate("window.got = []; addEventListener('dateline-answer', event => got.push(event.detail))")
        expect(page.get_by_role("heading", name="Ask the Courier")).to_be_visible()
        ask(page, TOLL)
        expect(page.get_by_role("status")).to_contain_text("quote", timeout=60_000)
        [answer] = page.evaluate("got")
        turn = page.get_by_role("article", name=TOLL)
        expect(turn.locator("[part=answer]")).to_have_text(answer["text"])
        quotes = turn.get_by_role("list", name="Quotes").locator("> li")
        expect(quotes).to_have_count(len(answer["citations"]))
        for citation, item in zip(answer["citations"], quotes.all(), strict=True):
            article = citation["article"]
            expect(item.locator("[part=quote]")).to_have_text(citation["quote"])
            expect(item.get_by_role("link", name=article["title"])).to_have_attribute("href", article["url"])
            expect(item.locator("[part=source]")).to_have_text(article["source"])
            expect(item.locator("time")).to_have_attribute("datetime", article["published"])
            if citation["answer"] and citation["answer"]["text"] != citation["quote"]:
                expect(item.locator("mark")).to_have_text(citation["answer"]["text"])
        assert answer["answered"] is True
        assert said == []


def test_its_page_narrows_it(browser: Browser, news: Site, widget: str) -> None:
    narrowed = widget.replace("<dateline-ask ", '<dateline-ask sources="Tidewire\nThird Half" sections="\n Sport " ')
    with page_of(browser, news, narrowed) as page:
        page.evaluate("window.got = []; addEventListener('dateline-answer', event => got.push(event.detail))")
        ask(page, "Who won the Cup?")
        expect(page.locator("[part=turn]")).to_have_count(1, timeout=60_000)
        [answer] = page.evaluate("got")
        assert (answer["filters"]["sources"], answer["filters"]["sections"]) == (["Tidewire", "Third Half"], ["Sport"])


def test_a_follow_up_and_a_new_conversation(browser: Browser, news: Site, widget: str) -> None:
    with page_of(browser, news, widget) as page:
        for number, question in enumerate(FOLLOW_UP, 1):
            ask(page, question)
            expect(page.locator("[part=turn]")).to_have_count(number, timeout=60_000)
        expect(page.locator("[part=turn]").first).to_contain_text("24")
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator("[part=turn]")).to_have_count(0)
        expect(page.get_by_label("Your question")).to_be_focused()


def test_it_is_used_with_the_keyboard_alone(browser: Browser, news: Site, widget: str) -> None:
    with page_of(browser, news, widget) as page:
        page.keyboard.press("Tab")
        expect(page.get_by_label("Your question")).to_be_focused()
        page.keyboard.type(TOLL)
        page.keyboard.press("Enter")
        marker = page.get_by_role("button", name="Quote 1").first
        expect(marker).to_be_visible(timeout=60_000)
        for _ in range(5):
            page.keyboard.press("Tab")
            if marker.evaluate("marker => marker.getRootNode().activeElement === marker"):
                break
        expect(marker).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[part=citation]").first).to_be_focused()
        expect(page.get_by_role("status")).to_contain_text("Answered with")


def test_an_abstention_and_an_empty_question(browser: Browser, news: Site, widget: str) -> None:
    with page_of(browser, news, widget) as page:
        ask(page, "  ")
        ask(page, NOT_THERE)
        expect(page.locator("[part~=abstention]")).to_contain_text(ABSTENTION, timeout=60_000)
        expect(page.locator("[part=turn]")).to_have_count(1)
        expect(page.locator("[part=citation]")).to_have_count(0)


def test_what_the_server_says_is_text(browser: Browser, news: Site, widget: str) -> None:
    """The answer is replaced on its way, so that every part of it holds what would be markup."""
    evil = "<img src=x onerror='window.broken = 1'>"
    article = {"id": evil, "title": evil, "url": "javascript:window.broken=1", "source": evil, "published": evil}
    citation = {
        "number": 1,
        "quote": evil,
        "start": 0,
        "end": len(evil),
        "article": article,
        "dates": [{"text": evil, "resolved": evil}],
        "also_in": [article],
        "answer": {"text": evil[:4], "start": 0, "end": 4},
    }
    answer = {"answered": True, "text": f"{evil} [1] [2]", "citations": [citation], "notes": [evil]}
    with page_of(browser, news, widget) as page:
        headers = {"Access-Control-Allow-Origin": news.url}
        page.route("**/api/v1/ask/stream", lambda route: route.fulfill(json=answer, headers=headers))
        ask(page, evil)
        expect(page.locator("[part=turn]")).to_be_visible()
        expect(page.locator("[part=answer]")).to_have_text(answer["text"])
        expect(page.locator("[part=quote]")).to_have_text(evil)
        assert page.locator("dateline-ask img, dateline-ask a").count() == 0
        assert page.evaluate("window.broken") is None


def test_what_a_language_model_writes_is_shown_until_the_answer_is_there(
    browser: Browser, news: Site, widget: str
) -> None:
    answer = {"answered": True, "text": "Žofie did. [1]", "citations": [], "notes": []}
    told = [
        ": hello",
        'event: step\ndata: {"name": "read", "message": "Reading"}',
        'event: sentence\ndata: {"name": "write", "message": "Writing", "text": "Žofie <b>did</b>. [1]"}',
    ]
    back = 'event: withdrawn\ndata: {"name": "withdraw", "message": "Taking back", "text": ""}\n\n'
    take_back, go_on, asked = threading.Event(), threading.Event(), threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self._begin("text/plain")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._begin("text/event-stream")
            self.wfile.write("\r\n\r\n".join([*told, ""]).encode())
            asked.set()
            take_back.wait(30)
            self.wfile.write(back.encode())
            go_on.wait(30)
            self.wfile.write(f"event: answer\ndata: {json.dumps(answer)}\n\n".encode())

        def _begin(self, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "authorization, content-type")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as slow:
        thread = threading.Thread(target=slow.serve_forever)
        thread.start()
        try:
            own = f'<dateline-ask server="http://127.0.0.1:{slow.server_address[1]}"></dateline-ask>'
            with page_of(browser, news, widget.partition("<dateline-ask")[0] + own) as page:
                ask(page, "Who?")
                assert asked.wait(30)
                expect(page.locator("[part=draft]")).to_have_text("Žofie <b>did</b>. [1]")
                expect(page.get_by_role("status")).to_have_text("Writing …")
                take_back.set()
                expect(page.locator("[part=draft]")).to_be_hidden()
                expect(page.get_by_role("status")).to_have_text("Taking back …")
                go_on.set()
                expect(page.locator("[part=answer]")).to_have_text(answer["text"])
                expect(page.locator("[part=draft]")).to_be_hidden()
        finally:
            take_back.set()
            go_on.set()
            slow.shutdown()
            thread.join()


def test_it_is_themed_from_outside(browser: Browser, news: Site, widget: str) -> None:
    style = "<style>dateline-ask { --dateline-accent: #f00 } dateline-ask::part(heading) { color: #00f }</style>"
    with page_of(browser, news, style + widget) as page:
        colour = "element => getComputedStyle(element).backgroundColor"
        assert page.get_by_role("button", name="Ask").evaluate(colour) == "rgb(255, 0, 0)"
        assert page.locator("[part=heading]").evaluate("h => getComputedStyle(h).color") == "rgb(0, 0, 255)"
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth <= 320")


def test_it_works_under_a_strict_policy(browser: Browser, news: Site, server: Served, widget: str) -> None:
    policy = f"default-src 'none'; script-src {server.url}; connect-src {server.url}"
    with page_of(browser, news, f'<meta http-equiv="Content-Security-Policy" content="{policy}">{widget}') as page:
        ask(page, TOLL)
        expect(page.locator("[part=turn]")).to_be_visible(timeout=60_000)
        assert page.locator("[part=marker]").first.evaluate("m => getComputedStyle(m).verticalAlign") == "super"


@pytest.mark.parametrize(
    ("replaced", "says"),
    [('token="wrong"', "The archive answered 401."), ("", "The archive answered 401.")],
    ids=["wrong token", "no token"],
)
def test_without_its_token_it_is_told_no(
    browser: Browser, news: Site, widget: str, token: list[str], replaced: str, says: str
) -> None:
    with page_of(browser, news, widget.replace(f'token="{token[0]}"', replaced)) as page:
        ask(page, TOLL)
        expect(page.get_by_role("alert")).to_contain_text(says)
        expect(page.locator("[part=turn]")).to_have_count(0)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_pages_of_origins_that_are_not_allowed_cannot_ask(browser: Browser, widget: str) -> None:
    with site() as other, page_of(browser, other, widget) as page:
        ask(page, TOLL)
        expect(page.get_by_role("alert")).to_have_text("The archive cannot be reached from this page.")


def test_its_token_can_only_ask(server: Served, token: list[str], news: Site) -> None:
    with server.client(Authorization=f"Bearer {token[0]}") as client:
        assert client.post("/api/v1/ask/stream", json={"question": TOLL}).status_code == 200
        assert client.get("/api/v1/articles").status_code == 403
        assert client.post("/api/v1/ingest", json={"targets": ["/tmp"]}).status_code == 403
        assert client.get("/api/v1/articles", headers={"Origin": news.url}).status_code == 403
