"""The routes of REST, one after the other, with a real server that asks everybody for a token."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving import ROOT, Served, served
from websites import Reply, site, story

from web.access import tokens
from web.access.principal import Scope
from web.access.store import Store

CITED = "How many people died in the Velsbridge flood?"
SCOPES: tuple[Scope, ...] = ("ask", "read", "write", "admin")
NOTE = "Lighthouse painted\n\nThe lighthouse at Orrin was painted red on 2 May 2025, the harbour master said."


@pytest.fixture(scope="module")
def folder(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("routes")
    shutil.copytree(sample_archive, folder / "archive")
    return folder


@pytest.fixture(scope="module")
def keys(folder: Path) -> dict[str, str]:
    """A token for each scope alone, and one for writing that also reads."""
    store = Store(folder / "archive")
    made = {scope: tokens.create(store, scope, frozenset({scope})) for scope in SCOPES}
    made["editor"] = tokens.create(store, "editor", frozenset({"ask", "read", "write"}))
    store.close()
    return made


@pytest.fixture(scope="module")
def server(folder: Path, keys: dict[str, str]) -> Iterator[Served]:
    with served(folder / "archive", folder / "log", environ={"DATELINE_ALLOW_PRIVATE": "true"}) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Served, keys: dict[str, str]) -> Iterator[httpx.Client]:
    """A client that may ask, read and write."""
    with server.client(Authorization=f"Bearer {keys['editor']}") as client:
        client.base_url = f"{server.url}/api/v1"
        yield client


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def _detail(response: httpx.Response, status: int) -> str:
    """The detail of ``response``, which must be a problem of RFC 9457 with that status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["type"]) == (status, "about:blank")
    return str(body["detail"])


def _done(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    """The report of the job that ``accepted`` is about, once it is done."""
    assert accepted.status_code == 202, accepted.text
    assert accepted.headers["location"] == f"/api/v1/jobs/{accepted.json()['id']}"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        job = client.get(f"/jobs/{accepted.json()['id']}").json()
        if job["status"] not in ("queued", "running"):
            assert job["status"] == "done", job
            return dict(job["report"])
        time.sleep(0.05)
    raise AssertionError(f"the job was not done in time: {job}")


def _add(client: httpx.Client, *articles: dict[str, Any], key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/articles", json={"articles": articles}, headers=headers)


# ---- the document


def test_the_document_is_the_one_that_is_kept(document: dict[str, Any]) -> None:
    """After a change that is meant: ``UPDATE_OPENAPI=1 python -m pytest tests/test_api_routes.py -k document``."""
    kept = ROOT / "tests" / "openapi.json"
    if "UPDATE_OPENAPI" in os.environ:
        kept.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert document == json.loads(kept.read_text(encoding="utf-8"))


def test_every_route_is_documented_with_its_scope_and_errors(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for operation in item.values():
            [needed] = operation["security"] or [{"token": ["none"]}]
            assert needed["token"][0] in (*SCOPES, "none")
            assert (needed["token"] == ["none"]) == (path in ("/api/v1/health", "/api/v1/ready"))
            assert operation["summary"]
            assert operation["description"]
            assert {"422", "429", "500", "503"} <= operation["responses"].keys()
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert "application/problem+json" in response["content"]


def test_no_route_answers_without_its_scope(server: Served, keys: dict[str, str], document: dict[str, Any]) -> None:
    with server.client() as stranger:
        for path, item in document["paths"].items():
            for method, operation in item.items():
                if not operation["security"]:
                    continue
                [needed] = operation["security"][0]["token"]
                place = re.sub(r"\{\w+\}", "1", path)
                _detail(stranger.request(method, place), 401)
                _detail(stranger.request(method, place, headers={"Authorization": "Bearer guess"}), 401)
                other = "read" if needed != "read" else "write"
                response = stranger.request(method, place, headers={"Authorization": f"Bearer {keys[other]}"})
                assert needed in _detail(response, 403)
        assert stranger.get("/api/v1/openapi.json").status_code == 401


def test_health_tells_strangers_nothing_else(server: Served, client: httpx.Client) -> None:
    with server.client() as stranger:
        assert stranger.get("/api/v1/health").json() == {"status": "ok"}
        assert stranger.get("/api/v1/ready").json() == {"status": "ready"}
    assert client.get("/health").json()["articles"] > 30


def test_the_page_of_the_document_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/docs").text
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sorted(wanted) == ["/look/icon.svg", "docs/swagger-ui-bundle.js", "docs/swagger-ui.css"]
    assert "http" not in page
    assert len(client.get("/docs/swagger-ui-bundle.js").content) > 500_000
    assert client.get("/docs/swagger-ui.css").headers["content-type"].startswith("text/css")


# ---- asking


def test_the_stream_tells_steps_and_then_the_answer(client: httpx.Client) -> None:
    asked = {"question": CITED, "asked_on": "2025-02-01"}
    with client.stream("POST", "/ask/stream", json=asked) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        text = "".join(response.iter_text())
    events = [dict(line.split(": ", 1) for line in event.splitlines()) for event in text.split("\n\n") if event]
    assert [event["event"] for event in events] == ["step", "step", "step", "answer"]
    assert [json.loads(event["data"])["name"] for event in events[:-1]] == ["understand", "retrieve", "read"]
    streamed, answer = json.loads(events[-1]["data"]), client.post("/ask", json=asked).json()
    assert {**streamed, "timings": {}} == {**answer, "timings": {}}


def test_a_stream_that_fails_ends_with_a_problem(client: httpx.Client) -> None:
    with client.stream("POST", "/ask/stream", json={"question": "\x01"}) as response:
        last = "".join(response.iter_text()).rstrip().split("\n\n")[-1]
    assert last.startswith("event: error\ndata: ")
    assert json.loads(last.split("data: ", 1)[1])["status"] == 422


def test_closing_the_connection_stops_the_work(client: httpx.Client) -> None:
    for path in ("/ask/stream", "/ask"):
        with pytest.raises(httpx.ReadTimeout):
            client.post(path, json={"question": CITED}, timeout=httpx.Timeout(60, read=0.02))
    assert client.post("/ask", json={"question": CITED}).json()["answered"] is True


def test_search_finds_passages_within_the_filters(client: httpx.Client) -> None:
    wanted = {"query": "flood damage", "limit": 3, "source": ["The Averin Courier", "Tidewire"]}
    found = client.get("/search", params=wanted).json()["passages"]
    assert len(found) == 3
    assert {passage["article"]["source"] for passage in found} <= {"The Averin Courier", "Tidewire"}
    article = client.get(f"/articles/{found[0]['article']['id']}").json()
    assert article["text"][found[0]["start"] : found[0]["end"]] == found[0]["text"]


def test_sections_narrow_an_answer_and_days_can_be_ignored(client: httpx.Client) -> None:
    answer = client.post("/ask", json={"question": "Who won the Cup?", "sections": ["sport"]}).json()
    assert answer["filters"]["sections"] == ["sport"]
    assert answer["searched"]["articles"] == client.get("/stats", params={"section": "Sport"}).json()["articles"]
    asked = {"question": "What was in the news in January 2025 in the Town section?", "ignore": ["days", "sections"]}
    answer = client.post("/ask", json=asked).json()
    told = {"published_from": None, "published_to": None, "sources": [], "sections": [], "ignored": asked["ignore"]}
    assert answer["filters"] == told
    assert answer["searched"]["articles"] == client.get("/stats").json()["articles"]
    assert "'days' or 'sections'" in client.post("/ask", json={**asked, "ignore": ["outlets"]}).text
    found = client.get("/search", params={"query": "flood damage", "section": "town"}).json()["passages"]
    assert {passage["article"]["source"] for passage in found} == {"Velsbridge Post"}
    told = client.get("/timeline/events", params={"topic": "the flood", "section": "Travel"}).json()
    assert "flood" not in str(told["events"]).lower()


# ---- reading


def test_pages_together_are_the_list(client: httpx.Client) -> None:
    whole = client.get("/articles", params={"limit": 1000}).json()
    assert len(whole["articles"]) == whole["total"]
    assert whole["next"] is None
    ids, cursor = [], None
    while True:
        page = client.get("/articles", params={"limit": 7, **({"cursor": cursor} if cursor else {})}).json()
        ids += [article["id"] for article in page["articles"]]
        assert page["total"] == whole["total"]
        if (cursor := page["next"]) is None:
            break
    assert ids == [article["id"] for article in whole["articles"]]
    third = client.get("/articles", params={"limit": 1, "offset": 2}).json()["articles"]
    assert third == whole["articles"][2:3]


def test_the_total_is_that_of_the_filters(client: httpx.Client) -> None:
    every = client.get("/articles", params={"limit": 1000}).json()["articles"]

    def listed(**wanted: Any) -> list[str]:
        told = client.get("/articles", params={"limit": 1000, **wanted}).json()
        assert told["total"] == len(told["articles"])
        return [article["id"] for article in told["articles"]]

    january = [one["id"] for one in every if "2025-01-01" <= (one["published"] or "")[:10] <= "2025-01-31"]
    assert listed(published_from="2025-01-01", published_to="2025-01-31") == january != []
    assert listed(source="tidewire") == [one["id"] for one in every if one["source"] == "Tidewire"] != []
    assert listed(language="EN") == [one["id"] for one in every if (one["language"] or "")[:2] == "en"] != []
    assert listed(text="floods, Velsbridge") == listed(text="velsbridge flood") != []
    assert listed(text='"Velsbridge floods"') != listed(text="velsbridge flood")
    assert listed(text="!?") == listed(section="Astrology") == []
    sections = [one["id"] for one in every if one["section"] in ("Sport", "Town")]
    assert listed(section=["sport", "town"]) == sections != []
    for path in ("/stats", "/timeline"):
        told = client.get(path, params={"section": ["sport", "town"]}).json()
        assert told["articles"] == len(sections)
    named = {"section": "Town", "dry_run": True}  # a name by itself, as it could be before there were several
    assert client.post("/articles/remove", json=named).json()["matched"] == len(listed(section="Town")) > 0


def test_an_article_is_read_with_its_versions_and_story(client: httpx.Client) -> None:
    report = _done(client, _add(client, {"text": "The kiosk opens on Monday.", "url": "https://kiosk.example/1"}))
    [id] = report["added"]
    assert _done(client, _add(client, {"text": "The kiosk opens on Friday.", "url": "https://kiosk.example/1"})) | {
        "seconds": 0,
        "warnings": [],
    } == {"added": [], "updated": [id], "unchanged": [], "skipped": [], "warnings": [], "seconds": 0, "visits": []}
    first, second = client.get(f"/articles/{id}/versions").json()["versions"]
    assert client.get(f"/articles/{id}/versions/1").json() == first
    assert (first["article"]["text"], first["replaced"]) == ("The kiosk opens on Monday.", second["added"])
    assert client.get(f"/articles/{id}").json()["text"] == "The kiosk opens on Friday."
    assert [one["id"] for one in client.get(f"/stories/{id}").json()["articles"]] == [id]
    assert "has 2" in _detail(client.get(f"/articles/{id}/versions/3"), 404)
    for place in (
        "/articles/nowhere",
        "/articles/nowhere/versions",
        "/articles/nowhere/versions/1",
        "/stories/nowhere",
    ):
        assert "'nowhere'" in _detail(client.get(place), 404)
    assert client.delete(f"/articles/{id}").json()["removed"] == 1


def test_what_there_is_is_counted_alike_everywhere(client: httpx.Client) -> None:
    stats, sources = client.get("/stats").json(), client.get("/sources").json()
    bars = client.get("/timeline", params={"step": "month"}).json()
    stories = client.get("/stories", params={"limit": 1000}).json()
    assert sum(one["articles"] for one in sources["sources"]) + sources["without_source"] == stats["articles"]
    assert bars["articles"] == sum(bar["articles"] for bar in bars["bars"]) + bars["undated"] == stats["articles"]
    assert stories["total"] == len(stories["stories"]) == stats["stories"]
    assert (
        client.get("/timeline", params={"text": "flood"}).json()["articles"]
        == (client.get("/articles", params={"text": "flood"}).json()["total"])
    )
    assert client.get("/stats", params={"source": "Tidewire"}).json()["articles"] < stats["articles"]


def test_the_course_of_events_is_told_in_quotes_of_its_days(client: httpx.Client) -> None:
    events = client.get("/timeline/events", params={"topic": "the Velsbridge flood"}).json()["events"]
    days = [event["day"] for event in events]
    assert len(days) > 1
    assert days == sorted(set(days))
    for event in events:
        citation = event["citation"]
        article = client.get(f"/articles/{citation['article']['id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert client.get("/timeline/events", params={"topic": "astrology for penguins"}).json()["events"] == []


# ---- adding and removing


def test_articles_that_are_added_answer(client: httpx.Client) -> None:
    report = _done(
        client,
        _add(
            client,
            {
                "title": "Windmill lost",
                "text": "The windmill at Orrin burned down on Sunday.",
                "published": "7 May 2025",
            },
            {"html": "<p> </p><!-- nothing -->", "title": "Empty"},
        ),
    )
    [id] = report["added"]
    assert [skipped["origin"] for skipped in report["skipped"]] == ["articles#2"]
    answer = client.post("/ask", json={"question": "When did the windmill at Orrin burn down?"}).json()
    assert answer["citations"][0]["article"]["id"] == id
    assert answer["citations"][0]["article"]["published"] == "2025-05-07"
    client.delete(f"/articles/{id}")


def test_a_repeated_add_is_the_same_job(client: httpx.Client) -> None:
    article = {"text": "A note that is sent twice.", "title": "Twice"}
    first, again = _add(client, article, key="twice"), _add(client, article, key="twice")
    assert again.json()["id"] == first.json()["id"]
    [id] = _done(client, first)["added"]
    assert _add(client, article, key="twice").json()["report"]["added"] == [id]
    assert "'twice'" in _detail(_add(client, {"text": "Another one."}, key="twice"), 422)
    other = _add(client, article, key="another key")
    assert "Idempotency-Key" in _detail(other, 422)
    assert _done(client, _add(client, article, key="other"))["unchanged"] == [id]
    client.delete(f"/articles/{id}")


def test_articles_without_a_name_replace_none(client: httpx.Client) -> None:
    ids = [_done(client, _add(client, {"text": text}))["added"] for text in ("One nameless note.", "Quite another.")]
    assert ids[0] != ids[1]
    named = [_done(client, _add(client, {"text": text, "id": "n-1"})) for text in ("It is red.", "It is blue.")]
    assert named[1]["updated"] == named[0]["added"] != []
    for [id] in (*ids, named[0]["added"]):
        assert client.delete(f"/articles/{id}").status_code == 200


def test_files_are_taken_in_under_the_names_that_they_came_with(client: httpx.Client) -> None:
    files = [
        ("files", ("../../note.txt", NOTE.encode())),
        (
            "files",
            ("rows.csv", b"title,text,date\nA,The quay was swept.,2025-05-03\nB,The quay was mopped.,2025-05-04\n"),
        ),
        ("files", ("song.mp3", b"\x00\x01")),
    ]
    accepted = client.post("/articles/upload", files=files, headers={"Idempotency-Key": "upload-1"})
    report = _done(client, accepted)
    assert len(report["added"]) == 3
    assert [skipped["origin"] for skipped in report["skipped"]] == ["song.mp3"]
    again = client.post("/articles/upload", files=files, headers={"Idempotency-Key": "upload-1"})
    assert again.json()["id"] == accepted.json()["id"]
    # A file of the same name is another article: nothing that was uploaded is lost.
    other = _done(client, client.post("/articles/upload", files=[("files", ("note.txt", b"The quay was painted."))]))
    assert len(other["added"]) == 1
    for id in (*report["added"], *other["added"]):
        client.delete(f"/articles/{id}")


def test_what_was_uploaded_is_not_left_lying(client: httpx.Client, server: Served) -> None:
    spool, until = server.archive / "jobs", time.monotonic() + 10
    while any(spool.glob("*")) and time.monotonic() < until:
        time.sleep(0.05)
    assert spool.exists()
    assert list(spool.iterdir()) == []


def test_addresses_are_fetched(client: httpx.Client) -> None:
    with site({"/story/7": Reply(story(7))}) as here:
        report = _done(client, client.post("/articles/fetch", json={"urls": [f"{here.url}/story/7"]}))
    assert (report["visits"][0]["url"], report["visits"][0]["added"]) == (f"{here.url}/story/7", 1)
    client.delete(f"/articles/{report['added'][0]}")
    for wrong in ("file:///etc/hostname", "/etc/hostname", "news.example"):
        assert "urls" in _detail(client.post("/articles/fetch", json={"urls": [wrong]}), 422)


def test_a_job_can_be_called_off(client: httpx.Client) -> None:
    slow = Reply(story(8))

    def page(asked: object) -> Reply:
        time.sleep(0.2)
        return slow

    with site({f"/story/{n}": page for n in range(30)}) as here:
        urls = [f"{here.url}/story/{n}" for n in range(30)]
        job = client.post("/articles/fetch", json={"urls": urls}).json()["id"]
        waiting = client.post("/articles/fetch", json={"urls": urls}).json()["id"]
        assert client.post(f"/jobs/{waiting}/cancel").json()["status"] == "cancelled"
        assert client.post(f"/jobs/{job}/cancel").status_code == 202
        until = time.monotonic() + 30
        while client.get(f"/jobs/{job}").json()["status"] == "running" and time.monotonic() < until:
            time.sleep(0.05)
        assert client.get(f"/jobs/{job}").json()["status"] == "cancelled"
        assert len(here.asked) < 30
    assert "cancelled" in _detail(client.post(f"/jobs/{job}/cancel"), 409)


def test_jobs_are_seen_by_whoever_made_them(server: Served, keys: dict[str, str], client: httpx.Client) -> None:
    made = client.get("/jobs").json()
    assert made["total"] >= len(made["jobs"]) > 0
    id = made["jobs"][0]["id"]
    with server.client(Authorization=f"Bearer {keys['write']}") as other:
        assert other.get("/api/v1/jobs").json() == {"total": 0, "jobs": []}
        assert id in _detail(other.get(f"/api/v1/jobs/{id}"), 404)
        assert id in _detail(other.post(f"/api/v1/jobs/{id}/cancel"), 404)
    with server.client(Authorization=f"Bearer {keys['admin']}") as admin:
        assert admin.get(f"/api/v1/jobs/{id}").json() == made["jobs"][0]


def test_articles_are_removed_by_a_filter_when_it_is_meant(client: httpx.Client) -> None:
    texts = ("The zeppelin landed.", "The zeppelin left.", "The kite flew.")
    _done(client, _add(client, *({"text": text, "source": "Sky Post"} for text in texts)))
    wanted = {"source": ["sky post"], "text": "zeppelin"}
    tried = client.post("/articles/remove", json=wanted).json()
    assert (tried["matched"], tried["removed"], tried["dry_run"], len(tried["ids"])) == (2, 0, True, 2)
    done = client.post("/articles/remove", json={**wanted, "dry_run": False}).json()
    assert (done["matched"], done["removed"], done["ids"]) == (2, 2, tried["ids"])
    rest = client.get("/articles", params={"source": "Sky Post"}).json()
    assert rest["total"] == 1
    assert client.post("/articles/remove", json={"ids": [rest["articles"][0]["id"]], "dry_run": False}).json()[
        "removed"
    ]
    for nothing in ({}, {"dry_run": False}, {"source": []}):
        assert "filter" in _detail(client.post("/articles/remove", json=nothing), 422)


# ---- feedback


def test_a_rating_is_kept_with_its_answer(server: Served, keys: dict[str, str], client: httpx.Client) -> None:
    answer = client.post("/ask", json={"question": CITED}).json()
    first = client.post("/feedback", json={"answer": answer, "good": True})
    assert first.status_code == 201
    changed = client.post("/feedback", json={"answer": answer, "good": False, "comment": "Not the toll."})
    assert changed.json() == first.json()
    with server.client(Authorization=f"Bearer {keys['admin']}") as admin:
        told = admin.get("/api/v1/feedback").json()
    assert told["total"] == 1
    [rating] = told["ratings"]
    assert (rating["good"], rating["comment"], rating["owner"]) == (False, "Not the toll.", "token:editor")
    assert rating["answer"] == answer


# ---- what goes wrong


def test_what_goes_wrong_is_a_problem_that_names_it(client: httpx.Client) -> None:
    json_ = {"Content-Type": "application/json"}
    places = "/ask", "/articles/fetch", "/articles/remove", "/articles/upload", "/stats", "/jobs"
    for method, place in product(("PUT", "QUERY", "TRACE", "OPTIONS"), places):
        wrong = client.request(method, place)
        assert method in _detail(wrong, 405)
        assert wrong.headers["allow"] == ("GET" if place in ("/stats", "/jobs") else "POST")
    assert "text/plain" in _detail(client.post("/ask", content="When?", headers={"Content-Type": "text/plain"}), 415)
    assert "application/json" in _detail(client.post("/articles/upload", content="{}", headers=json_), 415)
    for broken in (b"{", b"\xff\xfe"):
        assert "body" in _detail(client.post("/ask", content=broken, headers=json_), 400)
    for day in (0, "0", "last week", "2025-02-30", True):
        assert "asked_on" in _detail(client.post("/ask", json={"question": "When?", "asked_on": day}), 422)
    assert "dry_run" in _detail(client.post("/articles/remove", json={"ids": ["x"], "dry_run": 0}), 422)
    assert "colour" in _detail(client.get("/articles", params={"colour": "red"}), 422)
    assert "cursor" in _detail(client.get("/articles", params={"cursor": "there"}), 422)
    assert "published" in _detail(_add(client, {"text": "Words.", "published": "soon"}), 422)
    assert "text or html" in _detail(_add(client, {"title": "Words"}), 422)
    assert "/api/v1/nothing" in _detail(client.get("/nothing"), 404)


def test_what_is_too_large_is_turned_away(client: httpx.Client) -> None:
    body = json.dumps({"articles": [{"text": "x" * (33 << 20)}]})
    response = client.post("/articles", content=body, headers={"Content-Type": "application/json"})
    assert "MiB" in _detail(response, 413)


# ---- what the documentation says


def test_the_commands_of_the_documentation_work(server: Served, keys: dict[str, str], tmp_path: Path) -> None:
    text = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    assert len(blocks) > 10
    script = "".join(blocks).replace("http://127.0.0.1:7860", server.url).replace("dln_…", keys["editor"])
    command = ["bash", "-euxo", "pipefail", "-c", script]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "NO_PROXY": "127.0.0.1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stderr}\n{done.stdout}"
    assert '"answered":true' in done.stdout
    assert "event: answer" in done.stdout
