"""Whatever an article or a question holds is shown as text: each payload in title, body, author, outlet and address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import PAYLOADS
from playwright.sync_api import Page, expect
from serving import ask

from ingest import ingest
from ingest.archive import Archive
from qa.answer import Answer, AnswerSpan, ArticleRef, Citation, Claim, Disagreement, Filters, RetrievedPassage
from web import render

pytest_plugins = ["paging"]

_LONGEST = 1900

# Elements, attributes and addresses that no word of ours makes: what of these is on the page came from outside.
STRANGE = """() => [...document.querySelectorAll("#app *")].flatMap(element => {
    const tag = element.localName;
    const ours = element.closest("#question, .actions svg, #panel svg");
    const bad = [];
    const strange = "script iframe object embed img image svg video audio link meta base style math marquee picture";
    if (strange.split(" ").includes(tag) && !ours) bad.push(tag);
    for (const {name, value} of element.attributes) {
        if (name.startsWith("on") || /^(srcdoc|formaction|xlink:href)$/.test(name)) bad.push(`${tag} ${name}`);
        if (/^(href|src|action|data)$/.test(name) && !/^(https?:|#|\\/|\\?|blob:)/.test(value) && !ours)
            bad.push(`${tag} ${name}=${value}`);
        if (name === "href" && /^\\/\\//.test(value)) bad.push(`${tag} ${value}`);
        if (name === "style" && /url|expression|fixed/.test(value) && !ours) bad.push(`${tag} style ${value}`);
        if (name === "data-ask" && value === "hacked") bad.push("data-ask");
    }
    return bad;
})"""


def _inert(page: Page) -> None:
    assert page.evaluate(STRANGE) == []
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('#app, #conversation, #question').length") == 3
    assert page.evaluate("typeof dateline.send") == "function"


def _batches() -> Iterator[str]:
    """All payloads, as questions of a length that can be asked."""
    words = ""
    for payload in PAYLOADS:
        if len(words) + len(payload) > _LONGEST:
            yield words
            words = ""
        words += f" {payload}"
    yield words


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article for each payload, which stands in every field."""
    folder = tmp_path_factory.mktemp("hostile")
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number, words in enumerate(PAYLOADS):
            article = {
                "id": f"a{number}",
                "title": f"Lighthouse {number} {words}",
                "text": f"The number {number} lighthouse was painted by Captain Ormsby {words} in June, he said [2].",
                "source": f"Gazette {words}",
                "authors": [f"Ann {words}"],
                "published": f"2025-06-{1 + number % 28:02}",
                "section": f"Coast {words}",
                "url": words if number % 2 else f"https://example.org/{number}?{words}",
            }
            file.write(json.dumps(article) + "\n")
    report = ingest(folder / "articles.jsonl", archive=folder / "archive")
    assert len(report.added) == len(PAYLOADS) >= 200
    return folder / "archive"


@pytest.fixture(scope="module")
def drawn(archive: Path) -> list[str]:
    """Every article cited and passed over, its payload in every part of an answer: turns and their sources, as HTML."""
    with Archive.open(archive) as held:
        pieces = []
        for number, words in enumerate(PAYLOADS, 1):
            article = held.article(f"a{number - 1}")
            assert article is not None
            ref, text = ArticleRef.of(article), article.text
            start = text.index("painted")
            span = AnswerSpan(text[start:], start, len(text))
            citation = Citation(1, text, 0, len(text), 0.9, ref, (), (ref,), span, words)
            passage = RetrievedPassage(1, ref, 0, len(text), text, 0.5)
            told = " ".join(text.split()).replace("[", "(").replace("]", ")")
            answered = Answer(
                words,
                True,
                f"{told} [1]",
                0.9,
                (citation,),
                standalone_question=words,
                notes=(words,),
                passages=(passage,),
                filters=Filters(sources=(words,), sections=(words,)),
                disagreements=(Disagreement(words, (Claim(words, 1, True),)),),
            )
            abstained = Answer(words, False, words, 0.1, passages=(passage,), notes=(words,), reasons=(words,))
            for one in (answered, abstained):
                pieces += [render.turn(number, one), render.evidence(number, one, held)]
            pieces += [
                render.failure(number, words, words),
                render.progress(number, words, [words, words], [f"{words} [1]"]),
            ]
        return pieces


@pytest.fixture(scope="module")
def environ(drawn: list[str]) -> dict[str, str]:
    """Nothing; but the server is started when ``drawn`` has let go of the archive."""
    return {}


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 200


def test_questions_are_shown_as_text(page: Page) -> None:
    for number, words in enumerate(_batches(), 1):
        ask(page, words)
        assert page.text_content(f"#turn-{number} .asked") == words.strip()
    _inert(page)


def test_answers_and_sources_are_shown_as_text(page: Page, drawn: list[str]) -> None:
    page.evaluate("pieces => document.querySelector('#conversation .turns').innerHTML = pieces.join('')", drawn)
    page.wait_for_timeout(300)
    _inert(page)
    asked = page.locator("#conversation .asked").all_text_contents()
    assert [words for words in PAYLOADS if words not in asked] == []
    # A marker in an article's words is none in the answer's.
    assert set(page.locator("#conversation .answer .chip").all_text_contents()) == {"1"}


def test_articles_are_read_as_text(page: Page) -> None:
    shown = page.evaluate(
        """async many => {
            const seen = [];
            for (let number = 0; number < many; number++) {
                await dateline.read(`a${number}`);
                const sheet = document.querySelector("#reader .sheet");
                seen.push(["h2", ".kicker", ".about", ".body"].map(one => sheet.querySelector(one).textContent));
            }
            return seen;
        }""",
        len(PAYLOADS),
    )
    for words, (title, kicker, about, body) in zip(PAYLOADS, shown, strict=True):
        said = " ".join(words.split())
        assert said in " ".join(title.split())
        assert said in " ".join(body.split())
        assert kicker.startswith("Gazette")
        assert "Ann" in about
    _inert(page)


@pytest.mark.parametrize("view", ["search?words=lighthouse", "archive", "add"])
def test_other_views_show_text(page: Page, view: str) -> None:
    page.evaluate("view => location.hash = view", view)
    expect(page.locator(f"#view-{view.partition('?')[0]}")).to_be_visible()
    page.wait_for_timeout(1200)
    _inert(page)


def test_a_real_answer_from_such_articles_is_cited_and_inert(page: Page) -> None:
    ask(page, "Who painted the number 5 lighthouse?")
    page.locator(".chip:visible, .near h3 .open:visible").first.click()
    page.wait_for_selector("#reader h2")
    page.locator("#scope [data-filter=next]").click()  # every outlet is offered there
    expect(page.locator("#filter")).to_be_visible()
    _inert(page)
