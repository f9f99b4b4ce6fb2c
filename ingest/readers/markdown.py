"""Markdown with or without a front matter, to plain text. It knows no other format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.article import Article
from ingest.clean import clean, line

from . import markup
from .fields import authors, meaning
from .text import assemble, headers

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["from_markdown"]

_MOST_MARKS = 500
_LONGEST_FRONT = 20_000
_FRONT = re.compile(r"(---|\+\+\+)[ \t]*\n(.*?)(?:(?<=\n)|\n)(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


def from_markdown(text: str, *, name: str = "") -> Article | None:
    """The article in a Markdown text, without its marks; None where there is no text below the headers.

    Args:
        text: the file's content. A front matter in YAML (``---``) or TOML (``+++``) states title, date and so on.
        name: the file's name, from which a date is guessed where the text states none.
    """
    stated, text = _front_matter(clean(text))
    # A paragraph with so many marks is no prose, and the parser takes time with the square of their number.
    crowded = any(block.count(mark) > _MOST_MARKS for block in text.split("\n\n") for mark in "[<*_`")
    title, body = ("", text) if crowded else _rendered(text)
    if title:
        stated.setdefault("title", title)
    if "published" not in stated:
        below, body = headers(body, title=stated.get("title", ""))
        stated = {**below, **stated}
    return assemble(stated, markup.plain(body), name=name)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    match = _FRONT.match(text)
    if not match or len(match[2]) > _LONGEST_FRONT or match[2].count("[") + match[2].count("{") > _MOST_MARKS:
        return {}, text
    fields = _toml(match[2]) if match[1] == "+++" else _yaml(match[2])
    if fields is None:
        return {}, text
    stated: dict[str, str] = {}
    for name, value in fields.items():
        field = meaning(name)
        if field is None or field in ("text", "html"):
            continue
        shown = "; ".join(authors(value)) if field == "authors" else value
        if isinstance(shown, dict):
            shown = shown.get("name") or shown.get("title")
        if isinstance(shown, str) and shown.strip():
            stated.setdefault(field, shown)
    return stated, text[match.end() :]


def _yaml(text: str) -> dict[object, object] | None:
    import yaml  # type: ignore[import-untyped]

    try:
        # The base loader makes strings of all values: a title "No" and a date stay as they are written.
        fields = yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return fields if isinstance(fields, dict) else None


def _toml(text: str) -> dict[object, object] | None:
    import tomllib

    try:
        fields = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None
    return {name: value if isinstance(value, list | dict) else str(value) for name, value in fields.items()}


def _rendered(text: str) -> tuple[str, str]:
    """The first heading where nothing stands above it, and the rest as plain paragraphs."""
    from markdown_it import MarkdownIt

    title, prefix, heading = "", "", False
    blocks: list[str] = []
    row: list[str] | None = None  # The cells of the table row that is open.
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "heading_open":
            heading = True
        elif token.type == "list_item_open":
            prefix = f"{token.info}. " if token.info else "- "
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content)
        elif token.type == "html_block":
            blocks.append(markup.stripped(token.content))
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            blocks.append(" | ".join(row or []))
            row = None
        elif token.type == "inline":
            block = "".join(_inline(token.children or [])).strip()
            if heading and not title and not blocks:
                title = line(block)
            elif row is not None:
                row.append(block)
            elif block:
                blocks.append(prefix + block)
            heading, prefix = False, ""
    return title, clean("\n\n".join(block.strip("\n") for block in blocks if block.strip()))


def _inline(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "hardbreak":
            yield "\n"
        elif token.type == "softbreak":
            yield " "
        elif token.type == "html_inline":
            yield "\n" if token.content.lower().startswith("<br") else ""
        elif token.type == "image":
            yield from _inline(token.children or [])
        else:
            yield token.content
