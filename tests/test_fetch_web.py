"""From addresses to articles: pages, feeds, sitemaps and files, through the pipeline into a real archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from archives import assert_whole, encoder, opened
from hypothesis import given, settings
from hypothesis import strategies as st
from websites import PUBLIC, Reply, Site, Wired, packed, quick, rss, site, sitemap, stories, story

from ingest.archive import Archive
from ingest.fetch.client import Client, Fetched, Last
from ingest.fetch.limits import Limits
from ingest.fetch.memory import Memory
from ingest.fetch.pages import content_of
from ingest.fetch.problem import FetchError
from ingest.fetch.sitemaps import read_sitemap
from ingest.fetch.web import Done, Gathered, Web
from ingest.pipeline import ingest_into
from ingest.report import IngestReport


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path / "archive") as made:
        yield made
        assert_whole(made)


@pytest.fixture
def here() -> Iterator[Site]:
    with site() as made:
        yield made


def take(archive: Archive, *urls: str, limits: Limits | None = None) -> IngestReport:
    return ingest_into(archive, encoder(), urls, limits=limits or quick())


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return len(report.added), len(report.updated), len(report.unchanged), len(report.skipped)


def titles(archive: Archive) -> set[str]:
    return {article.title for article in archive.export()}


class TestPages:
    def test_an_article_is_taken_with_its_address(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([3])
        report = take(archive, f"{here.url}/story/3")
        [article] = archive.export()
        assert (article.url, article.title, article.source) == (
            f"{here.url}/story/3",
            "Story 3 of the harbour",
            "Lisk Post",
        )
        assert article.published == "2024-03-03T08:00:00+00:00"
        assert "ship 30 had left" in article.text
        assert "Copyright" not in article.text
        assert str(report).splitlines()[1] == f"Fetched: {here.url}/story/3 (page): 1 added"

    def test_an_unchanged_page_is_not_sent_again(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([3])
        take(archive, f"{here.url}/story/3")
        report = take(archive, f"{here.url}/story/3")
        assert counts(report) == (0, 0, 1, 0)
        assert "has not changed since the last time (304)" in str(report)
        assert here.asked[-1].headers["if-none-match"] == '"3"'

    def test_a_changed_page_becomes_a_new_version(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([3])
        take(archive, f"{here.url}/story/3")
        here.pages["/story/3"] = Reply(story(3, words="circled"), tag='"4"')
        report = take(archive, f"{here.url}/story/3")
        assert counts(report) == (0, 1, 0, 0)
        assert "circled" in next(archive.export()).text

    def test_a_page_that_was_removed_comes_back_when_it_is_named(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([3])
        first = take(archive, f"{here.url}/story/3")
        archive.remove(first.added)
        assert take(archive, f"{here.url}/story/3").added == first.added

    def test_a_stated_address_of_the_same_site_is_kept(self, archive: Archive, here: Site) -> None:
        here.pages["/a"] = Reply(story(3, head=f'<link rel="canonical" href="{here.url}/story/3">'))
        take(archive, f"{here.url}/a?utm_source=x")
        assert [article.url for article in archive.export()] == [f"{here.url}/story/3"]

    @pytest.mark.parametrize("claim", ["https://other-outlet.example.org/story/1", "//evil.example/", "/", "http://[x"])
    def test_a_page_cannot_pass_for_another(self, archive: Archive, here: Site, claim: str) -> None:
        page = story(3, head=f'<link rel="canonical" href="{claim}">').replace('"og:site_name"', '"x"')
        here.pages["/a"] = Reply(page)
        take(archive, f"{here.url}/a")
        [article] = archive.export()
        assert (article.url, article.source) == (f"{here.url}/a", "127.0.0.1")

    def test_what_is_no_article_is_said_with_its_feed(self, archive: Archive, here: Site) -> None:
        link = '<link rel="alternate" type="application/rss+xml" href="/news.xml">'
        here.pages["/"] = Reply(f"<html><head>{link}</head><body><nav><a href=/a>A</a></nav></body></html>")
        [skipped] = take(archive, here.url).skipped
        assert skipped.reason == (f"holds no article text, only what surrounds one; name its feed, {here.url}/news.xml")

    def test_the_rest_goes_on_past_what_fails(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([3]) | {"/empty": Reply(" "), "/picture": Reply(b"\x89PNG\r\n", kind="image/png")}
        urls = [f"{here.url}{path}" for path in ("/gone", "/empty", "/picture", "/story/3")]
        report = take(archive, "http://127.0.0.1:1/", "file:///etc/passwd", *urls, "http://user:secret@news.example/")
        assert counts(report) == (1, 0, 0, 6)
        reasons = {item.origin: item.reason for item in report.skipped}
        assert "only http:// and https://" in reasons["file:///etc/passwd"]
        assert "404" in reasons[f"{here.url}/gone"]
        assert reasons[f"{here.url}/empty"] == "is empty"
        assert "format" in reasons[f"{here.url}/picture"]
        assert "http://***@news.example/" in reasons
        assert "secret" not in str(report)
        assert "root:" not in str(report)

    def test_without_leave_private_pages_are_skipped(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([3])
        [skipped] = take(archive, f"{here.url}/story/3", limits=quick(allow_private=False)).skipped
        assert skipped.reason == "is not fetched: 127.0.0.1 is this machine; --allow-private takes it all the same"
        assert here.asked == []

    @pytest.mark.parametrize(
        ("kind", "meta", "encoding"),
        [
            ("text/html; charset=iso-8859-1", "", "cp1252"),
            ("text/html; charset=utf-8", "", "cp1252"),
            ("text/html; charset=nonsense", '<meta charset="windows-1252">', "cp1252"),
            ("text/html; charset=iso-8859-1", "", "utf-8"),
            ("text/html; charset=koi8-r", '<meta charset="windows-1252">', "koi8-r"),
            ("text/html", "", "utf-16"),
        ],
    )
    def test_the_charset_is_found_whatever_is_said(
        self, archive: Archive, here: Site, kind: str, meta: str, encoding: str
    ) -> None:
        words = "Гавань замёрзла" if encoding == "koi8-r" else "“Größe” of the café"
        page = story(3, head=meta).replace("cargo of salt", words)
        here.pages["/a"] = Reply(page.encode(encoding), kind=kind)
        take(archive, f"{here.url}/a")
        assert words in next(archive.export()).text


class TestFeeds:
    def test_the_article_behind_each_link_is_taken(self, archive: Archive, here: Site) -> None:
        here.pages |= stories(range(1, 4)) | {
            "/feed": Reply(rss(here.url, range(1, 4)), "application/rss+xml", tag='"f"')
        }
        report = take(archive, f"{here.url}/feed")
        assert counts(report) == (3, 0, 0, 0)
        assert all("cargo of salt" in article.text for article in archive.export())
        assert f"Fetched: {here.url}/feed (feed): 3 added" in str(report)

    def test_an_unchanged_feed_costs_one_request(self, archive: Archive, here: Site) -> None:
        here.pages |= stories(range(1, 4)) | {"/feed": Reply(rss(here.url, range(1, 4)), "text/xml", tag='"f"')}
        take(archive, f"{here.url}/feed")
        here.asked.clear()
        assert counts(take(archive, f"{here.url}/feed")) == (0, 0, 3, 0)
        assert here.paths == ["/feed"]

    def test_only_new_and_changed_entries_are_asked_for(self, archive: Archive, here: Site) -> None:
        here.pages |= stories(range(1, 5)) | {"/feed": Reply(rss(here.url, range(1, 4)), "text/xml")}
        take(archive, f"{here.url}/feed")
        here.asked.clear()
        changed = rss(here.url, range(1, 5)).replace("Story 2 of the harbour", "Story 2 of the harbour (updated)")
        here.pages["/feed"] = Reply(changed, "text/xml")
        assert counts(take(archive, f"{here.url}/feed")) == (1, 0, 3, 0)
        assert here.paths == ["/feed", "/story/4", "/story/2"]

    def test_a_feed_with_full_texts_is_taken_as_it_is(self, archive: Archive, here: Site) -> None:
        here.pages["/feed"] = Reply(
            rss(here.url, [1, 2], full="<p>" + "The pier was empty. " * 50 + "</p>"), "text/xml"
        )
        assert counts(take(archive, f"{here.url}/feed")) == (2, 0, 0, 0)
        assert here.paths == ["/feed"]
        assert {article.url for article in archive.export()} == {f"{here.url}/story/{n}" for n in (1, 2)}
        assert counts(take(archive, f"{here.url}/feed")) == (0, 0, 2, 0)

    @pytest.mark.parametrize("end", ["…", " [...]", " [&#8230;]", " Read more", " Continue reading The pier →"])
    def test_a_text_that_is_cut_off_is_fetched_whole(self, archive: Archive, here: Site, end: str) -> None:
        full = "<p>" + "The pier was empty. " * 50 + f"The{end}</p>"
        here.pages |= stories([1]) | {"/feed": Reply(rss(here.url, [1], full=full), "text/xml")}
        take(archive, f"{here.url}/feed")
        assert "cargo of salt" in next(archive.export()).text

    def test_a_feed_cannot_put_words_into_another_outlets_mouth(self, archive: Archive, here: Site) -> None:
        here.pages["/feed"] = Reply(
            rss(here.url, [1], full="<p>" + "A lie. " * 200 + "</p>", link1="http://127.0.0.9:1/story/1"), "text/xml"
        )
        report = take(archive, f"{here.url}/feed", limits=quick(tries=1))
        assert counts(report) == (0, 0, 0, 1)

    def test_what_failed_for_the_moment_is_tried_again(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([1]) | {"/feed": Reply(rss(here.url, [1, 2]), "text/xml", tag='"f"')}
        here.pages["/story/2"] = Reply("busy", status=500)
        assert counts(take(archive, f"{here.url}/feed")) == (1, 0, 0, 1)
        here.pages |= stories([2])
        assert counts(take(archive, f"{here.url}/feed")) == (1, 0, 1, 0)

    def test_what_is_gone_for_good_is_not_asked_for_again(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([1]) | {"/feed": Reply(rss(here.url, [1, 2]), "text/xml")}
        assert counts(take(archive, f"{here.url}/feed")) == (1, 0, 0, 1)
        here.asked.clear()
        assert counts(take(archive, f"{here.url}/feed")) == (0, 0, 1, 0)
        assert here.paths == ["/feed"]

    def test_what_robots_forbid_is_skipped_and_asked_of_robots_again(self, archive: Archive, here: Site) -> None:
        here.pages |= stories([1, 2]) | {"/feed": Reply(rss(here.url, [1, 2]), "text/xml")}
        here.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /story/2")
        assert counts(take(archive, f"{here.url}/feed")) == (1, 0, 0, 1)
        del here.pages["/robots.txt"]
        assert counts(take(archive, f"{here.url}/feed")) == (1, 0, 1, 0)

    def test_the_newest_come_first_and_the_rest_is_left_for_the_next_run(self, archive: Archive, here: Site) -> None:
        here.pages |= stories(range(1, 6)) | {"/feed": Reply(rss(here.url, range(1, 6)), "text/xml", tag='"f"')}
        report = take(archive, f"{here.url}/feed", limits=quick(max_links=2))
        assert len(report.added) == 2
        assert here.paths == ["/feed", "/story/5", "/story/4"]
        assert "3 older pages are left for the next run" in str(report)
        assert counts(take(archive, f"{here.url}/feed", limits=quick(max_links=9))) == (3, 0, 2, 0)

    def test_a_public_feed_leads_into_no_private_network(self, archive: Archive, here: Site, tmp_path: Path) -> None:
        links = {
            f"link{n}": url
            for n, url in enumerate(
                [
                    "http://127.0.0.1:1/x",
                    "file:///etc/passwd",
                    "http://localhost/x",
                    "javascript:alert(1)",
                    "//10.0.0.1/",
                ],
                1,
            )
        }
        here.pages["/feed"] = Reply(rss("http://news.example", range(1, 6), **links), "text/xml")
        network = Wired({PUBLIC: here.port})
        asking = Client(
            quick(), network=network, resolve=lambda host, port: ["127.0.0.1"] if host == "localhost" else [PUBLIC]
        )
        with asking, Web(tmp_path, quick(), client=asking) as web:
            steps = tuple(web.read("http://news.example/feed"))
        report = ingest_into(archive, encoder(), [Gathered(steps)], limits=quick())
        assert not report.articles
        assert len(report.skipped) >= 3
        assert set(network.dialled) == {PUBLIC}

    @pytest.mark.parametrize("start", ["/etc/passwd", "http://127.0.0.1/x", "file:///etc/passwd"])
    def test_a_feed_that_is_an_address_reaches_nothing(self, archive: Archive, here: Site, start: str) -> None:
        here.pages["/feed"] = Reply(start, "application/rss+xml")
        [skipped] = take(archive, f"{here.url}/feed").skipped
        assert "root:" not in str(skipped)

    def test_entities_of_a_feed_are_not_followed(self, archive: Archive, here: Site) -> None:
        bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        for body in (
            f'<!DOCTYPE x [<!ENTITY l0 "lol">{bomb}]><rss version="2.0"><channel><title>&l11;</title></channel></rss>',
            '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item>'
            f"<title>&f;</title><link>{here.url}/story/1</link></item></channel></rss>",
        ):
            here.pages |= stories([1]) | {"/feed": Reply(body, "text/xml")}
            take(archive, f"{here.url}/feed")
        assert not any("root:" in article.text + article.title for article in archive.export())


class TestSitemaps:
    def test_pages_are_taken_newest_first(self, archive: Archive, here: Site) -> None:
        listed = [(f"{here.url}/story/{n}", f"2024-03-{n:02d}") for n in range(1, 6)]
        here.pages |= stories(range(1, 6)) | {"/sitemap.xml": Reply(sitemap(listed), "application/xml")}
        report = take(archive, f"{here.url}/sitemap.xml", limits=quick(max_links=3))
        assert here.paths == ["/sitemap.xml", "/story/5", "/story/4", "/story/3"]
        assert len(report.added) == 3
        here.asked.clear()
        take(archive, f"{here.url}/sitemap.xml")
        assert here.paths == ["/sitemap.xml", "/story/2", "/story/1"]

    def test_an_index_leads_to_sitemaps_also_packed_ones(self, archive: Archive, here: Site) -> None:
        index = [(f"{here.url}/old.xml.gz", "2024-01-01"), (f"{here.url}/new.xml", "2024-03-01")]
        here.pages |= stories(range(1, 4)) | {
            "/index.xml": Reply(sitemap(index, index=True), "text/xml"),
            "/old.xml.gz": Reply(packed(sitemap([(f"{here.url}/story/1", "2024-01-01")])), "application/gzip"),
            "/new.xml": Reply(sitemap([(f"{here.url}/story/{n}", f"2024-03-0{n}") for n in (2, 3)]), "text/xml"),
        }
        assert counts(take(archive, f"{here.url}/index.xml")) == (3, 0, 0, 0)
        assert here.paths == ["/index.xml", "/new.xml", "/old.xml.gz", "/story/3", "/story/2", "/story/1"]

    def test_older_sitemaps_are_left_when_there_is_enough(self, archive: Archive, here: Site) -> None:
        index = [(f"{here.url}/{n}.xml", f"2024-0{n}-01") for n in range(1, 6)]
        here.pages |= stories([1, 2]) | {"/index.xml": Reply(sitemap(index, index=True), "text/xml")}
        here.pages["/5.xml"] = Reply(sitemap([(f"{here.url}/story/{n}", "") for n in (1, 2)]), "text/xml")
        report = take(archive, f"{here.url}/index.xml", limits=quick(max_links=1))
        assert here.paths == ["/index.xml", "/5.xml", "/story/1"]
        assert "4 older sitemaps are left" in str(report)

    def test_a_sitemap_speaks_for_its_own_site_only(self, archive: Archive, here: Site) -> None:
        listed = [(f"{here.url}/story/1", ""), ("http://127.0.0.2:1/x", ""), ("file:///etc/passwd", "")]
        here.pages |= stories([1]) | {"/sitemap.xml": Reply(sitemap(listed), "text/xml")}
        report = take(archive, f"{here.url}/sitemap.xml")
        assert counts(report) == (1, 0, 0, 1)
        assert report.skipped[0].reason == "lists 2 addresses of other sites, which are left out"

    def test_an_index_that_leads_back_to_itself_ends(self, archive: Archive, here: Site) -> None:
        index = sitemap([(f"{here.url}/index.xml", ""), (f"{here.url}/other.xml", "")], index=True)
        here.pages |= {"/index.xml": Reply(index, "text/xml"), "/other.xml": Reply(index, "text/xml")}
        assert counts(take(archive, f"{here.url}/index.xml"))[:3] == (0, 0, 0)
        assert len(here.paths) == 3

    def test_a_news_sitemap_is_read(self) -> None:
        data = sitemap([("https://news.example/a", "")]).replace(
            "</url>",
            '<n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><n:publication_date>'
            "2024-03-05T10:00:00+02:00</n:publication_date><n:title>A</n:title></n:news>"
            '<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>https://news.example/a.jpg'
            "</i:loc></i:image></url>",
        )
        [listed] = read_sitemap(data.encode()).listed
        assert (listed.url, listed.moment) == ("https://news.example/a", "2024-03-05T08:00:00+00:00")

    def test_a_broken_sitemap_gives_what_can_be_read(self) -> None:
        data = sitemap([(f"https://news.example/{n}", "") for n in range(5)])
        assert len(read_sitemap(data[: len(data) - 60].encode()).listed) >= 4
        with pytest.raises(FetchError):
            read_sitemap(b"")

    def test_entities_of_a_sitemap_are_not_followed(self) -> None:
        data = (
            '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + sitemap([("https://news.example/&f;", "")])[38:]
        )
        assert "root:" not in str(read_sitemap(data.encode()))


class TestFiles:
    def test_records_are_read_by_what_they_are(self, archive: Archive, here: Site) -> None:
        lines = "\n".join(json.dumps({"title": f"T{n}", "text": f"Wool number {n} was sold."}) for n in range(3))
        here.pages |= {
            "/a.jsonl": Reply(lines, "application/octet-stream", tag='"a"'),
            "/export": Reply(lines.replace("T", "U"), "application/x-ndjson"),
            "/table": Reply("title,text\nV1,The pier was sold.\n", "text/csv"),
        }
        report = take(archive, *(here.url + path for path in here.pages))
        assert counts(report) == (7, 0, 0, 0)
        assert titles(archive) >= {"T0", "U2", "V1"}
        assert counts(take(archive, f"{here.url}/a.jsonl")) == (0, 0, 3, 0)
        assert [visit.note for visit in take(archive, f"{here.url}/a.jsonl").visits] == [
            "has not changed since the last time (304)"
        ]

    def test_names_in_an_archive_or_a_header_lead_nowhere(self, archive: Archive, here: Site, tmp_path: Path) -> None:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as made:
            made.writestr("../../../evil.txt", "Harbour frozen\n2024-01-14\n\nThe harbour of Lisk froze over.")
        name = {"Content-Disposition": 'attachment; filename="../../../evil.zip"'}
        here.pages["/download"] = Reply(data.getvalue(), "application/zip", headers=name)
        report = take(archive, f"{here.url}/download")
        assert not list(tmp_path.rglob("evil*"))
        assert not list(tmp_path.parent.glob("evil*"))
        assert all(item.origin.startswith(here.url) for item in report.skipped)

    def test_a_text_file_gets_its_address(self, archive: Archive, here: Site) -> None:
        here.pages["/a.txt"] = Reply("Harbour frozen\n2024-01-14\n\nThe harbour of Lisk froze over.", "text/plain")
        take(archive, f"{here.url}/a.txt")
        [article] = archive.export()
        assert (article.url, article.title) == (f"{here.url}/a.txt", "Harbour frozen")


FRAGMENTS = [
    b"<rss version='2.0'><channel>",
    b"<item>",
    b"<link>",
    b"</link>",
    b"<feed xmlns='http://www.w3.org/2005/Atom'>",
    b"<entry>",
    b"<link href='",
    b"'/>",
    b"<urlset>",
    b"<sitemapindex>",
    b"<url><loc>",
    b"</loc></url>",
    b"<lastmod>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&a;",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"<html><body><p>",
    b"http://[",
    b"file:///etc/passwd",
    b"\xff\xfe",
    b"\x1f\x8b\x08",
    b"\0",
    b"<!--",
    b"2024-99-99",
    b"<link rel=alternate",
    b" type='application/rss+xml' href='http://['>",
    b"[{",
    b"PK\x03\x04",
]
KINDS = ["", "text/html", "application/xml", "application/rss+xml", "application/json", "application/zip", "x/y"]


@settings(max_examples=120)
@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=12)), max_size=12), st.sampled_from(KINDS))
def test_nothing_that_is_sent_makes_it_raise(parts: list[bytes], kind: str) -> None:
    url = "http://127.0.0.1:1/a"
    got = Fetched(url, b"".join(parts), kind, "", Last(url), changed=True, private=True)
    with Client(quick(tries=1, delay=0.0), network=Wired({})) as asking, Web(None, quick(), client=asking) as web:
        try:
            content = content_of(got, max_bytes=1 << 20)
            steps = list(web._content(url, url, got, content.kind, content.data))
        except FetchError:  # a reason for whoever asked
            return
    assert isinstance(steps[-1], Done)
    assert "root:" not in str(steps)


class TestMemory:
    def test_a_damaged_one_is_made_anew(self, archive: Archive, here: Site) -> None:
        (archive.folder / "fetched.db").write_bytes(b"rubbish" * 1000)
        here.pages |= stories([1])
        assert len(take(archive, f"{here.url}/story/1").added) == 1
        assert len(take(archive, f"{here.url}/story/1").unchanged) == 1
        assert here.asked[-1].headers["if-none-match"] == '"1"'

    def test_it_is_not_made_where_nothing_is_fetched(self, archive: Archive, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("Harbour frozen\n2024-01-14\n\nThe harbour of Lisk froze over.")
        take(archive, str(tmp_path / "a.txt"))
        assert not (archive.folder / "fetched.db").exists()

    def test_a_folder_that_is_not_there_is_remembered_in_this_process_alone(self, tmp_path: Path) -> None:
        memory = Memory(tmp_path / "nowhere")
        assert memory.of("http://news.example/") is None
        memory.close()
        assert not (tmp_path / "nowhere").exists()


def test_the_report_of_addresses_is_plain_json(archive: Archive, here: Site) -> None:
    here.pages |= stories([1]) | {"/feed": Reply(rss(here.url, [1, 2]), "text/xml")}
    made = json.loads(json.dumps(take(archive, f"{here.url}/feed").to_dict()))
    visits = {urlsplit(visit["url"]).path: visit for visit in made["visits"]}
    assert visits["/feed"]["kind"] == "feed"
    assert (visits["/feed"]["added"], visits["/feed"]["asked"]) == (1, True)
    assert (visits["/story/1"]["added"], visits["/story/1"]["asked"]) == (1, False)
    assert visits["/story/2"]["failed"]
