"""Conversations, the plain search, the archive at a glance and adding, in a real browser over a real server."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from answers import EVIL
from playwright.sync_api import Browser, Page, expect
from serving import CONTRASTS, Served, ask, opened, served
from websites import Reply, site, story

from qa.feedback import Feedback
from web.conversations import Conversations

pytest_plugins = ["paging"]

CITED = "How many people died in the Velsbridge flood?"
SECONDS = 60_000


@pytest.fixture(scope="module")
def environ() -> dict[str, str]:
    return {"DATELINE_ALLOW_PRIVATE": "true", "DATELINE_FETCH_DELAY": "0", "DATELINE_MAX_FILE_MB": "1"}


@pytest.fixture
def rough(browser: Browser, server: Served) -> Iterator[Page]:
    """A page that may be refused something: the browser puts that on its console, which fails ``page``."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_selector("#question textarea:focus")
    yield page
    context.close()


def go(page: Page, where: str, wait: str) -> None:
    """Turn to a view, by the page's address, and wait for something in it."""
    page.evaluate("where => location.hash = where", where)
    page.wait_for_selector(f"{wait} >> visible=true")


def kept(page: Page, title: str) -> str:
    """The selector of a conversation in the panel."""
    expect(page.locator("#kept .kept", has_text=title).first).to_be_visible()
    return f".kept:has-text({json.dumps(title)})"


# Conversations


def test_a_conversation_comes_back_after_a_reload_and_a_restart(
    browser: Browser, sample_archive: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample_archive, tmp_path / "archive")
    with served(tmp_path / "archive", tmp_path / "log") as server, opened(browser, server.url) as page:
        ask(page, CITED)
        ask(page, "When was that?")
        answers = page.locator(".answer").all_inner_texts()
        page.reload()
        page.wait_for_selector("#turn-2.done")
        assert page.locator(".answer").all_inner_texts() == answers
        ask(page, "And how many were rescued?")
        assert "Velsbridge" in page.inner_text("#turn-3")
        link = page.evaluate("location.hash")
    with served(tmp_path / "archive", tmp_path / "log2") as server, opened(browser, server.url) as page:
        expect(page.locator(".turn")).to_have_count(0)
        page.click(f"{kept(page, CITED)} .kept-open")
        page.wait_for_selector("#turn-3.done")
        assert page.locator(".answer").all_inner_texts()[:2] == answers
        assert page.locator(".card mark").count()
        assert page.evaluate("location.hash") == link


def test_a_link_opens_the_answer_that_it_names(browser: Browser, server: Served, page: Page) -> None:
    ask(page, CITED)
    ask(page, "Who is the mayor of Velsbridge?")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#turn-1 [data-copy=link]").click()
    expect(page.locator("#turn-1 [data-copy=link]")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{re.escape(server.url)}/#ask\?c=[\w-]+&turn=1", link)
    with opened(browser, server.url) as other:
        other.goto("about:blank")
        other.goto(link)
        other.wait_for_selector("#turn-2.done")
        expect(other.locator("#turn-1 .asked")).to_be_in_viewport()
        assert other.inner_text("#turn-1 .answer") == page.inner_text("#turn-1 .answer")


def test_a_link_to_nothing_says_so(rough: Page) -> None:
    go(rough, "#ask?c=nowhere", "#kept .warning")
    assert "was deleted, or it is not yours" in rough.inner_text("#kept .warning")
    expect(rough.locator(".turn")).to_have_count(0)


def test_an_answer_is_copied_with_its_sources(page: Page, server: Served) -> None:
    ask(page, CITED)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with server.client() as client:
        answer = client.post("/api/v1/ask", json={"question": CITED}).json()
    for form, footnote in (("md", "[^1]: "), ("txt", "[1] ")):
        page.locator(f"[data-copy={form}]").click()
        expect(page.locator(f"[data-copy={form}]")).to_have_text("Copied")
        text = page.evaluate("navigator.clipboard.readText()")
        assert footnote + ("[" if form == "md" else "") + answer["citations"][0]["article"]["title"] in text
        assert " ".join(answer["citations"][0]["quote"].split()) in text


def test_a_conversation_is_renamed_found_saved_and_deleted(page: Page) -> None:
    ask(page, "Who resigned as mediator?")
    item = kept(page, "Who resigned as mediator?")
    page.locator(f"{item} .kept-menu").first.click()
    page.get_by_role("menuitem", name="Rename").locator("visible=true").click()
    page.locator(".rename input").fill("The <b>talks</b>")
    page.keyboard.press("Enter")
    item = kept(page, "The <b>talks</b>")
    expect(page.locator(f"{item} .kept-open")).to_be_focused()

    page.fill("#find-conversation", "mediat")
    expect(page.locator("#kept mark").first).to_be_visible()
    assert page.locator("#kept .kept-title").all_inner_texts()[0] == "The <b>talks</b>"
    page.fill("#find-conversation", "quetzalcoatl")
    expect(page.locator("#kept .hint")).to_have_text("None of your conversations has “quetzalcoatl”.")
    page.fill("#find-conversation", "")

    for name, begins in (("Markdown", "# The"), ("web page", "<!doctype html>"), ("JSON", "{")):
        kept(page, "The <b>talks</b>")
        page.locator(f"{item} .kept-menu").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=f"Save as {name}").locator("visible=true").click()
        saved = Path(download.value.path()).read_text(encoding="utf-8")
        assert saved.startswith(begins)
        assert "Who resigned as mediator?" in saved
        page.keyboard.press("Escape")

    for choice, left in (("Cancel", 1), ("Delete", 0)):
        page.locator(f"{item} .kept-menu").click()
        page.get_by_role("menuitem", name="Delete").locator("visible=true").click()
        page.locator("dialog.confirm").get_by_role("button", name=choice).click()
        expect(page.locator(f"#kept {item}")).to_have_count(left)
    expect(page.locator(".turn")).to_have_count(0)


def test_the_menu_is_for_the_keyboard_too(page: Page) -> None:
    ask(page, "Who won the regatta?")
    menu = page.locator(f"{kept(page, 'Who won the regatta?')} .kept-menu").first
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Rename").locator("visible=true")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Delete").locator("visible=true")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("menuitem").locator("visible=true")).to_have_count(0)


def test_on_a_phone_the_conversations_are_a_drawer(browser: Browser, server: Served) -> None:
    with opened(browser, server.url, width=390, height=844) as page:
        ask(page, "Who opened the new bridge?")
        page.click("#panel-new" if page.locator("#panel-new").is_visible() else "#menu")
        page.click(f"{kept(page, 'Who opened the new bridge?')} .kept-open")
        expect(page.locator("#panel")).to_be_hidden()
        expect(page.locator("#turn-1 .asked")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_thumb_is_kept_with_the_answer_and_the_comment(page: Page, server: Served) -> None:
    ask(page, CITED)
    page.get_by_role("button", name="Bad answer").click()
    page.locator(".comment textarea").fill("Where is the source?")
    page.locator(".comment").get_by_role("button", name="Send").click()
    expect(page.locator(".comment")).to_be_hidden()
    page.reload()
    page.wait_for_selector("#turn-1.done")
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "false")
    with closing(Feedback(server.archive)) as feedback:
        rating = feedback.ratings()[-1]
        assert (rating.question, rating.good, rating.comment) == (CITED, False, "Where is the source?")
        assert rating.answer.citations
        assert rating.recipe["encoder"]
        page.get_by_role("button", name="Bad answer").click()
        expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "false")
        assert rating.reference not in [one.reference for one in feedback.ratings()]


def test_what_somebody_else_asked_is_out_of_reach(server: Served) -> None:
    with closing(Conversations(server.archive)) as conversations:
        id = conversations.create("somebody else", title="Not yours")
    with server.client() as client:
        for method, path in (
            ("GET", f"/page/conversations/{id}"),
            ("GET", f"/page/conversations/{id}/export?form=md"),
            ("DELETE", f"/page/conversations/{id}"),
            ("GET", f"/page/feedback/{id}"),
        ):
            answer = client.request(method, path)
            assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")
        assert client.post(f"/page/conversations/{id}/title", json={"title": "Mine"}).status_code == 404
        rated = client.post("/page/feedback", json={"turn": f"{id}.1", "thumb": "up"})
        assert rated.status_code == 404
        assert "Not yours" not in client.get("/page/conversations").text


# Search


def test_the_search_finds_sets_off_and_opens(page: Page) -> None:
    go(page, "#search", "#search-words")
    page.fill("#search-words", "flood deaths")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hit mark", timeout=SECONDS)
    assert {words.lower()[:5] for words in page.locator(".hit mark").all_inner_texts()} <= {"flood", "death"}
    first = page.locator(".hit .opens").first
    title = first.inner_text()
    first.click()
    expect(page.locator("#reader")).to_contain_text(title)
    expect(page.locator("#reader mark").first).to_be_in_viewport()


def test_the_search_goes_by_day_outlet_and_page(page: Page, server: Served) -> None:
    with server.client() as client:
        everything = client.get("/api/v1/articles", params={"limit": 100}).json()["articles"]
    newest = [article["title"] for article in everything]
    go(page, "#search?order=newest", ".hit")
    shown = page.locator(".hit h3").all_inner_texts()
    assert shown == newest[:10]
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".paging span")).to_have_text(re.compile("^Page 2 of"))
    assert page.locator(".hit h3").all_inner_texts() == newest[10:20]
    source = next(article["source"] for article in everything if article["source"])
    page.select_option("#search-form [name=source]", source)
    expect(page.locator(".tally")).to_contain_text(source)
    wanted = [article["title"] for article in everything if article["source"] == source]
    assert page.locator(".hit h3").all_inner_texts() == wanted[:10]
    page.click("#search-clear")
    expect(page.locator(".tally")).not_to_contain_text(source)
    days = [article["published"][:10] for article in everything if article["published"]]
    page.fill("#search-form [name=last]", days[-3])
    expect(page.locator(".tally")).to_contain_text("until")
    assert page.locator(".hit h3").count() == sum(day <= days[-3] for day in days)


def test_a_search_in_vain_says_what_might_help(page: Page) -> None:
    go(page, "#search?words=quetzalcoatl&order=newest&first=2025-02-01", ".nothing")
    assert page.inner_text(".nothing h2") == "Nothing found for “quetzalcoatl”"
    page.get_by_role("button", name="Search the whole archive").click()
    expect(page.locator("#search-clear")).to_be_hidden()
    assert "first=" not in page.evaluate("location.hash")


def test_a_search_that_fails_is_told_with_a_way_on(rough: Page) -> None:
    go(rough, "#search?order=newest", ".hit")
    rough.context.set_offline(True)
    go(rough, "#search?order=newest&words=flood", "#found .trouble")
    assert rough.inner_text("#found .trouble p").startswith("Dateline does not answer.")
    rough.context.set_offline(False)
    rough.get_by_role("button", name="Try again").click()
    rough.wait_for_selector(".hit")


# The archive


def test_the_archive_at_a_glance(page: Page, server: Served) -> None:
    go(page, "#archive", ".figures")
    with server.client() as client:
        held = client.get("/api/v1/health").json()
    assert page.locator(".figures dd").first.inner_text() == f"{held['articles']:,}"
    bars = page.locator(".days a")
    totals = [int(re.search(r": (\d+) article", label)[1]) for label in bars.evaluate_all(LABELS)]  # type: ignore[index]
    assert sum(totals) <= held["articles"]
    assert sum(totals) >= 40
    outlets = dict(zip(*(page.locator(f".outlets {one}").all_inner_texts() for one in ("a", ".amount")), strict=True))
    assert outlets == {name: f"{number:,}" for name, number in held["sources"].items()}
    assert page.locator(".health.well").count() == 1
    bars.nth(totals.index(max(totals))).click()
    expect(page.locator(".tally")).to_contain_text(f"{max(totals)} article")
    assert page.locator(".hit").count() == min(10, max(totals))


LABELS = "bars => bars.map(bar => bar.getAttribute('aria-label'))"


# Adding and removing


def done(page: Page, count: int) -> str:
    """What the report of the last ingest says, when so many have ended."""
    expect(page.locator(".job.done, .job.failed")).to_have_count(count, timeout=SECONDS)
    return page.locator(".job").first.inner_text()


def test_files_are_added_asked_about_and_removed(rough: Page, server: Served) -> None:
    page = rough
    go(page, "#add", "#way-files")
    ferry = "Ferry lost\n\nThe ferry to Orrin Island sank on 3 May 2025 with nobody on board, the harbour master said."
    page.set_input_files(
        "#add-files",
        [
            {"name": "2025-05-04 ferry.txt", "mimeType": "text/plain", "buffer": ferry.encode()},
            {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG"},
            {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
        ],
    )
    report = done(page, 1)
    assert "1 added, 1 skipped" in report
    assert "photo.png" in report
    assert "is not of a format that is read" in report
    assert str(server.archive) not in page.inner_text("#jobs")
    assert page.inner_text("#jobs .trouble") == "'empty.txt' is empty"
    assert not [path for path in (server.archive / "incoming").rglob("*") if path.is_file()]

    go(page, "#ask", "#question")
    ask(page, "When did the ferry to Orrin Island sink?")
    assert "3 May 2025" in page.inner_text("#turn-1 .answer")

    go(page, "#search?words=ferry+Orrin", ".hit")
    held = page.inner_text("#holdings")
    for choice in ("Cancel", "Remove"):
        page.get_by_role("button", name="Remove Ferry lost").click()
        page.locator("dialog.confirm").get_by_role("button", name=choice).click()
    expect(page.locator(".hit").first).to_have_text("Removed: Ferry lost")
    expect(page.locator("#holdings")).not_to_have_text(held)
    audited = (server.archive / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert any('"path": "/page/remove"' in line and '"title": "Ferry lost"' in line for line in audited)
    go(page, "#search?words=Orrin&order=newest&first=2025-05-04&last=2025-05-04", ".nothing")


def test_an_address_is_added_and_a_report_comes_back_after_a_reload(page: Page) -> None:
    pages = {"/one": Reply(story(1)), "/gone": Reply("", status=404)}
    with site(dict(pages)) as web:
        go(page, "#add", "#way-files")
        page.click("#tab-address")
        page.fill("#add-url", f"{web.url}/one")
        page.keyboard.press("Enter")
        expect(page.locator(".job.done").first).to_contain_text("1 added", timeout=SECONDS)
        page.fill("#add-url", f"{web.url}/gone")
        page.keyboard.press("Enter")
        expect(page.locator(".job.failed").first).to_contain_text("404", timeout=SECONDS)
    page.reload()
    go(page, "#add", ".job")
    expect(page.locator(".job.failed").first).to_contain_text("/gone")
    page.click("#forget")
    expect(page.locator(".job")).to_have_count(0)


def test_text_is_added_with_headline_and_day(page: Page, server: Served) -> None:
    go(page, "#add", "#way-files")
    page.click("#tab-text")
    page.fill("#way-text [name=title]", f"A heron {EVIL}")
    page.fill("#way-text [name=published]", "2025-06-01")
    page.fill("#way-text [name=source]", f"Gazette {EVIL}")
    page.fill("#way-text [name=text]", f"A heron took the mayor's lunch on Sunday, a witness said. {EVIL}")
    page.click("#way-text [type=submit]")
    expect(page.locator(".job.done").first).to_contain_text("1 added", timeout=SECONDS)
    with server.client() as client:
        articles = client.get("/api/v1/articles", params={"limit": 100}).json()["articles"]
    [article] = [one for one in articles if one["title"].startswith("A heron")]
    told = (article["title"], article["published"][:10], article["source"])
    assert told == (f"A heron {EVIL}", "2025-06-01", f"Gazette {EVIL}")
    for where in ("#search?words=heron", "#archive", "#add"):
        go(page, where, f"text=A heron {EVIL}")
        views = page.locator("#view-search, #view-archive, #view-add, #panel")
        assert views.locator("img, script, iframe, style").count() == 0
    go(page, "#search?words=heron", ".hit")
    page.locator("[data-remove]").first.click()
    assert f"A heron {EVIL}" in page.inner_text("dialog.confirm")
    page.keyboard.press("Escape")
    assert page.evaluate("window.hacked") is None


def test_what_is_no_address_is_told_at_once(rough: Page) -> None:
    go(rough, "#add", "#way-files")
    rough.click("#tab-address")
    rough.fill("#add-url", "the harbour news")
    rough.keyboard.press("Enter")
    expect(rough.locator("#way-address .trouble")).to_contain_text("'the harbour news' is no web address")
    rough.fill("#add-url", "file:///etc/passwd")
    rough.keyboard.press("Enter")
    expect(rough.locator(".job.failed").first).to_contain_text("only http:// and https:// addresses are")
    expect(rough.locator("#way-address .trouble")).to_have_count(0)


def test_where_adding_is_off_nothing_offers_it(browser: Browser, sample_archive: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_archive, tmp_path / "archive")
    off = {"DATELINE_PAGE_MAY_ADD": "off"}
    with served(tmp_path / "archive", tmp_path / "log", environ=off) as server, opened(browser, server.url) as page:
        go(page, "#add", ".adding .lead")
        assert "switched off" in page.inner_text(".adding")
        assert page.locator("#view-add :is(input, button)").count() == 0
        go(page, "#search?order=newest", ".hit")
        assert page.locator("[data-remove]").count() == 0
        with server.client() as client:
            refused = [
                client.post("/page/add/file", params={"name": "a.txt"}, content=b"words"),
                client.post("/page/add/text", json={"text": "words"}),
                client.post("/page/add/address", json={"url": "http://127.0.0.1/"}),
                client.post("/page/remove", json={"id": "x"}),
            ]
        assert {answer.status_code for answer in refused} == {403}
        assert not (server.archive / "incoming").exists()


def test_a_file_is_held_to_the_limit_and_to_its_place(server: Served) -> None:
    with server.client() as client:
        refused = client.post("/page/add/file", params={"name": "big.txt"}, content=b"x" * (1 << 20) + b"x")
        assert refused.status_code == 422
        assert "larger than 1 MiB" in refused.json()["detail"]
        for name in ("../../escape.txt", "..", "/etc/cron.d/x.txt", "a\\..\\b.txt", "x" * 900 + ".txt"):
            taken = client.post("/page/add/file", params={"name": name}, content=b"Words of a file.").json()["file"]
            assert re.fullmatch(r"[0-9a-f]{32}/[^/\\]{1,190}", taken)
            assert (server.archive / "incoming" / taken).is_file()
        for ticket in ("../archive.db", "/etc/passwd", "0" * 32 + "/../../archive.db", "0" * 32 + "/x.txt"):
            assert client.post("/page/add/files", json={"files": [ticket]}).status_code == 422


# Looks


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_view_can_be_read_and_fits(browser: Browser, server: Served, dark: bool, width: int) -> None:
    with opened(browser, server.url, dark=dark, width=width, height=844) as page:
        found = []
        for where, wait in (("#search?words=flood", ".hit"), ("#archive", ".figures"), ("#add", "#way-files")):
            go(page, where, wait)
            found += page.evaluate(CONTRASTS, ":is(#panel, #view-search, #view-archive, #view-add) *")
            assert page.evaluate("document.documentElement.scrollWidth") == width
    assert len(found) > 60
    assert [one for one in found if one["ratio"] < 4.5] == []
