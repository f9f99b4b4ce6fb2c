"""Conversations that are kept, as HTML: their list, and what can be done with an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from qa.days import MONTHS
from web import words
from web.render.finding import pieces
from web.render.text import count, e, long_day
from web.words import history as said

if TYPE_CHECKING:
    from web.conversations import Found, Heading

__all__ = ["actions", "conversation_list", "found_list", "panel"]

_UP = "M7 11v9H4v-9zM7 11l4-8c1.6 0 2.4 1.1 2.2 2.6L12.7 9H19c1.2 0 2 1 1.8 2.2l-1.2 7c-.2 1-1 1.8-2 1.8H7"


def panel() -> str:
    """The panel beside the page; its script fills the list."""
    return (
        f'<nav class="panel" aria-label="{said.CONVERSATIONS}"><div class="panel-head"><h2>{said.CONVERSATIONS}</h2>'
        f'<button type="button" class="button" id="panel-new">{said.NEW}</button></div>'
        f'<label class="unseen" for="find-conversation">{said.FIND}</label>'
        f'<input type="search" id="find-conversation" placeholder="{said.FIND}" maxlength="200" '
        'autocomplete="off"><div id="kept"></div></nav>'
    )


def conversation_list(headings: Sequence[Heading], *, today: date, more: bool, note: str = "", days: int = 0) -> str:
    """The conversations under the days of their last question.

    Args:
        more: whether there are others.
        note: why they will be lost, if they will.
        days: after so many without a question a conversation is dropped; 0 for never.
    """
    told = f'<p class="warning">{e(note[0].upper() + note[1:])}.</p>' if note else ""
    told += f'<p class="hint">{count(days, said.DROPPED)}</p>' if days else ""
    if not headings:
        return f'<p class="hint">{said.NONE}</p>{told}'
    groups = "".join(
        f"<h3>{e(when)}</h3><ul>{''.join(_item(one, _moment(one.changed, today)) for one in some)}</ul>"
        for when, some in groupby(headings, key=lambda one: _when(one.changed, today))
    )
    rest = f'<button type="button" class="quiet" id="more-kept">{said.OLDER}</button>' if more else ""
    return f"{told}{groups}{rest}"


def found_list(found: Sequence[Found], asked: str) -> str:
    """The conversations that have the words, each with the place where they stand."""
    if not found:
        return f'<p class="hint">{e(said.NONE_HAS.format(asked))}</p>'
    items = "".join(_item(one.heading, long_day(one.heading.changed[:10]), one) for one in found)
    return f"<h3>{count(len(found), words.CONVERSATIONS)}</h3><ul>{items}</ul>"


def _item(heading: Heading, moment: str, found: Found | None = None) -> str:
    turn = f"&turn={found.turn}" if found and found.turn else ""
    excerpt = f'<span class="excerpt" dir="auto">{pieces(found.excerpt)}</span>' if found and found.excerpt else ""
    title = e(heading.title)
    about = f"{count(heading.turns, words.QUESTIONS)} · {e(moment)}"
    exports = "".join(
        f'<a role="menuitem" tabindex="-1" href="/page/conversations/{e(heading.id)}/export?form={form}" download>'
        f"{label}</a>"
        for form, label in said.SAVE_AS.items()
    )
    return (
        f'<li class="kept" data-kept="{e(heading.id)}"><a class="kept-open" href="#ask?c={e(heading.id)}{e(turn)}" '
        f'title="{title}"><span class="kept-title" dir="auto">{title}</span>{excerpt}'
        f'<span class="kept-about">{about}</span></a>'
        f'<button type="button" class="kept-menu" aria-haspopup="menu" aria-expanded="false" '
        f'aria-label="{said.MENU.format(title)}">⋯</button>'
        '<div class="menu" role="menu" hidden><button type="button" role="menuitem" tabindex="-1" data-do="rename">'
        f"{said.RENAME}</button>{exports}"
        f'<button type="button" role="menuitem" tabindex="-1" class="danger" data-do="delete">{said.DELETE}</button>'
        "</div></li>"
    )


def _moment(moment: str, today: date) -> str:
    """The time, where the day stands above; else the day."""
    at = datetime.fromisoformat(moment).astimezone()
    return f"{at:%H:%M}" if (today - at.date()).days <= 1 else long_day(at.date().isoformat())


def _when(moment: str, today: date) -> str:
    day = datetime.fromisoformat(moment).astimezone().date()
    ago = (today - day).days
    if ago <= 0:
        return said.TODAY
    if ago == 1:
        return said.YESTERDAY
    return said.WEEK if ago <= 7 else f"{MONTHS[day.month - 1]} {day.year}"


def actions(conversation: str, turn: str) -> str:
    """What can be done with an answer: copy it, link to it, say what one thinks of it.

    Args:
        conversation, turn: their ids.
    """
    return (
        f'<div class="actions" data-conversation="{e(conversation)}" data-kept-turn="{e(turn)}" role="group" '
        f'aria-label="{said.THIS_ANSWER}"><button type="button" class="quiet" data-copy="txt">{said.COPY}</button>'
        f'<button type="button" class="quiet" data-copy="md">{said.COPY_MARKDOWN}</button>'
        f'<button type="button" class="quiet" data-copy="link">{said.COPY_LINK}</button>'
        f'<span class="thumbs">{_thumb("up", said.GOOD)}{_thumb("down", said.BAD)}</span>'
        '<form class="comment" hidden><label><span></span>'
        '<textarea name="comment" rows="2" maxlength="2000"></textarea></label>'
        f'<button type="submit" class="button">{said.SEND}</button></form></div>'
    )


def _thumb(name: str, label: str) -> str:
    return (
        f'<button type="button" class="thumb {name}" data-thumb="{name}" aria-pressed="false" aria-label="{label}" '
        f'title="{label}"><svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="{_UP}"/></svg>'
        "</button>"
    )
