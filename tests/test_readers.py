"""Files as people have them: what is found in them, and what is said of those that cannot be read."""

from __future__ import annotations

import dataclasses
import gzip
import json
import lzma
import os
from pathlib import Path

import pytest

from ingest.article import Article, Found, Skipped, Span
from ingest.readers import read


def write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def articles(path: Path) -> list[Article]:
    return [item.article for item in read(path) if isinstance(item, Found)]


def one(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Article:
    found = list(read(write(folder, name, content, encoding)))
    assert len(found) == 1
    assert isinstance(found[0], Found), found[0]
    return found[0].article


def refused(folder: Path, name: str, content: str | bytes, **options: int) -> str:
    found = list(read(write(folder, name, content), **options))
    assert len(found) == 1
    assert isinstance(found[0], Skipped), found[0]
    assert found[0].origin.startswith(str(folder / name))
    return found[0].reason


class TestPlainText:
    def test_a_date_glued_to_the_first_line_is_taken_off(self, tmp_path: Path) -> None:
        text = " date 2022-09-12 The ferry’s problems are mounting.\n\nCouncillors met (pictured) on Monday."
        assert one(tmp_path, "000_a6.txt", text) == Article(
            text="The ferry’s problems are mounting.\n\nCouncillors met (pictured) on Monday.",
            title="The ferry’s problems are mounting.",
            published="2022-09-12",
        )

    def test_header_lines_are_read_in_any_case(self, tmp_path: Path) -> None:
        text = (
            "TITLE: Ferry fares rise\nDate: Sept. 12, 2022 at 5 p.m. EDT\nBy: Ann Lee and Bo Wu\n"
            "source: Harbour Gazette\nLink: https://example.org/ferry\n\nLONDON (AP) — Fares rise.\n\nNote: more soon."
        )
        assert one(tmp_path, "a.txt", text) == Article(
            text="LONDON (AP) — Fares rise.\n\nNote: more soon.",
            title="Ferry fares rise",
            url="https://example.org/ferry",
            source="Harbour Gazette",
            authors=("Ann Lee", "Bo Wu"),
            published="2022-09-12T17:00:00-04:00",
            place="LONDON",
        )

    def test_headline_byline_date_and_address_stand_on_lines_of_their_own(self, tmp_path: Path) -> None:
        head = "Ferry fares rise\n\nBy Ann Lee\nMonday, September 12, 2022\nhttps://www.example.org/x\n\n"
        text = head + "Fares rise.\n\nMore."
        article = one(tmp_path, "a.text", text)
        assert (article.title, article.authors, article.published) == ("Ferry fares rise", ("Ann Lee",), "2022-09-12")
        assert (article.url, article.source, article.text) == (
            "https://www.example.org/x",
            "example.org",
            "Fares rise.\n\nMore.",
        )

    @pytest.mark.parametrize(
        "head",
        [
            "Ferry fares rise\nHarbour Gazette\nMay 25, 2025\n\n",
            "Ferry fares rise\n\nBy Ann Lee, Transport Correspondent\nHarbour Gazette\n25 May 2025\n\n",
            "Headline: Ferry fares rise\nAgency: Harbour Gazette\nSection: Money\nPublished: 2025-05-25\n\n",
            "Ferry fares rise\n\nSource: Harbour Gazette\n\nSunday, May 25, 2025\n\n",
            "Title: Ferry fares rise\nSource: Harbour Gazette\nDate: 25.05.2025\n",
        ],
    )
    def test_a_head_of_several_lines_gives_headline_outlet_and_date(self, tmp_path: Path, head: str) -> None:
        article = one(tmp_path, "a.txt", head + "PORT ELLIN (Tidewire) - Fares rise on\nMonday.\n\nMore: soon.")
        assert article.text == "PORT ELLIN (Tidewire) - Fares rise on\nMonday.\n\nMore: soon."
        assert (article.title, article.source) == ("Ferry fares rise", "Harbour Gazette")
        assert article.published == "2025-05-25"
        assert article.authors == (("Ann Lee",) if "Ann" in head else ())

    def test_a_headline_may_have_a_colon(self, tmp_path: Path) -> None:
        article = one(tmp_path, "a.txt", "Correction: ferry fares\nHarbour Gazette\n2 April 2025\n\nFares rise.")
        assert (article.title, article.source, article.published) == (
            "Correction: ferry fares",
            "Harbour Gazette",
            "2025-04-02",
        )

    @pytest.mark.parametrize(
        "text",
        [
            "By Monday, the river had risen.\n\nPeople left.",
            "By Monday the river had risen\nand people had left.\n\nMore.",
            "Date: nobody knows yet\n\nMore will come.",
            "The river rose.\n\nPeople left.",
            "On September 12, 2022, the river rose.\n\nPeople left.",
            "Ferry fares rise\nand nobody knows why.",
            "Only one line",
            "The river rose\nand fell\nand rose\n12 September 2022\n\nPeople left.",
        ],
    )
    def test_what_only_resembles_a_header_stays_in_the_text(self, tmp_path: Path, text: str) -> None:
        assert one(tmp_path, "a.txt", text).text == text

    def test_the_title_is_the_beginning_of_a_text_without_one(self, tmp_path: Path) -> None:
        text = "The ferry that has crossed the bay " + "again and again " * 20 + "sank.\n\nNobody was hurt."
        title = one(tmp_path, "a.txt", text).title
        assert title.endswith("…")
        assert len(title) <= 101
        assert text.startswith(title.removesuffix("…"))
        assert text[len(title) - 1] == " "
        long = "The ferry that has crossed the bay for a hundred years sank. Nobody was hurt, the owner said on Monday."
        assert one(tmp_path, "a.txt", long).title == "The ferry that has crossed the bay for a hundred years sank."

    def test_more_of_a_head_is_kept(self, tmp_path: Path) -> None:
        head = "Headline: Ferry fares rise\nSection: Money\nStandfirst: From May on.\nDateline: Port Ellin\n\n"
        article = one(tmp_path, "a.txt", head + "Fares rise.\n\nFILE PHOTO: The ferry at the pier.\n\nNobody is glad.")
        assert (article.section, article.description, article.place) == ("Money", "From May on.", "Port Ellin")
        assert [span.cut(article.text) for span in article.captions] == ["FILE PHOTO: The ferry at the pier."]

    def test_a_date_in_the_file_name_is_noted_as_a_guess(self, tmp_path: Path) -> None:
        guessed = one(tmp_path, "2022-09-12-ferry.txt", "The ferry sank.")
        assert (guessed.published, guessed.date_note) == ("2022-09-12", "file name")
        stated = one(tmp_path, "2022-09-12-ferry.txt", "Date: 2021-01-02\n\nThe ferry sank.")
        assert (stated.published, stated.date_note) == ("2021-01-02", "")

    def test_a_page_of_html_under_the_name_of_a_text_is_read_as_html(self, tmp_path: Path) -> None:
        article = one(tmp_path, "a.txt", "<p>Fares &amp; fees.</p><p>More <a href='x'>here</a>.</p>")
        assert article.text == "Fares & fees.\n\nMore here."


class TestEncodings:
    TEXT = "“Café” costs £5 – naïve, said Zoë.\n\nMore of it tomorrow."

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
    def test_text_is_the_same_in_every_encoding(self, tmp_path: Path, encoding: str) -> None:
        assert one(tmp_path, "a.txt", self.TEXT, encoding).text == self.TEXT
        record = json.dumps({"text": self.TEXT}, ensure_ascii=False)
        assert one(tmp_path, "a.jsonl", record + "\n", encoding).text == self.TEXT
        assert one(tmp_path, "a.json", record, encoding).text == self.TEXT
        table = 'title,text\nA,"' + self.TEXT + '"\n'
        assert one(tmp_path, "a.csv", table, encoding).text == self.TEXT

    def test_other_alphabets_before_unicode_are_recognised(self, tmp_path: Path) -> None:
        text = (
            "Паром затонул в понедельник утром, сообщила полиция города. Никто не пострадал.\n\nВладелец обещал новый."
        )
        assert one(tmp_path, "a.txt", text, "cp1251").text == text

    def test_a_damaged_byte_costs_only_itself(self, tmp_path: Path) -> None:
        assert one(tmp_path, "a.txt", "“Café”, said Zoë.".encode() + b" \x92s\n").text == "“Café”, said Zoë. ’s"
        kept = "A \ufffd that was lost before."
        assert one(tmp_path, "a.txt", kept).text == kept

    def test_a_line_of_another_origin_does_not_spoil_the_others(self, tmp_path: Path) -> None:
        good = "Žofie and Łukasz paid 5 €, said Zoë – “naïve”.\n" * 3
        text = one(tmp_path, "a.txt", good.encode() + "Café Zoë\n".encode("cp1252") + good.encode()).text
        assert text == (good + "Café Zoë\n" + good).strip()

    def test_a_page_is_read_in_the_encoding_that_it_declares(self, tmp_path: Path) -> None:
        page = "<html><head><meta charset='{}'></head><body><p>Kosten für Käse und Öl — Ürümqi.</p></body></html>"
        for name in ("iso-8859-1", "windows-1252"):
            assert "für Käse" in one(tmp_path, "a.html", page.format(name).replace("—", "-"), name).text
        wrongly = page.format("iso-8859-1").encode("utf-8")
        assert "für Käse und Öl — Ürümqi" in one(tmp_path, "a.html", wrongly).text


class TestMarkdown:
    def test_front_matter_states_and_marks_go(self, tmp_path: Path) -> None:
        text = (
            "---\ntitle: No\ndate: 2022-09-12T08:30:00+02:00\nauthors: [Ann Lee, Bo Wu]\nsource: {name: Gazette}\n"
            "tags: [a]\n---\n# Heading *one*\n\nHard\nwrapped **text** [link](http://x.y) &amp; more.\n\n"
            "- one\n- two\n\n"
            "![A caption](x.png)\n\n> quote\n\n| a | b |\n|--|--|\n| 1 | 2 |\n"
        )
        assert one(tmp_path, "a.md", text) == Article(
            text="Hard wrapped text link & more.\n\n- one\n\n- two\n\nA caption\n\nquote\n\na | b\n\n1 | 2",
            title="No",
            source="Gazette",
            authors=("Ann Lee", "Bo Wu"),
            published="2022-09-12T08:30:00+02:00",
        )

    def test_toml_front_matter_is_read_too(self, tmp_path: Path) -> None:
        article = one(tmp_path, "a.markdown", '+++\ntitle = "Ferry"\ndate = 2022-09-12\n+++\n\nThe ferry sank.\n')
        assert (article.title, article.published, article.text) == ("Ferry", "2022-09-12", "The ferry sank.")

    def test_without_front_matter_the_first_lines_state(self, tmp_path: Path) -> None:
        article = one(
            tmp_path, "a.md", "# Ferry sinks\n\n*By Ann Lee*\n\n12 September 2022\n\nThe ferry sank.\n\nMore."
        )
        assert article == Article(
            text="The ferry sank.\n\nMore.", title="Ferry sinks", authors=("Ann Lee",), published="2022-09-12"
        )

    @pytest.mark.parametrize("front", ["---\na: [b\n---\n", "---\n- a\n---\n", "---\n" + "[" * 3000 + "\n---\n"])
    def test_broken_front_matter_loses_no_text(self, tmp_path: Path, front: str) -> None:
        assert "The ferry sank." in one(tmp_path, "a.md", front + "\nThe ferry sank.\n").text


class TestRecords:
    @pytest.mark.parametrize(
        "record",
        [
            {"text": "T.", "title": "H", "url": "https://www.x.org/a", "published": "2022-09-12", "authors": ["A B"]},
            {"Article Body": "T.", "HEADLINE": "H", "link": "https://www.x.org/a", "pub-date": "Sept 12, 2022",
             "By": "A B"},
            {"content": {"rendered": "<p>T.</p>"}, "title": {"rendered": "H"}, "link": "https://www.x.org/a",
             "date": "2022-09-12", "author": {"name": "A B"}},
            {"source": {"id": None, "name": "x.org"}, "author": "By A B", "title": "H", "url": "https://www.x.org/a",
             "publishedAt": "2022-09-12", "content": "T.", "published": True},
            {"webTitle": "H", "webUrl": "https://www.x.org/a", "webPublicationDate": "2022-09-12",
             "fields": {"bodyText": "T.", "byline": "A B"}},
            {"html": "<div><p>T.</p><script>x()</script></div>", "headline": {"main": "H"}, "uri": "https://www.x.org/a",
             "date_publish": "2022-09-12 00:00:00", "authors": [{"first_name": "", "name": "A B"}], "unknown": [1]},
            {"maintext": "T.", "name": "H", "canonical": "https://www.x.org/a", "date": {"$date": "2022-09-12"},
             "authors": "['A B']", "source_domain": "www.x.org"},
        ],
    )  # fmt: skip
    def test_names_and_values_of_fields_vary(self, tmp_path: Path, record: dict[str, object]) -> None:
        article = one(tmp_path, "a.json", json.dumps(record))
        expected = Article(
            text="T.", title="H", url="https://www.x.org/a", source="x.org", authors=("A B",), published="2022-09-12"
        )
        if article.source == "www.x.org":
            article = dataclasses.replace(article, source="x.org")
        assert article == expected

    @pytest.mark.parametrize(
        ("byline", "names"),
        [
            ("By Ann Lee and Bo Wu", ("Ann Lee", "Bo Wu")),
            ("Ann Lee, Bo Wu & Cy Xu", ("Ann Lee", "Bo Wu", "Cy Xu")),
            ("Ann Lee, Bo Wu, and Cy Xu", ("Ann Lee", "Bo Wu", "Cy Xu")),
            ("Analysis by Ann Lee, Jr.", ("Ann Lee, Jr.",)),
            ("Lee, Ann; Wu, Bo", ("Lee, Ann", "Wu, Bo")),
            ("Ann Lee ann@example.org", ("Ann Lee",)),
            ("https://social.example/annlee", ()),
            ('["Ann Lee", "Bo Wu"]', ("Ann Lee", "Bo Wu")),
            ([{"given": "Ann", "family": "Lee"}, "Bo Wu", "Bo Wu", None, 7], ("Ann Lee", "Bo Wu")),
            ("", ()),
        ],
    )
    def test_bylines_become_names(self, tmp_path: Path, byline: object, names: tuple[str, ...]) -> None:
        assert one(tmp_path, "a.json", json.dumps({"text": "T.", "byline": byline})).authors == names

    @pytest.mark.parametrize(
        "whole",
        [
            '[{"text": "One."}, {"text": "Two."}]',
            '{"status": "ok", "articles": [{"text": "One."}, {"text": "Two."}]}',
            '{"response": {"total": 2, "results": [{"text": "One."}, {"text": "Two."}]}}',
            '{"a1": {"text": "One."}, "a2": {"text": "Two."}}',
            '{"text": "One."}\n{"text": "Two."}\n',
            '{"text": "One."} {"text":\n"Two."}',
            '\ufeff[{"text": "One."}, {"text": "Two."},]',
        ],
    )
    def test_a_json_file_holds_articles_in_many_ways(self, tmp_path: Path, whole: str) -> None:
        path = write(tmp_path, "a.json", whole)
        found = list(read(path))
        assert [item.article.text for item in found if isinstance(item, Found)] == ["One.", "Two."]
        assert [item.origin for item in found] == [f"{path}#1", f"{path}#2"]

    def test_a_broken_line_costs_one_article(self, tmp_path: Path) -> None:
        path = write(tmp_path, "a.jsonl", '{"text": "One."}\n{"text": "Tw\n[1]\n7\n\n{"text": "Six."}\n{"text": "Sev')
        found = list(read(path))
        assert [(i.origin.rpartition("#")[2], isinstance(i, Found)) for i in found] == [
            ("1", True), ("2", False), ("3", False), ("4", False), ("6", True), ("7", False),
        ]  # fmt: skip
        assert isinstance(found[1], Skipped)
        assert "line 2 is not complete JSON" in found[1].reason

    def test_json_that_is_cut_off_gives_what_stands_before_the_cut(self, tmp_path: Path) -> None:
        whole = json.dumps({"n": 2, "articles": [{"text": "One."}, {"text": "Two."}, {"text": "Three."}]}, indent=1)
        path = write(tmp_path, "a.json", whole[: whole.index("Three") + 2])
        found = list(read(path))
        assert [item.article.text for item in found if isinstance(item, Found)] == ["One.", "Two."]
        assert isinstance(found[2], Skipped)
        assert "breaks off at line 11, column 12" in found[2].reason
        assert "2 complete records" in found[2].reason

    def test_records_without_text_are_named_with_their_fields(self, tmp_path: Path) -> None:
        lines = ['{"id": 1, "question": "Who?"}', '{"id": 2, "question": "Why?"}', '{"text": "T."}', '{"text": ""}']
        found = list(read(write(tmp_path, "a.jsonl", "\n".join(lines))))
        assert [type(item) for item in found] == [Skipped, Found, Skipped]
        assert isinstance(found[0], Skipped)
        assert "has no text; its fields are id, question" in found[0].reason
        assert "up to 2" in found[0].reason

    def test_hostile_json_is_refused_in_words(self, tmp_path: Path) -> None:
        assert "nested too deeply" in refused(tmp_path, "a.json", "[" * 100_000)
        assert "nested too deeply" in refused(tmp_path, "a.jsonl", '{"a":' * 100_000)
        assert "is true or false" in refused(tmp_path, "a.json", "true")
        assert "empty list" in refused(tmp_path, "a.json", "[]")
        huge = one(tmp_path, "a.json", '{"text": "T.", "date": ' + "9" * 10_000 + ', "id": NaN, "title": 1e999}')
        assert (huge.text, huge.published) == ("T.", None)

    def test_section_description_and_place_are_taken_and_captions_found(self, tmp_path: Path) -> None:
        text = "PARIS (AFP) — Fares rise.\n\nThe pier on Monday. Ann Lee/AFP"
        record = {"text": text, "articleSection": ["Money", "Travel"], "summary": "In short."}
        article = one(tmp_path, "a.json", json.dumps(record))
        assert (article.section, article.description, article.place) == ("Money", "In short.", "PARIS")
        assert [span.cut(text) for span in article.captions] == ["The pier on Monday. Ann Lee/AFP"]
        marked = one(tmp_path, "a.json", json.dumps({**record, "captions": []}))
        assert marked.captions == ()

    def test_a_date_in_the_address_is_noted_as_a_guess(self, tmp_path: Path) -> None:
        article = one(
            tmp_path, "a.json", '{"text": "T.", "url": "https://www.x.org/2022/sep/12/ferry", "date": "soon"}'
        )
        assert (article.published, article.date_note) == ("2022-09-12", "web address")

    def test_no_script_comes_in_by_the_address(self, tmp_path: Path) -> None:
        for url in ("javascript:alert(1)", " JavaScript : alert(1)", "data:text/html,x"):
            assert one(tmp_path, "a.json", json.dumps({"text": "T.", "url": url})).url is None

    def test_markup_inside_a_text_stays_and_html_goes(self, tmp_path: Path) -> None:
        inside = "The tag <p>opens</p> a paragraph, and &amp;quot; is an entity."
        assert one(tmp_path, "a.json", json.dumps({"text": inside})).text == inside
        html = "<p>One<br>two</p>\n<ul><li>x</li><li>y</li></ul><style>p{}</style><p>Fish &amp; chips</p>"
        assert one(tmp_path, "a.json", json.dumps({"text": html})).text == "One\ntwo\n\n- x\n\n- y\n\nFish & chips"

    def test_an_exported_article_comes_back_the_same(self, tmp_path: Path) -> None:
        article = Article(
            text="One.\n\n  Indented — “so”.\n\n\nTwo <p>&amp;",
            title="H & H",
            url="reuters21578:1",
            source="Gazette",
            authors=("Ann Lee", "Bo Wu"),
            published="2022-09-12T08:30:00+02:00",
            updated="2022-09-13",
            language="en-GB",
            id="a1",
            date_note="file name",
            section="Money",
            description="D",
            place="LONDON",
            captions=(Span(6, 21),),
        )
        assert one(tmp_path, "a.jsonl", json.dumps(dataclasses.asdict(article)) + "\n") == article


class TestTables:
    def test_quotes_delimiters_and_line_ends_vary(self, tmp_path: Path) -> None:
        for delimiter in ",;\t|":
            for end in ("\n", "\r\n"):
                rows = [("Headline", "Body", "Date"), ("H", f'"One{delimiter} ""two""{end}three"', "12.09.2022")]
                table = end.join(delimiter.join(row) for row in rows)
                article = one(tmp_path, "a.csv", table)
                assert article == Article(text=f'One{delimiter} "two"\nthree', title="H", published="2022-09-12")
        assert one(tmp_path, "a.csv", "sep=;\ntitle;text\nH;T\n").text == "T"
        assert [a.text for a in articles(write(tmp_path, "a.csv", "title\ttext\rA\tOne\rB\tTwo\r"))] == ["One", "Two"]

    def test_ragged_rows_are_read_or_named(self, tmp_path: Path) -> None:
        table = "text,title,date\nOne.\nTwo.,B,2022-01-02,,\nThree, or four,C,2022-01-03\n,,\n"
        found = list(read(write(tmp_path, "a.csv", table)))
        assert [type(item) for item in found] == [Found, Found, Skipped]
        assert isinstance(found[2], Skipped)
        assert "line 4 has 4 cells for 3 columns" in found[2].reason
        assert one(tmp_path, "b.csv", "title,text\nH,One, two, three\n").text == "One, two, three"

    def test_a_quote_that_is_never_closed_is_named(self, tmp_path: Path) -> None:
        found = list(read(write(tmp_path, "a.csv", 'title,text\nA,One\nB,"Two\nC,Three\n')))
        assert [type(item) for item in found] == [Found, Skipped]
        assert isinstance(found[1], Skipped)
        assert "opened on line 3" in found[1].reason

    def test_nul_bytes_and_very_long_cells_are_no_obstacle(self, tmp_path: Path) -> None:
        assert one(tmp_path, "a.csv", "title,text\0\nH,Fer\0ry\n").text == "Ferry"
        assert len(one(tmp_path, "a.tsv", "title\ttext\nH\t" + "x" * 1_000_000).text) == 1_000_000

    def test_a_table_without_text_says_which_columns_it_has(self, tmp_path: Path) -> None:
        assert "no column with a text; its first row is: a, b" in refused(tmp_path, "a.csv", "a,b\n1,2\n")


class TestRefusals:
    def test_empty_files_and_other_things_are_said_in_words(self, tmp_path: Path) -> None:
        for name in ("a.txt", "a.md", "a.html", "a.json", "a.jsonl", "a.csv", "a.tsv"):
            assert "is empty" in refused(tmp_path, name, b"")
            assert "is empty" in refused(tmp_path, name, b" \n\t\r\n ")
        assert refused(tmp_path, "a.txt", bytes(range(256)) * 4) == "is not text: it is full of control characters"
        assert refused(tmp_path, "a.txt", b"%PDF-1.7 ...") == "is not text but a PDF file"
        assert ".doc" in refused(tmp_path, "a.doc", b"...")
        assert "holds no text" in refused(tmp_path, "a.txt", "\x00\x01")

    def test_a_large_file_is_not_opened(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        with path.open("wb") as file:
            file.truncate(200 * 2**20)
        (skipped,) = read(path)
        assert isinstance(skipped, Skipped)
        assert skipped.reason == "has 200 MB, more than the 100 MB allowed; DATELINE_MAX_FILE_MB raises the limit"

    def test_a_small_file_that_holds_a_large_one_is_stopped(self, tmp_path: Path) -> None:
        for name, pack in (("a.txt.gz", gzip.compress), ("a.txt.xz", lzma.compress)):
            assert "when decompressed" in refused(tmp_path, name, pack(b"a" * 10_000_000), max_bytes=100_000)

    @pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
    def test_compressed_files_are_read_up_to_where_they_break(self, tmp_path: Path, pack: object) -> None:
        assert callable(pack)
        end = ".gz" if pack is gzip.compress else ".xz"
        assert one(tmp_path, f"a.txt{end}", pack(b"The ferry sank.")).text == "The ferry sank."
        cut = list(read(write(tmp_path, f"a.jsonl{end}", pack(b'{"text": "T."}\n' * 3)[:-8])))
        assert [type(item) for item in cut] == [Found, Found, Found, Skipped]
        assert isinstance(refused(tmp_path, f"b.txt{end}", b"not compressed"), str)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.txt")
        (skipped,) = read(tmp_path / "a.txt")
        assert isinstance(skipped, Skipped)
        assert skipped.reason == "is not a regular file"

    def test_a_file_that_is_gone_or_a_folder_is_said(self, tmp_path: Path) -> None:
        assert [item.reason for item in read(tmp_path / "a.txt") if isinstance(item, Skipped)] == [
            "is not there any more"
        ]
        assert [item.reason for item in read(tmp_path) if isinstance(item, Skipped)] == ["is not a regular file"]

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
    def test_a_file_that_may_not_be_read_is_said(self, tmp_path: Path) -> None:
        path = write(tmp_path, "a.txt", "T.")
        path.chmod(0)
        assert [item.reason[:17] for item in read(path) if isinstance(item, Skipped)] == ["permission denied"]

    def test_large_files_are_read_record_by_record(self, tmp_path: Path) -> None:
        path = write(tmp_path, "a.jsonl", '{"text": "T."}\n' * 50_000)
        found = read(path)
        assert isinstance(next(found), Found)
        path.write_bytes(b"")  # What is left comes from the open file, of which only a block was read.
        assert 0 < sum(1 for _ in found) < 10_000


def test_one_row_shows_how_the_others_write_their_days(tmp_path: Path) -> None:
    days = {
        "first": ["03/04/2025", "14/05/2025"],
        "month": ["03/04/2025", "05/14/2025"],
        "either": ["03/04/2025", "05/06/2025"],
    }
    found = {}
    for name, written in days.items():
        path = tmp_path / f"{name}.csv"
        path.write_text("date,text\n" + "".join(f"{day},A ferry ran aground.\n" for day in written), "utf-8")
        found[name] = [item.article.published for item in read(path) if isinstance(item, Found)]
    assert found == {
        "first": ["2025-04-03", "2025-05-14"],
        "month": ["2025-03-04", "2025-05-14"],
        "either": ["2025-03-04", "2025-05-06"],
    }
