"""What the site changes of the pages and docstrings, which are written to be read as they stand too."""

from __future__ import annotations

import re
from typing import Any

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)]+)\)")
_ROLE = re.compile(r":(?:attr|class|func|meth|mod):<code>~?")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Links to files of the repository become their names: the site does not have them."""
    return _OUTSIDE.sub(r"\1 (`\2`)", markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Names in docstrings, without the role in front of them."""
    return _ROLE.sub("<code>", html)
