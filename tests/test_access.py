"""Who is let in where: a real server with tokens, users and a proxy's word, and one that is meant to be open."""

from __future__ import annotations

import json
import re
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from serving import Served, chromium, served, start

from web.access import passwords, tokens
from web.access.principal import READING, Scope
from web.access.store import Store

PASSWORD = "seven quiet herons"
QUESTION = {"question": "How many people died in the Velsbridge flood?"}
SITE = "https://desk.example"


@pytest.fixture(scope="module")
def server(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("access")
    shutil.copytree(sample_archive, folder / "archive")
    with closing(Store(folder / "archive")) as store:
        passwords.set_password(store, "ada", PASSWORD, frozenset({"ask", "read", "write"}))
    environ = {
        "DATELINE_ALLOWED_ORIGINS": SITE,
        "DATELINE_PROXY_USER_HEADER": "X-Remote-User",
        "DATELINE_TRUSTED_PROXIES": "127.0.0.1",
        "DATELINE_MAX_REQUEST_MB": "1",
        "DATELINE_QUESTIONS_PER_MINUTE": "30",
    }
    with served(folder / "archive", folder / "log", environ=environ) as server:
        yield server


@pytest.fixture
def store(server: Served) -> Iterator[Store]:
    with closing(Store(server.archive)) as store:
        yield store


def _token(store: Store, name: str, *scopes: Scope, seconds: int | None = None) -> str:
    store.revoke(name)
    return tokens.create(store, name, frozenset(scopes), seconds=seconds)


@contextmanager
def _logged_in(server: Served) -> Iterator[httpx.Client]:
    with server.client() as client:
        response = client.post("/login", data={"name": "ada", "password": PASSWORD}, headers={"Origin": server.url})
        assert response.status_code == 303
        yield client


def _audited(server: Served, action: str) -> list[dict[str, object]]:
    lines = (server.archive / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["action"] == action]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/config"),
        ("GET", "/gradio_api/info"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/queue/data?session_hash=x"),
        ("GET", "/gradio_api/heartbeat/x"),
        ("POST", "/gradio_api/run/predict"),
        ("GET", "/gradio_api/startup-events"),
        ("GET", "/theme.css"),
        ("GET", "/assets/index.js"),
        ("GET", "/static/x"),
        ("GET", "/page/search?q=flood"),
        ("POST", "/page/remove"),
        ("GET", "/api/v1/articles"),
        ("GET", "/api/v1/stories"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/api/v1/nothing"),
        ("POST", "/api/v1/ask"),
        ("POST", "/api/v1/ingest"),
        ("POST", "/api/v1/restore"),
        ("GET", "/v1/models"),
        ("POST", "/v1/chat/completions"),
        ("POST", "/v1/embeddings"),
        ("POST", "/mcp"),
        ("GET", "/mcp"),
        ("GET", "/metrics"),
    ],
)
def test_no_route_answers_a_stranger(server: Served, method: str, path: str) -> None:
    with server.client() as client:
        for headers in ({}, {"Authorization": "Bearer guess"}, {"Cookie": "dateline_session=" + "A" * 43}):
            response = client.request(method, path, headers=headers)
            assert response.status_code == 401
            assert response.headers["www-authenticate"] == "Bearer"
            # /v1 speaks as OpenAI does.
            kind = "application/json" if path.startswith("/v1/") else "application/problem+json"
            assert response.headers["content-type"] == kind
            assert "Velsbridge" not in response.text


def test_no_documented_route_answers_a_stranger(server: Served) -> None:
    key = json.loads((server.archive / "server.json").read_text())["token"]
    with server.client() as client:
        document = client.get("/api/v1/openapi.json", headers={"Authorization": f"Bearer {key}"}).json()
        asked = [
            (method, re.sub(r"{\w+}", "x", path))
            for path, methods in document["paths"].items()
            for method in methods
            if path not in ("/api/v1/health", "/api/v1/ready")
        ]
        assert len(asked) > 10
        told = {(method, path): client.request(method, path).status_code for method, path in asked}
    assert {pair: status for pair, status in told.items() if status != 401} == {}


def test_a_stranger_sees_that_the_server_lives_and_no_more(server: Served) -> None:
    with server.client() as client:
        assert client.get("/api/v1/health").json() == {"status": "ok"}
        assert client.get("/look/login.css").status_code == 200


def test_websockets_are_turned_away(server: Served) -> None:
    host, _, port = server.url.partition("://")[2].partition(":")
    asked = (
        "GET /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(asked.encode())
        assert b" 101 " not in connection.recv(200).partition(b"\r\n")[0]


def test_a_token_opens_what_its_scopes_say(server: Served, store: Store) -> None:
    asker, reader, admin = (
        _token(store, "asker", "ask"),
        _token(store, "reader", "read"),
        _token(store, "boss", "admin"),
    )
    for token, asked, read, page, figures in (
        (asker, 200, 403, 403, 403),
        (reader, 403, 200, 403, 403),
        (admin, 200, 200, 200, 200),
    ):
        with server.client(Authorization=f"Bearer {token}") as client:
            assert client.post("/api/v1/ask", json=QUESTION).status_code == asked
            assert client.get("/api/v1/articles").status_code == read
            assert client.get("/config").status_code == page
            assert client.get("/metrics").status_code == figures


def test_a_token_is_seen_and_revoked_while_the_server_runs(server: Served, store: Store) -> None:
    token = _token(store, "shortlived", "read")
    with server.client(Authorization=f"Bearer {token}") as client:
        assert client.get("/api/v1/articles").status_code == 200
        [row] = [row for row in store.tokens() if row.name == "shortlived"]
        assert row.used is not None
        store.revoke("shortlived")
        assert "revoked" in client.get("/api/v1/articles").json()["detail"]
    with server.client(Authorization=f"Bearer {_token(store, 'late', 'read', seconds=0)}") as client:
        assert client.get("/api/v1/articles").status_code == 401


def test_the_servers_own_key_does_everything(server: Served) -> None:
    key = json.loads((server.archive / "server.json").read_text())["token"]
    with server.client(Authorization=f"Bearer {key}") as client:
        assert client.get("/api/v1/articles").status_code == 200
        assert client.post("/api/v1/ingest", json={"targets": ["notes"]}).status_code == 422


def test_a_browser_is_shown_the_login_and_then_what_it_asked_for(server: Served) -> None:
    with server.client() as client:
        sent = client.get("/?q=1", headers={"Accept": "text/html"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/%3Fq%3D1")
        page = client.get(sent.headers["location"])
        assert 'value="/?q=1"' in page.text
        assert "<script" not in page.text
        given = {"name": "ada", "password": PASSWORD, "next": "/?q=1"}
        done = client.post("/login", data=given, headers={"Origin": server.url})
        assert (done.status_code, done.headers["location"]) == (303, "/?q=1")
        cookie = done.headers["set-cookie"]
        assert re.fullmatch(r"dateline_session=[\w-]{43}; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax", cookie)
        assert client.get("/config").status_code == 200
        assert client.get("/login").headers["location"] == "/"
    assert _audited(server, "login")[-1]["who"] == "ada"


def test_logging_out_ends_the_session_for_good(server: Served) -> None:
    with _logged_in(server) as client:
        secret = client.cookies["dateline_session"]
        gone = client.post("/logout", headers={"Origin": server.url})
        assert (gone.status_code, gone.headers["location"]) == (303, "/login")
        assert "Max-Age=0" in gone.headers["set-cookie"]
    with server.client(Cookie=f"dateline_session={secret}") as client:
        assert client.get("/config").status_code == 401


def test_the_cookie_is_secure_where_the_proxy_speaks_https(server: Served) -> None:
    with server.client() as client:
        headers = {"Origin": server.url, "X-Forwarded-Proto": "https"}
        done = client.post("/login", data={"name": "ada", "password": PASSWORD}, headers=headers)
        assert done.headers["set-cookie"].endswith("; Secure")
        assert "max-age" in done.headers["strict-transport-security"]


def test_a_token_can_log_in_too_and_ends_with_it(server: Served, store: Store) -> None:
    token = _token(store, "phone", "ask", "read")
    with server.client() as client:
        client.post("/login", data={"token": token}, headers={"Origin": server.url})
        assert client.get("/config").status_code == 200
        store.revoke("phone")
        assert client.get("/config").status_code == 401


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "/\\evil.example", "/login", "x"])
def test_the_login_sends_nobody_elsewhere(server: Served, place: str) -> None:
    given = {"name": "ada", "password": PASSWORD, "next": place}
    with server.client() as client:
        done = client.post("/login", data=given, headers={"Origin": server.url})
        assert done.headers["location"] == "/"


def test_wrong_passwords_make_one_wait(server: Served) -> None:
    here, there = "203.0.113.7", "203.0.113.8"
    wrong = {"name": "ada", "password": "wrong <b>"}
    with server.client(Origin=server.url) as client:
        said = [client.post("/login", data=wrong, headers={"X-Forwarded-For": here}) for _ in range(6)]
        assert [response.status_code for response in said] == [401] * 5 + [429]
        assert said[5].headers["retry-after"] == "1"
        assert "Try again in 1 second." in said[5].text
        assert "do not go together" in said[0].text
        right = {"name": "ada", "password": PASSWORD}
        assert client.post("/login", data=right, headers={"X-Forwarded-For": here}).status_code == 429
        assert client.post("/login", data=right, headers={"X-Forwarded-For": there}).status_code == 303
        time.sleep(1.1)
        assert client.post("/login", data=right, headers={"X-Forwarded-For": here}).status_code == 303
    failed = _audited(server, "login failed")[-1]
    assert (failed["name"], failed["address"]) == ("ada", here)
    assert "wrong" not in json.dumps(failed)


def test_nobody_elses_page_can_write_with_a_session(server: Served) -> None:
    with _logged_in(server) as client:
        add = {"targets": ["notes"]}
        ours = client.post("/api/v1/ingest", json=add, headers={"Sec-Fetch-Site": "same-origin"})
        assert ours.status_code in (403, 422)  # it may write; what it named cannot be read
        assert "another site" not in ours.json()["detail"]
        for headers in (
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": SITE},
            {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        ):
            assert client.post("/api/v1/ingest", json=add, headers=headers).status_code in (401, 403)
            assert client.post("/logout", headers=headers).status_code in (401, 403)
        assert client.get("/config").status_code == 200


def test_a_trusted_proxy_says_who_it_is(server: Served) -> None:
    with server.client(**{"X-Remote-User": "grace", "Sec-Fetch-Site": "same-origin"}) as client:
        assert client.get("/config").status_code == 200
        assert client.get("/api/v1/articles").status_code == 200
        assert client.post("/api/v1/ingest", json={"targets": ["/"]}).status_code == 403
    with server.client(**{"X-Remote-User": "grace, root"}) as client:
        assert client.get("/config").status_code == 401


def test_an_allowed_site_may_ask_with_a_token_and_nothing_else(server: Served, store: Store) -> None:
    token = _token(store, "widget", "ask")
    with server.client(Origin=SITE) as client:
        preflight = client.options("/api/v1/ask", headers={"Access-Control-Request-Method": "POST"})
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == SITE
        assert "authorization" in preflight.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in preflight.headers
        answer = client.post("/api/v1/ask", json=QUESTION, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == SITE
        assert client.post("/api/v1/ask", json=QUESTION).status_code == 401
        for path in ("/api/v1/articles", "/config", "/"):
            assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 403
    with _logged_in(server) as client:
        assert client.post("/api/v1/ask", json=QUESTION, headers={"Origin": SITE}).status_code == 401
    with server.client(Origin="https://other.example", Authorization=f"Bearer {token}") as client:
        refused = client.post("/api/v1/ask", json=QUESTION)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers


def test_who_asks_too_often_is_told_when_to_come_again(server: Served, store: Store) -> None:
    token = _token(store, "eager", "read")
    with server.client(Authorization=f"Bearer {token}") as client:
        said = [client.post("/api/v1/ask", json=QUESTION) for _ in range(31)]
        assert [response.status_code for response in said[:30]] == [403] * 30
        assert said[30].status_code == 429
        assert 1 <= int(said[30].headers["retry-after"]) <= 2
        assert client.get("/api/v1/articles").status_code == 200
    with server.client(Authorization=f"Bearer {_token(store, 'other', 'ask')}") as client:
        assert client.post("/api/v1/ask", json=QUESTION).status_code == 200


def test_a_request_that_is_too_large_is_turned_away(server: Served, store: Store) -> None:
    token = _token(store, "large", "ask", "read", "write")

    def pieces() -> Iterator[bytes]:
        for _ in range(12):
            yield b'{"question": "' + b"x" * 100_000

    with server.client(Authorization=f"Bearer {token}") as client:
        for content in (b"x" * 1_100_000, pieces()):
            response = client.post("/api/v1/ask", content=content, headers={"Content-Type": "application/json"})
            assert response.status_code == 413
            assert response.json()["detail"] == "A request may have at most 1 MiB."


def test_every_request_has_an_id_which_its_sender_may_choose(server: Served) -> None:
    with server.client() as client:
        assert client.get("/api/v1/health", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
        for bad in ("a b", "x" * 65, 'x"'):
            assert re.fullmatch(
                r"[0-9a-f]{16}", client.get("/api/v1/health", headers={"X-Request-ID": bad}).headers["x-request-id"]
            )
        client.get("/api/v1/articles", headers={"X-Request-ID": "find-me"})
    lines = [json.loads(line) for line in server.said().splitlines() if '"find-me"' in line]
    assert [(line["path"], line["status"], line["who"]) for line in lines] == [("/api/v1/articles", 401, None)]


def test_what_changes_something_is_audited_without_a_question(server: Served, store: Store) -> None:
    token = _token(store, "clerk", "ask", "read", "write")
    with server.client(Authorization=f"Bearer {token}") as client:
        client.post("/api/v1/ingest", json={"targets": ["notes"]}, headers={"X-Request-ID": "clerks-add"})
        client.post("/api/v1/ask", json=QUESTION)
    lines = (server.archive / "audit.jsonl").read_text(encoding="utf-8")
    [line] = [line for line in map(json.loads, lines.splitlines()) if line.get("request") == "clerks-add"]
    assert (line["who"], line["path"], line["method"]) == ("token:clerk", "/api/v1/ingest", "POST")
    assert "Velsbridge" not in lines + server.said()
    assert token not in lines + server.said()


def test_the_login_page_works_in_a_browser(server: Served) -> None:
    with chromium() as browser, closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(server.url + "/")
        assert page.title() == "Log in · Dateline"
        assert page.evaluate("document.activeElement.id") == "name"
        page.fill("#name", "ada")
        page.fill("#password", "not the password")
        page.press("#password", "Enter")
        page.wait_for_selector("[role=alert]")
        assert page.input_value("#name") == "ada"
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_selector("#question textarea")
        assert page.evaluate("document.cookie") == ""
        page.click("#leave button")
        page.wait_for_selector("#name")
        page.goto(server.url + "/")
        assert page.title() == "Log in · Dateline"


def test_beyond_this_machine_somebody_has_to_log_in(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert start(tmp_path / "archive", log, "--host", "0.0.0.0").wait(60) == 1
    [line] = log.read_text().splitlines()
    for words in ("dateline user add NAME", "dateline token create NAME", "--public"):
        assert words in line
    assert start(tmp_path / "archive", log, environ={"DATELINE_PROXY_USER_HEADER": "X-User"}).wait(60) == 1
    assert "trusted_proxies" in log.read_text()


@pytest.fixture(scope="module")
def public(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("public")
    shutil.copytree(sample_archive, folder / "archive")
    environ = {
        "DATELINE_QUESTIONS_AT_ONCE": "1",
        "DATELINE_QUESTIONS_WAITING": "1",
        "DATELINE_QUESTIONS_PER_MINUTE": "0",
        "DATELINE_REQUEST_SECONDS": "3",
        "DATELINE_METRICS": "open",
    }
    with served(folder / "archive", folder / "log", "--host", "0.0.0.0", "--public", environ=environ) as server:
        yield server


def test_the_public_may_ask_and_read_and_change_nothing(public: Served) -> None:
    with public.client(Host="news.example") as client:
        first = client.get("/")
        assert re.fullmatch(
            r"dateline_visitor=[\w-]{43}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax", first.headers["set-cookie"]
        )
        assert "set-cookie" not in client.get("/").headers
        assert client.post("/api/v1/ask", json=QUESTION, headers={"Origin": "http://news.example"}).status_code == 200
        assert client.get("/api/v1/articles").status_code == 200
        added = client.post("/api/v1/ingest", json={"targets": ["/"]}, headers={"Origin": "http://news.example"})
        assert added.status_code == 403
    with public.client() as client:
        client.get("/")
        client.post("/api/v1/ingest", json={"targets": ["/"]}, headers={"Origin": public.url})
    visitors = {line["who"] for line in _audited(public, "refused")}
    assert len(visitors) == 2
    assert all(re.fullmatch(r"visitor:[0-9a-f]{20}", str(name)) for name in visitors)


def test_overload_is_told_at_once(public: Served) -> None:
    def ask(number: int) -> tuple[int, float, str | None]:
        with public.client() as client:
            began = time.monotonic()
            response = client.post("/api/v1/ask", json=QUESTION)
            return response.status_code, time.monotonic() - began, response.headers.get("retry-after")

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(ask, range(12)))
    refused = [(seconds, after) for status, seconds, after in said if status == 503]
    assert {status for status, _, _ in said} == {200, 503}
    assert len(refused) >= 6
    assert all(after and int(after) >= 1 for _, after in refused)
    assert sorted(seconds for seconds, _ in refused)[len(refused) // 2] < 1.0
    figures = httpx.get(public.url + "/metrics", trust_env=False).text
    assert f'dateline_requests_total{{method="POST",route="/api/v1",status="503"}} {len(refused)}.0' in figures
    assert "dateline_questions_running 0.0" in figures
    assert re.search(r"^dateline_articles [1-9]\d+\.0$", figures, re.MULTILINE)
    assert "Velsbridge" not in figures


def test_a_request_that_does_not_arrive_is_given_up(public: Served) -> None:
    port = int(public.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
        connection.sendall(
            b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        said = connection.recv(1000)
    assert re.match(rb"HTTP/1\.1 (408|504) ", said)


def test_an_open_server_is_not_open_through_a_proxy(sample_archive: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_archive, tmp_path / "archive")
    with served(tmp_path / "archive", tmp_path / "log") as server, server.client() as client:
        assert client.get("/api/v1/articles").status_code == 200
        refused = client.get("/api/v1/articles", headers={"X-Forwarded-For": "203.0.113.7"})
        assert refused.status_code == 401
        assert "--public" in refused.json()["detail"]
        with closing(Store(server.archive)) as store:
            tokens.create(store, "first", READING)
        assert client.get("/api/v1/articles").status_code == 401
