"""The form that narrows a search to days, outlets and sections, and the help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from web import words
from web.render.text import e

if TYPE_CHECKING:
    from ingest.stored import ArchiveStats

__all__ = ["filter_form", "scope", "shortcuts"]

_MOST_NAMES = 200


def scope() -> str:
    """What the next questions are narrowed to, which filters.js keeps, and the button that narrows them."""
    return f'<div class="scope"><button type="button" class="narrow" data-filter="next">{words.FILTER}</button></div>'


def filter_form(stats: ArchiveStats, sections: Sequence[tuple[str, int]] = ()) -> str:
    """The form, in a dialog that filters.js opens.

    Args:
        sections: the sections that articles stand in, with how many do.
    """
    choice = _choice("source", "outlets", words.FILTER_OUTLETS, stats.sources)
    choice += _choice("section", "outlets sections", words.FILTER_SECTIONS, sections)
    return (
        f'<dialog id="filter" aria-labelledby="filter-title"><form method="dialog"><h2 id="filter-title">'
        f"{words.FILTER_TITLE}</h2>"
        f'<fieldset class="days"><legend>{words.FILTER_DAYS}</legend>'
        f'<label>{words.FILTER_FROM}<input type="date" name="first"></label>'
        f'<label>{words.FILTER_TO}<input type="date" name="last"></label></fieldset>{choice}'
        f'<div class="buttons"><button type="button" class="button" data-filter="clear">{words.FILTER_CLEAR}</button>'
        f'<span class="grow"></span><button type="button" class="button" data-filter="cancel">{words.CANCEL}</button>'
        f'<button type="submit" class="button main">{words.FILTER_APPLY}</button></div></form></dialog>'
    )


def _choice(name: str, look: str, title: str, counted: Sequence[tuple[str, int]]) -> str:
    """A box to tick for each name; nothing where there is none."""
    boxes = "".join(
        f'<label><input type="checkbox" name="{name}" value="{e(one)}"><span dir="auto">{e(one)}</span>'
        f"<small>{number:,}</small></label>"
        for one, number in counted[:_MOST_NAMES]
        if one
    )
    return f'<fieldset class="{look}"><legend>{title}</legend>{boxes}</fieldset>' if boxes else ""


def shortcuts() -> str:
    """The keys that the page knows, in a dialog that keys.js opens."""

    def pressed(keys: str) -> str:
        return " ".join(key if key == words.OR else f"<kbd>{e(key)}</kbd>" for key in keys.split())

    rows = "".join(f"<dt>{pressed(keys)}</dt><dd>{e(does)}</dd>" for keys, does in words.SHORTCUTS)
    return (
        f'<dialog id="shortcuts" aria-labelledby="shortcuts-title"><form method="dialog"><div class="head">'
        f'<h2 id="shortcuts-title">{words.HELP}</h2>'
        f'<button class="button round" aria-label="{words.CLOSE_HELP}">×</button></div>'
        f"<dl>{rows}</dl></form></dialog>"
    )
