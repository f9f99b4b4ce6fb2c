"""What the asker narrows a question to: as the browser sends it, as the assistant takes it, and as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from qa.answer import Filters, Ignored

__all__ = ["arguments", "chosen", "kept"]

_MOST_NAMES = 50
# The first day of a search of all days, in conversations that were kept before there was a word for it.
_BEFORE_ALL_NEWS = "0001-01-01"


def chosen(event: object) -> Filters:
    """What a browser sent as attributes of an event, as far as it can be used."""
    return Filters(
        _day(getattr(event, "first", None)),
        _day(getattr(event, "last", None)),
        _names(getattr(event, "sources", None)),
        _names(getattr(event, "sections", None)),
        _ignored(getattr(event, "ignore", None)),
    )


def arguments(filters: Filters) -> dict[str, Any]:
    """Keyword arguments of ``Assistant.ask``, as JSON can have them."""
    given = {
        "published_from": filters.published_from,
        "published_to": filters.published_to,
        "sources": list(filters.sources),
        "sections": list(filters.sections),
        "ignore": list(filters.ignored),
    }
    return {name: value for name, value in given.items() if value}


def kept(narrowed: Mapping[str, Any]) -> Filters:
    """What :func:`arguments` were made of."""
    first, ignored = narrowed.get("published_from"), _ignored(narrowed.get("ignore"))
    if first == _BEFORE_ALL_NEWS:
        first, ignored = None, ("days",)
    sources, sections = (tuple(narrowed.get(name, ())) for name in ("sources", "sections"))
    return Filters(first, narrowed.get("published_to"), sources, sections, ignored)


def _day(value: object) -> str | None:
    """A day as the browser's date field gives it; None for anything else."""
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value[:_MOST_NAMES]) if isinstance(value, list) else ()


def _ignored(value: object) -> tuple[Ignored, ...]:
    known: tuple[Ignored, ...] = get_args(Ignored)
    return tuple(one for one in known if isinstance(value, list) and one in value)
