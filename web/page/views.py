"""The views beside Ask, in the order of their tabs."""

from __future__ import annotations

from web import words
from web.page import adding, holdings, library
from web.page.parts import View

__all__ = ["VIEWS"]

VIEWS: tuple[View, ...] = (
    View("search", words.search.LABEL, library.view),
    View("archive", words.archive.LABEL, holdings.view),
    View("add", words.adding.LABEL, adding.view),
)
