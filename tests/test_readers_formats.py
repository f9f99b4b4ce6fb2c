"""Every form that news comes in, with the same article in it: archives, crawls, mails, feeds, documents."""

from __future__ import annotations

import dataclasses
import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from fuzz.seeds import BODY, MAIL, PARAGRAPHS, RSS, SEEDS, TEXT, TITLE, URL, docx, pdf, tar_of, zip_of

from ingest.article import Article, Found, Skipped
from ingest.readers import read
from ingest.readers.decode import Unreadable
from ingest.readers.feed import Entry, read_feed

STORY = "\n\n".join(PARAGRAPHS)
NEEDS = {".parquet": "pyarrow", ".warc": "warcio", ".pdf": "pypdfium2"}
CAPTION = "The ferry at low tide."


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def articles(path: Path) -> list[Article]:
    return [item.article for item in read(path) if isinstance(item, Found)]


def refused(path: Path, **options: int) -> str:
    (item,) = read(path, **options)
    assert isinstance(item, Skipped), item
    return item.reason


@pytest.mark.parametrize("name", [name for name in SEEDS if not name.endswith(".tsv")])
def test_every_format_gives_the_article(tmp_path: Path, name: str) -> None:
    first = articles(put(tmp_path, name, SEEDS[name]()))[0]
    body = first.text[: first.captions[0].start].rstrip() if first.captions else first.text
    assert (first.title, body) == (TITLE, STORY)
    assert first.place == "PORT ELLIN"
    assert (first.published or "")[:10] == "2022-09-12"


class TestArchives:
    def test_members_are_named_as_if_their_archive_were_a_folder(self, tmp_path: Path) -> None:
        found = list(read(put(tmp_path, "a.zip", SEEDS["a.zip"]())))
        assert [item.origin.removeprefix(f"{tmp_path}/") for item in found] == [
            "a.zip/news/a.txt",
            "a.zip/b.jsonl#1",
            "a.zip/c.zip/d.html",
        ]

    @pytest.mark.parametrize("pack", [zip_of, tar_of])
    def test_names_never_lead_out(self, tmp_path: Path, pack: object) -> None:
        assert callable(pack)
        names = ("../a.txt", "x/../../b.txt", "/etc/c.txt", "..\\d.txt", "e\n.txt")
        path = put(tmp_path, f"a.{pack.__name__[:3]}", pack({name: TEXT.encode() for name in names}))
        found = {item.origin.removeprefix(f"{path}/"): item for item in read(path)}
        assert {name for name, item in found.items() if isinstance(item, Found)} == {"etc/c.txt", "e .txt"}
        reasons = {item.reason for item in found.values() if isinstance(item, Skipped)}
        assert reasons == {"has a name that leads out of the archive"}
        assert [entry.name for entry in tmp_path.iterdir()] == [path.name]

    def test_junk_and_other_files_in_an_archive_are_treated_as_in_a_folder(self, tmp_path: Path) -> None:
        names = ("__MACOSX/a.txt", ".b.txt", "Thumbs.db", "README.md", "p.jpg", "good.txt", "empty.txt")
        files = {name: TEXT.encode() for name in names} | {"empty.txt": b""}
        found = list(read(put(tmp_path, "a.zip", zip_of(files))))
        assert {item.origin.rpartition("/")[2]: getattr(item, "reason", "") for item in found} == {
            "README.md": "tells about its folder, by its name; name the file itself to take it in",
            "p.jpg": "is not of a format that is read: .jpg",
            "good.txt": "",
            "empty.txt": "is empty",
        }
        assert "without any file to read" in refused(put(tmp_path, "b.zip", zip_of({"Thumbs.db": b"x"})))

    def test_a_bomb_is_not_unpacked(self, tmp_path: Path) -> None:
        bomb = zip_of({"a.txt": b"a" * 30_000_000})
        assert len(bomb) < 50_000
        assert "times as large" in refused(put(tmp_path, "a.zip", bomb))
        assert "more than the 0 MB allowed" in refused(put(tmp_path, "a.zip", bomb), max_bytes=100_000)
        tar = tar_of({"a.txt": b"a" * 30_000_000}, mode="w:gz")
        found = list(read(put(tmp_path, "a.tgz", tar), max_bytes=10**6))
        assert ["more than the" in item.reason for item in found if isinstance(item, Skipped)] == [True, True]

    def test_a_member_that_lies_about_its_size_is_stopped(self, tmp_path: Path) -> None:
        data = bytearray(zip_of({"a.txt": b"a" * 3_000_000}))
        for header, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            place = data.index(header) + at
            assert struct.unpack_from("<I", data, place)[0] == 3_000_000
            struct.pack_into("<I", data, place, 1000)
        (item,) = read(put(tmp_path, "a.zip", bytes(data)), max_bytes=10**6)
        assert isinstance(item, Skipped) or len(item.article.text) <= 1000

    def test_what_all_members_have_together_is_limited(self, tmp_path: Path) -> None:
        text = b"The ferry sank. " * 600
        found = list(read(put(tmp_path, "a.zip", zip_of({f"{n}.txt": text for n in range(30)})), max_bytes=len(text)))
        assert sum(isinstance(item, Found) for item in found) == 20
        assert isinstance(found[-1], Skipped)
        assert "more than may come out of one archive" in found[-1].reason

    def test_archives_in_archives_are_opened_to_a_limit(self, tmp_path: Path) -> None:
        packed = zip_of({"a.txt": TEXT.encode()})
        for depth in range(4):
            path = put(tmp_path, f"{depth}.zip", packed)
            if depth < 3:
                assert [article.text for article in articles(path)] == [STORY]
            else:
                assert refused(path) == "is an archive within 3 others; no more than 3 are opened"
            packed = zip_of({"in.zip": packed})

    def test_a_damaged_member_costs_only_itself(self, tmp_path: Path) -> None:
        data = bytearray(zip_of({"a.txt": TEXT.encode(), "b.txt": TEXT.encode()}))
        data[60] ^= 0xFF
        first, second = read(put(tmp_path, "a.zip", bytes(data)))
        assert isinstance(first, Skipped)
        assert isinstance(second, Found)
        cut = SEEDS["a.tar"]()[:2500]
        found = list(read(put(tmp_path, "a.tar", cut)))
        assert isinstance(found[0], Found)
        assert isinstance(found[-1], Skipped)

    def test_an_encrypted_member_is_named(self, tmp_path: Path) -> None:
        data = bytearray(zip_of({"a.txt": TEXT.encode()}))
        for header, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            data[data.index(header) + at] |= 1
        assert "is encrypted" in refused(put(tmp_path, "a.zip", bytes(data)))

    def test_what_is_no_archive_is_said(self, tmp_path: Path) -> None:
        assert "is no zip archive" in refused(put(tmp_path, "a.zip", b"The ferry sank."))
        assert "is a tar archive that" in refused(put(tmp_path, "a.tar", b"The ferry sank." * 100))


class TestMails:
    def test_a_mail_is_dated_named_and_sourced_by_its_head(self, tmp_path: Path) -> None:
        assert dataclasses.replace(articles(put(tmp_path, "a.eml", MAIL.encode()))[0], captions=()) == Article(
            text=f"{STORY}\n\n{CAPTION}",
            title=TITLE,
            url=URL,
            source="Harbour Gazette",
            published="2022-09-12T06:40:00+02:00",
            language="en",
            id="m1@gazette.example",
            section="Local",
            place="PORT ELLIN",
        )

    def test_a_mail_of_plain_text_in_an_old_encoding_is_read(self, tmp_path: Path) -> None:
        mail = (
            b"From: news@gazette.example\nSubject: Re: Fwd: Caf\xe9 fares\nDate: 12 Sep 22\n"
            b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
            b"Caf=E9 fares rise.\n"
        )
        (article,) = articles(put(tmp_path, "a.eml", mail))
        assert (article.text, article.title, article.source) == ("Café fares rise.", "Café fares", "gazette.example")
        assert (article.published or "")[:10] == "2022-09-12"

    def test_a_newsletter_laid_out_in_tables_keeps_its_words(self, tmp_path: Path) -> None:
        cells = "".join(f"<tr><td><a href='https://x.example/{n}'>{p}</a></td></tr>" for n, p in enumerate(PARAGRAPHS))
        page = f"<html><body><table>{cells}</table></body></html>"
        mail = f"Subject: Today\nContent-Type: text/html; charset=utf-8\n\n{page}"
        (article,) = articles(put(tmp_path, "a.eml", mail.encode()))
        assert all(paragraph in article.text for paragraph in PARAGRAPHS)

    def test_a_mailbox_gives_a_mail_each_and_goes_on_after_a_bad_one(self, tmp_path: Path) -> None:
        plain = MAIL.replace("\r\n", "\n")
        box = "".join(f"From - Mon Sep 12 08:30:00 2022\n{mail}\n\n" for mail in (plain, "Subject: nothing\n\n", plain))
        found = list(read(put(tmp_path, "a.mbox", box.encode())))
        assert [(item.origin.rpartition("#")[2], type(item)) for item in found] == [
            ("1", Found),
            ("2", Skipped),
            ("3", Found),
        ]
        assert "is no mailbox" in refused(put(tmp_path, "a.mbox", b"The ferry sank."))

    def test_a_saved_page_is_what_it_says_of_itself(self, tmp_path: Path) -> None:
        (article,) = articles(put(tmp_path, "a.mhtml", SEEDS["a.mhtml"]()))
        assert (article.url, article.source, article.id) == (URL, "gazette.example", "")


class TestFeeds:
    def test_a_feed_states_what_it_knows_of_each_entry(self) -> None:
        feed = read_feed(RSS.encode())
        assert (feed.title, feed.link, feed.language) == ("Harbour Gazette", "https://gazette.example", "en-GB")
        assert feed.entries == (
            Entry(
                link=URL,
                title=TITLE,
                published="2022-09-12T06:40:00+02:00",
                authors=("Ann Lee",),
                summary="A ferry is stuck.",
                content=BODY,
                section="Local",
                id="g1",
            ),
            Entry(link="https://gazette.example/2", title="Bridge tolls to rise", summary="Only a summary."),
        )  # fmt: skip

    def test_an_entry_with_only_a_summary_is_named(self, tmp_path: Path) -> None:
        found = list(read(put(tmp_path, "a.xml", RSS.encode())))
        assert [type(item) for item in found] == [Found, Skipped]
        assert isinstance(found[1], Skipped)
        assert found[1].origin.endswith("a.xml#2")
        assert "only a summary" in found[1].reason

    def test_links_are_taken_from_where_the_feed_was_found(self) -> None:
        feed = read_feed(RSS.replace(URL, "/ferry").encode(), url="https://gazette.example/feed.xml")
        assert feed.entries[0].link == "https://gazette.example/ferry"

    def test_other_xml_is_no_feed(self, tmp_path: Path) -> None:
        assert refused(put(tmp_path, "a.xml", b"<?xml version='1.0'?><a><b/></a>")) == "is XML, but no RSS or Atom feed"
        with pytest.raises(Unreadable):
            read_feed(b"<rss")

    def test_no_entity_becomes_a_file_or_a_bomb(self, tmp_path: Path) -> None:
        secret = put(tmp_path, "secret.txt", b"the secret")
        doctype = f"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file://{secret}'><!ENTITY a 'ha'>"
        doctype += "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 9)).replace("&a0;", "&a;") + "]>"
        feed = RSS.replace("<rss ", f"{doctype}<rss ", 1).replace("A ferry", "&x;&a8; A ferry")
        for item in read(put(tmp_path, "a.rss", feed.encode())):
            assert isinstance(item, Skipped) or len(item.article.text) < 10_000
            assert "the secret" not in str(item)


class TestCrawls:
    def test_only_pages_that_were_found_count(self, tmp_path: Path) -> None:
        page = SEEDS["a.warc"]()
        missing, picture = page.replace(b"200 OK", b"404 No"), page.replace(b"text/html", b"image/png")
        found = list(read(put(tmp_path, "a.warc", missing + picture + page)))
        assert [(type(item), item.origin.rpartition("#")[2]) for item in found] == [(Found, "1")]
        assert "holds no pages" in refused(put(tmp_path, "b.warc", missing))
        assert "is no WARC file" in refused(put(tmp_path, "c.warc", b"The ferry sank.\n" * 9))

    def test_a_page_that_does_not_state_its_address_has_that_of_the_crawl(self, tmp_path: Path) -> None:
        crawl = SEEDS["a.warc"]().replace(b'<link rel="canonical" href="' + URL.encode() + b'">', b"")
        (article,) = articles(put(tmp_path, "a.warc", crawl))
        assert (article.url, article.published) == (URL, "2022-09-12T06:40:00+02:00")


class TestDocuments:
    def test_a_word_document_keeps_paragraphs_and_leaves_what_was_deleted(self, tmp_path: Path) -> None:
        data = io.BytesIO(docx(("Fares", "One two.")))
        with zipfile.ZipFile(data) as archive:
            body = archive.read("word/document.xml").replace(
                b"<w:t>One two.</w:t>",
                b"<w:t>One</w:t><w:tab/><w:t>two.</w:t></w:r><w:del><w:r><w:t>No.</w:t></w:r></w:del><w:r>",
            )
        (article,) = articles(put(tmp_path, "a.docx", zip_of({"word/document.xml": body})))
        assert (article.title, article.text) == ("Fares", "One two.")

    def test_what_is_no_document_is_said(self, tmp_path: Path) -> None:
        assert "is no Word document" in refused(put(tmp_path, "a.docx", b"The ferry sank."))
        assert "is no Word document" in refused(put(tmp_path, "a.docx", zip_of({"a.xml": b"<a/>"})))
        assert "no XML" in refused(put(tmp_path, "a.docx", zip_of({"word/document.xml": b"<a>"})))
        assert "damaged PDF file" in refused(put(tmp_path, "a.pdf", b"%PDF-1.7 ..."))
        assert "are its pages pictures?" in refused(put(tmp_path, "a.pdf", pdf(())))

    def test_lines_of_print_become_paragraphs(self, tmp_path: Path) -> None:
        head = ((22, "Fares rise"), (10, ""), (10, "By Ann Lee"), (10, ""))
        rows = ((10, "The ferry between the island and the"), (10, "main-"), (10, "land is dear. It sails daily."))
        rows = (*head, *rows, (10, ""), (10, "Nobody is glad."))
        (article,) = articles(put(tmp_path, "a.pdf", pdf(rows)))
        assert (article.title, article.authors) == ("Fares rise", ("Ann Lee",))
        assert (
            article.text == "The ferry between the island and the mainland is dear. It sails daily.\n\nNobody is glad."
        )


@pytest.mark.parametrize(("end", "library"), NEEDS.items())
def test_a_library_that_is_missing_is_named_with_what_to_install(tmp_path: Path, end: str, library: str) -> None:
    path = put(tmp_path, f"a{end}", SEEDS[f"a{end}"]())
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        f"from pathlib import Path; from ingest.readers import read\nprint(*read(Path({str(path)!r})))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert f"pip install 'dateline[{end[1:]}]'" in said
