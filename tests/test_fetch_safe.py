"""Which addresses may be asked: every known way to hide a private one is refused, and plain ones are not."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websites import PUBLIC, Reply, Wired, quick, site

from ingest.fetch import safe
from ingest.fetch.client import Client
from ingest.fetch.problem import FetchError

HOSTILE = r"""
http://127.0.0.1/
http://127.0.0.1:8080/
http://127.1/
http://127.0.1/
http://0/
http://0.0.0.0/
http://2130706433/
http://0x7f000001/
http://0x7f.0.0.1/
http://0x7f.1/
http://0177.0.0.1/
http://017700000001/
http://127.0.0.01/
http://127.0.0.1./
http://localhost./
http://127.255.255.254/
http://10.0.0.1/
http://10.255.255.255/
http://172.16.0.1/
http://172.31.255.255/
http://192.168.0.1/
http://192.168.1.254:8000/
http://169.254.1.1/
http://169.254.169.254/latest/meta-data/
http://169.254.170.2/v2/credentials
http://100.64.0.1/
http://100.100.100.200/latest/meta-data/
http://168.63.129.16/metadata
http://192.0.0.192/
http://198.18.0.1/
http://192.0.2.1/
http://198.51.100.7/
http://203.0.113.9/
http://192.88.99.1/
http://224.0.0.1/
http://239.255.255.250:1900/
http://240.0.0.1/
http://255.255.255.255/
http://2852039166/
http://0xa9fea9fe/
http://425.510.425.510/
http://[::1]/
http://[::]/
http://[0:0:0:0:0:0:0:1]/
http://[::ffff:127.0.0.1]/
http://[::ffff:7f00:1]/
http://[::ffff:93.184.215.14]/
http://[::127.0.0.1]/
http://[64:ff9b::127.0.0.1]/
http://[64:ff9b::a9fe:a9fe]/
http://[64:ff9b:1::1]/
http://[2002:7f00:1::]/
http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/
http://[fc00::1]/
http://[fd00:ec2::254]/
http://[fe80::1]/
http://[fe80::1%25eth0]/
http://[fec0::1]/
http://[ff02::1]/
http://[2001:db8::1]/
http://[100::1]/
http://[::1
http://::1/
http://[v1.fe80::a]/
http://user@127.0.0.1/
http://user:secret@news.example/
http://news.example@127.0.0.1/
http://news.example:80@127.0.0.1/
http://127.0.0.1\@news.example/
http://news.example\.evil.example/
http://127.0.0.1%2f@news.example/
http://%31%32%37.0.0.1/
http://①②⑦.⓪.⓪.①/
http://１２７.０.０.１/
http://127。0。0。1/
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/
http://xn--0/
http://xn--a-.example/
http://news.example:0/
http://news.example:65536/
http://news.example:-1/
http://news.example:80a/
http://news.example:22/
http://news.example:25/
http://news.example:110/
http://news.example:٨٠/
http://-news.example/
http://news..example/
http://.example/
http:///etc/passwd
http://
http:news.example
https:/news.example/
http://news.example/a b
http://news.example/\tx
http://news.example/\r\nHost: evil
http://news.example\x00.evil.example/
http://news.example/\x7f
file:///etc/passwd
file://localhost/etc/passwd
FILE:///etc/passwd
ftp://news.example/a
gopher://127.0.0.1:6379/_INFO
data:text/html,<h1>x</h1>
javascript:alert(1)
jar:http://news.example!/a
unix:///var/run/docker.sock
dict://127.0.0.1:11211/stat
ldap://127.0.0.1/
//news.example/a
"""


def hostile() -> list[str]:
    lines = [line for line in HOSTILE.strip("\n").split("\n") if line]
    escapes = {"\\t": "\t", "\\r\\n": "\r\n", "\\x00": "\0", "\\x7f": "\x7f"}
    for written, meant in escapes.items():
        lines = [line.replace(written, meant) for line in lines]
    return lines


def private_names(host: str, port: int) -> Sequence[str]:
    """A resolver of names that lead where they should not; anything else is in the open network."""
    return {"localhost": ["127.0.0.1", "::1"]}.get(host, [PUBLIC])


@pytest.mark.parametrize("url", hostile())
def test_hostile_addresses_are_refused_before_anything_is_dialled(url: str) -> None:
    network = Wired({})
    client = Client(quick(allow_private=False), resolve=private_names, network=network)
    with client, pytest.raises(FetchError) as caught:
        client.get(url)
    assert not caught.value.passing
    assert network.dialled == []


def test_the_corpus_is_large_enough() -> None:
    assert len(set(hostile())) >= 100


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://[fd00:ec2::254]/",
        "http://0.0.0.0/",
        "http://169.254.7.7/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://2130706433/",
    ],
)
def test_some_addresses_are_refused_whatever_is_allowed(url: str) -> None:
    network = Wired({})
    with Client(quick(allow_private=True), network=network) as client, pytest.raises(FetchError):
        client.get(url)
    assert network.dialled == []


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://news.example", "http://news.example/"),
        ("HTTPS://News.Example:443/A?b=c#d", "https://news.example/A?b=c"),
        ("http://news.example:8080/a/../b", "http://news.example:8080/a/../b"),
        ("http://news.example?q=1", "http://news.example/?q=1"),
        ("https://bücher.example/größe?q=ä", "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?q=%C3%A4"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        (f"http://{PUBLIC}/", f"http://{PUBLIC}/"),
        ("http://[2606:2800:220:1:248:1893:25C8:1946]:8080/", "http://[2606:2800:220:1:248:1893:25c8:1946]:8080/"),
        ("http://a_b.news.example/%7Ex", "http://a_b.news.example/%7Ex"),
        ("  http://news.example/a\n", "http://news.example/a"),
        ("http://news.example/<a>\"'|^`{}", "http://news.example/%3Ca%3E%22'%7C%5E%60%7B%7D"),
    ],
)
def test_plain_addresses_are_read(url: str, plain: str) -> None:
    assert str(safe.parse(url)) == plain
    assert str(safe.parse(plain)) == plain


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://news.example/{text}"):
        try:
            address = safe.parse(url)
        except FetchError:
            continue
        assert str(safe.parse(str(address))) == str(address)
        assert str(address).isascii()
        assert not set(str(address)) & set(" \r\n\t\0\\")


@given(st.ip_addresses())
def test_what_may_be_asked_is_in_the_open_network(ip: safe.IP) -> None:
    if not safe.refusal(ip):
        assert ip.is_global
        assert not ip.is_multicast
        assert not safe.is_private(ip)
    if safe.refusal(ip, allow_private=True):
        assert safe.refusal(ip)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_refused(ip: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::", "2002::"):
        shift = 80 if prefix == "2002::" else 0
        assert safe.refusal(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | int(ip) << shift))


@pytest.mark.parametrize(
    ("found", "dialled"),
    [
        (["127.0.0.1"], []),
        (["10.1.2.3", "192.168.0.7"], []),
        (["fe80::1%eth0"], []),
        (["169.254.169.254", PUBLIC], [PUBLIC]),
        ([PUBLIC, "127.0.0.1"], [PUBLIC]),
    ],
)
def test_only_addresses_that_were_checked_are_dialled(found: list[str], dialled: list[str]) -> None:
    network = Wired({})
    client = Client(quick(allow_private=False, tries=1), resolve=lambda host, port: found, network=network)
    with client, pytest.raises(FetchError):
        client.get("http://news.example/")
    assert set(network.dialled) == set(dialled)


def test_a_name_that_changes_its_address_is_dialled_at_the_one_that_was_checked() -> None:
    answers = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]

    def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    with site({"/": Reply("open")}) as public, site({"/": Reply("secret")}) as private:
        network = Wired({PUBLIC: public.port, "127.0.0.1": private.port})
        with Client(quick(allow_private=False), resolve=rebinding, network=network) as client:
            assert client.get("http://news.example/").body == b"open"
        assert public.asked[-1].headers["host"] == "news.example"
        assert private.asked == []
        assert set(network.dialled) == {PUBLIC}


def test_a_new_connection_checks_the_name_anew() -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]
    closing = Reply("open", headers={"Connection": "close"})
    with site({"/": closing, "/robots.txt": closing}) as public, site({"/": Reply("secret")}) as private:
        network = Wired({PUBLIC: public.port, "127.0.0.1": private.port})
        with (
            Client(quick(allow_private=False), resolve=lambda host, port: answers.pop(0), network=network) as client,
            pytest.raises(FetchError, match="this machine"),
        ):
            client.get("http://news.example/")
        assert private.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "//127.0.0.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "data:text/html,<p>x",
        "javascript:alert(1)",
        "ftp://news.example/",
        "gopher://127.0.0.1/",
        "http://user:secret@news.example/",
        "http://news.example:22/",
        "http://[::1",
        "\\\\127.0.0.1\\x",
    ],
)
def test_a_redirect_is_checked_like_the_first_address(location: str) -> None:
    with site({"/": Reply(status=302, headers={"Location": location})}) as public, site() as private:
        network = Wired({PUBLIC: public.port, "127.0.0.1": private.port, "::1": private.port})
        client = Client(quick(allow_private=False), resolve=private_names, network=network)
        with client, pytest.raises(FetchError) as caught:
            client.get("http://news.example/")
        assert "secret" not in str(caught.value)
        assert private.asked == []
        assert set(network.dialled) == {PUBLIC}


@pytest.mark.parametrize("location", ["http://127.0.0.1/", "http://localhost/admin", "http://10.0.0.7/"])
def test_a_public_page_leads_into_no_private_network_even_where_that_is_allowed(location: str) -> None:
    with site({"/": Reply(status=302, headers={"Location": location})}) as public, site() as private:
        network = Wired({PUBLIC: public.port, "127.0.0.1": private.port, "10.0.0.7": private.port})
        with Client(quick(allow_private=True), resolve=private_names, network=network) as client:
            with pytest.raises(FetchError, match="may not lead"):
                client.get("http://news.example/")
            with pytest.raises(FetchError, match="may not lead"):
                client.get(location, from_public=True)
        assert private.asked == []


def test_a_private_page_may_lead_to_another_where_that_is_allowed() -> None:
    with site({"/b": Reply("there")}) as other, site() as first:
        first.pages["/a"] = Reply(status=301, headers={"Location": f"{other.url}/b"})
        with Client(quick()) as client:
            assert client.get(f"{first.url}/a").body == b"there"


def test_without_leave_no_server_of_this_machine_is_asked() -> None:
    with site({"/": Reply("secret")}) as private, Client(quick(allow_private=False)) as client:
        for url in (private.url, private.url.replace("127.0.0.1", "localhost")):
            with pytest.raises(FetchError, match="--allow-private"):
                client.get(url)
        assert private.asked == []


def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    hang = threading.Event()

    def hanging(host: str, port: int) -> Sequence[str]:
        hang.wait(30)
        return [PUBLIC]

    with Client(quick(silence=0.3, tries=1), resolve=hanging) as client, pytest.raises(FetchError, match="looking up"):
        client.get("http://news.example/")
    hang.set()


def test_a_name_that_nobody_knows_is_said() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    client = Client(quick(), resolve=unknown)
    with client, pytest.raises(FetchError, match=r"not known, news\.example"):
        client.get("http://news.example/")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:secret@news.example/a", "http://***@news.example/a"),
        ("https://news.example/feed?api_key=abc&x=1", "https://news.example/feed?api_key=***&x=1"),
        ("https://news.example/feed?x=1&token=abc#t", "https://news.example/feed?x=1&token=***#t"),
        ("https://news.example/tokens?monkey=1", "https://news.example/tokens?monkey=1"),
    ],
)
def test_what_is_shown_holds_no_passwords(url: str, shown: str) -> None:
    assert safe.shown(url) == shown


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("news.example.com", "www.example.com", True),
        ("example.co.uk", "feeds.example.co.uk", True),
        ("one.co.uk", "two.co.uk", False),
        ("example.com", "example.com.evil.net", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("localhost", "news.example.com", False),
    ],
)
def test_hosts_of_one_publisher_are_told_from_others(one: str, other: str, same: bool) -> None:
    assert safe.same_site(one, other) is same
