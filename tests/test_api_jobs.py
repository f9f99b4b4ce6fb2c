"""Jobs outlive the server that took them: what was accepted is done, once, whatever happens in between."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websites import Reply, site, story

from ingest.settings import Settings
from qa.assistant import Assistant
from web.api.ingests import Add, Ingests
from web.api.jobs import Job, KeyReused, Order, new_id


@pytest.fixture(scope="module")
def assistant(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("jobs") / "archive"
    shutil.copytree(sample_archive, folder)
    settings = Settings.load(folder, environ={}, allow_private=True, fetch_delay=0.0)
    with Assistant.open(settings=settings) as assistant:
        yield assistant


def _order(*texts: str, key: str | None = None, owner: str = "somebody") -> Order:
    work = [{"text": text, "title": text} for text in texts]
    return Order(owner, "articles", work, repr(work), key, new_id())


def _ended(ingests: Ingests, id: str) -> Job:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = ingests.job(id)
        assert found is not None
        if found[0].finished:
            return found[0]
        time.sleep(0.02)
    raise AssertionError(f"not done in time: {found}")


def test_a_job_that_the_end_of_the_server_interrupts_is_finished_by_the_next(assistant: Assistant) -> None:
    def page(asked: Any) -> Reply:
        time.sleep(0.3)
        return Reply(story(int(asked.path.rsplit("/", 1)[-1])))

    with site({f"/story/{n}": page for n in range(1, 7)}) as here:
        first = Ingests(assistant)
        urls = [f"{here.url}/story/{n}" for n in range(1, 7)]
        running, _ = first.accept(Order("somebody", "fetch", urls, "print", None, new_id()))
        waiting, _ = first.accept(_order("The barge sank in the night."))
        while not here.asked:
            time.sleep(0.02)
        first.finish()
        assert 0 < len(here.asked) < 6
        second = Ingests(assistant)
        assert [found[0].status for id in (running.id, waiting.id) if (found := second.job(id))] == ["queued"] * 2
        second.resume()
        report = _ended(second, running.id).report
        assert report is not None
        assert len(report["added"]) + len(report["unchanged"]) == 6
        assert _ended(second, waiting.id).status == "done"
        second.finish()


def test_jobs_are_done_in_the_order_in_which_they_came(assistant: Assistant) -> None:
    ingests = Ingests(assistant)
    ids = [ingests.accept(_order(f"The barge number {n} sailed."))[0].id for n in range(5)]
    jobs = [_ended(ingests, id) for id in ids]
    assert [job.status for job in jobs] == ["done"] * 5
    total, listed = ingests.jobs("somebody", limit=3)
    assert [job.id for job in listed] == ids[:1:-1]
    assert total >= 5
    assert ingests.jobs("nobody", limit=3) == (0, [])
    ingests.finish()


def test_a_key_means_one_request_of_one_owner(assistant: Assistant) -> None:
    ingests = Ingests(assistant)
    job, new = ingests.accept(_order("A lamp was lit.", key="k"))
    again, repeated = ingests.accept(_order("A lamp was lit.", key="k"))
    other, others = ingests.accept(_order("A lamp was lit.", key="k", owner="another"))
    assert (again.id, new, repeated, others) == (job.id, True, False, True)
    assert other.id != job.id
    with pytest.raises(KeyReused, match="'k'"):
        ingests.accept(_order("Another lamp was lit.", key="k"))
    ingests.finish()
    later = Ingests(assistant)
    assert later.accept(_order("A lamp was lit.", key="k"))[0].id == job.id
    later.finish()


def test_a_file_that_is_gone_fails_alone(assistant: Assistant) -> None:
    ingests = Ingests(assistant)
    id = new_id()
    spool = ingests.spool(id)
    (spool / "2").mkdir(parents=True)
    (spool / "2" / "note.txt").write_text("The lamp went out on 3 May 2025, the keeper said.", encoding="utf-8")
    ingests.accept(Order("somebody", "upload", ["lost.txt", "note.txt"], "files", None, id))
    report = _ended(ingests, id).report
    assert report is not None
    assert [skipped["origin"] for skipped in report["skipped"]] == ["lost.txt"]
    assert len(report["added"]) == 1
    ingests.finish()
    assert not spool.exists()


def test_files_that_no_job_needs_are_dropped(assistant: Assistant) -> None:
    left = Ingests(assistant).spool("left")
    left.mkdir(parents=True)
    ingests = Ingests(assistant)
    ingests.resume()
    ingests.finish()
    assert not left.exists()


def test_what_a_command_hands_over_is_told_as_it_goes(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The buoy was found on 4 May 2025, the pilot said.", encoding="utf-8")
    ingests = Ingests(assistant)
    *progress, last = ingests.run(Add(targets=[str(tmp_path)]))
    assert all("progress" in line for line in progress)
    assert len(last["report"]["added"]) == 1
    ingests.finish()
    assert "stopped" in list(Ingests.run(ingests, Add(targets=[str(tmp_path / "x")])))[-1]["error"]
