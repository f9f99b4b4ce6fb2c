"""The page, in a real browser over a real server with the real models."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from serving import Served, ask, chromium, opened, served

from ingest import ingest
from qa import Assistant
from web import render, samples

CITED = "How many people died in the Velsbridge flood?"
UNANSWERABLE = "What is the boiling point of tungsten?"

# Whatever of this runs sets window.hacked; what is only shown does not.
HOSTILE = (
    '<img src=x onerror="hacked=1">',
    "<script>hacked=1</script>",
    "<svg/onload=hacked=1>",
    '"><iframe srcdoc="<script>parent.hacked=1</script>">',
    "' onmouseover='hacked=1' x='",
    "${hacked=1}",
    "{{constructor.constructor('hacked=1')()}}",
    "[click](javascript:hacked=1)",
    "<style>*{display:none}</style>",
    "&lt;img src=x onerror=hacked=1&gt;",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(sample_archive, folder / "archive")
    with served(folder / "archive", folder / "log") as server:
        yield server


@pytest.fixture
def page(browser: Browser, server: Served) -> Iterator[Page]:
    with opened(browser, server.url) as page:
        yield page


def test_start_says_what_the_archive_holds(page: Page, server: Served) -> None:
    with server.client() as client:
        held = client.get("/api/v1/health").json()
    expected = f"{held['articles']} articles, {render.period(held['from'], held['to'])}, {len(held['sources'])} outlets"
    assert page.title() == "Dateline"
    assert page.inner_text(".holdings") == expected


def test_every_featured_question_is_offered(page: Page) -> None:
    assert samples.featured()
    assert page.locator("[data-ask]").all_inner_texts() == list(samples.featured())


def test_example_question_is_answered_with_its_sources(page: Page) -> None:
    page.get_by_role("button", name=CITED).click()
    page.wait_for_selector("#turn-1.done")
    assert page.inner_text(".asked") == CITED
    chips = page.locator(".answer .chip").all_inner_texts()
    assert chips
    assert sorted(set(chips)) == page.locator(".card .number").all_inner_texts()
    expect(page.locator("#start")).to_be_hidden()


def test_steps_are_shown_before_the_answer(page: Page) -> None:
    page.evaluate("""() => {
        window.seen = [];
        new MutationObserver(() => {
            const step = document.querySelector(".step");
            const shown = step ? step.textContent : document.querySelector(".turn.done") ? "answer" : null;
            if (shown && shown !== seen.at(-1)?.[0]) seen.push([shown, performance.now() - asked]);
        }).observe(document.querySelector("#conversation"), {childList: true, subtree: true, characterData: true});
        document.addEventListener("keydown", () => { seen.length = 0; window.asked = performance.now(); }, true);
    }""")
    firsts = []
    for _ in range(3):
        ask(page, CITED)
        seen = page.evaluate("seen")
        assert len(seen) >= 2
        assert [shown for shown, _ in seen].index("answer") == len(seen) - 1
        firsts.append(seen[0][1])
        page.click("#again")
        expect(page.locator(".turn")).to_have_count(0)
    assert min(firsts) < 250, firsts  # 40-80 ms where nothing else runs; a busy machine may be slow now and then


def test_marked_words_are_the_articles_words(page: Page, server: Served) -> None:
    ask(page, CITED)
    with server.client() as client:
        answer = client.post("/api/v1/ask", json={"question": CITED}).json()
        assert answer["citations"]
        shown = page.evaluate("""() => [...document.querySelectorAll(".card")].map(card => [
            card.querySelector("mark").textContent, card.querySelector("blockquote").textContent])""")
        assert [mark for mark, _ in shown] == [citation["quote"] for citation in answer["citations"]]
        for citation, (mark, paragraph) in zip(answer["citations"], shown, strict=True):
            text = client.get(f"/api/v1/articles/{citation['article']['id']}").json()["text"]
            assert text[citation["start"] : citation["end"]] == mark
            assert paragraph.strip("… ") in text


def test_card_names_title_outlet_and_day(page: Page, server: Served) -> None:
    ask(page, CITED)
    with server.client() as client:
        article = client.post("/api/v1/ask", json={"question": CITED}).json()["citations"][0]["article"]
    card = page.locator(".card").first
    assert card.locator("h3").inner_text() == article["title"]
    about = [article["source"], render.long_day(article["published"])]
    assert card.locator(".about").inner_text() == " · ".join(part for part in about if part)
    link = card.locator("h3 a")
    assert link.get_attribute("href") == article["url"]
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in (link.get_attribute("rel") or "")


def test_relative_day_is_resolved_beside_the_words(page: Page) -> None:
    ask(page, CITED)
    when = page.locator(".card mark .when").first
    shown = when.evaluate("element => getComputedStyle(element, '::after').content")
    assert shown == f'" ({when.get_attribute("data-day")})"'
    days = page.locator(".card mark .when").evaluate_all("all => all.map(one => one.dataset.day)")
    assert "20 January 2025" in days


def test_the_words_that_answer_are_set_off_in_the_quote(page: Page) -> None:
    ask(page, CITED)
    answers = page.locator(".card mark .answers")
    assert answers.count() >= 1
    weight = answers.first.evaluate("element => getComputedStyle(element).fontWeight")
    assert int(weight) >= 600


def test_chip_and_card_lead_to_each_other(page: Page) -> None:
    ask(page, CITED)
    chip = page.locator(".answer .chip").last
    chip.click()
    card = page.locator(f"#{chip.get_attribute('data-card')}")
    expect(card).to_have_class("card lit")
    expect(card).to_be_in_viewport()
    expect(card).to_be_focused()
    card.locator(".number").click()
    expect(chip).to_be_focused()
    assert page.locator(".lit").count() == 2


def test_abstention_says_what_was_searched(page: Page, server: Served) -> None:
    ask(page, UNANSWERABLE)
    with server.client() as client:
        answer = client.post("/api/v1/ask", json={"question": UNANSWERABLE}).json()
    assert not answer["answered"]
    assert answer["text"] in " ".join(page.inner_text(".abstention").split())
    assert f"{answer['searched']['articles']} articles" in answer["text"]
    assert page.locator(".answer, .chip, mark").count() == 0
    titles = list({one["article"]["id"]: one["article"]["title"] for one in answer["passages"]}.values())
    nearest = page.locator(".card.near h3").all_inner_texts()
    assert nearest
    assert nearest == titles[: len(nearest)]


def test_older_answers_keep_their_sources(page: Page) -> None:
    ask(page, CITED)
    sources = page.locator(".evidence:visible .card h3").all_inner_texts()
    ask(page, UNANSWERABLE)
    assert page.locator(".evidence:visible .near").count()
    page.locator("#turn-1 .chip").first.click()
    assert page.locator(".evidence:visible .card h3").all_inner_texts() == sources


def test_follow_up_is_read_with_what_was_said_before(page: Page) -> None:
    ask(page, CITED)
    ask(page, "When was that?")
    assert "Velsbridge" in page.inner_text("#turn-2 .understood")


def test_new_conversation_starts_afresh(page: Page) -> None:
    ask(page, CITED)
    page.click("#again")
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#start")).to_be_visible()
    expect(page.locator("#sources")).to_be_hidden()
    expect(page.locator("#question textarea")).to_be_focused()


def test_keys_clear_and_focus_the_question(page: Page) -> None:
    box = page.locator("#question textarea")
    box.fill("half a quest")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    box.blur()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")


def test_empty_question_asks_nothing(page: Page) -> None:
    page.fill("#question textarea", "   ")
    page.press("#question textarea", "Enter")
    ask(page, CITED)
    assert page.locator(".turn").count() == 1


def test_phone_has_one_column_and_no_sideways_scroll(browser: Browser, server: Served) -> None:
    with opened(browser, server.url, width=390, height=844) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        ask(page, CITED)
        ask(page, "word" * 200 + "?")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        talk, sources = page.locator("#talk").bounding_box(), page.locator("#sources").bounding_box()
        assert talk
        assert sources
        assert talk["width"] == sources["width"] == 390
        assert sources["y"] >= talk["y"] + talk["height"]
        expect(page.locator("#turn-2 .asked")).to_be_in_viewport()


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_contrast_of_aa(browser: Browser, server: Served, dark: bool) -> None:
    with opened(browser, server.url, dark=dark) as page:
        found = page.evaluate(CONTRASTS)
        ask(page, UNANSWERABLE)
        found += page.evaluate(CONTRASTS)
        ask(page, CITED)
        page.locator(".chip").last.click()
        found += page.evaluate(CONTRASTS)
    assert len(found) > 30
    assert [one for one in found if one["ratio"] < 4.5] == []


def test_shows_a_page_without_gradio_around_it(page: Page) -> None:
    assert page.locator("footer").is_hidden()
    assert "Gradio" not in page.inner_text("body")
    assert "API" not in page.inner_text("body")


def test_hostile_question_is_shown_as_text(page: Page) -> None:
    words = " ".join(HOSTILE)
    ask(page, words)
    assert page.inner_text("#turn-1 .asked") == words
    assert page.locator("#conversation, #sources").locator("img, script, iframe, svg, style").count() == 0
    assert page.evaluate("window.hacked") is None


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that is handed articles which mean harm, in every field, while it runs."""
    folder = tmp_path_factory.mktemp("hostile")
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number, words in enumerate(HOSTILE):
            text = f"The number {number} lighthouse was painted by Captain Ormsby {words} in June, the keeper said [2]."
            article = {
                "title": f"Lighthouse {number} {words}",
                "text": text,
                "source": f"Gazette {words}",
                "authors": [words],
                "published": "2025-06-20",
                "url": f"javascript:hacked=1//{number}",
            }
            file.write(json.dumps(article) + "\n")
    with served(folder / "archive", folder / "log") as server:
        token = json.loads((server.archive / "server.json").read_text())["token"]
        with server.client(Authorization=f"Bearer {token}") as client:
            said = client.post("/api/v1/ingest", json={"targets": [str(folder / "articles.jsonl")]}).text
        assert len(json.loads(said.splitlines()[-1])["report"]["added"]) == len(HOSTILE)
        yield server


def test_hostile_articles_are_shown_as_text(browser: Browser, hostile_server: Served) -> None:
    with opened(browser, hostile_server.url) as page:
        for number, words in enumerate(HOSTILE):
            ask(page, f"Who painted the number {number} lighthouse?")
            page.locator(".chip:visible, .near:visible").last.click()
            shown = page.locator(".evidence:visible")
            assert f"Lighthouse {number} {words}" in shown.locator("h3").all_text_contents()
            assert page.locator("#conversation, #sources").locator("img, script, iframe, svg, style, a").count() == 0
        page.mouse.move(700, 300)
        assert page.evaluate("window.hacked") is None


def test_marker_in_an_articles_words_is_no_citation(browser: Browser, hostile_server: Served) -> None:
    with opened(browser, hostile_server.url) as page:
        ask(page, "Who painted the number 5 lighthouse?")
        assert "the keeper said [2]." in page.locator(".card mark").first.inner_text()
        assert page.locator(".chip").all_inner_texts() == page.locator(".card .number").all_inner_texts()


def test_empty_archive_says_how_to_add_articles(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "archive", tmp_path / "log") as server, opened(browser, server.url) as page:
        assert page.inner_text(".holdings") == "No articles yet"
        assert "dateline ingest" in page.inner_text(".start")
        ask(page, CITED)
        assert page.locator(".abstention").count() == 1


def test_trouble_is_told_in_a_sentence(browser: Browser, sample_archive: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_archive, tmp_path / "archive")
    with served(tmp_path / "archive", tmp_path / "log") as server, opened(browser, server.url) as page:
        database = tmp_path / "archive" / "archive.db"
        database.write_bytes(b"\0" * database.stat().st_size)
        for left in ("archive.db-wal", "archive.db-shm"):
            (tmp_path / "archive" / left).unlink(missing_ok=True)
        ask(page, CITED)
        assert page.inner_text(".failure h3") == "That did not work"
        assert "Traceback" not in page.inner_text("body")
        expect(page.locator("#question textarea")).to_have_value(CITED)


def test_server_that_went_away_is_told(browser: Browser, sample_archive: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_archive, tmp_path / "archive")
    with served(tmp_path / "archive", tmp_path / "log") as server:
        page = browser.new_page()
        page.goto(server.url)
        page.fill("#question textarea", CITED)
        server.stop()
        page.press("#question textarea", "Enter")
        expect(page.get_by_text("Connection to the server was lost")).to_be_visible(timeout=15_000)
        expect(page.locator("#question textarea")).to_have_value(CITED)
        page.close()


def test_changed_article_is_never_shown_as_the_quote(tmp_path: Path) -> None:
    article = tmp_path / "ferry.txt"
    head = "Ferry lost\n\nThe harbour of Orrin was quiet this week. "
    article.write_text(head + "The ferry to Orrin Island sank on 3 May 2025 with nobody on board.\n", encoding="utf-8")
    ingest(article, archive=tmp_path / "archive")
    with Assistant.open(tmp_path / "archive") as assistant:
        answer = assistant.ask("When did the ferry sink?")
        assert answer.citations
        assert "<mark>" in render.evidence(1, answer, assistant.archive)
        article.write_text(head + "A ferry that serves Orrin sank on 4 May 2025, the port said.\n", encoding="utf-8")
        assert assistant.ingest(article).updated
        shown = render.evidence(1, answer, assistant.archive)
        assert "has changed" in shown
        assert answer.citations[0].quote not in shown
        assistant.archive.remove([answer.citations[0].article.id])
        shown = render.evidence(1, answer, assistant.archive)
        assert "no longer in the archive" in shown
        assert answer.citations[0].quote not in shown


# Every element that shows words of its own, with the contrast between them and the nearest opaque background.
CONTRASTS = """() => {
    const parse = color => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const color = parse(getComputedStyle(at).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll("#masthead *, #desk *")]
        .filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
        .map(e => {
            const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
            return {what: e.tagName + "." + e.className, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)};
        });
}"""
