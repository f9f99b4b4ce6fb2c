"""A conversation, or one answer of it, as a document: Markdown with footnotes, HTML that prints well, JSON, plain text.

Every word of an article or a question is made inert for the form that it goes into.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Literal, get_args
from urllib.parse import urlsplit

from qa.answer import Answer, ArticleRef, Citation
from qa.days import written
from web import words
from web.conversations.store import Conversation, Turn
from web.words import history as said

__all__ = ["FORMATS", "MEDIA_TYPES", "Format", "answer_markdown", "answer_text", "exported", "file_name"]

Format = Literal["md", "html", "json", "txt"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
}

_MARKER = re.compile(r"\[(\d{1,3})\]")
_SIGNS = re.compile(r"[\\`*_{}\[\]#|~$!<>^=]|:(?=//)|@|^[+-]", re.MULTILINE)
_UNFIT = re.compile(r"[^\w]+")


def exported(conversation: Conversation, form: Format, *, link: str = "") -> str:
    """The whole conversation in one of ``FORMATS``.

    Args:
        link: where it is opened again, if it is to be named.
    """
    makers: dict[Format, Callable[[Conversation, str], str]] = {
        "md": _markdown,
        "html": _html,
        "json": _json,
        "txt": _text,
    }
    return makers[form](conversation, link)


def file_name(conversation: Conversation, form: Format) -> str:
    """What the document is called on disk: the day it was begun, and the first words of its title, in plain letters."""
    name = _UNFIT.sub("-", conversation.heading.title.lower()).strip("-_")
    plain = name.encode("ascii", "ignore").decode().strip("-_")[:60].rstrip("-")
    return f"{conversation.heading.created[:10]}-{plain or 'conversation'}.{form}"


def answer_text(turn: Turn) -> str:
    """One answer as plain text, its sources below it."""
    lines = [_flat(turn.question), "", turn.answer.text]
    for citation in turn.answer.citations:
        about = ", ".join(_about(citation.article))
        lines += ["", f"[{citation.number}] {about}", f"    “{_flat(citation.quote)}”"]
        lines += [f"    {address}"] if (address := _address(citation.article)) else []
    return "\n".join(lines) + "\n"


def answer_markdown(turn: Turn) -> str:
    """One answer as Markdown, its sources as footnotes."""
    return "\n\n".join(_turn_markdown(turn, "")) + "\n"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _about(article: ArticleRef) -> list[str]:
    """Title, outlet and day, as far as they are known."""
    parts = [_flat(article.title) or words.UNTITLED, article.source, _day(article.published)]
    return [part for part in parts if part]


def _day(moment: str | None) -> str:
    return written(moment) if moment else words.UNDATED


def _address(article: ArticleRef) -> str:
    """Where the article was published, if that is a web address."""
    try:
        parts = urlsplit((article.url or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


def _searched(answer: Answer) -> str:
    searched = answer.searched
    articles = words.ARTICLES[searched.articles != 1].format(searched.articles)
    if searched.first and searched.last:
        articles = said.BETWEEN.format(articles, _day(searched.first), _day(searched.last))
    return words.SEARCHED_IN.format(articles)


def _known(answer: Answer, marker: re.Match[str]) -> bool:
    return 1 <= int(marker[1]) <= len(answer.citations)


# --- plain text and JSON ---------------------------------------------------------------------------------------------


def _text(conversation: Conversation, link: str) -> str:
    head = f"{conversation.heading.title}\n{link}\n" if link else f"{conversation.heading.title}\n"
    return "\n\n".join([head.rstrip(), *(answer_text(turn).rstrip() for turn in conversation.turns)]) + "\n"


def _json(conversation: Conversation, link: str) -> str:
    heading = conversation.heading
    data = {
        "format": "dateline-conversation/1",
        "id": heading.id,
        "title": heading.title,
        "created": heading.created,
        "changed": heading.changed,
        **({"link": link} if link else {}),
        "turns": [
            {"number": turn.number, "question": turn.question, "asked": turn.asked, "answer": turn.data}
            for turn in conversation.turns
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


# --- Markdown --------------------------------------------------------------------------------------------------------


def _md(text: str) -> str:
    """``text``, inert in Markdown and in the HTML that it may hold, and without lists or breaks of its own."""
    inert = _SIGNS.sub(r"\\\g<0>", text.replace("&", "&amp;"))
    return re.sub(r"^(\s*)(\d+)([.)])", r"\1\2\\\3", inert, flags=re.MULTILINE)


def _markdown(conversation: Conversation, link: str) -> str:
    heading = conversation.heading
    several = len(conversation.turns) > 1
    parts = [f"# {_md(_flat(heading.title))}", _md(f"{said.ASKED_ON.format(_day(heading.created))}.")]
    parts += [f"<{link}>"] if link else []
    for turn in conversation.turns:
        parts += _turn_markdown(turn, f"{turn.number}-" if several else "")
    return "\n\n".join(parts) + "\n"


def _turn_markdown(turn: Turn, prefix: str) -> Iterator[str]:
    answer = turn.answer
    yield f"## {_md(_flat(turn.question))}"
    yield from (_with_footnotes(part, answer, prefix) for part in answer.text.split("\n") if part.strip())
    if answer.notes:
        yield "\n".join(f"- {_md(_flat(note))}" for note in answer.notes)
    yield f"*{_md(_searched(answer))}*"
    for citation in answer.citations:
        yield f"[^{prefix}{citation.number}]: {_footnote(citation)}"


def _with_footnotes(text: str, answer: Answer, prefix: str) -> str:
    parts, done = [], 0
    for marker in _MARKER.finditer(text):
        if _known(answer, marker):
            parts += [_md(text[done : marker.start()]).rstrip(" "), f"[^{prefix}{int(marker[1])}]"]
            done = marker.end()
    return "".join([*parts, _md(text[done:])]).strip()


def _footnote(citation: Citation) -> str:
    title, *rest = _about(citation.article)
    address = _address(citation.article).replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    linked = f"[{_md(title)}](<{address}>)" if address else _md(title)
    also = [", ".join(_about(other)[1:2] or _about(other)[:1]) for other in citation.also_in]
    return (
        ", ".join([linked, *map(_md, rest)])
        + f": “{_md(_flat(citation.quote))}”"
        + (f" {words.IN_OUTLETS.format(_md(', '.join(dict.fromkeys(also))))}." if also else "")
    )


# --- HTML ------------------------------------------------------------------------------------------------------------

_STYLE = """
:root { color-scheme: light dark; --ink: #1e1d1a; --soft: #625d53; --line: #e2ddd1; --paper: #fff; --accent: #1d4f7c;
  --mark: #ffe68f; }
@media (prefers-color-scheme: dark) { :root { --ink: #ebe8e1; --soft: #aca698; --line: #37342e; --paper: #201f1c;
  --accent: #9cc5ec; --mark: #5d4b10; } }
@media print { :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --accent: #000; --mark: #eee; } }
body { max-width: 44rem; margin: 2.5rem auto; padding: 0 1.25rem; color: var(--ink); background: var(--paper);
  font: 1.0625rem/1.65 Charter, Georgia, serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { margin-top: 2.5rem; font-size: 1.25rem; line-height: 1.35; }
h3 { font-size: 1rem; margin: 1.5rem 0 0; }
.soft, footer { color: var(--soft); font: 0.875rem/1.5 system-ui, sans-serif; }
section + section { border-top: 1px solid var(--line); margin-top: 2rem; }
sup a { color: var(--accent); text-decoration: none; } a { color: var(--accent); }
ol { padding-left: 1.5rem; } li { margin: 0.9rem 0; break-inside: avoid; }
blockquote { margin: 0.3rem 0 0; padding-left: 0.8rem; border-left: 3px solid var(--mark); }
""".strip()


def _html(conversation: Conversation, link: str) -> str:
    heading = conversation.heading
    title, asked = escape(_flat(heading.title)), escape(said.ASKED_ON.format(_day(heading.created)))
    opened = f' · <a href="{escape(link)}">{said.OPEN_AGAIN}</a>' if link.startswith(("http://", "https://")) else ""
    body = "".join(_turn_html(turn) for turn in conversation.turns)
    # A document that runs nothing and loads nothing, whatever stands in it.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
        f'<h1 dir="auto">{title}</h1><p class="soft">{asked}{opened}</p>\n'
        f"{body}<footer>{said.MADE_WITH}</footer>\n"
        "</body></html>\n"
    )


def _turn_html(turn: Turn) -> str:
    answer = turn.answer
    paragraphs = "".join(
        f'<p dir="auto">{_with_links(part, turn)}</p>' for part in answer.text.split("\n") if part.strip()
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in answer.notes)
    sources = "".join(_source_html(citation, turn.number) for citation in answer.citations)
    return (
        f'<section><h2 dir="auto">{escape(_flat(turn.question))}</h2>{paragraphs}'
        + (f'<ul class="soft">{notes}</ul>' if notes else "")
        + f'<p class="soft">{escape(_searched(answer))}</p>'
        + (f"<h3>{said.SOURCES}</h3><ol>{sources}</ol>" if sources else "")
        + "</section>\n"
    )


def _with_links(text: str, turn: Turn) -> str:
    parts, done = [], 0
    for marker in _MARKER.finditer(text):
        if _known(turn.answer, marker):
            number = int(marker[1])
            anchor = f'<sup><a href="#source-{turn.number}-{number}">[{number}]</a></sup>'
            parts += [escape(text[done : marker.start()]).rstrip(" "), anchor]
            done = marker.end()
    return "".join([*parts, escape(text[done:])])


def _source_html(citation: Citation, turn: int) -> str:
    title, *rest = _about(citation.article)
    address = _address(citation.article)
    linked = f'<a href="{escape(address)}" rel="noreferrer">{escape(title)}</a>' if address else escape(title)
    also = [_about(other) for other in citation.also_in]
    others = "; ".join(", ".join(about) for about in also)
    return (
        f'<li id="source-{turn}-{citation.number}" value="{citation.number}"><span dir="auto">{linked}</span> '
        f'<span class="soft">{escape(", ".join(rest))}</span>'
        f'<blockquote dir="auto">{escape(citation.quote)}</blockquote>'
        + (f'<p class="soft">{escape(said.ALSO_IN.format(others))}</p>' if others else "")
        + "</li>"
    )
