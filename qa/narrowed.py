"""What a search is narrowed to, held against what the archive has: outlets and sections that no article is of."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ingest.listing import Selection

if TYPE_CHECKING:
    from ingest.archive import Archive
    from ingest.stored import Scope

__all__ = ["unknown"]

_SHOWN = 3
# Longer names are no slips of the pen, and comparing them takes long.
_LONGEST = 80


def unknown(archive: Archive, scope: Scope) -> tuple[str, ...]:
    """A sentence on each outlet and section in ``scope`` that no article is of, with those that may be meant."""
    every = archive.select(Selection())
    told: list[str] = []
    if scope.sources:
        told += _strange(scope.sources, every.sources(), "No article is from “{}”", "the outlets")
    if scope.sections:
        told += _strange(scope.sections, every.sections(), "No article is in the section “{}”", "the sections")
    return tuple(told)


def _strange(wanted: Sequence[str], held: Sequence[tuple[str, int]], said: str, those: str) -> list[str]:
    known = {name.casefold(): name for name, _ in reversed(held)}
    names = [name for name, _ in held]
    strange = [name for name in wanted if name.casefold() not in known]
    return [f"{said.format(name)}{_meant(name, known, names, those)}" for name in strange]


def _meant(name: str, known: dict[str, str], names: Sequence[str], those: str) -> str:
    """What may be meant by a name, most articles first; where nothing is like it, what there is."""
    if not names:
        return f": {those} of the articles are not known."
    key = name.casefold()
    like = [one for one in names if (len(key) > 2 and key in one.casefold()) or one.casefold() in key]
    if len(key) <= _LONGEST:
        like += [known[one] for one in get_close_matches(key, [one for one in known if len(one) <= _LONGEST], _SHOWN)]
    if like:
        return f"; did you mean {' or '.join(f'“{one}”' for one in list(dict.fromkeys(like))[:_SHOWN])}?"
    listed = [f"“{one}”" for one in names[:_SHOWN]]
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f": {those} are {', '.join(listed)}{more}." if len(names) > 1 else f": there is only {listed[0]}."
