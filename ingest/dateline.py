"""The dateline of an article: where it was written, as its first words say. It knows no list of places."""

from __future__ import annotations

import re

__all__ = ["place_of"]

_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’]*(?:[ -](?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’]*|d[eu]|la|of|the|and|upon))*"
_NAME = r"[A-ZÀ-ÖØ-Þ][\w.'’]+(?:[ -](?:[A-ZÀ-ÖØ-Þ][\w.'’]*|d[eu]|la|of|the|and|upon)){0,4}"
_REGION = r"(?:,\s(?:[A-ZÀ-ÖØ-Þ][\w.'’]*\.?)(?:\s[A-ZÀ-ÖØ-Þ][\w.'’]*){0,2})"
_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Za-z]*\.?"
)
_DAY = rf"(?:,?\s(?:{_MONTH}\s\d\d?|\d\d?\s{_MONTH})(?:,?\s\d{{4}})?)"
_IN_BRACKETS = r"\s?\((?P<{}>[A-Z][\w .,'’/&-]{{1,40}})\)"
_BESIDE = r"\s(?P<beside>[A-Z]{2,5})(?:\s[A-Z][a-z]+)?\s?[–—]\s"
_DASH = r"\s?(?:[–—―]|--?|:(?=\s))\s?"
_LINE = re.compile(
    rf"(?P<capitals>{_CAPITALS}(?:/{_CAPITALS}){{0,2}}){_REGION}?{_DAY}?(?:{_IN_BRACKETS.format('a')})?\s?(?:[–—―]|--?)\s"
    rf"|(?P<dated>{_NAME}){_REGION}?{_DAY}\s?(?:[–—―]|--)\s"
    rf"|(?P<name>{_NAME}(?:/{_NAME}){{0,2}}){_REGION}?{_DAY}?(?:{_IN_BRACKETS.format('b')}(?:{_DASH}|\s(?=[“\"‘']?[A-Z]))|{_BESIDE})"
)
_NO_PLACES = frozenset(
    "ANALYSIS BREAKING BREAKINGVIEWS CORRECTED CORRECTION EDITORIAL EXCLUSIVE EXPLAINED EXPLAINER FACTBOX FEATURE FILE"
    " INSIGHT INTERVIEW LATEST LIVE NEWS NOTE OPINION PHOTO PHOTOS PICTURES POLL PREVIEW QUESTION RECAP REPORT RESULTS"
    " REVIEW SPECIAL TIMELINE TOP UPDATE UPDATED URGENT VIDEO WATCH WRAPUP".split()
)
_VOWEL = re.compile(r"[AEIOUYÀ-Þ]", re.I)
_FARTHEST = 160
_ABOVE = 3
"""So many short lines may stand above a dateline: who wrote it, when, for which agency."""
_SHORT = 60


def place_of(text: str) -> str | None:
    """The place in a dateline such as ``LONDON (AP) —``, ``BEIJING, Sept 12 (Xinhua) --`` or ``Paris (CNN) -``.

    Args:
        text: a clean text, which is left as it is.

    Returns:
        the place as it is written there, without its region; None where the text does not begin so.
    """
    for _ in range(_ABOVE + 1):
        text = text.lstrip("\n")
        if place := _place(text[:_FARTHEST]):
            return place
        first, _, text = text.partition("\n")
        if len(first) > _SHORT:
            return None
    return None


def _place(text: str) -> str | None:
    match = _LINE.match(text)
    if match is None:
        return None
    place = (match["capitals"] or match["name"] or match["dated"]).strip()
    if match["capitals"]:
        first, _, last = place.rpartition(" ")
        place = first if first and not _VOWEL.search(last) else place  # "BEIRUT CNN"
    initials = "".join(word[0] for word in re.split(r"[ -]", place) if word[0].isupper())
    abbreviated = initials == (match["b"] or match["beside"])  # "World Health Organization (WHO)"
    known = set(place.upper().replace("/", " ").split())
    return None if len(place) < 3 or abbreviated or not _VOWEL.search(place) or _NO_PLACES & known else place
