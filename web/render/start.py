"""The page's head, and what it shows before the first question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.answer import ArticleRef
from web import words
from web.render.text import e, holdings, reference

if TYPE_CHECKING:
    from ingest.archive import ArchiveStats
    from ingest.article import Article

__all__ = ["brand", "held", "leave", "leaving", "start", "tools"]


def brand(views: Sequence[tuple[str, str]]) -> str:
    """The beginning of the page's head: its name, and a tab for each view, given as name and label."""
    tabs = "".join(f'<a href="#{e(name)}" data-tab="{e(name)}">{e(label)}</a>' for name, label in views)
    return (
        f'<div class="head"><button type="button" class="button round" id="menu" '
        f'aria-label="{words.history.CONVERSATIONS}" aria-expanded="false" aria-controls="panel">☰</button>'
        f'<h1 class="brand">{words.NAME}</h1><nav class="tabs" aria-label="{words.VIEWS}">{tabs}</nav></div>'
    )


def held(stats: ArchiveStats) -> str:
    """What the archive holds, for the page's head."""
    return f'<p class="holdings">{e(holdings(stats))}</p>'


def tools() -> str:
    """The end of the page's head: what can be done anywhere."""
    return (
        f'<div class="tools"><button type="button" class="button round" id="help" aria-label="{words.HELP}">?</button>'
        f'<button type="button" class="button" id="again">{words.NEW}</button></div>'
    )


def leave(name: str) -> str:
    """How whoever logged in as ``name`` logs out; empty for nobody."""
    if not name:
        return ""
    button = f'<button class="button" title="{e(name)}">{words.LOG_OUT}</button>'
    return f'<form class="tools" method="post" action="/logout">{button}</form>'


def start(
    stats: ArchiveStats,
    *,
    examples: Sequence[str] = (),
    latest: Sequence[Article] = (),
    may_add: bool = False,
    model: str = "",
) -> str:
    """What is shown until the first question: examples to ask, else the latest articles; or how to add some.

    Args:
        may_add: whoever looks may add articles on the page.
        model: what the language model is sent, in a sentence.
    """
    if not stats.articles:
        return _empty(may_add)
    body = f'<h2>{words.START}</h2><p class="lead">{words.LEAD}</p>'
    body += f'<p class="model">{e(model)}</p>' if model else ""
    if examples:
        buttons = "".join(f'<li><button type="button" data-ask="{e(one)}">{e(one)}</button></li>' for one in examples)
        body += f'<h3>{words.EXAMPLES}</h3><ul class="examples">{buttons}</ul>'
    elif latest:
        rows = "".join(f"<li>{reference(ArticleRef.of(article))}</li>" for article in latest)
        body += f'<h3>{words.LATEST}</h3><ul class="latest">{rows}</ul>'
    return f'<div class="start">{body}</div>'


def leaving(model: str) -> str:
    """What goes to a language model elsewhere, in short, for below the question box; empty for none."""
    return f"<p>{e(words.LEAVES_IN_SHORT.format(model))}</p>" if model else ""


def _empty(may_add: bool) -> str:
    button = f'<p class="ways"><a class="button main" href="#add">{words.TO_ADD}</a></p>' if may_add else ""
    lead = words.EMPTY_OR if may_add else words.EMPTY_LEAD
    return (
        f'<div class="start"><h2>{words.EMPTY}</h2>{button}<p class="lead">{lead} {words.EMPTY_FORMS}</p>'
        "<pre><code>dateline ingest path/to/articles</code></pre></div>"
    )
