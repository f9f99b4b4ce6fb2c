"""Tokens, passwords, limits, slots, proxies and the audit log, each by itself."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio import to_thread

from ingest.errors import DatelineError, InputError
from web.access import passwords, tokens
from web.access.audit import Audit
from web.access.limits import Attempts, Buckets
from web.access.load import Busy, Slots
from web.access.principal import READING, Principal, principal_of
from web.access.proxies import Proxies
from web.access.store import FILE, Store

PASSWORD = "seven quiet herons"


def test_a_token_is_good_until_it_is_revoked(tmp_path: Path) -> None:
    store = Store(tmp_path)
    token = tokens.create(store, "bot", READING)
    row = tokens.verified(store, token)
    assert row is not None
    assert (row.name, row.scopes, row.expires) == ("bot", READING, None)
    assert Store(tmp_path).tokens() == [row]
    last = "A" if token[-1] != "A" else "B"
    for wrong in (token[:-1] + last, token + "A", token.upper(), "", "dln_000000000000_" + token[17:]):
        assert tokens.verified(store, wrong) is None
    assert store.revoke("bot")
    assert not store.revoke("bot")
    assert tokens.verified(store, token) is None


def test_an_expired_token_is_not_good(tmp_path: Path) -> None:
    store = Store(tmp_path)
    token = tokens.create(store, "old", READING, seconds=0)
    assert tokens.verified(store, token) is None
    assert store.any()


def test_only_hashes_are_kept_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    store = Store(tmp_path)
    token = tokens.create(store, "bot", READING)
    passwords.set_password(store, "ada", PASSWORD, READING)
    store.begin(tokens.digest("cookie"), user="ada", token=None, seconds=60)
    kept = (tmp_path / FILE).read_bytes()
    assert token.rpartition("_")[2].encode() not in kept
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_store_that_nobody_needs_makes_no_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert (store.any(), store.tokens(), store.session(b"x")) == (False, [], None)
    assert list(tmp_path.iterdir()) == []


def test_a_session_ends_with_its_user_its_token_and_its_password(tmp_path: Path) -> None:
    store = Store(tmp_path)
    tokens.create(store, "bot", READING)
    [row] = store.tokens()
    passwords.set_password(store, "ada", PASSWORD, READING)
    for name in (b"a", b"b", b"c"):
        store.begin(name, user="ada", token=None, seconds=60)
    store.begin(b"t", user=None, token=row.id, seconds=60)
    store.begin(b"late", user="ada", token=None, seconds=0)
    assert store.session(b"late") is None
    found = store.session(b"a")
    assert found is not None
    assert found.user is not None
    assert found.user.name == "ada"
    store.end(b"a")
    assert store.session(b"a") is None
    assert store.session(b"b") is not None
    passwords.set_password(store, "ada", PASSWORD + "!", READING, replace=True)
    assert store.session(b"b") is None
    store.begin(b"c2", user="ada", token=None, seconds=60)
    assert store.remove_user("ada")
    assert store.session(b"c2") is None
    assert store.session(b"t") is not None
    store.revoke(row.id)
    assert store.session(b"t") is None


def test_a_password_is_told_from_others(tmp_path: Path) -> None:
    store = Store(tmp_path)
    passwords.set_password(store, "ada", PASSWORD, READING)
    found = passwords.verified(store, "ada", PASSWORD)
    assert found is not None
    assert found.name == "ada"
    for name, word in (("ada", PASSWORD + " "), ("ada", ""), ("bob", PASSWORD), ("bob", ""), ("", ""), ("a\0", "x")):
        assert passwords.verified(store, name, word) is None


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("local", PASSWORD, "a user cannot be called 'local'"),
        ("token:bot", PASSWORD, "a user cannot be called 'token:bot'"),
        ("ada", "short", "at least 10 characters"),
        ("ada", "aaaaaaaaaaaaa", "too easy to guess"),
        ("adalovelace", "Adalovelace", "too easy to guess"),
        ("bob", PASSWORD, "there is a user 'bob' already"),
    ],
)
def test_names_and_passwords_that_will_not_do(tmp_path: Path, name: str, password: str, said: str) -> None:
    store = Store(tmp_path)
    passwords.set_password(store, "bob", PASSWORD, READING)
    with pytest.raises(InputError, match=said):
        passwords.set_password(store, name, password, READING)
    assert [user.name for user in store.users()] == ["bob"]


def test_two_tokens_of_one_name_are_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    tokens.create(store, "bot", READING)
    with pytest.raises(InputError, match="there is a token 'bot' already"):
        tokens.create(store, "bot", READING)
    with pytest.raises(InputError, match=r"cannot be called '\.\./x'"):
        tokens.create(store, "../x", READING)


def test_a_damaged_store_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(DatelineError, match=r"access\.db is damaged"):
        Store(tmp_path).any()
    with pytest.raises(DatelineError, match="nowhere"):
        tokens.create(Store(tmp_path / "nowhere"), "bot", READING)


def test_a_bucket_is_refilled_as_time_passes() -> None:
    bucket = Buckets(60)
    assert [bucket.take("a") for _ in range(60)] == [0] * 60
    assert bucket.take("a") == 1
    assert bucket.take("b") == 0
    assert [Buckets(0).take("a") for _ in range(1000)] == [0] * 1000


def test_each_wrong_password_doubles_the_wait() -> None:
    attempts = Attempts(longest=60)
    waits = []
    for _ in range(10):
        waits.append(attempts.wait(("ada", 3)))
        attempts.failed(("ada", 3))
    assert waits[:3] == [0, 0, 0]
    assert waits[3:] == [1, 2, 4, 8, 16, 32, 60]
    assert attempts.wait(("bob", 3)) == 0
    attempts.succeeded("ada")
    assert attempts.wait(("ada", 3)) == 0


def test_slots_are_handed_on_in_order_and_refused_when_too_many_wait() -> None:
    async def scenario() -> list[str]:
        slots, done = Slots(1, 2, 30), []

        async def work(name: str) -> None:
            try:
                async with slots.held():
                    assert slots.busy == 1
                    await asyncio.sleep(0.01)
                    done.append(name)
            except Busy as busy:
                done.append(f"{name} come again in {busy.seconds}")

        tasks = [asyncio.create_task(work(name)) for name in "abcde"]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (slots.busy, slots.waiting) == (0, 0)
        return done

    assert asyncio.run(scenario()) == ["d come again in 2", "e come again in 2", "a", "c"]


def test_whoever_waits_too_long_for_a_slot_is_told() -> None:
    async def scenario() -> None:
        slots = Slots(1, 5, 0.02)
        async with slots.held():
            with pytest.raises(Busy):
                async with slots.held():
                    raise AssertionError("there was no slot")
        async with slots.held():
            assert slots.busy == 1

    asyncio.run(scenario())


def test_a_thread_holds_a_slot_among_all_others_until_its_work_is_closed_anywhere() -> None:
    async def scenario() -> None:
        slots = Slots(1, 1, 30)

        def work() -> Iterator[str]:
            with slots.held_by_thread():
                yield "a step"
                yield "the answer"

        async def other() -> None:
            async with slots.held():
                assert slots.busy == 1

        first, second = work(), work()
        assert await to_thread.run_sync(next, first) == "a step"
        waiting = asyncio.create_task(other())
        await asyncio.sleep(0)
        assert (slots.busy, slots.waiting) == (1, 1)
        with pytest.raises(Busy):
            await to_thread.run_sync(next, second)
        first.close()
        await waiting
        assert (slots.busy, slots.waiting) == (0, 0)
        assert await to_thread.run_sync(list, work()) == ["a step", "the answer"]
        await asyncio.sleep(0)
        assert slots.busy == 0

    asyncio.run(scenario())


def test_only_trusted_proxies_are_believed() -> None:
    def asked(peer: str, **headers: str) -> dict[str, object]:
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        return {"type": "http", "scheme": "http", "client": (peer, 1), "headers": raw}

    proxies = Proxies(["10.0.0.0/8"], "X-User")
    through = proxies.sender(
        asked("10.0.0.7", x_forwarded_for="6.6.6.6, 203.0.113.9, 10.1.1.1", x_forwarded_proto="https", x_user="ada")
    )
    assert (through.address, through.secure, through.user, through.forwarded) == ("203.0.113.9", True, "ada", True)
    forged = proxies.sender(asked("203.0.113.9", x_forwarded_for="10.0.0.1", x_forwarded_proto="https", x_user="ada"))
    assert (forged.address, forged.secure, forged.user, forged.forwarded) == ("203.0.113.9", False, None, True)
    mapped = proxies.sender(asked("::ffff:10.0.0.7", x_forwarded_for="junk", x_user=" "))
    assert (mapped.address, mapped.user) == ("::ffff:10.0.0.7", None)
    assert Proxies([], "X-User").sender(asked("127.0.0.1", x_user="ada")).user is None


def test_the_audit_log_is_rotated_and_for_its_owner_only(tmp_path: Path) -> None:
    audit = Audit(tmp_path, most_bytes=300)
    for number in range(30):
        audit.note("login", who="ada\nroot", number=number, nothing=None)
    lines = [json.loads(line) for line in audit.path.read_text(encoding="utf-8").splitlines()]
    assert lines[-1].items() >= {"action": "login", "who": "ada\nroot", "number": 29}.items()
    assert "nothing" not in lines[-1]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["audit.jsonl", *(f"audit.jsonl.{number}" for number in range(1, 6))]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_request_that_came_past_the_guard_has_no_principal() -> None:
    ada = Principal("ada", READING, "user")
    assert principal_of({"state": {"principal": ada}}) is ada
    with pytest.raises(LookupError, match="did not come through the guard"):
        principal_of({"state": {"principal": None}})
