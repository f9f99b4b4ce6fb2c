"""The form that narrows a search to days and outlets, and the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web import words
from web.render.text import e

if TYPE_CHECKING:
    from ingest.stored import ArchiveStats

__all__ = ["filter_form", "scope", "shortcuts"]

_MOST_OUTLETS = 200


def scope() -> str:
    """What the next questions are narrowed to, which filters.js keeps, and the button that narrows them."""
    return f'<div class="scope"><button type="button" class="narrow" data-filter="next">{words.FILTER}</button></div>'


def filter_form(stats: ArchiveStats) -> str:
    """The form, in a dialog that filters.js opens."""
    outlets = "".join(
        f'<label><input type="checkbox" name="source" value="{e(name)}"><span dir="auto">{e(name)}</span>'
        f"<small>{number:,}</small></label>"
        for name, number in stats.sources[:_MOST_OUTLETS]
        if name
    )
    choice = f'<fieldset class="outlets"><legend>{words.FILTER_OUTLETS}</legend>{outlets}</fieldset>' if outlets else ""
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


def shortcuts() -> str:
    """The keys that the page knows, in a dialog that keys.js opens."""

    def pressed(keys: str) -> str:
        return " ".join(key if key == "or" else f"<kbd>{e(key)}</kbd>" for key in keys.split())

    rows = "".join(f"<dt>{pressed(keys)}</dt><dd>{e(does)}</dd>" for keys, does in words.SHORTCUTS)
    return (
        f'<dialog id="shortcuts" aria-labelledby="shortcuts-title"><form method="dialog"><div class="head">'
        f'<h2 id="shortcuts-title">{words.HELP}</h2><button class="button round" aria-label="Close">×</button></div>'
        f"<dl>{rows}</dl></form></dialog>"
    )
