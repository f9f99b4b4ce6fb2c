"""A real server in a process of its own, and a real Chromium, for the tests of the page and of REST."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
_SECONDS_TO_START = 180
_SECONDS_TO_STOP = 20
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class Served:
    """A running server: its address, its archive, its process, and all that it has said."""

    url: str
    archive: Path
    process: subprocess.Popen[bytes]
    log: Path

    def client(self, **headers: str) -> httpx.Client:
        """A client for the server's REST interface."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def said(self) -> str:
        """What the server has printed so far."""
        return self.log.read_text(encoding="utf-8")

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ask the server to stop; the exit code."""
        self.process.send_signal(how)
        return self.process.wait(_SECONDS_TO_STOP)


def start(archive: Path, log: Path, *options: str, environ: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """``python app.py`` over ``archive`` on a free port, its output in ``log``."""
    command = [sys.executable, "app.py", "--archive", str(archive), "--port", "0", *options]
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(environ or {})}
        )


@contextmanager
def served(archive: Path, log: Path, *options: str, environ: dict[str, str] | None = None) -> Iterator[Served]:
    """A server over ``archive``, stopped at the end. What it said is printed, so that pytest shows it on a failure."""
    process = start(archive, log, *options, environ=environ)
    try:
        yield Served(_address(process, log), archive, process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        print(log.read_text(encoding="utf-8"))


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until:
        if found := re.search(r"Dateline is at (\S+)", log.read_text(encoding="utf-8")):
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real Chromium without a window."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "the tests of the page need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    url: str,
    *,
    width: int = 1440,
    height: int = 900,
    dark: bool = False,
    calm: bool = True,
    touch: bool = False,
) -> Iterator[Page]:
    """The page at ``url``, ready for a question. Fails at the end if it asked anything of another host, or complained.

    Args:
        calm: prefer reduced motion, so that nothing is still moving when it is looked at.
        touch: on a phone or a tablet, which has no mouse.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if calm else "no-preference",
        has_touch=touch,
        is_mobile=touch,
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda request: None if _is_ours(request.url, url) else wrong.append(f"request {request.url}"))
    page.on("websocket", lambda socket: wrong.append(f"websocket {socket.url}"))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(url)
    page.wait_for_selector("#question textarea:focus")
    yield page
    context.close()
    assert wrong == []


def _is_ours(asked: str, url: str) -> bool:
    return asked.startswith((url + "/", "data:", "blob:"))


def ask(page: Page, question: str) -> None:
    """Put a question as a person does, and wait for what comes of it."""
    turns = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f"#turn-{turns + 1}.done", timeout=60_000)


# Every element that shows words of its own, with the contrast between them and the nearest opaque background.
CONTRASTS = """within => {
    const parse = color => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const color = parse(getComputedStyle(at).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll(within)]
        .filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
        .map(e => {
            const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
            return {what: e.tagName + "." + e.className, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)};
        });
}"""
