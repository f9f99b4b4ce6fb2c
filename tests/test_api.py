"""REST, the way the server starts and ends, and what it turns away: all with a real server."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from serving import ROOT, Served, served, start
from websites import Reply, site, story

from qa.answer import Answer

CITED = "How many people died in the Velsbridge flood?"


@pytest.fixture(scope="module")
def server(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("api")
    shutil.copytree(sample_archive, folder / "archive")
    with served(folder / "archive", folder / "log") as server:
        yield server


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def trusted(server: Served) -> Iterator[httpx.Client]:
    token = json.loads((server.archive / "server.json").read_text())["token"]
    with server.client(Authorization=f"Bearer {token}") as client:
        yield client


def _is_problem(response: httpx.Response, status: int) -> str:
    """The detail of ``response``, which must be a problem of RFC 9457 with that status."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    return str(body["detail"])


def test_health_counts_what_the_archive_holds(client: httpx.Client) -> None:
    health = client.get("/api/v1/health").json()
    assert health["status"] == "ok"
    assert health["articles"] == client.get("/api/v1/articles").json()["total"] > 30
    assert 0 < sum(health["sources"].values()) <= health["articles"]


def test_ask_answers_as_the_contract_says(client: httpx.Client) -> None:
    answer = client.post("/api/v1/ask", json={"question": CITED}).json()
    assert answer.keys() == Answer(question="", answered=False, text="", confidence=0.0).to_dict().keys()
    assert answer["answered"] is True
    for number, citation in enumerate(answer["citations"], 1):
        article = client.get(f"/api/v1/articles/{citation['article']['id']}").json()
        assert citation["number"] == number
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert f"[{number}]" in answer["text"]


def test_ask_takes_history_and_filters(client: httpx.Client) -> None:
    asked = {
        "question": "When was that?",
        "history": [[CITED, "Eight people died. [1]"]],
        "published_from": "2025-01-01",
        "published_to": "2025-01-31",
        "sources": ["The Averin Courier"],
    }
    answer = client.post("/api/v1/ask", json=asked).json()
    assert "Velsbridge" in answer["standalone_question"]
    assert answer["filters"] == {
        "published_from": "2025-01-01",
        "published_to": "2025-01-31",
        "sources": ["The Averin Courier"],
        "sections": [],
        "ignored": [],
    }
    assert {passage["article"]["source"] for passage in answer["passages"]} == {"The Averin Courier"}


def test_ask_reckons_days_from_the_day_given(client: httpx.Client) -> None:
    answer = client.post("/api/v1/ask", json={"question": "What happened last week?", "asked_on": "2025-01-20"}).json()
    assert (answer["filters"]["published_from"], answer["filters"]["published_to"]) == ("2025-01-13", "2025-01-19")
    assert "Read “last week” as 13 to 19 January 2025" in " ".join(answer["notes"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": "When?", "asked_on": "Tuesday"},
        {"question": "   "},
        {"question": "x" * 2001},
        {"question": "When?", "published_from": "last week"},
        {"question": "When?", "colour": "red"},
        {"question": "When?", "history": [["only one"]]},
    ],
)
def test_bad_question_is_a_problem(client: httpx.Client, body: dict[str, object]) -> None:
    assert "body" in _is_problem(client.post("/api/v1/ask", json=body), 422)


def test_articles_are_listed_newest_first_in_pages(client: httpx.Client) -> None:
    everything = client.get("/api/v1/articles", params={"limit": 1000}).json()
    pages = [client.get("/api/v1/articles", params={"limit": 10, "offset": at}).json() for at in (0, 10)]
    assert [*pages[0]["articles"], *pages[1]["articles"]] == everything["articles"][:20]
    days = [article["published"] for article in everything["articles"] if article["published"]]
    assert days == sorted(days, reverse=True)
    assert all("text" not in article for article in everything["articles"])


def test_article_comes_with_its_passages(client: httpx.Client) -> None:
    listed = client.get("/api/v1/articles", params={"limit": 1}).json()["articles"][0]
    article = client.get(f"/api/v1/articles/{listed['id']}").json()
    assert article.items() >= listed.items()
    assert article["passages"]
    for passage in article["passages"]:
        assert passage["start"] == passage["sentences"][0][0]
        assert passage["end"] == passage["sentences"][-1][1] <= len(article["text"])


def test_a_story_lists_its_members_and_each_of_them_knows_the_others(client: httpx.Client) -> None:
    stories = client.get("/api/v1/stories", params={"limit": 1000}).json()["stories"]
    everything = [article["id"] for story in stories for article in story["articles"]]
    assert len(everything) == len(set(everything)) == client.get("/api/v1/articles").json()["total"]
    told_by_several = [[article["id"] for article in story["articles"]] for story in stories if story["articles"][1:]]
    assert told_by_several
    for members in told_by_several:
        for id in members:
            known = [article["id"] for article in client.get(f"/api/v1/articles/{id}").json()["story"]]
            assert known == members


def test_an_article_that_never_changed_has_one_version(client: httpx.Client) -> None:
    listed = client.get("/api/v1/articles", params={"limit": 1}).json()["articles"][0]
    told = client.get(f"/api/v1/articles/{listed['id']}/versions").json()
    assert len(told["versions"]) == 1
    assert "'nowhere'" in _is_problem(client.get("/api/v1/articles/nowhere/versions"), 404)


def test_what_is_not_there_is_a_problem(client: httpx.Client) -> None:
    assert "'nowhere'" in _is_problem(client.get("/api/v1/articles/nowhere"), 404)
    assert "/api/v1/astrology" in _is_problem(client.get("/api/v1/astrology"), 404)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer guess"}, {"Authorization": "Basic guess"}])
def test_ingest_needs_the_token(client: httpx.Client, tmp_path: Path, header: dict[str, str]) -> None:
    before = client.get("/api/v1/health").json()
    (tmp_path / "note.txt").write_text("The mill at Orrin burned down.", encoding="utf-8")
    response = client.post("/api/v1/ingest", json={"targets": [str(tmp_path)]}, headers=header)
    assert "token" in _is_problem(response, 401)
    assert response.headers["www-authenticate"] == "Bearer"
    assert client.get("/api/v1/health").json() == before


def test_ingest_tells_its_progress_and_reports(trusted: httpx.Client, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text(
        "Windmill lost\n\nThe windmill at Orrin burned down on 7 May 2025, the mayor said.", encoding="utf-8"
    )
    (tmp_path / "empty.txt").touch()
    with trusted.stream("POST", "/api/v1/ingest", json={"targets": [str(tmp_path)]}) as response:
        assert response.headers["content-type"] == "application/x-ndjson"
        *progress, last = [json.loads(line) for line in response.iter_lines()]
    assert progress
    assert all(line["progress"]["phase"] in ("reading", "encoding", "done") for line in progress)
    [added] = last["report"]["added"]
    assert [skipped["origin"] for skipped in last["report"]["skipped"]] == [str(tmp_path / "empty.txt")]
    answer = trusted.post("/api/v1/ask", json={"question": "When did the windmill at Orrin burn down?"}).json()
    assert answer["citations"][0]["article"]["id"] == added


def test_ingest_takes_addresses_as_far_as_they_may_be_fetched(trusted: httpx.Client) -> None:
    page = Reply(story(7))
    with site({"/story/7": page}) as here:
        body: dict[str, object] = {"targets": [f"{here.url}/story/7"]}
        refused = json.loads(trusted.post("/api/v1/ingest", json=body).text.splitlines()[-1])["report"]
        assert "--allow-private" in refused["skipped"][0]["reason"]
        assert here.asked == []
        body |= {"allow_private": True, "max_links": 5}
        report = json.loads(trusted.post("/api/v1/ingest", json=body).text.splitlines()[-1])["report"]
    assert len(report["added"]) == 1
    assert (report["visits"][0]["url"], report["visits"][0]["added"]) == (f"{here.url}/story/7", 1)
    body = {"targets": ["/news", "news.example/feed"]}
    assert "neither an absolute path nor a web address" in _is_problem(trusted.post("/api/v1/ingest", json=body), 422)


def test_ingest_says_what_it_cannot_read(trusted: httpx.Client, tmp_path: Path) -> None:
    assert "notes" in _is_problem(trusted.post("/api/v1/ingest", json={"targets": ["notes"]}), 422)
    response = trusted.post("/api/v1/ingest", json={"targets": [str(tmp_path / "missing")]})
    [line] = [json.loads(line) for line in response.text.splitlines() if "progress" not in line]
    assert str(tmp_path / "missing") in json.dumps(line)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", ""])
def test_other_host_names_are_turned_away(client: httpx.Client, host: str) -> None:
    for path in ("/", "/api/v1/health", "/gradio_api/info"):
        assert "127.0.0.1" in _is_problem(client.get(path, headers={"Host": host}), 421)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_other_sites_pages_are_turned_away(client: httpx.Client, origin: str) -> None:
    response = client.post("/api/v1/ask", json={"question": CITED}, headers={"Origin": origin})
    assert origin in _is_problem(response, 403)
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/file=/etc/hostname",
        "/gradio_api/file/etc/hostname",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/openapi.json",
        "/gradio_api/run/ask",
        "/gradio_api/call/ask",
        "/monitoring",
        "/docs",
        "/look/../server.py",
        "/look/%2e%2e/server.py",
    ],
)
def test_routes_without_a_use_are_not_there(client: httpx.Client, path: str) -> None:
    for method in ("GET", "POST"):
        assert client.request(method, path).status_code in (404, 405)


def test_every_answer_carries_the_security_headers(client: httpx.Client) -> None:
    for path in ("/", "/look/style.css", "/api/v1/health", "/api/v1/nothing", "/docs"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "connect-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_server_note_is_for_this_user_only(server: Served) -> None:
    note = server.archive / "server.json"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    said = json.loads(note.read_text())
    assert said.keys() == {"pid", "url", "token"}
    assert said["url"] == server.url
    assert said["pid"] == server.process.pid
    assert len(said["token"]) >= 32


def test_archive_in_use_is_one_clear_line(server: Served, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert start(server.archive, log).wait(60) == 1
    [line] = log.read_text().splitlines()
    assert str(server.archive) in line
    assert server.url in line
    assert json.loads((server.archive / "server.json").read_text())["url"] == server.url


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_server_ends_cleanly(tmp_path: Path, how: signal.Signals) -> None:
    with served(tmp_path / "archive", tmp_path / "log") as server:
        with server.client() as client, client.stream("GET", "/gradio_api/heartbeat/open") as page:
            next(page.iter_raw())
            assert server.stop(how) == 0
        assert server.said().splitlines()[-1] == "Stopped."
        assert "Traceback" not in server.said()
        assert not (server.archive / "server.json").exists()
        assert not (server.archive / "owner.json").exists()


def test_server_beyond_loopback_still_guards_ingest(tmp_path: Path) -> None:
    with (
        served(tmp_path / "archive", tmp_path / "log", "--host", "0.0.0.0", "--public") as server,
        server.client() as client,
    ):
        assert server.url.startswith("http://127.0.0.1:")
        assert client.get("/api/v1/health", headers={"Host": "news.example"}).status_code == 200
        _is_problem(client.post("/api/v1/ingest", json={"targets": ["/"]}, headers={"Host": "news.example"}), 403)


def test_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(tmp_path / "archive", tmp_path / "log", "--port", str(port))
        assert process.wait(60) == 1
    [line] = (tmp_path / "log").read_text().splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "in use" in line
    assert not (tmp_path / "archive").exists()


def test_broken_archive_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "archive.db").write_bytes(b"no database at all" * 1000)
    assert start(tmp_path / "archive", tmp_path / "log").wait(60) == 1
    [line] = (tmp_path / "log").read_text().splitlines()
    assert str(tmp_path / "archive") in line


def test_host_that_is_not_ours_is_one_clear_line(tmp_path: Path) -> None:
    assert start(tmp_path / "archive", tmp_path / "log", "--host", "203.0.113.1").wait(60) == 1
    [line] = (tmp_path / "log").read_text().splitlines()
    assert "203.0.113.1" in line


def test_first_start_of_all_shows_the_samples(tmp_path: Path) -> None:
    environ = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "DATELINE_PORT": "0"}
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=environ
        )
    try:
        while "Dateline is at" not in log.read_text():
            assert process.poll() is None, log.read_text()
        first, second = log.read_text().splitlines()
        assert str(tmp_path / "dateline" / "archive") in first
        health = httpx.get(f"{second.split()[-1]}/api/v1/health", trust_env=False).json()
        assert health["articles"] > 30
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_importing_the_entry_point_is_light() -> None:
    heavy = "gradio", "chromadb", "torch", "onnxruntime", "fastapi", "llama_index", "sentence_transformers"
    code = f"import app, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_serve_is_a_command_of_dateline() -> None:
    code = "import sys, app; sys.argv = ['dateline', 'serve', '--help']; app.main()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--port" in done.stdout
