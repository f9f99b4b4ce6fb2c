"""Passwords of users: Argon2id hashes, and a check that takes as long for a name that nobody has."""

from __future__ import annotations

import re
import time
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ingest.errors import InputError
from web.access.principal import Scope
from web.access.store import Store, UserRow

__all__ = ["SHORTEST", "set_password", "verified"]

SHORTEST = 10
_LONGEST = 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
_RESERVED = {"local", "anonymous"}
_hasher = PasswordHasher()  # RFC 9106's second recommended parameters: 64 MiB, 3 passes


def set_password(store: Store, name: str, password: str, scopes: frozenset[Scope], *, replace: bool = False) -> None:
    """Add a user, or give one a new password and new scopes.

    Raises:
        InputError: the name or the password cannot be used, or the user exists, or does not.
    """
    if not _NAME.fullmatch(name) or name.lower() in _RESERVED:
        raise InputError(
            f"a user cannot be called {name!r}: letters, digits and . _ @ + - are allowed, at most 64, and the first "
            "is a letter or a digit"
        )
    if not SHORTEST <= len(password) <= _LONGEST:
        raise InputError(f"the password must have at least {SHORTEST} characters, and at most {_LONGEST:,}")
    if password.lower() == name.lower() or len(set(password)) < 4:
        raise InputError("the password is too easy to guess; several words in a row make a good one")
    store.put_user(UserRow(name, _hasher.hash(password), scopes, int(time.time())), replace=replace)


def verified(store: Store, name: str, password: str) -> UserRow | None:
    """The user of that name, if that is their password."""
    user = store.user(name) if _NAME.fullmatch(name) else None
    if len(password) > _LONGEST:
        return None
    try:
        _hasher.verify(user.hash if user else _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return None
    if user and _hasher.check_needs_rehash(user.hash):
        store.rehash(user.name, _hasher.hash(password))
    return user


@cache
def _nobodys() -> str:
    """A hash to check against where there is no such user, so that the answer comes no sooner."""
    return _hasher.hash("")
