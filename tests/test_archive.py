"""The archive, with real SQLite, real Chroma and the real encoder: what is stored, found, kept, refused and mended."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from archives import assert_whole, best, encoder, exported, opened, processes, put, ready
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.archive import Archive, Scope
from ingest.article import Article, Skipped, Span
from ingest.clean import clean, line
from ingest.database import Database
from ingest.errors import ArchiveBusy, ArchiveError, ArchiveMissing, ArchiveReadOnly, RecipeMismatch
from ingest.rows import condition, every_article
from ingest.split import split

HARBOUR = Article(
    text="The harbour of Lisk froze over on Sunday. Fishermen walked home across the ice.\n\nNobody was hurt.",
    title="Harbour frozen",
    source="Harbour Gazette",
    published="2024-01-14",
)
BRIDGE = Article(
    text="The council voted to close the old bridge. Repairs will cost four million crowns.",
    title="Bridge to close",
    source="Lisk Courier",
    published="2024-02-20T08:30:00+01:00",
)
PARROT = Article(text="A parrot that swears was taken in by the zoo of Orle.", title="Parrot swears", source="Ökoblatt")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path / "archive") as made:
        yield made


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three articles. For copying."""
    folder = tmp_path_factory.mktemp("three") / "archive"
    with opened(folder) as made:
        for number, article in enumerate((HARBOUR, BRIDGE, PARROT)):
            put(made, article, f"/news/{number}.txt")
    return folder


@pytest.fixture
def copy(three: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(three, tmp_path / "copy"))


def damage(folder: Path, *statements: str) -> None:
    """Change an archive's database behind its back."""
    db = sqlite3.connect(folder / "archive.db", isolation_level=None)
    for statement in statements:
        db.execute(statement)
    db.close()


class TestStoring:
    def test_an_article_comes_back_as_it_was_given(self, archive: Archive) -> None:
        article = replace(
            HARBOUR,
            url="https://gazette.example/ice",
            authors=("Ana Reis", "J. O’Dell"),
            updated="2024-01-15T10:00:00Z",
            language="en",
            date_note="file name",
            section="Town",
            description="Lisk walks on water.",
            place="LISK",
            captions=(Span(0, 41), Span(81, 99)),
        )
        outcome, id = put(archive, article)
        assert outcome == "added"
        assert archive.article(id) == replace(article, id=id)
        assert archive.article("nothing") is None
        assert_whole(archive)

    def test_its_passages_are_found_by_meaning_and_by_words(self, archive: Archive) -> None:
        put(archive, HARBOUR, "/news/a.txt")
        put(archive, BRIDGE, "/news/b.txt")
        assert best(archive, "How much does the repair cost?", 1) == [BRIDGE.text]
        [(hit, _)] = archive.matching(["repaired"], 5)
        assert archive.passages([hit])[0].article.title == "Bridge to close"

    def test_a_changed_article_replaces_its_passages_and_keeps_id_and_old_text(self, archive: Archive) -> None:
        _, id = put(archive, HARBOUR)
        old = [passage.id for passage in archive.passages_of(id)]
        changed = replace(HARBOUR, text="The ice of Lisk has melted.", title="Thaw")
        assert put(archive, changed) == ("updated", id)
        assert archive.article(id) == replace(changed, id=id)
        assert archive.passages(old) == []
        assert archive.matching(["fishermen"], 5) == []
        assert best(archive, "Who walked home?") == ["The ice of Lisk has melted."]
        before, after = archive.versions(id)
        assert before.article == replace(HARBOUR, id=id)
        assert before.replaced == after.added
        assert after.article == replace(changed, id=id)
        assert after.replaced is None
        assert_whole(archive)

    def test_the_same_article_again_is_unchanged(self, archive: Archive) -> None:
        _, id = put(archive, HARBOUR)
        passages = archive.passages_of(id)
        assert archive.known(HARBOUR, "/news/one.txt") == ("unchanged", id)
        assert put(archive, HARBOUR) == ("unchanged", id)
        assert archive.passages_of(id) == passages
        assert len(archive.versions(id)) == 1

    def test_a_file_may_go_back_to_what_it_said_before(self, archive: Archive) -> None:
        changed = replace(HARBOUR, text="The ice of Lisk has melted.")
        outcomes = [put(archive, article)[0] for article in (HARBOUR, changed, HARBOUR, changed, HARBOUR)]
        assert outcomes == ["added", "updated", "updated", "updated", "updated"]
        [article] = archive.export()
        assert article.text == HARBOUR.text
        assert [version.article.text for version in archive.versions(article.id)] == [
            HARBOUR.text,
            changed.text,
            HARBOUR.text,
        ]
        assert_whole(archive)

    def test_a_batch_may_hold_the_same_article_twice(self, archive: Archive) -> None:
        (first, id), (second, other) = archive.store([ready(HARBOUR), ready(HARBOUR, "/news/copy.txt")])
        assert (first, second, other) == ("added", "unchanged", id)
        assert_whole(archive)

    def test_a_batch_that_fails_leaves_nothing_behind(self, archive: Archive) -> None:
        put(archive, HARBOUR, "/news/a.txt")
        before = exported(archive)
        broken = replace(ready(BRIDGE, "/news/b.txt"), vectors=ready(BRIDGE).vectors[:0])
        with pytest.raises(ValueError, match="zip"):
            archive.store([ready(PARROT, "/news/c.txt"), broken])
        assert exported(archive) == before
        assert_whole(archive)
        assert put(archive, BRIDGE, "/news/b.txt")[0] == "added"

    def test_removing_takes_passages_vectors_and_versions_along(self, archive: Archive) -> None:
        _, id = put(archive, HARBOUR, "/news/a.txt")
        put(archive, replace(HARBOUR, text="Thaw in Lisk."), "/news/a.txt")
        _, kept = put(archive, BRIDGE, "/news/b.txt")
        assert archive.remove([id, id, "nothing"]) == 1
        assert archive.article(id) is None
        assert archive.versions(id) == []
        assert archive.matching(["thaw"], 5) == []
        assert [article.id for article in archive.export()] == [kept]
        assert_whole(archive)
        assert put(archive, HARBOUR, "/news/a.txt") == ("added", id)


class TestIdentity:
    def test_one_address_is_one_article(self, archive: Archive) -> None:
        url = "https://news.example/ice?page=2"
        _, id = put(archive, replace(HARBOUR, url=url), "/a.txt")
        for number, same in enumerate(
            (
                url + "#comments",
                url + "&utm_source=mail",
                url.replace("news.example", "NEWS.example"),
            )
        ):
            assert put(archive, replace(HARBOUR, url=same), f"/{number}.txt") == ("unchanged", id)
        assert put(archive, replace(HARBOUR, url=url.replace("2", "3")), "/e.txt")[0] == "added"

    def test_the_same_text_in_another_file_is_no_second_article(self, archive: Archive) -> None:
        _, id = put(archive, HARBOUR, "/news/a.txt")
        assert put(archive, HARBOUR, "/elsewhere/b.txt") == ("unchanged", id)
        assert put(archive, replace(HARBOUR, id="story-1"), "/all.jsonl#1") == ("unchanged", id)

    def test_the_same_text_at_two_addresses_is_two_articles(self, archive: Archive) -> None:
        put(archive, replace(HARBOUR, url="https://one.example/ice"), "/a.txt")
        assert put(archive, replace(HARBOUR, url="https://two.example/ice"), "/a.txt")[0] == "added"

    def test_a_record_is_known_by_its_id_in_its_file(self, archive: Archive) -> None:
        assert put(archive, replace(HARBOUR, id="1"), "/a.jsonl#1") == ("added", "1")
        assert put(archive, replace(BRIDGE, id="1"), "/a.jsonl#5") == ("updated", "1")

    def test_equal_ids_in_two_files_are_two_articles(self, archive: Archive) -> None:
        assert put(archive, replace(HARBOUR, id="1"), "/a.jsonl#1") == ("added", "1")
        outcome, made = put(archive, replace(BRIDGE, id="1"), "/b.jsonl#1")
        assert outcome == "added"
        assert made != "1"
        assert put(archive, replace(BRIDGE, id="1"), "/b.jsonl#1") == ("unchanged", made)
        assert put(archive, replace(PARROT, id="1"), "/b.jsonl#1") == ("updated", made)
        assert put(archive, replace(PARROT, id="1"), "/renamed.jsonl#1") == ("unchanged", made)

    def test_records_without_an_id_are_known_by_headline_and_day(self, archive: Archive) -> None:
        _, id = put(archive, HARBOUR, "/a.csv#7")
        assert put(archive, replace(HARBOUR, text="Thaw."), "/a.csv#8") == ("updated", id)
        assert put(archive, replace(HARBOUR, published="2024-01-15"), "/a.csv#9")[0] == "added"

    def test_records_with_the_same_headline_and_day_are_counted(self, archive: Archive) -> None:
        _, first = put(archive, HARBOUR, "/a.csv#1")
        outcome, second = put(archive, replace(HARBOUR, text="More ice."), "/a.csv#2", nth=2)
        assert outcome == "added"
        assert second != first
        assert put(archive, replace(HARBOUR, text="No ice."), "/a.csv#2", nth=2) == ("updated", second)

    def test_records_with_ids_of_their_own_may_say_the_same(self, archive: Archive) -> None:
        put(archive, replace(HARBOUR, id="1"), "/a.jsonl#1")
        assert put(archive, replace(HARBOUR, id="2"), "/a.jsonl#2") == ("added", "2")

    def test_one_address_with_two_texts_in_two_files_does_not_flip_flop(self, archive: Archive, tmp_path: Path) -> None:
        url = "https://news.example/ice"
        early, late = replace(HARBOUR, url=url), replace(HARBOUR, url=url, text="The ice of Lisk has melted.")
        for name, article in (("a", early), ("b", late)):
            _, id = put(archive, article, f"{tmp_path}/{name}.txt")
            archive.remember_file(tmp_path / f"{name}.txt", size=1, modified=1, ids=[id], skipped=[])
        for _ in range(2):
            assert put(archive, early, f"{tmp_path}/a.txt") == ("unchanged", id)
            assert put(archive, late, f"{tmp_path}/b.txt") == ("unchanged", id)
        [article] = archive.export()
        assert article.text == late.text

    def test_one_address_twice_in_one_file_does_not_flip_flop(self, archive: Archive) -> None:
        early, late = (replace(HARBOUR, url="https://news.example/ice", text=text) for text in ("Ice.", "No ice."))
        put(archive, early, "/a.jsonl#1")
        put(archive, late, "/a.jsonl#2")
        assert put(archive, early, "/a.jsonl#1")[0] == "unchanged"
        assert put(archive, late, "/a.jsonl#2")[0] == "unchanged"

    def test_the_same_path_on_another_machine_gets_another_id(self, archive: Archive, tmp_path: Path) -> None:
        _, here = put(archive, HARBOUR, "/data/article.txt")
        with opened(tmp_path / "other machine") as other:
            _, there = put(other, BRIDGE, "/data/article.txt")
            [theirs] = other.export()
        assert there != here
        assert put(archive, theirs, "/export.jsonl#1") == ("added", there)


class TestEarlierSchemas:
    """An archive as the first version of Dateline wrote it."""

    @pytest.fixture
    def old(self, tmp_path: Path) -> Path:
        folder = tmp_path / "old"
        folder.mkdir()
        db = sqlite3.connect(folder / "archive.db")
        db.executescript(Path(__file__).with_name("archive_of_version_1.sql").read_text(encoding="utf-8"))
        db.close()
        return folder

    ids = ("dfe7e7bae973255f2521", "f9b6c502cfcbd5f4c535", "p-1")

    def test_it_opens_and_keeps_every_id_text_and_passage(self, old: Path) -> None:
        with opened(old) as archive:
            assert tuple(article.id for article in archive.export()) == self.ids
            assert [article.text for article in archive.export()] == [HARBOUR.text, BRIDGE.text, PARROT.text]
            assert [archive.passages_of(id)[0].id for id in self.ids] == [2, 3, 4]
            assert best(archive, "Where is the parrot?", 1) == [PARROT.text]
            assert_whole(archive)

    def test_it_knows_its_articles_again(self, old: Path) -> None:
        ice, bridge, parrot = self.ids
        with opened(old) as archive:
            url, author = "https://gazette.example/ice", ("Ana Reis",)
            assert put(archive, replace(HARBOUR, url=url, authors=author), "/news/ice.html") == ("unchanged", ice)
            assert put(archive, replace(BRIDGE, language="en"), "/moved/bridge.txt") == ("unchanged", bridge)
            assert put(archive, replace(BRIDGE, section="Town"), "/moved/again.txt") == ("unchanged", bridge)
            assert put(archive, replace(PARROT, id="p-1"), "/news/all.jsonl#3") == ("unchanged", parrot)

    def test_its_older_version_can_be_read(self, old: Path) -> None:
        with opened(old) as archive:
            before, after = archive.versions(self.ids[0])
            assert before.article == replace(after.article, text="The harbour of Lisk is freezing over.")
            assert (before.replaced, after.replaced) == (after.added, None)

    def test_what_is_found_on_a_page_for_the_first_time_makes_no_version(self, old: Path) -> None:
        with opened(old) as archive:
            found = replace(
                HARBOUR,
                url="https://gazette.example/ice",
                authors=("Ana Reis",),
                section="Town",
                captions=(Span(0, 41),),
            )
            assert put(archive, found, "/news/ice.html") == ("updated", self.ids[0])
            assert archive.article(self.ids[0]) == replace(found, id=self.ids[0])
            assert [version.article.section for version in archive.versions(self.ids[0])] == [None, "Town"]
            assert_whole(archive)

    def test_its_sections_are_looked_up_without_reading_its_texts(self, old: Path, tmp_path: Path) -> None:
        third = tmp_path / "third"
        with opened(third) as archive:
            put(archive, replace(HARBOUR, section="Coast"))
        damage(third, "DROP INDEX articles_by_section", "PRAGMA user_version = 3")
        within, names = condition(Scope(sections=("coast",)))
        for folder, found in ((third, 1), (old, 0)):
            with opened(folder) as archive:
                assert archive.stats(Scope(sections=("coast",))).articles == found
                assert_whole(archive)
            db = Database.open(folder)
            [plan] = db.rows(f"EXPLAIN QUERY PLAN SELECT number FROM articles WHERE {within}", names)
            db.close()
            assert "COVERING INDEX articles_by_section" in plan[-1]

    def test_it_can_be_read_where_nothing_can_be_written(self, old: Path) -> None:
        refusal = ArchiveReadOnly("it cannot be written to")
        db = Database.open_read_only(old, refusal=refusal)
        assert tuple(article.id for article in every_article(db)) == self.ids
        with pytest.raises(ArchiveReadOnly), db.writing():
            pass
        db.close()
        assert sqlite3.connect(old / "archive.db").execute("PRAGMA user_version").fetchone() == (1,)


class TestExport:
    def test_a_new_archive_of_an_export_exports_the_same(self, archive: Archive, tmp_path: Path) -> None:
        late = replace(HARBOUR, text="The ice of Lisk has melted.")
        articles = [
            (HARBOUR, "/a.txt"),
            (replace(BRIDGE, url="https://news.example/b?utm_source=x", authors=("A", "B")), "/b.html"),
            (replace(BRIDGE, url="https://other.example/b"), "/b.html"),
            (replace(PARROT, id="p"), "/c.jsonl#1"),
            (replace(HARBOUR, id="p", text="Third."), "/d.jsonl#1"),
            (late, "/e.txt"),
            (late, "/a.txt"),  # now two articles say the same
        ]
        for article, origin in articles:
            put(archive, article, origin)
        assert archive.stats().articles == 6
        with opened(tmp_path / "again") as again:
            for number, article in enumerate(archive.export(), 1):
                assert put(again, article, f"/export.jsonl#{number}") == ("added", article.id)
            assert exported(again) == exported(archive)
            assert_whole(again)

    def test_an_export_changes_nothing_in_its_own_archive(self, archive: Archive) -> None:
        put(archive, replace(BRIDGE, url="https://news.example/b"), "/b.html")
        put(archive, replace(HARBOUR, id="h"), "/a.jsonl#1")
        put(archive, PARROT, "/c.txt")
        before = exported(archive)
        for number, article in enumerate(archive.export(), 1):
            assert put(archive, article, f"/export.jsonl#{number}") == ("unchanged", article.id)
        assert exported(archive) == before

    def test_what_an_export_brought_is_known_at_its_address(self, archive: Archive, tmp_path: Path) -> None:
        article = replace(BRIDGE, url="https://news.example/b")
        put(archive, article, "/b.html")
        with opened(tmp_path / "again") as again:
            [sent] = archive.export()
            put(again, sent, "/export.jsonl#1")
            assert put(again, article, "/b.html") == ("unchanged", sent.id)
            assert put(again, replace(article, text="Open again."), "/b.html") == ("updated", sent.id)

    @settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(texts=st.lists(st.text(min_size=1, max_size=120), min_size=1, max_size=4), title=st.text(max_size=30))
    def test_any_text_is_cut_exactly_and_exported_alike(self, archive: Archive, texts: list[str], title: str) -> None:
        articles = [
            replace(HARBOUR, text=text, title=line(title), url=f"https://news.example/{number}")
            for number, text in enumerate(map(clean, texts))
            if split(text)
        ]
        archive.remove([article.id for article in archive.export()])
        ids = [id for _, id in archive.store([ready(article) for article in articles])]
        assert_whole(archive)
        assert [*archive.export()] == [replace(article, id=id) for article, id in zip(articles, ids, strict=True)]
        for id, article in zip(ids, articles, strict=True):
            sentences = [span for passage in archive.passages_of(id) for span in passage.sentences]
            assert "".join("".join(span.cut(article.text) for span in sentences).split()) == "".join(
                article.text.split()
            )
        before = exported(archive)
        for article in archive.export():
            assert archive.known(article, "/export.jsonl#1") == ("unchanged", article.id)
        bodies = archive._db.rows("SELECT body FROM passage_source ORDER BY id")
        stored = archive.passages([i for (i,) in archive._db.rows("SELECT id FROM passages ORDER BY id")])
        assert [body for (body,) in bodies] == [item.text for item in stored]
        assert exported(archive) == before

    @pytest.mark.parametrize(
        "text",
        [
            "𝔗𝔥𝔢 𝔥𝔞𝔯𝔟𝔬𝔲𝔯 froze 🧊🧊. Then 👩‍👩‍👧‍👦 walked home. " * 20,
            "Cafe\u0301 no\u0308 e\u0301te\u0301. Über allen Gipfeln ist Ruh. " * 20,
            "北京。上海下雪了。𠮷野家は今日も開いている。" * 30,
            "\u202eright to left\u202c and \u200bzero\u200b width. مرحبا بالعالم. " * 10,
        ],
    )
    def test_sqlite_cuts_odd_characters_as_python_does(self, archive: Archive, text: str) -> None:
        _, id = put(archive, Article(text=text.strip()))
        bodies = archive._db.rows("SELECT body FROM passage_source ORDER BY id")
        passages = archive.passages_of(id)
        assert [body for (body,) in bodies] == [text.strip()[p.start : p.end] for p in passages]
        assert_whole(archive)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with opened(tmp_path_factory.mktemp("many") / "archive") as made:
        made.store(
            [
                ready(
                    Article(
                        text=f"Report {day} of the weather: wind {day} from the sea.",
                        title=f"Weather {day}",
                        source="Harbour Gazette" if day % 2 else "ÖKOBLATT",
                        published=f"2024-03-{day:02}",
                    ),
                    f"/{day}.txt",
                )
                for day in range(1, 21)
            ]
        )
        put(made, PARROT, "/parrot.txt")
        yield made


class TestSearching:
    def test_stats_count_days_outlets_and_passages(self, many: Archive) -> None:
        stats = many.stats()
        assert (stats.articles, stats.passages) == (21, 21)
        assert (stats.first, stats.last) == ("2024-03-01", "2024-03-20")
        assert stats.sources == (("Harbour Gazette", 10), ("ÖKOBLATT", 10), ("Ökoblatt", 1))
        assert stats.healed == ""

    def test_stats_of_a_scope_count_what_lies_in_it(self, many: Archive) -> None:
        stats = many.stats(Scope(published_from="2024-03-05", published_to="2024-03-08", sources=("harbour gazette",)))
        assert (stats.articles, stats.passages, stats.first, stats.last) == (2, 2, "2024-03-05", "2024-03-07")
        assert many.stats(Scope(sources=("nobody",))).articles == 0

    def test_outlets_are_found_whatever_their_case(self, many: Archive) -> None:
        assert many.stats(Scope(sources=("ökoblatt",))).articles == 11
        assert len(many.articles(source="öKOBLATT")) == 11

    def test_articles_come_newest_first_and_undated_last(self, many: Archive) -> None:
        assert [article.title for article in many.articles(limit=2)] == ["Weather 20", "Weather 19"]
        assert [article.title for article in many.articles(limit=5, offset=20)] == ["Parrot swears"]
        within = many.articles(source="Harbour Gazette", scope=Scope(published_to="2024-03-04"))
        assert [article.title for article in within] == ["Weather 3", "Weather 1"]

    def test_scopes_hold_for_both_kinds_of_search(self, many: Archive) -> None:
        scope = Scope(published_from="2024-03-10", published_to="2024-03-11")
        vector = encoder().encode_query("How was the weather?")
        for hits in (many.nearest(vector, 10, scope=scope), many.matching(["weather"], 10, scope=scope)):
            titles = {stored.article.title for stored in many.passages([i for i, _ in hits])}
            assert titles == {"Weather 10", "Weather 11"}
        assert many.nearest(vector, 10, scope=Scope(sources=("nobody",))) == []
        assert len(many.nearest(vector, 100)) == 21
        scores = [score for _, score in many.nearest(vector, 5)]
        assert scores == sorted(scores, reverse=True)

    @pytest.mark.parametrize(
        "words",
        [
            ["NEAR"],
            ["AND", "OR", "NOT"],
            ["*"],
            ["weath*"],
            ['say "ice"'],
            ["'; DROP TABLE articles; --"],
            ["title:", "{title body}:"],
            ["^", "+", "-", "(", ")"],
            ["🧊", "👩‍👩‍👧‍👦"],
            [""],
            ["   "],
            ["\0", "a\0b"],
            ["\ud800"],
            [],
            ["x" * 100_000],
        ],
    )
    def test_odd_words_find_nothing_and_break_nothing(self, many: Archive, words: list[str]) -> None:
        assert many.matching(words, 5) == []

    def test_odd_words_do_not_hide_the_others(self, many: Archive) -> None:
        assert len(many.matching(['"', "NEAR", "", "🧊", "\0", "parrot"], 5)) == 1

    def test_a_thousand_words_are_no_trouble(self, many: Archive) -> None:
        assert len(many.matching([f"word{i}" for i in range(1000)] + ["parrot"], 5)) == 1

    def test_passages_keep_the_order_that_is_asked_for(self, many: Archive) -> None:
        ids = [i for i, _ in many.matching(["wind"], 30)]
        random.Random(4).shuffle(ids)
        found = many.passages([ids[0], 10**9, *ids, *([-1] * 2000)])
        assert [stored.passage.id for stored in found] == [ids[0], *ids]


class TestChecking:
    def test_a_healthy_archive_has_nothing_wrong(self, copy: Path) -> None:
        with opened(copy) as archive:
            assert_whole(archive)
            assert archive.stats().healed == ""

    def test_lost_and_orphaned_vectors_are_found_and_mended(self, copy: Path) -> None:
        with opened(copy) as archive:
            ids = sorted(archive._vectors.ids())
            archive._vectors.delete(ids[:1])
            archive._vectors.upsert([900, 901], encoder().encode(["one", "two"]))
            assert archive.check() == [
                f"the vector index lacks 1 of {len(ids)} passages",
                "the vector index has 2 passages that the archive does not",
            ]
            assert archive.reindex() == len(ids)
            assert_whole(archive)

    def test_few_passages_are_all_compared_whatever_the_graph_leaves_out(self, tmp_path: Path) -> None:
        with opened(tmp_path / "archive") as archive:
            put(archive, Article(text="The mill of Orle burned down on Friday.", title="Mill burned"))
            [left_out] = archive._vectors.ids()
            archive._vectors.delete([left_out])
            vector = encoder().encode_query("What burned down?")
            assert [passage for passage, _ in archive.nearest(vector, 5)] == [left_out]

    def test_vectors_lost_behind_its_back_are_mended_at_opening(self, copy: Path) -> None:
        with opened(copy) as archive:
            archive._vectors.delete(sorted(archive._vectors.ids())[:1])
        with opened(copy) as archive:
            assert "mended (1 passages)" in archive.stats().healed
            assert_whole(archive)

    @pytest.mark.parametrize(
        ("statement", "said"),
        [
            ('UPDATE passages SET "end" = "end" + 5000 WHERE id = 1', "1 passages lie outside its text"),
            ("UPDATE passages SET start = -1 WHERE id = 1", "1 passages lie outside its text"),
            ("UPDATE passages SET sentences = x'0000000001000000' WHERE id = 3", "1 passages lie outside its text"),
            ("UPDATE passages SET sentences = x'' WHERE id = 1", "1 passages lie outside its text"),
            ("UPDATE articles SET text = 'Other words.' WHERE number = 2", "the word index differs"),
            ("DELETE FROM embeddings WHERE passage = 1", "1 passages have no vector"),
            ("UPDATE embeddings SET vector = x'00' WHERE passage = 2", "1 passages have no vector"),
            ("DELETE FROM articles WHERE number = 1", "a row of passages points at nothing"),
        ],
    )
    def test_damage_to_the_database_is_found(self, copy: Path, statement: str, said: str) -> None:
        with opened(copy) as archive:
            damage(copy, statement)
            found = "\n".join(archive.check())
        if "sentences = x'0000000001" in statement:  # begins before its passage does, unless that begins the article
            assert found == "" or said in found
        else:
            assert said in found

    def test_reindex_mends_the_word_index(self, copy: Path) -> None:
        with opened(copy) as archive:
            archive._db.execute("INSERT INTO passage_words (passage_words) VALUES ('delete-all')")
            assert archive.check() == ["the word index differs from the passages"]
            seen: list[tuple[int, int]] = []
            archive.reindex(on_progress=lambda done, total: seen.append((done, total)))
            assert seen == [(3, 3)]
            assert_whole(archive)
            assert len(archive.matching(["parrot"], 5)) == 1


class TestHealing:
    """What a kill can leave half done at each step, and what can happen to the files."""

    def mended(self, folder: Path) -> str:
        with opened(folder) as archive:
            assert_whole(archive)
            assert best(archive, "Where is the parrot?", 1) == [PARROT.text]
            assert archive.stats().articles == 3
            return archive.stats().healed

    def test_stored_and_not_yet_in_the_vector_index(self, copy: Path) -> None:
        with opened(copy) as archive:
            archive._vectors.delete(list(archive._vectors.ids()))
        damage(copy, "UPDATE passages SET indexed = 0")
        assert "3 passages" in self.mended(copy)

    def test_in_the_vector_index_and_not_marked_so(self, copy: Path) -> None:
        damage(copy, "UPDATE passages SET indexed = 0 WHERE id = 2")
        assert "1 passages" in self.mended(copy)

    def test_dropped_and_still_in_the_vector_index(self, copy: Path) -> None:
        with opened(copy) as archive:
            archive._vectors.upsert([50], encoder().encode(["a passage that is gone"]))
        damage(copy, "INSERT INTO dropped VALUES (50)")
        assert "1 passages" in self.mended(copy)

    def test_as_many_vectors_but_others_after_an_unclean_end(self, copy: Path) -> None:
        with opened(copy) as archive:
            archive._vectors.delete([2])
            archive._vectors.upsert([50], encoder().encode(["a passage that is gone"]))
        (copy / "owner.json").write_text('{"pid": 1}')
        assert "2 passages" in self.mended(copy)

    def test_an_opening_that_fails_leaves_the_repair_to_the_next(self, copy: Path) -> None:
        with opened(copy) as archive:
            archive._vectors.delete([2])
            archive._vectors.upsert([50], encoder().encode(["a passage that is gone"]))
        (copy / "owner.json").write_text('{"pid": 1}')
        other = encoder().__class__(threads=1)
        other.fingerprint = "0" * 64
        with pytest.raises(RecipeMismatch):
            Archive.open(copy, encoder=other)
        assert "2 passages" in self.mended(copy)

    def test_without_the_vectors_folder(self, copy: Path) -> None:
        shutil.rmtree(copy / "vectors")
        assert "3 passages" in self.mended(copy)

    def test_with_an_opening_that_never_ended(self, copy: Path) -> None:
        (copy / "vectors.opening").touch()
        assert "3 passages" in self.mended(copy)
        assert not (copy / "vectors.opening").exists()

    @pytest.mark.parametrize("keep", [0, 4096])
    def test_with_garbage_for_chromas_database(self, copy: Path, keep: int) -> None:
        path = copy / "vectors" / "chroma.sqlite3"
        path.write_bytes(path.read_bytes()[:keep] + random.Random(1).randbytes(50_000))
        assert "3 passages" in self.mended(copy)

    def test_a_new_archive_that_was_killed_while_it_was_made(self, copy: Path, tmp_path: Path) -> None:
        new = tmp_path / "new"
        new.mkdir()
        (new / "archive.db").touch()
        with opened(new) as archive:
            assert archive.stats().articles == 0
            put(archive, PARROT)
            assert_whole(archive)


class TestOpening:
    def test_where_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(ArchiveMissing, match="dateline ingest PATH --archive"):
            Archive.open(tmp_path / "none")
        assert not (tmp_path / "none").exists()

    def test_a_file_is_no_archive(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("words")
        with pytest.raises(ArchiveError, match="is a file, and an archive is a folder"):
            opened(tmp_path / "file")

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "archive.db").write_text("These are no tables. " * 500)
        for _ in range(2):
            with pytest.raises(ArchiveError, match=r"archive\.db is damaged .*put a copy of it back"):
                opened(tmp_path)

    def test_a_torn_database_is_named(self, copy: Path) -> None:
        path = copy / "archive.db"
        whole = path.read_bytes()
        path.write_bytes(whole[:8192] + random.Random(2).randbytes(len(whole) - 8192))
        with pytest.raises(ArchiveError, match="is damaged"):
            opened(copy)

    def test_tables_of_a_newer_version(self, copy: Path) -> None:
        damage(copy, "PRAGMA user_version = 99")
        with pytest.raises(RecipeMismatch, match=r"newer version .*have version 99.*install the newer version"):
            opened(copy)

    def test_another_encoder(self, copy: Path) -> None:
        other = encoder().__class__(threads=1)
        other.name, other.fingerprint = "somebody/else", "0" * 64
        with pytest.raises(RecipeMismatch) as caught:
            Archive.open(copy, encoder=other)
        said = str(caught.value)
        assert encoder().name in said
        assert "somebody/else" in said
        assert f"dateline export articles.jsonl --archive {copy}" in said
        assert f"dateline ingest articles.jsonl --archive {copy}-new" in said
        with opened(copy) as archive:
            assert archive.recipe["encoder"] == encoder().name
            with pytest.raises(RecipeMismatch):
                Archive.open(copy, encoder=other)

    def test_without_an_encoder(self, copy: Path) -> None:
        with Archive.open(copy) as archive:
            assert archive.remove([archive.articles(limit=1)[0].id]) == 1
            assert_whole(archive)
        with opened(copy) as archive:
            assert archive.stats().healed == ""

    def test_twice_in_one_process_is_the_same_archive(self, copy: Path) -> None:
        first, second = opened(copy), opened(copy)
        assert first is second
        first.close()
        assert second.stats().articles == 3
        second.close()
        second.close()
        with pytest.raises(ArchiveError, match="closed"):
            second.stats()
        with opened(copy) as third:
            assert third.stats().articles == 3
            second.close()
            assert third.stats().articles == 3

    @pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells which files are open")
    def test_an_opening_that_fails_leaves_no_file_open(self, copy: Path) -> None:
        damage(copy, "PRAGMA user_version = 99")
        with pytest.raises(RecipeMismatch):
            opened(copy)
        links = [entry.readlink() for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
        assert [link for link in links if link.is_relative_to(copy)] == []

    def test_closing_leaves_no_sign_of_an_owner(self, copy: Path) -> None:
        with opened(copy):
            assert (copy / "owner.json").exists()
        assert not (copy / "owner.json").exists()
        assert not (copy / "archive.db-wal").exists()


def own(folder: Path, pipe: Connection) -> None:
    """Own an archive until told otherwise."""
    try:
        with opened(folder, purpose="dateline serve") as archive:
            archive.announce("http://127.0.0.1:7860")
            pipe.send("open")
            pipe.recv()
            put(archive, PARROT, f"/{os.getpid()}.txt")
        pipe.send("closed")
    except ArchiveBusy as busy:
        pipe.send(str(busy))


def race(folder: Path, pipe: Connection) -> None:
    """Store an article as soon as no one else is at it."""
    pipe.recv()
    with Archive.open(folder, encoder=encoder(), create=True, wait=60) as archive:
        put(archive, replace(PARROT, text=f"Parrot {os.getpid()} swears."), f"/{os.getpid()}.txt")
    pipe.send(os.getpid())


class TestOwning:
    def test_a_second_process_learns_who_the_owner_is(self, copy: Path) -> None:
        here, there = processes.Pipe()
        process = processes.Process(target=own, args=(copy, there))
        process.start()
        try:
            assert here.recv() == "open"
            with pytest.raises(ArchiveBusy) as caught:
                opened(copy)
            busy = caught.value
            assert (busy.pid, busy.url) == (process.pid, "http://127.0.0.1:7860")
            assert f"process {process.pid} (dateline serve at http://127.0.0.1:7860)" in str(busy)
            assert "--archive" in str(busy)
            here.send("go on")
            assert here.recv() == "closed"
        finally:
            process.join(20)
            process.close()
        with opened(copy) as archive:
            assert archive.stats().healed == ""
            assert_whole(archive)

    def test_a_killed_owner_does_not_keep_the_archive(self, copy: Path) -> None:
        here, there = processes.Pipe()
        process = processes.Process(target=own, args=(copy, there))
        process.start()
        assert here.recv() == "open"
        process.kill()
        process.join(20)
        assert (copy / "owner.json").exists()
        with opened(copy) as archive:
            assert f'"pid": {os.getpid()}' in (copy / "owner.json").read_text()
            assert_whole(archive)
        process.close()

    def test_two_at_once_lose_nothing(self, tmp_path: Path) -> None:
        pipes, racers = [], []
        for _ in range(2):
            here, there = processes.Pipe()
            process = processes.Process(target=race, args=(tmp_path / "archive", there))
            process.start()
            pipes.append(here)
            racers.append(process)
        for pipe in pipes:
            pipe.send("go")
        pids = {pipe.recv() for pipe in pipes}
        for process in racers:
            process.join(20)
            assert process.exitcode == 0
            process.close()
        with opened(tmp_path / "archive") as archive:
            assert {article.text for article in archive.export()} == {f"Parrot {pid} swears." for pid in pids}
            assert_whole(archive)

    def test_threads_ask_while_another_stores(self, archive: Archive) -> None:
        put(archive, PARROT, "/parrot.txt")
        done = threading.Event()
        vector = encoder().encode_query("Where is the parrot?")

        def ask() -> int:
            asked = 0
            while not done.is_set() or asked < 3:
                hits = archive.nearest(vector, 3)
                words = {stored.text for stored in archive.passages([i for i, _ in hits])}
                assert PARROT.text in words
                assert len(archive.matching(["parrot"], 3)) == 1
                assert archive.stats().articles >= 1
                asked += 1
            return asked

        with ThreadPoolExecutor(3) as pool:
            asking = [pool.submit(ask) for _ in range(3)]
            try:
                for number in range(15):
                    put(archive, replace(HARBOUR, text=f"Ice report {number}. It is cold."), f"/{number % 5}.txt")
            finally:
                done.set()
            assert all(future.result() >= 3 for future in asking)
        assert archive.stats().articles == 6
        assert_whole(archive)


def ask_as_nobody(folder: Path, pipe: Connection) -> None:
    """Ask an archive, and try to add to it, as a user who may only read it."""
    encoder()
    os.setuid(65534)
    with Archive.open(folder, encoder=encoder()) as archive:
        pipe.send((archive.writable, archive.stats().articles, archive.check()))
        pipe.send(archive.stats().healed)
        pipe.send((best(archive, "Where is the parrot?", 1), len(archive.matching(["parrot"], 3))))
        pipe.send(len(archive.nearest(encoder().encode_query("ice"), 9, scope=Scope(sources=("ÖKOBLATT",)))))
        try:
            put(archive, BRIDGE, "/new.txt")
        except ArchiveReadOnly as error:
            pipe.send(str(error))
    try:
        opened(folder)
    except ArchiveReadOnly as error:
        pipe.send(str(error))


def leave_in_the_log(folder: Path) -> None:
    """Add an article, and be killed."""
    put(opened(folder), replace(PARROT, text="Just in.", title="Late news"), "/last.txt")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
class TestReadOnly:
    @pytest.fixture
    def locked(self, three: Path) -> Iterator[Path]:
        """A copy that others can reach."""
        with tempfile.TemporaryDirectory() as name:
            Path(name).chmod(0o755)
            yield Path(shutil.copytree(three, Path(name) / "archive"))

    def as_nobody(self, folder: Path) -> list[Any]:
        """What a user finds who may read ``folder`` and no more."""
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        here, there = processes.Pipe()
        process = processes.Process(target=ask_as_nobody, args=(folder, there))
        process.start()
        there.close()
        found = [here.recv() for _ in range(6)]
        process.join(20)
        process.close()
        return found

    def test_it_can_be_asked_and_not_added_to(self, locked: Path) -> None:
        state, said, words, scoped, *refused = self.as_nobody(locked)
        assert state == (False, 3, [])
        assert said.startswith("the archive is read-only")
        assert words == ([PARROT.text], 1)
        assert scoped == 1
        for refusal in refused:
            assert refusal.startswith(f"the archive {locked} cannot be written to")
            assert refusal.endswith("name another with --archive")

    def test_what_a_killed_owner_left_in_the_log_is_read(self, locked: Path) -> None:
        process = processes.Process(target=leave_in_the_log, args=(locked,))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        process.close()
        assert (locked / "archive.db-wal").stat().st_size > 0
        state, _, words, scoped, *_ = self.as_nobody(locked)
        assert state == (False, 4, [])
        assert words == ([PARROT.text], 1)
        assert scoped == 2


class TestFiles:
    def test_a_file_is_known_until_it_changes(self, archive: Archive, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("Ice.")
        assert archive.file_known(path) is None
        _, id = put(archive, HARBOUR, str(path))
        skipped = [Skipped(f"{path}#2", "is empty")]
        stat = path.stat()
        archive.remember_file(path, size=stat.st_size, modified=stat.st_mtime_ns, ids=[id, id], skipped=skipped)
        assert archive.file_known(path) == ([id], skipped)
        path.write_text("More ice.")
        assert archive.file_known(path) is None

    def test_a_file_that_was_only_touched_is_known_by_what_it_holds(self, archive: Archive, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("Ice.")
        _, id = put(archive, HARBOUR, str(path))
        stat = path.stat()
        archive.remember_file(path, size=stat.st_size, modified=stat.st_mtime_ns, ids=[id], skipped=[])
        os.utime(path, ns=(1, 1))
        assert archive.file_known(path) == ([id], [])
        path.write_text("Dew.")
        assert archive.file_known(path) is None

    def test_a_file_that_changed_while_it_was_read_is_not_known_by_what_it_holds(
        self, archive: Archive, tmp_path: Path
    ) -> None:
        path = tmp_path / "a.txt"
        path.write_text("Ice.")
        _, id = put(archive, HARBOUR, str(path))
        stat = path.stat()
        path.write_text("Dew.")
        os.utime(path, ns=(2, 2))
        archive.remember_file(path, size=stat.st_size, modified=stat.st_mtime_ns, ids=[id], skipped=[])
        assert archive.file_known(path) is None

    def test_a_file_is_forgotten_with_an_article_of_it(self, archive: Archive, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("Ice.")
        stat = path.stat()
        _, id = put(archive, HARBOUR, str(path))
        archive.remember_file(path, size=stat.st_size, modified=stat.st_mtime_ns, ids=[id], skipped=[])
        archive.remove([id])
        assert archive.file_known(path) is None
        archive.remember_file(path, size=stat.st_size, modified=stat.st_mtime_ns, ids=[id], skipped=[])
        assert archive.file_known(path) is None

    def test_a_name_that_is_no_text_can_be_remembered(self, archive: Archive, tmp_path: Path) -> None:
        path = tmp_path / os.fsdecode(b"caf\xe9.txt")
        path.write_text("Ice.")
        _, id = put(archive, HARBOUR)
        stat = path.stat()
        archive.remember_file(path, size=stat.st_size, modified=stat.st_mtime_ns, ids=[id], skipped=[])
        assert archive.file_known(path) == ([id], [])


def test_a_closed_archive_refuses_to_write(tmp_path: Path) -> None:
    archive = opened(tmp_path / "archive")
    archive.close()
    with pytest.raises((ArchiveError, ArchiveReadOnly)):
        put(archive, HARBOUR)
