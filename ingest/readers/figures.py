"""The captions of an article's pictures on a page. It knows elements, and what the text of the article is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ingest.captions import furniture
from ingest.clean import line

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

__all__ = ["captions_of", "without"]

_CAPTION = (
    "//figcaption | //*[self::p or self::div or self::span]"
    "[contains(@class, 'caption') or contains(@itemprop, 'caption')]"
)
_ELSEWHERE = re.compile(
    r"relat|recirc|promo|teaser|recommend|sidebar|newsletter|most-?(?:read|popular)|trending|outbrain", re.I
)
_OUTSIDE = frozenset(("aside", "nav", "footer", "form", "button", "noscript", "template"))
_SPACED = re.compile(r"(?<=[(“]) | (?=[,.;:!?)”’](?:\W|$))")
_FEWEST_WORDS = 4
_LONGEST = 1000
_MOST = 30
_SAMPLE = 40
_HOLDING = 0.6


def captions_of(tree: HtmlElement, paragraphs: list[str]) -> list[str]:
    """The captions of the pictures in an article, in the order of the page, each once.

    Args:
        tree: the page.
        paragraphs: the paragraphs of the article's text, by which its place on the page is found.
    """
    holder = _holder(tree, paragraphs)
    if holder is None:
        return []
    found: dict[str, None] = {}
    outer: set[HtmlElement] = set()
    for element in tree.xpath(_CAPTION):
        words = _words(element)
        if outer.isdisjoint(ancestors := [*element.iterancestors()]) and _is_own(element, ancestors, holder):
            outer.add(element)
            if len(words.split()) >= _FEWEST_WORDS and len(words) <= _LONGEST and not _is_told(words, found):
                found.setdefault(words)
    return [*found][:_MOST]


def without(paragraphs: list[str], pictures: list[str]) -> list[str]:
    """The paragraphs that are no captions, nor the beginning or end of one."""
    return [row for row in paragraphs if not any(_is_part(line(row), picture) for picture in pictures)]


def _is_part(row: str, picture: str) -> bool:
    return row == picture or (len(row) > 20 and (picture.startswith(row) or picture.endswith(row)))


def _words(element: HtmlElement) -> str:
    """The text of a caption, with spaces between its parts."""
    return _SPACED.sub("", line(" ".join(piece.strip() for piece in element.itertext() if piece.strip())))


def _is_told(words: str, found: Iterable[str]) -> bool:
    """Whether a caption says nothing new, as that of a gallery which starts with the picture above the text, or is a
    call to subscribe."""
    return any(words in other or other in words for other in found) or bool(furniture(words))


def _is_own(element: HtmlElement, ancestors: list[HtmlElement], holder: HtmlElement) -> bool:
    """Whether a caption belongs to the article, not to a teaser for another one."""
    if holder not in ancestors:
        return False
    inside = ancestors[: ancestors.index(holder)]
    return not any(
        outer.tag in _OUTSIDE or _ELSEWHERE.search(f"{outer.get('class') or ''} {outer.get('id') or ''}")
        for outer in [element, *inside]
    )


def _holder(tree: HtmlElement, paragraphs: list[str]) -> HtmlElement | None:
    """The element that holds most of the article's paragraphs, and the article around it where it is marked as such."""
    wanted = {line(paragraph) for paragraph in paragraphs if len(paragraph) > 40}
    own = [element for element in tree.iter("p", "div", "span") if element.text and _quick(element, wanted)][:_SAMPLE]
    counts = Counter(outer for element in own for outer in element.iterancestors())
    within = [outer for outer, count in counts.items() if count >= max(1, _HOLDING * len(own))]
    if not within:
        return None
    deepest = max(within, key=lambda outer: sum(1 for _ in outer.iterancestors()))
    marked = list(deepest.iterancestors("article", "main"))
    return marked[0] if marked else deepest if deepest.tag in ("article", "main") else deepest.getparent()


def _quick(element: HtmlElement, wanted: set[str]) -> bool:
    """Whether an element is one of the wanted paragraphs; long ones are not gathered up."""
    return len(element) < 50 and line(element.text_content()[:5000]) in wanted
