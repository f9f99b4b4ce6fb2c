"""The login page: by name and password, or with a token. Made on the server, without a script."""

from __future__ import annotations

import re
import secrets
import threading
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.access import passwords, tokens
from web.access.access import SESSION, cookie
from web.words import login as words

if TYPE_CHECKING:
    from web.access.access import Access, Caller

__all__ = ["add_login"]

_HERE = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f]*")
_MOST_BYTES = 8192
# Each check of a password takes 64 MiB for a moment.
_CHECKS_AT_ONCE = 2
# How many wrong passwords are free: for one name from one address, from one address, and for one name from anywhere.
_FREE_BOTH, _FREE_ADDRESS, _FREE_NAME = 5, 20, 100

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="/look/icon.svg">
<link rel="stylesheet" href="/look/login.css">
</head>
<body>
<main>
<p class="brand">{brand}</p>
<h1>{heading}</h1>
{body}
</main>
</body>
</html>
"""
_PASSWORD = """<form method="post" action="/login">
<input type="hidden" name="next" value="{next}">
<label for="name">{name_label}</label>
<input id="name" name="name" value="{name}" autocomplete="username" autocapitalize="none" spellcheck="false" required
 {first}>
<label for="password">{password_label}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required {second}>
<button>{log_in}</button>
</form>
"""
_TOKEN = """<form method="post" action="/login">
<input type="hidden" name="next" value="{next}">
<label for="token">{token_label}</label>
<input id="token" name="token" type="password" autocomplete="off" spellcheck="false" placeholder="{token_like}"
 required>
<button{quiet}>{log_in}</button>
</form>
"""


def add_login(app: FastAPI, access: Access) -> None:
    """Add ``/login`` and ``/logout`` to ``app``."""
    checking = threading.BoundedSemaphore(_CHECKS_AT_ONCE)

    @app.get("/login", include_in_schema=False)
    def page(request: Request, next: str = "/") -> Response:
        caller: Caller = request.state.caller
        if caller.principal is not None and caller.principal.kind == "user":
            return RedirectResponse(_within(next), 303)
        return _shown(access, next=next)

    @app.post("/login", include_in_schema=False)
    async def login(request: Request) -> Response:
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return _shown(access, status=413, wrong=words.TOO_LONG)
        given = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return await run_in_threadpool(_logged_in, access, request, given, checking)

    @app.post("/logout", include_in_schema=False)
    def logout(request: Request) -> Response:
        secret = request.cookies.get(SESSION, "")
        access.store.end(tokens.digest(secret))
        caller: Caller = request.state.caller
        if caller.principal is not None:
            access.audit.note("logout", who=caller.principal.name, address=caller.sender.address)
        response = RedirectResponse("/login", 303)
        response.headers["set-cookie"] = cookie(SESSION, "", seconds=0, secure=caller.sender.secure)
        return response


def _logged_in(
    access: Access, request: Request, given: dict[str, str], checking: threading.BoundedSemaphore
) -> Response:
    """What comes of a name and a password, or of a token."""
    caller: Caller = request.state.caller
    address, name = caller.sender.address, given.get("name", "").strip()[:64]
    keys = (f"{name} {address}", _FREE_BOTH), (address, _FREE_ADDRESS), (f"user {name}", _FREE_NAME)
    if wait := access.attempts.wait(*keys):
        access.audit.note("login delayed", who="nobody", name=name, address=address, seconds=wait)
        wrong = words.TOO_OFTEN.format(_time(wait))
        return _shown(access, next=given.get("next", "/"), name=name, status=429, wrong=wrong, wait=wait)
    if "token" in given:
        token = tokens.verified(access.store, given["token"].strip())
        who, user = (f"token:{token.name}" if token else ""), None
    else:
        with checking:
            user = passwords.verified(access.store, name, given.get("password", ""))
        token, who = None, (user.name if user else "")
    if not who:
        access.attempts.failed(*keys)
        access.audit.note("login failed", who="nobody", name=name or None, address=address)
        wrong = words.WRONG_TOKEN if "token" in given else words.WRONG_PASSWORD
        return _shown(access, next=given.get("next", "/"), name=name, status=401, wrong=wrong)
    access.attempts.succeeded(keys[0][0])
    seconds, secret = access.settings.session_hours * 3600, secrets.token_urlsafe(32)
    if old := request.cookies.get(SESSION):
        access.store.end(tokens.digest(old))
    access.store.begin(
        tokens.digest(secret), user=user.name if user else None, token=token.id if token else None, seconds=seconds
    )
    access.audit.note("login", who=who, address=address)
    response = RedirectResponse(_within(given.get("next", "/")), 303)
    response.headers["set-cookie"] = cookie(SESSION, secret, seconds=seconds, secure=caller.sender.secure)
    return response


def _shown(
    access: Access, *, next: str = "/", name: str = "", status: int = 200, wrong: str = "", wait: int = 0
) -> Response:
    """The login page.

    Args:
        next: the page that was asked for.
        name: what was typed as the name.
        status: the response's status.
        wrong: what is wrong with what was sent.
        wait: seconds to wait before the next attempt.
    """
    users, holders = bool(access.store.users()), bool(access.store.tokens())
    back = escape(_within(next))
    parts = [f'<p class="wrong" role="alert">{escape(wrong)}</p>'] if wrong else []
    focus = ("autofocus", "") if not name else ("", "autofocus")
    form = _PASSWORD.format(
        next=back,
        name=escape(name),
        first=focus[0],
        second=focus[1],
        name_label=words.NAME,
        password_label=words.PASSWORD,
        log_in=words.LOG_IN,
    )
    if users:
        parts.append(form)
    if holders:
        quiet = ' class="quiet"' if users else ""
        tokened = _TOKEN.format(
            next=back, quiet=quiet, token_label=words.TOKEN, token_like=words.TOKEN_LIKE, log_in=words.LOG_IN_WITH_TOKEN
        )
        parts.append(f"<details><summary>{words.WITH_TOKEN}</summary>{tokened}</details>" if users else tokened)
    if not users and not holders:
        parts.append(f"<p>{words.NOBODY.format('<code>dateline user add NAME</code>')}</p>")
    page = _PAGE.format(title=words.TITLE, brand=words.BRAND, heading=words.HEADING, body="".join(parts))
    return HTMLResponse(page, status, headers={"Retry-After": str(wait)} if wait else None)


def _within(address: str) -> str:
    """Where to go after the login: a place on this server, whatever was asked for."""
    return address if _HERE.fullmatch(address) and not address.startswith(("/login", "/logout")) else "/"


def _time(seconds: int) -> str:
    if seconds < 90:
        return words.SECONDS[seconds != 1].format(seconds)
    return words.MINUTES.format(round(seconds / 60))
