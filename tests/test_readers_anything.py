"""Properties: no content makes a reader raise or hang, and what was stored reads back the same."""

from __future__ import annotations

import dataclasses
import gzip
import json
import lzma
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.article import Article, Found, Skipped
from ingest.clean import clean, line, opening
from ingest.readers import FORMATS, read
from ingest.readers.markup import is_html, plain

ENDS = [".txt", ".md", ".html", ".json", ".jsonl", ".csv", ".tsv", ".xml", ".eml", ".mbox", ".warc"]
PACKED = [".zip", ".tar", ".docx", ".pdf", ".parquet"]
PIECES = st.sampled_from(
    [
        *(
            b"{",
            b"}",
            b"[",
            b"]",
            b'"',
            b":",
            b",",
            b"\n",
            b"\r",
            b"\0",
            b'"text":',
            b'"articles":[',
            b"\\ud800",
            b"1e999",
        ),
        *(b"<p>", b"</p>", b"<a", b">", b"<html>", b"<!--", b"&amp;", b"---\n", b"title: x\n", b"date: 2022-09-12\n"),
        *(
            b"text,title\n",
            b";",
            b"\t",
            b"# ",
            b"|-|-|",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b"\xe9",
            "é".encode(),
            b"By A\n",
        ),
        *(b"2022-09-12 ", b"word ", b"* ", b"sep=", b"+++\n"),
    ]
)
ANYTHING = st.binary(max_size=400) | st.lists(PIECES, max_size=60).map(b"".join) | st.text(max_size=300).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)  # fmt: skip
QUICKLY = settings(deadline=20_000, max_examples=50, suppress_health_check=[HealthCheck.too_slow])


def found_in(name: str, content: bytes) -> list[Found | Skipped]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return list(read(path, max_bytes=10_000_000))


def test_every_format_is_tried_below() -> None:
    assert {FORMATS[end] for end in ENDS + PACKED} == set(FORMATS.values())


@pytest.mark.parametrize("end", ENDS + PACKED)
@QUICKLY
@given(content=ANYTHING)
def test_no_bytes_make_a_reader_raise_or_hang(end: str, content: bytes) -> None:
    for item in found_in(f"a{end}", content):
        assert isinstance(item, Found | Skipped)
        if isinstance(item, Found):
            assert item.article.text
            assert item.article.text == clean(item.article.text)
            item.article.title.encode()
            assert "\n" not in item.article.title
        else:
            assert item.reason


@pytest.mark.parametrize("end", [".gz", ".xz"])
@QUICKLY
@given(content=st.binary(max_size=300), flips=st.lists(st.integers(0, 10_000), max_size=4))
def test_no_damage_to_compressed_files_makes_a_reader_raise(end: str, content: bytes, flips: list[int]) -> None:
    packed = bytearray((gzip.compress if end == ".gz" else lzma.compress)(content))
    for flip in flips:
        packed[flip % len(packed)] ^= 1 << flip % 8
    assert len(found_in(f"a.txt{end}", bytes(packed))) <= 2


@pytest.mark.parametrize(
    "content",
    [
        "<" * 50_000,
        "<p " * 30_000,
        "<!--" * 30_000,
        "[" * 100_000,
        "> " * 5_000 + "x",
        "*a_ " * 20_000,
        "![" * 5_000,
        "---\n" * 30_000,
        " " * 200_000 + "x",
        '"' * 100_000,
        "a," * 100_000,
        "2022-" * 50_000,
        "By " * 50_000,
        "date 2022-09-12 " * 20_000,
        "&amp;" * 50_000,
        "x" * 500_000,
    ],
    ids=lambda content: content[:8].strip() or "space",
)
@pytest.mark.parametrize("end", [end for end in ENDS if end != ".tsv"])
def test_endless_repetitions_take_no_endless_time(end: str, content: str) -> None:
    assert found_in(f"a{end}", content.encode())


PARTS = ["<p>", "</p>", "<b>", "</b>", "<br>", "&lt;", "&amp;", "p&gt;", "\n", "\n\n", " ", "A b.", "\x92", "\r", "“x”"]
TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(PARTS), max_size=20).map("".join)
NAMES = TEXTS | st.lists(
    st.sampled_from(["By ", "A", "B", ", ", " and ", "; ", "Jr.", "['", "']", "http://x", "@x.y"])
).map("".join)


@QUICKLY
@given(
    text=TEXTS,
    title=TEXTS,
    url=TEXTS,
    source=TEXTS,
    authors=NAMES | st.lists(NAMES, max_size=3),
    published=TEXTS,
    name=TEXTS,
)
@example("<b>A.</b>\n\nB", "&lt;b&gt;x&lt;/b&gt;", "//x y", "http://www.www.a", "By by by A", "1662971400", "en_US")
def test_an_exported_article_reads_back_the_same(
    text: str, title: str, url: str, source: str, authors: object, published: str, name: str
) -> None:
    record = {"text": text, "title": title, "url": url, "source": source, "authors": authors, "published": published,
              "language": name, "id": name}  # fmt: skip
    for first in found_in("a.jsonl", json.dumps(record).encode()):
        if isinstance(first, Found):
            exported = json.dumps(dataclasses.asdict(first.article), ensure_ascii=False)
            assert [item.article for item in found_in("b.jsonl", exported.encode()) if isinstance(item, Found)] == [
                first.article
            ]


@given(st.text() | TEXTS)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode()
    assert not is_html(plain(text))
    assert line(line(text)) == line(text)
    assert len(opening(once)) <= 101


@given(st.lists(st.text(alphabet="abc éß“”—🚢.,", min_size=1).map(str.strip).filter(bool), min_size=1))
def test_clean_text_is_left_as_it_is(paragraphs: list[str]) -> None:
    for text in ("\n\n".join(paragraphs), "\n\n\n".join(paragraphs), "\n   ".join(paragraphs)):
        assert clean(text) == text


def test_cleaning_repairs_what_can_be_repaired() -> None:
    assert clean("\ufeff a \r\nb\t\rc\x00\ud800\ufffe\x85\n\n\n\n\n\nIt\x92s\u2028so ") == "a\nb\nc…\n\n\nIt’s\nso"


def test_a_line_of_noise_among_many_costs_only_itself(tmp_path: Path) -> None:
    noise = random.Random(7)
    lines = [json.dumps({"text": f"Story {number}."}).encode() for number in range(200)]
    lines.insert(100, bytes(noise.randrange(128, 256) for _ in range(50)))
    found = found_in("a.jsonl", b"\n".join(lines))
    assert [item.article.text for item in found if isinstance(item, Found)] == [
        f"Story {number}." for number in range(200)
    ]


def test_reading_never_needs_more_than_an_article(tmp_path: Path) -> None:
    article = Article(text="T.", title="T.")
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "T."}\n')
    assert list(read(path)) == [Found(article, f"{path}#1")]
