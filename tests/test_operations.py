"""What those who run a server rely on: how it stops, its traces, its settings shown."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from serving import ROOT, Served, served

from ingest import ingest
from ingest.archive import Archive
from ingest.errors import SettingsError
from web.operations.traces import Tracer

QUESTION = {"question": "How many people died in the Velsbridge flood?"}
STORIES = 1000


@contextmanager
def _collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector of traces on this machine: its address, and what was sent to it."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", bodies
        finally:
            server.shutdown()
            thread.join()


def _key(server: Served) -> dict[str, str]:
    return {"Authorization": f"Bearer {json.loads((server.archive / 'server.json').read_text())['token']}"}


def test_answers_in_the_making_are_finished_and_their_spans_sent(sample_archive: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_archive, tmp_path / "archive")

    def ask(server: Served) -> httpx.Response:
        with server.client(traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01") as client:
            return client.post("/api/v1/ask", json=QUESTION)

    with _collector() as (address, bodies):
        environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "DATELINE_QUESTIONS_AT_ONCE": "1"}
        with served(tmp_path / "archive", tmp_path / "log", environ=environ) as server, ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(ask, server) for _ in range(4)]
            until = time.monotonic() + 30
            while not any(one.done() for one in asked):
                assert time.monotonic() < until
                time.sleep(0.01)
            assert not all(one.done() for one in asked)
            assert server.stop(signal.SIGTERM) == 0
            said = [one.result() for one in asked]
        assert [response.status_code for response in said] == [200] * 4
        assert len({response.json()["text"] for response in said}) == 1
        assert "Traceback" not in server.said()
        assert server.said().splitlines()[-1] == "Stopped."
    resources = [found for body in bodies for found in ExportTraceServiceRequest.FromString(body).resource_spans]
    spans = [span for resource in resources for scope in resource.scope_spans for span in scope.spans]
    assert {span.name for span in spans} == {"POST /api/v1/ask"}
    assert {(span.trace_id.hex(), span.parent_span_id.hex()) for span in spans} == {("ab" * 16, "cd" * 8)}
    assert len(spans) == 4
    told = {attribute.key: attribute.value for attribute in spans[0].attributes}
    assert told["http.response.status_code"].int_value == 200
    assert told["http.route"].string_value == "/api/v1/ask"
    assert b"Velsbridge" not in b"".join(bodies)


def test_an_ingest_that_is_stopped_can_be_taken_up_again(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(STORIES):
        text = f"Report {number}\n\nOn day {number} the harbour of port {number} counted {number * 7} boats, it said. "
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    with served(tmp_path / "archive", tmp_path / "log") as server, server.client(**_key(server)) as client:
        with client.stream("POST", "/api/v1/ingest", json={"targets": [str(folder)]}) as response:
            lines = response.iter_lines()
            for line in lines:
                if json.loads(line).get("progress", {}).get("done", 0) > 0:
                    break
            server.process.send_signal(signal.SIGTERM)
            rest = [json.loads(line) for line in lines]
        assert server.process.wait(30) == 0
        assert "error" in rest[-1]
        assert "stopped" in rest[-1]["error"]
        assert "Traceback" not in server.said()
    with Archive.open(tmp_path / "archive") as archive:
        stored = archive.stats().articles
        assert archive.check() == []
        assert archive.stats().healed == ""
        assert 0 < stored < STORIES
    report = ingest(folder, archive=tmp_path / "archive")
    assert len(report.added) + stored == STORIES
    assert not report.updated


def test_traces_need_their_exporter_only_when_a_collector_is_named() -> None:
    assert Tracer.of({})._provider is None
    assert (
        Tracer.of({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"})._provider is None
    )
    code = (
        "import sys; sys.modules['opentelemetry.exporter.otlp.proto.http.trace_exporter'] = None\n"
        "from web.operations.traces import Tracer\n"
        "Tracer.of({'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:1'})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert SettingsError.__name__ in done.stderr
    assert "pip install 'dateline[otel]'" in done.stderr


def _dateline(*words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    code = "import sys, app; sys.argv[0] = 'dateline'; app.main()"
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run([sys.executable, "-c", code, *words], cwd=cwd, capture_output=True, text=True, env=env)


def test_config_tells_each_value_and_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "dateline.toml").write_text('port = 8000\nthreads = 2\ntrusted_proxies = ["10.0.0.1"]\n')
    environ = {"DATELINE_PORT": "8001", "DATELINE_HOSTS": "news.example, Desk.Example"}
    done = _dateline("config", "--archive", "here", "--json", cwd=tmp_path, **environ)
    told = json.loads(done.stdout)
    assert told["port"] == {"value": 8001, "from": "the environment"}
    assert told["threads"] == {"value": 2, "from": "dateline.toml"}
    assert told["archive"] == {"value": str(tmp_path / "here"), "from": "the command"}
    assert told["hosts"] == {"value": ["news.example", "desk.example"], "from": "the environment"}
    assert told["trusted_proxies"] == {"value": ["10.0.0.1/32"], "from": "dateline.toml"}
    assert told["public"] == {"value": False, "from": "the default"}
    lines = _dateline("config", cwd=tmp_path, **environ).stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(told)
    assert any(line.split() == ["threads", "2", "(dateline.toml)"] for line in lines)


def test_config_shows_no_secret(tmp_path: Path) -> None:
    environ = {"DATELINE_CHROMA_URL": "http://desk:hunter2@127.0.0.1:8000", "DATELINE_CHROMA_TOKEN": "hunter3"}
    for words in (["config"], ["config", "--json"]):
        done = _dateline(*words, cwd=tmp_path, **environ)
        assert done.returncode == 0
        assert "hunter" not in done.stdout + done.stderr
        assert "********@127.0.0.1:8000" in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HOSTS", "https://news.example", "hosts in the environment must name hosts without scheme or port"),
        ("ALLOWED_ORIGINS", "news.example", "allowed_origins in the environment must name web sites without a path"),
        ("ALLOWED_ORIGINS", "https://news.example/a", "allowed_origins in the environment must name web sites"),
        ("TRUSTED_PROXIES", "proxy", "trusted_proxies in the environment must name addresses or networks"),
        ("PROXY_USER_HEADER", "X User", "proxy_user_header in the environment must be a header's name"),
        ("PROXY_USER_SCOPES", "ask,root", "proxy_user_scopes in the environment must name what may be done"),
        ("LOG_FORMAT", "xml", "log_format in the environment must be one of auto, json, text"),
        ("METRICS", "yes", "metrics in the environment must be one of admin, open, off"),
        ("SESSION_HOURS", "0", "session_hours in the environment must be at least 1"),
    ],
)
def test_settings_that_would_let_in_the_wrong_ones_are_refused(name: str, value: str, said: str) -> None:
    from ingest.settings import Settings

    with pytest.raises(SettingsError, match=said):
        Settings.load(environ={f"DATELINE_{name}": value})


def test_tokens_and_users_are_made_and_taken_back_by_command(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    made = _dateline(
        "token", "create", "bot", "--scope", "ask,read", "--expires", "90d", "--archive", "a", cwd=tmp_path
    )
    assert made.returncode == 0
    assert made.stdout.startswith("dln_")
    assert "not shown again" in made.stderr
    assert "now asks everybody" in made.stderr
    [row] = json.loads(_dateline("token", "list", "--json", "--archive", "a", cwd=tmp_path).stdout)["tokens"]
    assert (row["name"], row["scopes"], row["used"]) == ("bot", ["ask", "read"], None)
    assert row["expires"] - row["created"] == 90 * 86_400
    secret = made.stdout.strip().rpartition("_")[2]
    assert secret not in _dateline("token", "list", "--archive", "a", cwd=tmp_path).stdout
    for words, wrong in (
        (["create", "x", "--scope", "rule"], "there is no scope 'rule'"),
        (["create", "x", "--expires", "soon"], "--expires 'soon' is not a time"),
        (["revoke", "x"], "there is no token 'x'"),
    ):
        done = _dateline("token", *words, "--archive", "a", cwd=tmp_path)
        assert (done.returncode, wrong in done.stderr) == (1, True)
    assert _dateline("token", "revoke", row["id"], "--archive", "a", cwd=tmp_path).returncode == 0
    assert "No tokens." in _dateline("token", "list", "--archive", "a", cwd=tmp_path).stderr
    missing = _dateline("token", "create", "bot", "--archive", "nowhere", cwd=tmp_path)
    assert "there is no archive in" in missing.stderr
