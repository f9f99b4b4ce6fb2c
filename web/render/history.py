"""Conversations that are kept, as HTML: their list, and what can be done with an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from web.render.finding import pieces
from web.render.text import count, e, long_day

if TYPE_CHECKING:
    from web.conversations import Found, Heading

__all__ = ["actions", "conversation_list", "found_list", "panel"]

_MONTHS = "January February March April May June July August September October November December".split()
_UP = "M7 11v9H4v-9zM7 11l4-8c1.6 0 2.4 1.1 2.2 2.6L12.7 9H19c1.2 0 2 1 1.8 2.2l-1.2 7c-.2 1-1 1.8-2 1.8H7"


def panel() -> str:
    """The panel beside the page; its script fills the list."""
    return (
        '<nav class="panel" aria-label="Conversations"><div class="panel-head"><h2>Conversations</h2>'
        '<button type="button" class="button" id="panel-new">New</button></div>'
        '<label class="unseen" for="find-conversation">Search your conversations</label>'
        '<input type="search" id="find-conversation" placeholder="Search your conversations" maxlength="200" '
        'autocomplete="off"><div id="kept"></div></nav>'
    )


def conversation_list(headings: Sequence[Heading], *, today: date, more: bool, note: str = "") -> str:
    """The conversations under the days of their last question.

    Args:
        more: whether there are others.
        note: why they will be lost, if they will.
    """
    told = f'<p class="warning">{e(note[0].upper() + note[1:])}.</p>' if note else ""
    if not headings:
        return f'{told}<p class="hint">What you ask is kept here, to be read, searched and taken up again.</p>'
    groups = "".join(
        f"<h3>{e(when)}</h3><ul>{''.join(_item(one) for one in some)}</ul>"
        for when, some in groupby(headings, key=lambda one: _when(one.changed, today))
    )
    rest = '<button type="button" class="quiet" id="more-kept">Show older ones</button>' if more else ""
    return f"{told}{groups}{rest}"


def found_list(found: Sequence[Found], words: str) -> str:
    """The conversations that have the words, each with the place where they stand."""
    if not found:
        return f'<p class="hint">None of your conversations has “{e(words)}”.</p>'
    items = "".join(_item(one.heading, one) for one in found)
    return f"<h3>{count(len(found), 'conversation')}</h3><ul>{items}</ul>"


def _item(heading: Heading, found: Found | None = None) -> str:
    turn = f"&turn={found.turn}" if found and found.turn else ""
    excerpt = f'<span class="excerpt" dir="auto">{pieces(found.excerpt)}</span>' if found and found.excerpt else ""
    title = e(heading.title)
    exports = "".join(
        f'<a role="menuitem" tabindex="-1" href="/page/conversations/{e(heading.id)}/export?form={form}" download>'
        f"Save as {name}</a>"
        for form, name in (("md", "Markdown"), ("html", "web page"), ("json", "JSON"))
    )
    return (
        f'<li class="kept" data-kept="{e(heading.id)}"><a class="kept-open" href="#ask?c={e(heading.id)}{e(turn)}" '
        f'title="{title}"><span class="kept-title" dir="auto">{title}</span>{excerpt}'
        f'<span class="kept-about">{count(heading.turns, "question")} · {e(long_day(heading.changed[:10]))}</span></a>'
        f'<button type="button" class="kept-menu" aria-haspopup="menu" aria-expanded="false" '
        f'aria-label="What to do with {title}">⋯</button>'
        '<div class="menu" role="menu" hidden><button type="button" role="menuitem" tabindex="-1" data-do="rename">'
        f'Rename</button>{exports}<button type="button" role="menuitem" tabindex="-1" class="danger" data-do="delete">'
        "Delete</button></div></li>"
    )


def _when(moment: str, today: date) -> str:
    day = datetime.fromisoformat(moment).astimezone().date()
    ago = (today - day).days
    if ago <= 0:
        return "Today"
    if ago == 1:
        return "Yesterday"
    return "The week before" if ago <= 7 else f"{_MONTHS[day.month - 1]} {day.year}"


def actions(conversation: str, turn: str) -> str:
    """What can be done with an answer: copy it, link to it, say what one thinks of it.

    Args:
        conversation, turn: their ids.
    """
    return (
        f'<div class="actions" data-conversation="{e(conversation)}" data-kept-turn="{e(turn)}" role="group" '
        'aria-label="This answer"><button type="button" class="quiet" data-copy="txt">Copy</button>'
        '<button type="button" class="quiet" data-copy="md">Copy as Markdown</button>'
        '<button type="button" class="quiet" data-copy="link">Copy link</button>'
        f'<span class="thumbs">{_thumb("up", "Good answer")}{_thumb("down", "Bad answer")}</span>'
        '<form class="comment" hidden><label><span></span>'
        '<textarea name="comment" rows="2" maxlength="2000"></textarea></label>'
        '<button type="submit" class="button">Send</button></form></div>'
    )


def _thumb(name: str, label: str) -> str:
    return (
        f'<button type="button" class="thumb {name}" data-thumb="{name}" aria-pressed="false" aria-label="{label}" '
        f'title="{label}"><svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="{_UP}"/></svg>'
        "</button>"
    )
