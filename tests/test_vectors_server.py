"""Vectors on a real Chroma server: through restarts, kills and losses of it, and with several archives on one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest
from archives import assert_whole, best, encoder, put, ready, write
from chroma import Chroma

from ingest.archive import Archive, Scope
from ingest.article import Article
from ingest.errors import ArchiveError, SettingsError, VectorsAway
from ingest.pipeline import ingest_into
from ingest.settings import Settings
from ingest.vectors import ChromaServer, ServerVectors

ROOT = Path(__file__).parent.parent
NEWS = [
    Article(
        text=f"The {what} of Tamm was {verb} on Friday, the council said.",
        title=f"{what} {verb}",
        published=f"2024-05-{day:02}",
        source="Gazette" if day % 2 else "Tidewire",
        section="Coast" if day > 2 else None,
    )
    for day, (what, verb) in enumerate(
        [("mill", "sold"), ("bridge", "closed"), ("harbour", "dredged"), ("school", "opened")], start=1
    )
]


class Remembered:
    """A note in memory."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def read(self) -> dict[str, str]:
        return self.words

    def write(self, words: dict[str, str]) -> None:
        self.words = words


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """A server that runs at the beginning of each test."""
    made = Chroma(tmp_path_factory.mktemp("chroma") / "data")
    yield made
    made.end()


@pytest.fixture
def server(chroma: Chroma) -> ChromaServer:
    try:
        httpx.get(f"{chroma.url}/api/v2/heartbeat", trust_env=False, timeout=2)
    except httpx.TransportError:
        chroma.restart()
    return ChromaServer(chroma.url, patience=1.0, silence=5.0)


def on(server: ChromaServer | None, folder: Path) -> Archive:
    return Archive.open(folder, encoder=encoder(), create=True, server=server)


def fill(archive: Archive) -> None:
    for number, article in enumerate(NEWS):
        put(archive, article, f"/{number}.txt")


def collections(server: ChromaServer) -> set[str]:
    answer = httpx.get(
        f"{server.url}/api/v2/tenants/default_tenant/databases/default_database/collections", trust_env=False
    )
    return {found["name"] for found in answer.json()}


def found(archive: Archive) -> list[str]:
    return best(archive, "Which bridge was closed?", 2)


BRIDGE = f"{NEWS[1].text}"


class TestServerVectors:
    def test_it_finds_what_comparing_with_each_finds(self, server: ChromaServer) -> None:
        vectors = np.random.default_rng(1).normal(size=(2300, 16)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        index = ServerVectors(server, owner="me", note=Remembered())
        index.upsert(range(1, 2301), vectors)
        assert (index.count(), sorted(index.ids())) == (2300, list(range(1, 2301)))
        scores = vectors @ vectors[41]
        hits = index.nearest(vectors[41], 5)
        assert [i for i, _ in hits] == [i + 1 for i in np.argsort(-scores)[:5]]
        assert [score for _, score in hits] == pytest.approx(sorted(scores)[:-6:-1], abs=1e-5)
        assert [i for i, _ in index.nearest(vectors[3], 5, within=[4, 99_999])] == [4]
        index.delete([1, 77_777])
        assert index.count() == 2299
        index.clear()
        assert (index.count(), index.nearest(vectors[0], 3)) == (0, [])
        index.close()
        index.close()

    def test_what_another_encoder_made_is_emptied(self, server: ChromaServer) -> None:
        note = Remembered()
        for owner, dimensions in (("me", 4), ("you", 8)):
            index = ServerVectors(server, owner=owner, note=note)
            assert index.count() == 0
            index.upsert([1], np.eye(1, dimensions, dtype=np.float32))
            index.close()

    @pytest.mark.parametrize(
        ("url", "token", "said"),
        [
            ("localhost:8000", "", "must be the address of a Chroma server"),
            ("http://me:secret@host", "", "without a password"),
            ("http://host:99999999", "", "must be the address of a Chroma server"),
            ("http://host?collection=mine", "", "but not 'collection'"),
            ("http://host", "one two", "chroma_token must be a token"),
            ("http://host", "naïve", "characters that no header can hold"),
        ],
    )
    def test_an_address_that_cannot_be_used_is_told(self, url: str, token: str, said: str) -> None:
        with pytest.raises(SettingsError, match=said) as caught:
            ChromaServer.at(url, token=token)
        assert "secret" not in str(caught.value)

    def test_an_address_may_name_tenant_and_database_and_a_token_its_header(self) -> None:
        assert ChromaServer.at("https://host/chroma/?tenant=t&database=d", token="abc") == ChromaServer(
            "https://host/chroma", (("Authorization", "Bearer abc"),), "t", "d"
        )
        assert ChromaServer.at("http://h:1", token="X-Chroma-Token: abc").headers == (("X-Chroma-Token", "abc"),)
        assert ChromaServer.of(Settings.load(environ={})) is None


class TestArchive:
    def test_it_answers_as_one_with_its_vectors_in_its_folder(self, server: ChromaServer, tmp_path: Path) -> None:
        with on(server, tmp_path / "far") as far, on(None, tmp_path / "near") as near:
            for archive in (far, near):
                fill(archive)
                assert_whole(archive)
            vector = encoder().encode_query("What was sold?")
            for scope in (None, Scope(sources=("Tidewire",)), Scope(sections=("coast",)), Scope("2024-05-03")):
                one, other = (archive.nearest(vector, 3, scope=scope) for archive in (far, near))
                assert [i for i, _ in one] == [i for i, _ in other] != []
                # The archive's own vectors, which are compared where they are few, have half precision.
                assert [s for _, s in one] == pytest.approx([s for _, s in other], abs=1e-4)
        assert not (tmp_path / "far" / "vectors").exists()

    def test_archives_share_a_server_and_a_copied_one_gets_a_collection_of_its_own(
        self, server: ChromaServer, tmp_path: Path
    ) -> None:
        before = collections(server)
        with on(server, tmp_path / "one") as archive:
            fill(archive)
        with on(server, tmp_path / "two") as archive:
            put(archive, NEWS[0])
            assert archive.nearest(encoder().encode_query("bridge"), 9)[0][0] == 1
        shutil.copytree(tmp_path / "one", tmp_path / "copy")
        with on(server, tmp_path / "one") as one, on(server, tmp_path / "copy") as copy:
            assert one.stats().healed == ""
            assert copy.stats().healed.endswith("has been mended (4 passages)")
            copy.remove([copy.articles()[0].id])
            put(one, Article(text="A whale swam into the harbour of Tamm.", title="Whale"), "/whale.txt")
            for archive in (one, copy):
                assert_whole(archive)
        assert len(collections(server) - before) == 3

    def test_a_restart_between_two_runs_is_not_noticed(
        self, chroma: Chroma, server: ChromaServer, tmp_path: Path
    ) -> None:
        with on(server, tmp_path / "archive") as archive:
            fill(archive)
        chroma.restart()
        with on(server, tmp_path / "archive") as archive:
            assert archive.stats().healed == ""
            assert found(archive)[0] == BRIDGE
            assert_whole(archive)

    def test_a_server_that_lost_its_data_is_filled_again(
        self, chroma: Chroma, server: ChromaServer, tmp_path: Path
    ) -> None:
        with on(server, tmp_path / "archive") as archive:
            fill(archive)
        chroma.restart(empty=True)
        with on(server, tmp_path / "archive") as archive:
            assert (
                archive.stats().healed == "the vector index was unfinished or damaged, and has been mended (4 passages)"
            )
            assert_whole(archive)
            chroma.restart(empty=True)
            assert found(archive)[0] == BRIDGE
            put(archive, Article(text="A whale swam into the harbour of Tamm.", title="Whale"), "/whale.txt")
            assert_whole(archive)
            chroma.restart(empty=True)
            assert archive.remove([archive.articles()[0].id]) == 1
            assert_whole(archive)

    def test_while_it_is_away_questions_are_answered_and_nothing_is_changed(
        self, chroma: Chroma, server: ChromaServer, tmp_path: Path
    ) -> None:
        with on(server, tmp_path / "archive") as archive:
            fill(archive)
            chroma.end()
            assert found(archive)[0] == BRIDGE
            with pytest.raises(VectorsAway):
                put(archive, Article(text="A whale.", title="Whale"), "/whale.txt")
        with on(server, tmp_path / "archive") as archive:
            assert archive.stats().healed.startswith(
                f"the Chroma server at {chroma.url} does not answer: questions are"
            )
            assert found(archive)[0] == BRIDGE
            only = archive.nearest(encoder().encode_query("bridge"), 9, scope=Scope(sources=("Gazette",)))
            assert {hit.article.source for hit in archive.passages([i for i, _ in only])} == {"Gazette"}
            for change in (
                lambda: put(archive, NEWS[0], "/new.txt"),
                lambda: archive.remove([archive.articles()[0].id]),
            ):
                with pytest.raises(VectorsAway, match=r"start it and run the command again.* what was stored is safe"):
                    change()
            assert archive.stats().articles == 4
            assert any("does not answer" in line for line in archive.check())
            chroma.start()
            put(archive, Article(text="A whale swam into the harbour of Tamm.", title="Whale"), "/whale.txt")
            assert_whole(archive)

    def test_a_server_that_stands_still_does_not_hang_a_question(
        self, chroma: Chroma, server: ChromaServer, tmp_path: Path
    ) -> None:
        short = ChromaServer(server.url, patience=0.5, silence=0.5)
        with on(short, tmp_path / "archive") as archive:
            fill(archive)
            chroma.signal(signal.SIGSTOP)
            try:
                began = time.monotonic()
                assert found(archive)[0] == BRIDGE
                assert time.monotonic() - began < 10
            finally:
                chroma.signal(signal.SIGCONT)

    def test_an_ingest_goes_on_when_the_server_is_restarted_meanwhile(
        self, chroma: Chroma, server: ChromaServer, tmp_path: Path
    ) -> None:
        texts = [
            (f"{n}/a.txt", f"Report {n}\n2024-05-01\n\nThe mill number {n} of Tamm was sold.\n") for n in range(25)
        ]
        news = write(tmp_path / "news", texts)
        patient = ChromaServer(server.url, patience=60.0, silence=5.0)
        with on(patient, tmp_path / "archive") as archive:
            ingest_into(archive, encoder(), [news / "0"])
            chroma.end()
            later = threading.Timer(1.0, chroma.start)
            later.start()
            for number in range(1, 25):
                ingest_into(archive, encoder(), [news / str(number)])
            later.join()
            assert archive.stats().articles == 25
            assert_whole(archive)

    def test_vectors_move_to_a_server_and_back(self, server: ChromaServer, tmp_path: Path) -> None:
        folder = tmp_path / "archive"
        with on(None, folder) as archive:
            fill(archive)
        with on(server, folder) as archive:
            assert archive.stats().healed == f"the vectors are kept on {server.url} now (4 passages)"
            archive.remove([archive.articles()[0].id])
            assert_whole(archive)
        assert not (folder / "vectors").exists()
        with on(None, folder) as archive:
            assert archive.stats().healed == "the vectors are kept in the archive again now (3 passages)"
            put(archive, Article(text="A whale swam into the harbour of Tamm.", title="Whale"), "/whale.txt")
            assert_whole(archive)
        with on(server, folder) as archive:
            assert_whole(archive)
            archive.reindex()
            assert_whole(archive)
        with on(server, folder) as archive:
            assert archive.stats().healed == ""

    def test_a_batch_that_the_index_missed_is_stored_and_gets_into_it_later(
        self, chroma: Chroma, server: ChromaServer, tmp_path: Path
    ) -> None:
        with on(server, tmp_path / "archive") as archive:
            batch = [ready(article, f"/{number}.txt") for number, article in enumerate(NEWS)]
            archive.store(batch[:1])
            chroma.end()
            with pytest.raises(VectorsAway):
                archive.store(batch[1:])
            assert [archive.known(each.article, each.origin)[0] for each in batch] == ["unchanged"] + 3 * ["unchanged"]
            assert len(found(archive)) == 2
        chroma.start()
        with on(server, tmp_path / "archive") as archive:
            assert archive.stats().healed.endswith("mended (3 passages)")
            assert_whole(archive)


class _Door(BaseHTTPRequestHandler):
    """Lets through to ``behind`` what brings the token."""

    behind = ""
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Authorization") != "Bearer open-sesame":
            status, answer = 401, b'{"error": "no"}'
        else:
            with httpx.Client(trust_env=False) as client:
                got = client.request(self.command, f"{self.behind}{self.path}", content=body)
            status, answer = got.status_code, got.content
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = _pass

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def door(server: ChromaServer) -> Iterator[str]:
    """The address of a door to the server that opens to a token only."""
    guard = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"behind": server.url}))
    thread = threading.Thread(target=guard.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{guard.server_port}"
    guard.shutdown()
    thread.join()
    guard.server_close()


def test_a_server_may_want_a_token(door: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="set DATELINE_CHROMA_TOKEN to a token that it takes"):
        on(ChromaServer.at(door), tmp_path / "archive")
    with on(ChromaServer.at(door, token="open-sesame"), tmp_path / "archive") as archive:
        fill(archive)
        assert_whole(archive)


def test_what_is_no_chroma_server_is_told(tmp_path: Path) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        with pytest.raises(ArchiveError, match=r"is no Chroma server \(404\): check DATELINE_CHROMA_URL"):
            on(ChromaServer.at(f"http://127.0.0.1:{other.server_port}"), tmp_path / "archive")
        other.shutdown()


def test_the_commands_take_the_server_from_the_environment(
    chroma: Chroma, server: ChromaServer, tmp_path: Path
) -> None:
    news = write(
        tmp_path / "news", [("a.txt", "Bridge closed\n2024-05-02\n\nThe bridge of Tamm was closed on Friday.\n")]
    )
    archive = str(tmp_path / "archive")

    def dateline(*words: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "DATELINE_CHROMA_URL": server.url}
        return subprocess.run(
            [sys.executable, "-m", *words, "--archive", archive],
            cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = dateline("ingest", str(news))
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "archive" / "vectors").exists()
    chroma.end()
    asked = dateline("qa", "What was closed on Friday?")
    assert asked.returncode == 0, asked.stderr
    assert "The bridge of Tamm was closed on Friday." in asked.stdout
    assert "does not answer: questions are answered from the archive's own copy" in asked.stderr
