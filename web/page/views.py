"""The views beside Ask, in the order of their tabs."""

from __future__ import annotations

from web.page import adding, holdings, library
from web.page.parts import View

__all__ = ["VIEWS"]

VIEWS: tuple[View, ...] = (
    View("search", "Search", library.view),
    View("archive", "Archive", holdings.view),
    View("add", "Add", adding.view),
)
