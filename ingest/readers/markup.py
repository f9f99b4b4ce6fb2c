"""A stretch of HTML to plain text, block by block. It does not know what on a page is navigation and what news."""

from __future__ import annotations

import re
from html import unescape

from ingest.clean import clean

__all__ = ["is_html", "plain", "stripped"]

_BLOCK_NAMES = "p|div|article|section|main|h[1-6]|ul|ol|li|table|tr|blockquote|figure|figcaption|pre|dl|dt|dd|hr|header"
_START = re.compile(
    rf"\s*(?:<!--.*?-->\s*)*<(?:!doctype|html|body|head|{_BLOCK_NAMES}|span|a|b|i|em|strong|img|br)(?=[\s>/])[^<>]*>",
    re.I | re.S,
)
_END = re.compile(r"(?:</[a-z][a-z0-9]*\s*|<(?:br|hr|img)\b[^<>]*)>\s*\Z", re.I)
_ENDING = re.compile(r"</(?:p|div|h[1-6]|li|ul|ol|blockquote|article|section|body|html)\s*>|<br\s*/?>", re.I)
_SILENT = re.compile(r"<(script|style|template|noscript|svg|iframe|head)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^<>]*>", re.S)
_LINE_BREAK = re.compile(r"\s*<br\b[^<>]*>\s*", re.I)
_ITEM = re.compile(r"<li\b[^<>]*>", re.I)
_BLOCK = re.compile(rf"</?(?:{_BLOCK_NAMES})\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[a-z][a-z0-9:-]*(?:\s[^<>]*)?/?>", re.I)
# Stand for a list item, a block and a line break while tags go; clean text has no such characters. Strongest first.
_MARKS = {"\x10": "\n\n- ", "\x0f": "\n\n", "\x0e": "\n"}
_GAP = re.compile("[ \x0e\x0f\x10]{2,}|[\x0e\x0f\x10]")


def is_html(text: str) -> bool:
    """Whether a text is clearly HTML: it starts with a tag, and ends with one or has blocks that are closed."""
    if not text[:2000].lstrip().startswith("<") or not _START.match(text[:2000]):
        return False
    return bool(_END.search(text[-200:]) or _ENDING.search(text))


def plain(text: str) -> str:
    """A clean text; where it is clearly HTML, without its markup. What comes out never is clearly HTML."""
    text = clean(text)
    while is_html(text):
        shorter = stripped(text)
        if shorter == text:
            break
        text = shorter
    return text


def stripped(html: str) -> str:
    """HTML without its tags: a blank line between blocks, ``<br>`` a line break, entities as characters."""
    html = _SILENT.sub(" ", _COMMENT.sub(" ", clean(html)))
    html = _LINE_BREAK.sub("\x0e", " ".join(html.split()))
    html = _BLOCK.sub("\x0f", _ITEM.sub("\x10", html))
    html = unescape(_TAG.sub("", html))
    return clean(_GAP.sub(_gap, html))


def _gap(run: re.Match[str]) -> str:
    """The strongest break in a run of spaces and breaks."""
    return next((text for mark, text in _MARKS.items() if mark in run[0]), " ")
