"""Fetching, against real servers of this machine: polite ones, slow ones, broken ones and hostile ones."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from websites import PUBLIC, Asked, Reply, Site, Wired, client, packed, quick, raw, site

from ingest.fetch.client import Client, Last
from ingest.fetch.follow import follow
from ingest.fetch.problem import FetchError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def refused(url: str, match: str, **changes: object) -> FetchError:
    with client(**changes) as asking, pytest.raises(FetchError, match=match) as caught:
        asking.get(url)
    return caught.value


class TestPlain:
    def test_an_answer_comes_with_what_is_said_of_it(self) -> None:
        with site({"/a": Reply("Grüße", kind='Text/HTML; Charset="UTF-8"', tag='"1"')}) as here, client() as asking:
            got = asking.get(f"{here.url}/a#part")
        assert (got.url, got.body.decode(), got.kind, got.charset) == (f"{here.url}/a", "Grüße", "text/html", "UTF-8")
        assert got.last == Last(f"{here.url}/a", '"1"', "")
        assert got.changed
        assert got.private

    def test_we_say_who_we_are_and_send_no_more_than_needed(self) -> None:
        cookie = Reply("x", headers={"Set-Cookie": "id=7; Path=/"})
        with site({"/a": cookie}) as here, client(contact="desk@news.example") as asking:
            asking.get(f"{here.url}/a")
            asking.get(f"{here.url}/a")
            for asked in here.asked:
                assert asked.headers["user-agent"].startswith("Dateline")
                assert asked.headers["user-agent"].endswith("(+desk@news.example)")
                assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding", "accept-language"}

    def test_nothing_has_changed_since_the_last_time(self) -> None:
        pages = {"/tag": Reply("x", tag='W/"a b"'), "/day": Reply("x", modified=1_700_000_000.0)}
        with site(dict(pages)) as here, client() as asking:
            for path in pages:
                first = asking.get(here.url + path)
                again = asking.get(here.url + path, last=first.last)
                assert (again.changed, again.body, again.last) == (False, b"", first.last)
                here.pages[path] = Reply("y", tag='"new"')
                assert asking.get(here.url + path, last=first.last).body == b"y"

    def test_validators_go_only_to_the_address_that_gave_them(self) -> None:
        with site({"/a": Reply("x", tag='"1"')}) as here, client() as asking:
            assert asking.get(f"{here.url}/a", last=Last(f"{here.url}/b", '"1"')).changed

    def test_unchanged_without_having_been_asked_is_no_answer(self) -> None:
        with site({"/a": Reply(status=304)}) as here:
            refused(f"{here.url}/a", "304")

    @pytest.mark.parametrize(
        ("status", "says", "passing"),
        [
            (401, "login", False),
            (403, "refuses programs", False),
            (404, "no such page", False),
            (410, "for good", False),
            (451, "legal", False),
            (418, "check the address", False),
            (500, "try again later", True),
            (599, "unknown answer", True),
            (204, "check the address", False),
        ],
    )
    def test_what_a_server_refuses_is_said_with_what_can_be_done(self, status: int, says: str, passing: bool) -> None:
        with site({"/a": Reply("no", status=status)}) as here:
            error = refused(f"{here.url}/a", f"{status} .*{says}")
        assert (error.status, error.passing) == (status, passing)

    def test_a_server_that_is_not_there_is_said(self) -> None:
        with site() as here:
            gone = here.url
        assert refused(gone, "cannot be connected to", tries=1).passing


class TestRedirects:
    def test_they_are_followed_to_where_they_lead(self) -> None:
        with site({"/c": Reply("here", tag='"c"')}) as here, client() as asking:
            here.pages |= {
                "/a": Reply(status=301, headers={"Location": "b?x=1"}),
                "/b": Reply(status=308, headers={"Location": f"{here.url}/c"}),
            }
            got = asking.get(f"{here.url}/a")
            assert (got.url, got.body) == (f"{here.url}/c", b"here")
            assert here.paths == ["/a", "/b?x=1", "/c"]
            assert not asking.get(f"{here.url}/a", last=got.last).changed

    def test_addresses_in_other_encodings_are_followed(self) -> None:
        with site({"/gr%C3%B6%C3%9Fe": Reply("here")}) as here, client() as asking:
            here.pages["/a"] = Reply(status=302, headers={"Location": "/größe".encode().decode("latin-1")})
            assert asking.get(f"{here.url}/a").body == b"here"

    @pytest.mark.parametrize("location", ["/a", "/b"])
    def test_they_end_somewhere(self, location: str) -> None:
        def on(asked: Asked) -> Reply:
            return Reply(status=302, headers={"Location": location if location == "/a" else f"{asked.path}b"})

        with site({"/a": on}) as here:
            here.pages |= {"/a" + "b" * n: on for n in range(9)}
            refused(f"{here.url}/a", "on and on")
            assert len(here.paths) == 6

    def test_robots_are_heeded_at_each_address_on_the_way(self) -> None:
        with site({"/a": Reply(status=302, headers={"Location": "/secret"}), "/secret": Reply("x")}) as here:
            here.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /secret", kind="text/plain")
            refused(f"{here.url}/a", r"robots\.txt")
            assert here.paths == ["/a"]


class TestSizes:
    def test_a_stated_size_is_believed(self) -> None:
        with site({"/a": Reply(b"x" * 3_000_000)}) as here:
            refused(f"{here.url}/a", "has 3 MB, and 1 MB are allowed", max_bytes=1 << 20)

    def test_a_body_without_end_is_left(self) -> None:
        def talk(connection: socket.socket, ended: threading.Event) -> None:
            connection.sendall(HEAD + b"\r\n")
            while not ended.is_set():
                connection.sendall(b"x" * 65_536)

        with raw(talk) as url:
            refused(url, "does not end", max_bytes=1 << 20)

    def test_chunks_without_end_are_left(self) -> None:
        def talk(connection: socket.socket, ended: threading.Event) -> None:
            connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            while not ended.is_set():
                connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

        with raw(talk) as url:
            refused(url, "does not end", max_bytes=1 << 20)

    def test_headers_without_end_are_left(self) -> None:
        def talk(connection: socket.socket, ended: threading.Event) -> None:
            connection.sendall(HEAD)
            while not ended.is_set():
                connection.sendall(b"X-More: " + b"x" * 4096 + b"\r\n")

        with raw(talk) as url:
            refused(url, "no HTTP", tries=1)

    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    def test_a_bomb_is_left_with_little_memory(self, encoding: str) -> None:
        data = gzip.compress(bytes(200 << 20)) if encoding == "gzip" else zlib.compress(bytes(200 << 20))
        assert len(data) < 300_000
        with site({"/a": Reply(data, headers={"Content-Encoding": encoding})}) as here:
            tracemalloc.start()
            try:
                refused(f"{here.url}/a", "does not end", max_bytes=4 << 20)
                _, most = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert most < 30 << 20

    @pytest.mark.parametrize(
        ("encoding", "pack"),
        [
            ("gzip", gzip.compress),
            ("x-gzip", gzip.compress),
            ("GZIP", lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:]) + b"\0" * 30),
            ("deflate", zlib.compress),
            ("deflate", lambda data: zlib.compressobj(wbits=-15).compress(data) + b""),
            ("identity", bytes),
        ],
    )
    def test_compressed_answers_are_unpacked(self, encoding: str, pack: Callable[[bytes], bytes]) -> None:
        words = b"The harbour froze over. " * 40_000
        body = pack(words)
        if encoding == "deflate" and not body.startswith(b"\x78"):
            packer = zlib.compressobj(wbits=-15)
            body = packer.compress(words) + packer.flush()
        with site({"/a": Reply(body, headers={"Content-Encoding": encoding})}) as here, client() as asking:
            assert asking.get(f"{here.url}/a").body == words

    @pytest.mark.parametrize(
        ("encoding", "body", "says"),
        [
            ("br", b"\x0b\x02\x80hello\x03", "not asked for"),
            ("gzip, gzip", packed(packed("x")), "not asked for"),
            ("gzip", b"this is no gzip", "damaged"),
            ("gzip", packed("x" * 9999)[:-20], "cut short"),
            ("deflate", zlib.compress(b"x" * 9999)[:-6], "cut short"),
        ],
    )
    def test_compression_that_is_wrong_is_said(self, encoding: str, body: bytes, says: str) -> None:
        with site({"/a": Reply(body, headers={"Content-Encoding": encoding})}) as here:
            refused(f"{here.url}/a", says, tries=1)


class TestTimes:
    def test_a_server_that_drips_is_left_when_the_time_is_up(self) -> None:
        def talk(connection: socket.socket, ended: threading.Event) -> None:
            connection.sendall(HEAD + b"\r\n")
            while not ended.wait(0.05):
                connection.sendall(b"x")

        with raw(talk) as url:
            begun = time.monotonic()
            assert refused(url, "took too long", total=0.8).passing
            assert time.monotonic() - begun < 4

    def test_headers_that_drip_are_left_when_the_time_is_up(self) -> None:
        def talk(connection: socket.socket, ended: threading.Event) -> None:
            connection.sendall(HEAD)
            while not ended.wait(0.05):
                connection.sendall(b"X-A: b\r\n")

        with raw(talk) as url:
            refused(url, "took too long", total=0.8)

    def test_silence_is_left(self) -> None:
        with raw(lambda connection, ended: ended.wait(10) and None) as url:
            assert refused(url, "said nothing for", silence=0.6, tries=1).passing

    def test_a_run_that_is_stopped_ends_at_once(self) -> None:
        stopped = threading.Event()
        with raw(lambda connection, ended: ended.wait(10) and None) as url:
            threading.Timer(0.4, stopped.set).start()
            begun = time.monotonic()
            asking = Client(quick(silence=30, total=30), stopped=stopped)
            with asking, pytest.raises(FetchError, match="stopped"):
                asking.get(url)
            assert time.monotonic() - begun < 5

    @pytest.mark.parametrize(
        "said",
        [
            HEAD + b"Content-Length: 100\r\n\r\nshort",
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\nshort",
            HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nshort",
            HEAD + b"Content-Length: -5\r\n\r\nshort",
            HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nshort!",
            b"",
            b"HTTP/1.1",
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"HTTP/1.1 abc OK\r\n\r\n",
        ],
    )
    def test_answers_that_break_off_or_are_none_are_said(self, said: bytes) -> None:
        with raw(lambda connection, ended: connection.sendall(said)) as url:
            assert refused(url, "broke off or carried no HTTP", tries=1).passing

    def test_a_server_that_closes_its_half_is_read_to_the_end(self) -> None:
        def talk(connection: socket.socket, ended: threading.Event) -> None:
            connection.sendall(HEAD + b"\r\nall of it")
            connection.shutdown(socket.SHUT_WR)
            ended.wait(5)

        with raw(talk) as url, client() as asking:
            assert asking.get(url).body == b"all of it"

    def test_more_than_was_announced_is_not_taken(self) -> None:
        said = HEAD + b"Content-Length: 5\r\n\r\nshort and then some"
        with raw(lambda connection, ended: connection.sendall(said)) as url, client() as asking:
            assert asking.get(url).body == b"short"


class TestPoliteness:
    def busy(self, status: int, times: int, after: str) -> Callable[[Asked], Reply]:
        left = [times]

        def page(_: Asked) -> Reply:
            left[0] -= 1
            return Reply("x") if left[0] < 0 else Reply("busy", status=status, headers={"Retry-After": after})

        return page

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_busy_server_is_asked_again_when_it_says(self, status: int) -> None:
        with site({"/a": self.busy(status, 1, "1")}) as here, client() as asking:
            assert asking.get(f"{here.url}/a").body == b"x"
            first, second = (asked.at for asked in here.asked if asked.path == "/a")
            assert second - first >= 0.95

    def test_a_date_to_come_back_at_is_read(self) -> None:
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
        with site({"/a": self.busy(503, 9, soon)}) as here:
            error = refused(f"{here.url}/a", "come back in")
            assert error.wait is not None
            assert 80 < error.wait <= 90
            assert len(here.paths) == 1

    def test_a_long_wait_closes_the_host_for_the_rest_of_the_run(self) -> None:
        with site({"/a": self.busy(429, 9, "3600"), "/b": Reply("x")}) as here, client() as asking:
            with pytest.raises(FetchError, match="we ask too often") as caught:
                asking.get(f"{here.url}/a")
            assert caught.value.wait == 3600
            with pytest.raises(FetchError, match="left alone"):
                asking.get(f"{here.url}/b")
            assert here.paths == ["/a"]

    def test_no_server_is_asked_more_than_so_often(self) -> None:
        with site({"/a": self.busy(503, 99, "0")}) as here:
            assert refused(f"{here.url}/a", "overloaded", tries=2).passing
            assert len(here.paths) == 2

    def test_there_is_a_pause_between_requests_to_one_host(self) -> None:
        with site({"/a": Reply("x")}) as here, client(delay=0.5) as asking:
            for _ in range(3):
                asking.get(f"{here.url}/a")
            at = [asked.at for asked in here.asked]
            assert at[3] - at[0] >= 1.2

    def test_one_host_gets_one_request_at_a_time_and_hosts_go_beside_one_another(self) -> None:
        running: dict[int, int] = {}
        most: dict[int, int] = {}
        together = [0]

        def slow(port: int) -> Callable[[Asked], Reply]:
            def page(_: Asked) -> Reply:
                running[port] = running.get(port, 0) + 1
                most[port] = max(most.get(port, 0), running[port])
                together[0] = max(together[0], sum(running.values()))
                time.sleep(0.15)
                running[port] -= 1
                return Reply("x")

            return page

        with site() as one, site() as two, client() as asking:
            for here in (one, two):
                here.pages |= {f"/{n}": slow(here.port) for n in range(3)}
            urls = [f"{here.url}/{n}" for here in (one, two) for n in range(3)]
            came = list(follow(urls, asking.get, url=str, hosts=4, stopped=threading.Event()))
        assert sorted(url for url, _ in came) == sorted(urls)
        assert not [error for _, error in came if isinstance(error, FetchError)]
        assert set(most.values()) == {1}
        assert together[0] == 2


class TestRobots:
    def robots(self, here: Site, text: str, **more: object) -> None:
        here.pages["/robots.txt"] = Reply(text, kind="text/plain", **more)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("rules", "path", "allowed"),
        [
            ("User-agent: *\nDisallow: /", "/a", False),
            ("User-agent: *\nDisallow:", "/a", True),
            ("User-agent: other\nDisallow: /", "/a", True),
            ("User-agent: dateline\nDisallow: /\n\nUser-agent: *\nDisallow:", "/a", False),
            ("User-agent: *\nDisallow: /\n\nUser-agent: Dateline\nAllow: /", "/a", True),
            ("User-agent: *\nDisallow: /*.php$", "/a.php", False),
            ("User-agent: *\nDisallow: /*.php$", "/a.php?x", True),
            ("User-agent: *\nDisallow: /a\nAllow: /a/news", "/a/news/1", True),
            ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
            ("", "/a", True),
            ("<html>not found</html>", "/a", True),
        ],
    )
    def test_rules_are_read_as_the_standard_says(self, rules: str, path: str, allowed: bool) -> None:
        with site({path.partition("?")[0]: Reply("x")}) as here, client() as asking:
            self.robots(here, rules)
            if allowed:
                assert asking.get(here.url + path).body == b"x"
                return
            with pytest.raises(FetchError, match="asks programs not to read it"):
                asking.get(here.url + path)
            assert here.paths == []

    @pytest.mark.parametrize(("status", "allowed"), [(404, True), (401, True), (403, True), (500, False), (503, False)])
    def test_rules_that_are_not_there_forbid_nothing_and_lost_ones_all(self, status: int, allowed: bool) -> None:
        with site({"/a": Reply("x")}) as here, client(tries=1) as asking:
            self.robots(here, "", status=status)
            if allowed:
                assert asking.get(f"{here.url}/a").body == b"x"
                return
            with pytest.raises(FetchError, match=r"robots\.txt.*cannot be had now") as caught:
                asking.get(f"{here.url}/a")
            assert caught.value.passing

    def test_they_are_fetched_once(self) -> None:
        with site({"/a": Reply("x")}) as here, client() as asking:
            self.robots(here, "User-agent: *\nCrawl-delay: 0.3")
            for _ in range(3):
                asking.get(f"{here.url}/a")
            assert [asked.path for asked in here.asked] == ["/robots.txt", "/a", "/a", "/a"]
            at = [asked.at for asked in here.asked]
            assert at[3] - at[1] >= 0.4

    def test_a_dead_host_is_not_tried_for_each_page(self) -> None:
        calls = []

        def resolve(host: str, port: int) -> list[str]:
            calls.append(host)
            return [PUBLIC]

        with Client(quick(tries=1), resolve=resolve, network=Wired({})) as asking:
            for n in range(5):
                with pytest.raises(FetchError, match="cannot be connected to"):
                    asking.get(f"http://news.example/{n}")
        assert len(calls) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for news.example, signed by itself, and its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=news.example"]
    names = ["-addext", "subjectAltName=DNS:news.example"]
    key = path.with_name("key.pem")
    subprocess.run([*command, *names, "-keyout", str(key), "-out", str(path)], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


class TestTls:
    def served(self, certificate: Path) -> Site:
        here = Site({"/": Reply("sealed")})
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        here._server.socket = context.wrap_socket(here._server.socket, server_side=True)
        return here

    def test_the_name_is_checked_against_the_certificate_though_the_address_is_dialled(self, certificate: Path) -> None:
        here = self.served(certificate)
        trusted = ssl.create_default_context(cafile=str(certificate))
        network = Wired({PUBLIC: here.port})
        with Client(quick(tries=1), resolve=lambda host, port: [PUBLIC], network=network, tls=trusted) as asking:
            assert asking.get("https://news.example/").body == b"sealed"
            assert here.asked[-1].headers["host"] == "news.example"
            with pytest.raises(FetchError, match=r"certificate of other\.example is not valid"):
                asking.get("https://other.example/")
        assert set(network.dialled) == {PUBLIC}
        here.close()

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, certificate: Path) -> None:
        here = self.served(certificate)
        with (
            Client(quick(tries=1), resolve=lambda host, port: [PUBLIC], network=Wired({PUBLIC: here.port})) as asking,
            pytest.raises(FetchError, match=r"certificate of news\.example is not valid"),
        ):
            asking.get("https://news.example/")
        here.close()
