"""API tokens: making them, and telling whether one that was shown is good.

A token reads ``dln_ID_SECRET``. The id finds it in the store, so that secrets are compared one with one, in constant
time. The prefix lets secret scanners find tokens that were left in code.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time

from ingest.errors import InputError
from web.access.principal import Scope
from web.access.store import Store, TokenRow

__all__ = ["create", "digest", "verified"]

_FORM = re.compile(r"dln_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,63}")
# What a token of an unknown id is compared with, so that it takes as long as one that is known.
_NOBODY = bytes(32)


def create(store: Store, name: str, scopes: frozenset[Scope], *, seconds: int | None = None) -> str:
    """Make a token and keep its hash.

    Args:
        name: what it is called in lists and logs.
        scopes: what it lets its holder do.
        seconds: how long it is good for; None for ever.

    Returns:
        The token, which nothing can show again.

    Raises:
        InputError: the name cannot be used, or is taken.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"a token cannot be called {name!r}: letters, digits, spaces and . _ - are allowed, at most 64, and the "
            "first is a letter or a digit"
        )
    id, secret, now = secrets.token_hex(6), secrets.token_urlsafe(32), int(time.time())
    expires = None if seconds is None else now + seconds
    store.add_token(TokenRow(id, name, digest(secret), scopes, now, expires, None))
    return f"dln_{id}_{secret}"


def verified(store: Store, token: str) -> TokenRow | None:
    """The token that was shown, if it is one of the store's and has not expired."""
    if not (form := _FORM.fullmatch(token)):
        return None
    row = store.token(form[1])
    same = secrets.compare_digest(digest(form[2]), row.hash if row else _NOBODY)
    return row if same and row and not row.expired() else None


def digest(secret: str) -> bytes:
    """The hash that a secret of 256 random bits is kept as: see store.py for why SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()
