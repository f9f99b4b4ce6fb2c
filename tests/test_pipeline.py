"""The pipeline: what an ingest takes in, what it says of it, and how it ends."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from archives import assert_whole, encoder, exported, opened, write

from ingest import IngestReport, Progress, ingest
from ingest.archive import Archive
from ingest.article import Skipped
from ingest.pipeline import ingest_into
from ingest.settings import Settings

NEWS = [
    ("ice.txt", "Harbour frozen\n2024-01-14\n\nThe harbour of Lisk froze over on Sunday. Fishermen walked home."),
    ("bridge.md", "# Bridge to close\n\n2024-02-20\n\nThe council voted to close the old bridge of Lisk."),
    ("deep/zoo.txt", "Parrot swears\n2024-03-01\n\nA parrot that swears was taken in by the zoo of Orle."),
]


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write(tmp_path / "news", NEWS)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path / "archive") as made:
        yield made


def take(archive: Archive, *targets: str | Path, max_bytes: int = 100 << 20) -> IngestReport:
    return ingest_into(archive, encoder(), targets, max_bytes=max_bytes)


def told(report: IngestReport) -> str:
    """The report for people, without the time that it took."""
    return re.sub(r", in [\d.]+ s\.", ", in 0 s.", str(report))


def records(path: Path, *lines: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


class TestReport:
    def test_a_first_run_adds_all(self, archive: Archive, news: Path) -> None:
        report = take(archive, news)
        assert told(report) == "3 added, 0 updated, 0 unchanged, 0 skipped, in 0 s."
        assert {article.id for article in archive.export()} == set(report.added)
        assert {article.title for article in archive.export()} == {"Harbour frozen", "Bridge to close", "Parrot swears"}
        assert_whole(archive)

    def test_a_second_run_changes_nothing_and_says_so(self, archive: Archive, news: Path) -> None:
        first = take(archive, news)
        before = exported(archive), archive.check(), [p for id in first.added for p in archive.passages_of(id)]
        again = take(archive, news)
        assert told(again) == (
            "0 added, 0 updated, 3 unchanged, 0 skipped, in 0 s.\nNothing has changed since the last time."
        )
        assert sorted(again.unchanged) == sorted(first.added)
        assert before == (exported(archive), [], [p for id in first.added for p in archive.passages_of(id)])

    def test_a_changed_file_updates_its_article(self, archive: Archive, news: Path) -> None:
        take(archive, news)
        write(news, [("ice.txt", NEWS[0][1].replace("froze over", "thawed"))])
        report = take(archive, news)
        assert told(report) == "0 added, 1 updated, 2 unchanged, 0 skipped, in 0 s."
        [id] = report.updated
        assert "thawed" in (archive.article(id) or pytest.fail("gone")).text
        assert "froze" in archive.versions(id)[0].article.text
        assert_whole(archive)

    def test_a_touched_file_is_unchanged(self, archive: Archive, news: Path) -> None:
        take(archive, news)
        os.utime(news / "ice.txt", (1, 1))
        assert told(take(archive, news)).startswith("0 added, 0 updated, 3 unchanged, 0 skipped")

    def test_an_empty_folder_is_named(self, archive: Archive, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        [skipped] = take(archive, tmp_path / "empty").skipped
        assert skipped.origin == str(tmp_path / "empty")
        assert skipped.reason.startswith("holds no file with articles")

    def test_nothing_asked_for_is_nothing_found(self, archive: Archive) -> None:
        assert str(take(archive)) == "Nothing was found to take in."

    def test_a_path_that_is_not_there_is_named_and_the_rest_goes_on(self, archive: Archive, news: Path) -> None:
        report = take(archive, news / "nowhere", news / "ice.txt")
        assert len(report.added) == 1
        [skipped] = report.skipped
        assert skipped.origin == str(news / "nowhere")
        assert skipped.reason.startswith("There is no file or folder named")

    def test_good_and_bad_files_are_told_apart(self, archive: Archive, news: Path) -> None:
        (news / "empty.txt").touch()
        (news / "cut.json").write_text('[{"title": "A", "text": "Words of A."}, {"title": "B", "te')
        (news / "image.txt").write_bytes(bytes(range(256)) * 40)
        records(news / "some.jsonl", {"title": "C", "text": "Words of C."}, {"title": "D"})
        report = take(archive, news)
        assert len(report.added) >= 4
        reasons = {Path(item.origin.partition("#")[0]).name: item.reason for item in report.skipped}
        assert {"empty.txt", "cut.json", "image.txt", "some.jsonl"} <= set(reasons)
        assert all(reasons.values())
        assert f"{len(report.skipped)} skipped" in str(report)
        assert f"Skipped: {reasons['empty.txt']}\n    {news / 'empty.txt'}" in str(report)
        assert_whole(archive)
        again = take(archive, news)
        assert not again.added
        assert not again.updated
        assert {item.origin for item in again.skipped} == {item.origin for item in report.skipped}

    def test_many_of_one_kind_are_counted(self) -> None:
        report = IngestReport(skipped=tuple(Skipped(f"/{n}.txt", "is empty") for n in range(8)), seconds=75.4)
        assert str(report).splitlines() == [
            "0 added, 0 updated, 0 unchanged, 8 skipped, in 1 min 15 s.",
            "Skipped: is empty",
            *(f"    /{n}.txt" for n in range(5)),
            "    and 3 more",
        ]

    def test_a_large_file_is_skipped_by_its_size(self, archive: Archive, news: Path) -> None:
        with (news / "large.txt").open("wb") as file:
            file.truncate(200 << 20)
        report = take(archive, news)
        assert [item.reason for item in report.skipped] == [
            "has 200 MB, more than the 100 MB allowed; DATELINE_MAX_FILE_MB raises the limit"
        ]
        assert len(report.added) == 3

    def test_a_raised_limit_takes_what_was_skipped(self, archive: Archive, news: Path) -> None:
        assert len(take(archive, news / "ice.txt", max_bytes=20).skipped) == 1
        assert len(take(archive, news / "ice.txt").added) == 1

    def test_doubtful_dates_are_taken_and_told(self, archive: Archive, tmp_path: Path) -> None:
        soon = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
        path = records(
            tmp_path / "some.jsonl",
            {"title": "A", "text": "Words of A."},
            {"title": "B", "text": "Words of B.", "published": soon},
            {"title": "C", "text": "Words of C.", "published": "2024-01-01"},
        )
        report = take(archive, path)
        assert len(report.added) == 3
        assert [(item.origin, item.reason) for item in report.warnings] == [
            (f"{path}#1", "it shows no date, so it is left out of searches by date"),
            (f"{path}#2", f"its date, {soon}, is in the future"),
        ]
        assert f"Taken in, but: its date, {soon}, is in the future\n    {path}#2" in str(report)

    def test_a_report_is_plain_json(self, archive: Archive, news: Path) -> None:
        (news / "empty.txt").touch()
        report = take(archive, news)
        made = json.loads(json.dumps(report.to_dict()))
        assert made["added"] == list(report.added)
        assert made["skipped"] == [{"origin": item.origin, "reason": item.reason} for item in report.skipped]


class TestIdentity:
    def test_records_with_one_headline_and_day_all_stay(self, archive: Archive, tmp_path: Path) -> None:
        lines = [{"title": "Weather", "published": "2024-01-01", "text": f"Wind {n} from the sea."} for n in range(3)]
        path = records(tmp_path / "some.jsonl", *lines)
        assert len(take(archive, path).added) == 3
        lines[1]["text"] = "No wind."
        records(path, *lines)
        report = take(archive, path)
        assert (len(report.added), len(report.updated), len(report.unchanged)) == (0, 1, 2)
        assert sorted(article.text for article in archive.export()) == [
            "No wind.",
            "Wind 0 from the sea.",
            "Wind 2 from the sea.",
        ]

    def test_records_of_nothing_but_text_all_stay(self, archive: Archive, tmp_path: Path) -> None:
        path = records(tmp_path / "some.jsonl", *({"text": f"Number {n} of many. It is short."} for n in range(4)))
        assert len(take(archive, path).added) == 4

    def test_an_export_goes_into_a_new_archive_and_comes_out_alike(
        self, archive: Archive, news: Path, tmp_path: Path
    ) -> None:
        take(archive, news)
        url = {"title": "A", "text": "Words.", "url": "https://news.example/a?utm_medium=x", "authors": ["X", "Y"]}
        take(archive, records(tmp_path / "some.jsonl", url, {"id": "7", "title": "B", "text": "“Wörter” 🧊.\n\nB."}))
        path = tmp_path / "export.jsonl"
        path.write_bytes(exported(archive))
        with opened(tmp_path / "again") as again:
            assert len(take(again, path).added) == 5
            assert exported(again) == exported(archive)
            assert_whole(again)
        assert len(take(archive, path).unchanged) == 5

    def test_what_was_removed_comes_back(self, archive: Archive, news: Path) -> None:
        first = take(archive, news)
        archive.remove(first.added[:1])
        report = take(archive, news)
        assert report.added == first.added[:1]
        assert len(report.unchanged) == 2

    def test_one_address_in_two_files_does_not_flip_flop(self, archive: Archive, tmp_path: Path) -> None:
        for name, text in (("a", "Ice."), ("b", "No ice.")):
            records(tmp_path / f"{name}.jsonl", {"title": "A", "text": text, "url": "https://news.example/a"})
        take(archive, tmp_path / "*.jsonl")
        for name in ("a", "b", "a"):
            os.utime(tmp_path / f"{name}.jsonl", (1, 1))
            report = take(archive, tmp_path / "*.jsonl")
            assert (len(report.added), len(report.updated)) == (0, 0)
        assert [article.text for article in archive.export()] == ["No ice."]

    def test_the_same_relative_path_elsewhere_is_another_file(
        self, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("one", "two"):
            write(tmp_path / name, [("a.txt", f"Title\n2024-01-01\n\nWords of {name}.")])
            os.utime(tmp_path / name / "a.txt", (5, 5))
            monkeypatch.chdir(tmp_path / name)
            assert len(take(archive, "a.txt").added) == 1

    def test_characters_that_are_none_stop_nothing(self, archive: Archive, tmp_path: Path) -> None:
        odd = "\ud800 a\0b \udfff"
        names = ("title", "url", "source", "id", "language", "published", "updated", "date_note")
        path = tmp_path / os.fsdecode(b"caf\xe9.jsonl")
        records(path, {"text": f"Words {odd}.", "authors": [odd], **dict.fromkeys(names, odd)}, {"text": "Fine words."})
        assert take(archive, path).articles == 2
        assert len(take(archive, path).unchanged) == 2
        assert_whole(archive)


class TestTargets:
    def test_files_folders_and_globs_may_be_mixed(self, archive: Archive, news: Path) -> None:
        report = take(archive, str(news / "*.md"), news / "deep", str(news / "ice.txt"))
        assert len(report.added) == 3
        assert take(archive, str(news / "**" / "*.txt"), news).articles == 3

    def test_one_file_named_twice_is_taken_once(self, archive: Archive, news: Path) -> None:
        report = take(archive, news / "ice.txt", news / "ice.txt")
        assert len(report.added) == 1
        assert_whole(archive)

    def test_ingest_makes_the_archive_that_is_named(self, news: Path, tmp_path: Path) -> None:
        report = ingest(news / "ice.txt", archive=tmp_path / "made")
        assert len(report.added) == 1
        settings = Settings(archive=tmp_path / "made")
        assert len(ingest(news, settings=settings).added) == 2
        with opened(tmp_path / "made", create=False) as archive:
            assert archive.stats().articles == 3


class TestProgress:
    def test_it_grows_and_ends_with_a_total(self, archive: Archive, tmp_path: Path) -> None:
        news = write(tmp_path / "many", [(f"{n}.txt", f"Title {n}\n2024-01-01\n\nStory {n}.") for n in range(300)])
        seen: list[Progress] = []
        ingest_into(archive, encoder(), [news], on_progress=seen.append)
        assert seen[0].phase == "reading"
        assert "encoding" in {progress.phase for progress in seen}
        for before, after in pairwise(seen):
            for name in ("files", "articles", "passages", "done"):
                assert getattr(before, name) <= getattr(after, name)
        assert all(progress.total is None or progress.total >= progress.done for progress in seen)
        assert all(progress.message for progress in seen)
        last = seen[-1]
        assert (last.phase, last.files, last.articles, last.passages, last.done, last.total) == (
            "done",
            300,
            300,
            300,
            300,
            300,
        )
        assert archive.stats().articles == 300

    def test_a_listener_that_fails_stops_the_ingest(self, archive: Archive, news: Path) -> None:
        def listen(progress: Progress) -> None:
            if progress.phase == "encoding":
                raise RuntimeError("no one listens")

        with pytest.raises(RuntimeError, match="no one listens"):
            ingest_into(archive, encoder(), [news], on_progress=listen)
        assert not [thread for thread in threading.enumerate() if thread.name.startswith(("dateline-r", "dateline-w"))]
        take(archive, news)
        assert archive.stats().articles == 3
        assert_whole(archive)


class TestEnding:
    def test_an_article_larger_than_the_room_ahead_is_taken(self, archive: Archive, tmp_path: Path) -> None:
        # More passages than may be read ahead, with one before it that waits for its batch to fill up.
        from ingest import pipeline

        words = "Snow fell. " * 60
        path = write(tmp_path / "news", [("a.txt", "Short\n\nShort words."), ("b.txt", f"Long\n\n{words * 40}")])
        run = pipeline._Run(archive, encoder(), lambda _: None, 100 << 20, ahead=4)
        report = run.run([path])
        assert len(report.added) == 2
        assert_whole(archive)

    def test_room_is_given_back_as_it_was_taken(self, archive: Archive, news: Path) -> None:
        from ingest import pipeline

        run = pipeline._Run(archive, encoder(), lambda _: None, 100 << 20, ahead=5)
        run.run([news])
        run.stopped.clear()
        assert run.room._value == 2 * 5  # five that were free, five more that let a reader go who waits at the end

    def test_what_was_read_before_a_crash_is_stored_and_the_crash_is_told(
        self, archive: Archive, news: Path, tmp_path: Path
    ) -> None:
        class Broken(str):
            def __str__(self) -> str:
                raise RuntimeError("the reader crashed")

        with pytest.raises(RuntimeError, match="the reader crashed"):
            take(archive, news, Broken("x"))
        assert archive.stats().articles == 3
        assert_whole(archive)

    def test_a_file_that_changed_while_it_was_read_is_read_again(self, archive: Archive, tmp_path: Path) -> None:
        path = records(tmp_path / "some.jsonl", *({"title": f"T{n}", "text": f"Story {n}."} for n in range(600)))

        def meddle(progress: Progress) -> None:
            if progress.phase == "encoding" and progress.total is not None:
                with path.open("a") as file:
                    file.write('{"title": "Last", "text": "The last story."}\n')

        ingest_into(archive, encoder(), [path], on_progress=meddle)
        report = take(archive, path)
        assert report.articles >= 601
        assert "The last story." in {article.text for article in archive.export()}

    def test_ingests_in_two_threads_take_turns(self, archive: Archive, tmp_path: Path) -> None:
        folders = [
            write(tmp_path / name, [(f"{n}.txt", f"Title {name} {n}\n\nStory {n} of {name}.") for n in range(20)])
            for name in ("one", "two")
        ]
        threads = [threading.Thread(target=take, args=(archive, folder)) for folder in folders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert archive.stats().articles == 40
        assert_whole(archive)
        assert len(take(archive, *folders).unchanged) == 40
