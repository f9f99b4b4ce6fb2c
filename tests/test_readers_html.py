"""Saved web pages: the article, and what the page states about it."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.article import Article, Found, Skipped
from ingest.readers import read

PARAGRAPHS = [
    "The night ferry between Port Ellin and the island of Sorrel ran aground on a sandbank early on Monday, the coast "
    "guard said, and its 212 passengers were taken off in lifeboats.",
    "Nobody was hurt. “We heard a grinding noise and then the lights went out,” said Mara Quill, a teacher who was on "
    "board with her class, in an interview at the harbour.",
    "The company that owns the ship, Northwater Lines, said that it would pay for hotels and that a second ship would "
    "take over the crossing from Wednesday. An inquiry has begun.",
    "It is the third such accident in five years, after those of 2018 and 2020, both of which were put down to charts "
    "that did not show how the sandbank had moved.",
]
TITLE = "Night ferry runs aground off Sorrel"
CAPTION = "The ferry on the sandbank at low tide on Monday morning. Photograph: Northwater Lines"
LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Harbour Gazette", "url": "https://www.gazette.example/"},
        {
            "@type": ["NewsArticle"],
            "headline": "Night ferry runs aground off Sorrel",
            "datePublished": "2022-09-12T06:40:00+02:00",
            "dateModified": "2022-09-12T11:05:00+02:00",
            "author": [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Wu"}],
            "publisher": {"@type": "Organization", "name": "Harbour Gazette"},
            "inLanguage": "en-GB",
            "articleSection": "Local",
        },
    ],
}


def page(*, head: str = "", body: str | None = None) -> str:
    article = "".join(f"<p>{text}</p>\n" for text in PARAGRAPHS[:2])
    article += f'<figure><img src="x.jpg" alt="ferry"><figcaption>{CAPTION}</figcaption></figure>'
    article += "".join(f"<p>{text}</p>\n" for text in PARAGRAPHS[2:])
    return f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
    <title>Night ferry runs aground off Sorrel | Harbour Gazette</title>{head}<style>p {{ color: red }}</style></head>
    <body><header><nav><a href="/">Home</a> <a href="/sport">Sport and leisure pages</a></nav></header>
    <div class="cookie-banner">We use cookies. <button>Accept all</button></div>
    <main>{f"<article><h1>{TITLE}</h1>{article}</article>" if body is None else body}</main>
    <aside class="related"><h2>Related stories</h2><ul><li><a href="/1">Ten things to do in Port Ellin</a></li>
    <li><a href="/2">Bridge tolls to rise again</a></li></ul></aside>
    <footer><p>© 2024 Harbour Gazette Ltd. All rights reserved.</p><a href="/terms">Terms</a></footer>
    <script>var tracking = "not an article";</script></body></html>"""


def only(path: Path) -> Article:
    (found,) = read(path)
    assert isinstance(found, Found), found
    return found.article


def test_the_article_is_taken_and_its_surroundings_are_left(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(page(), encoding="utf-8")
    text = only(path).text
    paragraphs = text.split("\n\n")
    assert [paragraph for paragraph in paragraphs if paragraph in PARAGRAPHS] == PARAGRAPHS
    assert set(paragraphs) - set(PARAGRAPHS) <= {CAPTION}
    for noise in ("cookies", "Related", "Bridge tolls", "rights reserved", "tracking", "color"):
        assert noise not in text


def test_what_the_page_states_in_json_ld_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "2020-01-01.html"
    head = f"""<script type="application/ld+json">{{broken</script>
    <script type="application/ld+json">{json.dumps(LINKED)}</script>
    <meta property="article:published_time" content="2021-01-01"><meta name="author" content="Someone Else">
    <link rel="canonical" href="https://www.gazette.example/news/ferry">"""
    path.write_text(page(head=head), encoding="utf-8")
    article = only(path)
    assert article == Article(
        text=article.text,
        title="Night ferry runs aground off Sorrel",
        url="https://www.gazette.example/news/ferry",
        source="Harbour Gazette",
        authors=("Ann Lee", "Bo Wu"),
        published="2022-09-12T06:40:00+02:00",
        updated="2022-09-12T11:05:00+02:00",
        language="en-GB",
        section="Local",
        captions=article.captions,
    )
    assert article.text.split("\n\n") == [*PARAGRAPHS, CAPTION]
    assert [span.cut(article.text) for span in article.captions] == [CAPTION]


def test_meta_tags_state_where_json_ld_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.htm"
    head = """<meta property="og:title" content="Night ferry runs aground off Sorrel">
    <meta property="og:site_name" content="Harbour Gazette"><meta property="og:url" content="https://gazette.example/ferry">
    <meta name="article:published_time" content="2022-09-12T06:40:00Z"><meta name="author" content="By Ann Lee">"""
    path.write_text(page(head=head), encoding="utf-8")
    article = only(path)
    assert (article.title, article.source) == ("Night ferry runs aground off Sorrel", "Harbour Gazette")
    assert (article.url, article.authors) == ("https://gazette.example/ferry", ("Ann Lee",))
    assert (article.published, article.date_note) == ("2022-09-12T06:40:00+00:00", "")


def test_a_guessed_date_says_where_it_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        page(head='<link rel="canonical" href="https://gazette.example/2022/09/12/ferry">'), encoding="utf-8"
    )
    assert (only(path).published, only(path).date_note) == ("2022-09-12", "web address")
    body = f"<article><p>Posted on September 12, 2022</p>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</article>"
    path.write_text(page(body=body).replace("© 2024", ""), encoding="utf-8")
    assert (only(path).published, only(path).date_note) == ("2022-09-12", "page content")


def test_a_caption_stands_behind_the_body_and_one_of_another_story_does_not(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    other = "<figure><figcaption>A bridge in another town altogether.</figcaption></figure>"
    other = f'<div class="related-stories">{other}</div>'
    body = f"<article><h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p><div class='media-caption'>{CAPTION}</div>{other}"
    path.write_text(
        page(body=body + "".join(f"<p>{text}</p>" for text in PARAGRAPHS[1:]) + "</article>"), encoding="utf-8"
    )
    article = only(path)
    assert article.text.split("\n\n") == [*PARAGRAPHS, CAPTION]
    assert [span.cut(article.text) for span in article.captions] == [CAPTION]


def test_a_page_describes_itself_unless_it_only_repeats_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    head = '<meta name="description" content="{}"><meta property="article:section" content="Travel">'
    path.write_text(page(head=head.format("A ferry, a sandbank and a long night.")), encoding="utf-8")
    assert (only(path).description, only(path).section) == ("A ferry, a sandbank and a long night.", "Travel")
    path.write_text(page(head=head.format(PARAGRAPHS[0][:80] + "…")), encoding="utf-8")
    assert only(path).description is None


def test_a_title_loses_the_name_of_the_outlet(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    path.write_text(page(head='<meta property="og:site_name" content="Harbour Gazette">', body=body), encoding="utf-8")
    assert only(path).title == "Night ferry runs aground off Sorrel"


def test_a_page_without_an_article_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    for html in (
        page(body=""),
        "<html><body><nav><a href='/'>Home</a> <a href='/news'>News</a></nav><footer>© 2022</footer></body></html>",
        "<html><head><title>Only a title</title></head><body></body></html>",
        "<<<>>>",
        "<html><body><script>var article = 'none';</script></body></html>",
    ):
        path.write_text(html, encoding="utf-8")
        (found,) = read(path)
        assert isinstance(found, Skipped), found
        assert found.reason == "holds no article text, only what surrounds one"


def test_malformed_pages_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<p>{PARAGRAPHS[0]}<p><b>{PARAGRAPHS[1]}<div></span><table><td>", encoding="utf-8")
    assert only(path).text.split("\n\n") == PARAGRAPHS[:2]
    whole = page().encode()
    path.write_bytes(whole[: whole.index(b"Nobody was hurt") + 15])
    assert PARAGRAPHS[0] in only(path).text
    path.write_bytes(b"<div>" * 20_000 + PARAGRAPHS[0].encode())
    assert len(list(read(path))) == 1


def test_an_xhtml_page_with_a_declaration_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xhtml"
    path.write_bytes(('<?xml version="1.0" encoding="iso-8859-1"?>\n' + page()).encode("ascii", "xmlcharrefreplace"))
    assert PARAGRAPHS[1] in only(path).text
