"""How the page looks and moves: its theme, stylesheets, scripts and fonts, all of them from this server."""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from web import words

__all__ = ["LOOK", "SCRIPTS", "STYLES", "dressing", "early", "head"]

# The folder that the server shows as /look.
LOOK = Path(__file__).parent.parent / "look"

# In the order in which the page takes them: the first script makes `dateline`, which the others use.
STYLES = (
    "base.css",
    "frame.css",
    "dialogs.css",
    "ask.css",
    "answer.css",
    "more.css",
    "sources.css",
    "narrow.css",
    "reader.css",
    "history.css",
    "views.css",
    "search.css",
    "archive.css",
    "adding.css",
    "touch.css",
    "print.css",
)
SCRIPTS = ("page.js", "ask.js", "filters.js", "reader.js", "overtime.js", "keys.js", "history.js", "library.js")

_FONT = "/look/fonts/source-serif-4-latin-wght-normal.woff2"


def dressing() -> dict[str, Any]:
    """The arguments of ``gr.mount_gradio_app`` that say how the page looks and moves."""
    sans = gr.themes.LocalFont("Source Sans Pro", weights=(400, 700))
    theme = gr.themes.Base(font=[sans, "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="#f4f2ec", body_background_fill_dark="#161513"
    )
    return {
        "theme": theme,
        "footer_links": [],
        "run_history": False,
        "allowed_paths": [],
        "favicon_path": str(LOOK / "icon.svg"),
    }


def head() -> str:
    """What the head of the page's document says of its look, its scripts and its name."""
    # Linked, since Gradio rewrites a stylesheet that it is given: its rules for dark and narrow screens break.
    links = [f'<link rel="stylesheet" href="{_address(name)}">' for name in _there(STYLES)]
    scripts = [f'<script defer src="{_address(name)}"></script>' for name in _there(SCRIPTS)]
    named = f'<title>{words.NAME}</title><meta name="color-scheme" content="light dark">'
    return "".join([named, *links, _words(), *scripts])


def _words() -> str:
    """What the scripts say, where they find it."""
    said = json.dumps(words.for_scripts(), ensure_ascii=False).replace("<", "\\u003c")
    return f"<script>window.datelineWords = {said}</script>"


def early() -> str:
    """A ``Link`` header for the page: what the browser should fetch at once, so that nothing is shown undressed."""
    styles = [f"<{_address(name)}>; rel=preload; as=style" for name in _there(STYLES)]
    return ", ".join([*styles, f"<{_FONT}>; rel=preload; as=font; crossorigin"])


def _there(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if (LOOK / name).is_file()]


@cache
def _address(name: str) -> str:
    """Where a file of the look is, another address whenever it has changed, so that no old copy is used."""
    return f"/look/{name}?{zlib.crc32((LOOK / name).read_bytes()):08x}"
