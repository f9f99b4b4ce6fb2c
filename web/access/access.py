"""Who a request comes from, and whether they may do what they ask for.

Nobody has to say who they are on a server that only this machine reaches, as long as there is no token and no user.
Otherwise everybody has to: with a token, a login, or a reverse proxy's word; unless the settings let the public ask
and read.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, Literal, cast

from fastapi import HTTPException, Request
from starlette.datastructures import Headers
from starlette.types import Scope as AsgiScope

from ingest.errors import SettingsError
from ingest.settings import Settings
from web.access import tokens
from web.access.audit import Audit
from web.access.limits import Attempts, Buckets
from web.access.principal import ALL_SCOPES, LOCAL, READING, VISITORS, Principal, Scope, principal_of
from web.access.proxies import Proxies, Sender
from web.access.store import Store

__all__ = ["SESSION", "VISITOR", "Access", "Caller", "cookie", "session_of"]

SESSION = "dateline_session"
VISITOR = "dateline_visitor"

_YEAR = 365 * 24 * 3600
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_USER = re.compile(r"[^\x00-\x20:,;]{1,128}")
_KEY_HELP = (
    "This needs the token in server.json, in the archive's folder, sent as Authorization: Bearer TOKEN, or one that "
    "`dateline token create` made."
)
_WHO = (
    "Say who you are: with a token that `dateline token create` made, sent as Authorization: Bearer TOKEN, or by a "
    "login at /login."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request, and how that is known.

    Attributes:
        principal: who it is; None for somebody who has to say so first.
        by: what tells it. A cookie, a proxy's header and this machine's address go with every request that a browser
            makes, whichever page caused it; a token does not.
        sender: where it comes from.
        refused: what is wrong with the token that was shown, or why nobody is let in unasked.
        cookie: what a visitor's browser is to be known by, where it is not known by anything yet.
    """

    principal: Principal | None
    by: Literal["token", "cookie", "proxy", "address"]
    sender: Sender
    refused: str = _WHO
    cookie: str = ""


class Access:
    """Tells who sends a request, and guards routes by scope.

    Args:
        settings: the archive, and who is let in.
        key: the token in server.json, which may do everything.
        loopback: whether it listens on this machine's own address only.

    Attributes:
        store: the tokens, users and sessions.
        audit: who did what when.
        attempts: the logins that failed.
        named: whether requests must address the server by a name that it knows.
    """

    def __init__(self, settings: Settings, *, key: str, loopback: bool) -> None:
        self.settings = settings
        self.store = Store(settings.archive)
        self.audit = Audit(settings.archive)
        self.loopback = loopback and not settings.hosts
        self.named = loopback or bool(settings.hosts)
        self.attempts = Attempts()
        self._requests = Buckets(settings.requests_per_minute)
        self._questions = Buckets(settings.questions_per_minute)
        self._key = key
        self._proxies = Proxies(settings.trusted_proxies, settings.proxy_user_header)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def check(self, address: str) -> None:
        """See that somebody can get in, and not just anybody.

        Raises:
            SettingsError: the server would be open to others without a word, or would trust nobody's header.
            DatelineError: the store is damaged.
        """
        if self.settings.proxy_user_header and not self.settings.trusted_proxies:
            raise SettingsError(
                "proxy_user_header is set, but no trusted_proxies: name the address that your proxy sends from, such "
                "as 127.0.0.1, or anybody could say that they are anyone"
            )
        somebody = self.store.any() or bool(self.settings.proxy_user_header)
        if not (somebody or self.loopback or self.settings.public):
            raise SettingsError(
                f"the server at {address} could be reached from beyond this machine, and nobody would have to log in: "
                "make a user (dateline user add NAME) or a token (dateline token create NAME), or let everybody ask "
                "and read with --public"
            )

    @property
    def guarded(self) -> bool:
        """Whether everybody has to say who they are."""
        if self.settings.public:
            return False
        return not self.loopback or bool(self.settings.proxy_user_header) or self.store.any()

    def caller(self, scope: AsgiScope) -> Caller:
        """Who sends the request of this ASGI scope."""
        headers, sender = Headers(scope=scope), self._proxies.sender(scope)
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = self._bearer(given.strip())
            if found or self.guarded or given.startswith("dln_"):
                return Caller(found, "token", sender, "The token is not known here, was revoked, or has expired.")
        if sender.user and _USER.fullmatch(sender.user):
            return Caller(self._proxied(sender.user), "proxy", sender)
        cookies = _cookies(headers)
        if principal := self._in_session(cookies.get(SESSION, "")):
            return Caller(principal, "cookie", sender)
        if self.settings.public:
            known = cookies.get(VISITOR, "")
            fresh = "" if _SECRET.fullmatch(known) else secrets.token_urlsafe(32)
            return Caller(_visitor(fresh or known), "address" if fresh else "cookie", sender, cookie=fresh)
        if self.guarded:
            return Caller(None, "address", sender)
        if sender.forwarded:
            why = (
                "This request came through a proxy, and nobody has to log in here. Make a user (dateline user add "
                "NAME) or a token, or let everybody ask and read with --public."
            )
            return Caller(None, "address", sender, why)
        return Caller(LOCAL, "address", sender)

    def needs(self, scope: Scope) -> Callable[[Request], Principal]:
        """A dependency for FastAPI (``Depends(access.needs("ask"))``): the principal, who may do this.

        Raises:
            HTTPException: 401 when nobody said who they are, 403 when they may not do this.
        """

        def permitted(request: Request) -> Principal:
            principal = request.scope.get("state", {}).get("principal")
            bearer = {"WWW-Authenticate": "Bearer"}
            if not isinstance(principal, Principal):
                raise HTTPException(401, _WHO, headers=bearer)
            if principal.kind == "local" and scope in ("write", "admin"):
                raise HTTPException(401, _KEY_HELP, headers=bearer)
            if not principal.may(scope):
                raise HTTPException(403, f"This needs the scope {scope!r}, which {principal.name} does not have.")
            return principal

        return permitted

    def wait(self, caller: Caller, *, question: bool) -> int:
        """Seconds after which this caller may come again; 0 for now. On one's own machine nothing is counted."""
        principal = caller.principal
        if principal and principal.name == LOCAL.name:
            return 0
        # A visitor can throw its cookie away, but not its address.
        known = principal and principal.kind != "visitor"
        who = principal.name if principal and known else f"address {caller.sender.address}"
        return self._requests.take(who) or (self._questions.take(who) if question else 0)

    def visitors_cookie(self, caller: Caller) -> str:
        """The cookie that a visitor's browser will be known by, as a ``Set-Cookie`` header."""
        return cookie(VISITOR, caller.cookie, seconds=_YEAR, secure=caller.sender.secure)

    def _bearer(self, given: str) -> Principal | None:
        if secrets.compare_digest(given.encode(), self._key.encode()):
            return Principal("local", ALL_SCOPES, "token")
        if row := tokens.verified(self.store, given):
            self.store.used(row)
            return Principal(f"token:{row.name}", row.scopes, "token")
        return None

    def _proxied(self, name: str) -> Principal:
        user = self.store.user(name)
        scopes = user.scopes if user else frozenset(cast("tuple[Scope, ...]", self.settings.proxy_user_scopes))
        return Principal(name, scopes, "user")

    def _in_session(self, secret: str) -> Principal | None:
        if not _SECRET.fullmatch(secret) or not (row := self.store.session(tokens.digest(secret))):
            return None
        if row.user:
            return Principal(row.user.name, row.user.scopes, "user")
        if row.token and not row.token.expired():
            return Principal(f"token:{row.token.name}", row.token.scopes, "token")
        return None


def session_of(request: Any) -> str:
    """The name of whoever logged in on the page that sends this request; empty for others, who cannot log out."""
    principal = principal_of(request)
    scope = getattr(getattr(request, "request", request), "scope", request)
    return principal.name if scope["state"]["caller"].by == "cookie" and principal.kind != "visitor" else ""


def cookie(name: str, value: str, *, seconds: int, secure: bool) -> str:
    """A ``Set-Cookie`` header that no script can read and no other site's form sends along."""
    more = "; Secure" if secure else ""
    return f"{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{more}"


def _cookies(headers: Headers) -> dict[str, str]:
    """The cookies of a request; none where they cannot be read."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _visitor(secret: str) -> Principal:
    """Somebody whom only a cookie tells from others. Its hash is their name, so that no log holds the cookie."""
    return Principal(VISITORS + hashlib.sha256(secret.encode()).hexdigest()[:20], READING, "visitor")
