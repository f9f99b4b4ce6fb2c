"""What kind of answer a question expects, by its question word and the noun that it asks for."""

from __future__ import annotations

import re
from typing import Literal

from qa.question.words import AUXILIARIES, FUNCTION_WORDS

__all__ = ["Kind", "expects"]

Kind = Literal["person", "organisation", "place", "date", "number", "reason", "manner", "yes-no", "list", "other"]

_NOUNS: dict[Kind, str] = {
    "person": "person man woman boy girl actor actress singer rapper musician artist author writer novelist poet"
    " comedian star"
    " player footballer quarterback athlete golfer gymnast swimmer runner driver boxer coach manager director president"
    " minister mayor governor senator congressman congresswoman representative lawmaker politician candidate leader"
    " chief chair"
    " chairman chairwoman ceo founder owner billionaire king queen prince princess pope bishop judge lawyer"
    " prosecutor scientist"
    " astronaut doctor celebrity model host presenter journalist spokesman spokeswoman general winner champion"
    " suspect victim"
    " teenager nominee successor predecessor musician figure member official officer activist expert historian",
    "organisation": "company corporation firm business retailer bank airline automaker carmaker brand chain"
    " manufacturer startup"
    " organisation organization agency ministry department institution university college school charity union party"
    " team club"
    " network broadcaster channel newspaper magazine outlet website platform court church group band league"
    " federation committee"
    " government regulator giant supermarket museum studio publisher",
    "place": "country nation state city town village county province region district island continent capital place"
    " location"
    " river lake sea ocean mountain street park airport venue stadium area territory planet republic neighbourhood"
    " neighborhood"
    " destination hometown birthplace",
    "date": "year date day month week weekday century decade season time era",
    "number": "percentage percent number amount share proportion rate cost price age score total fraction figure sum"
    " salary"
    " distance height length weight speed temperature size population toll fine bail pay wage rise raise increase"
    " decrease drop discount bonus budget debt deficit profit revenue",
    "reason": "reason cause motive purpose justification grounds",
    "manner": "way method means",
}
_KIND_OF_NOUN: dict[str, Kind] = {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns.split()}

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ASKING = frozenset(("who", "whom", "whose", "what", "which", "when", "where", "why", "how"))
_MANY = frozenset("many much long far old tall high fast big large often deep heavy wide".split())
_COUNTS = frozenset("two three four five six seven eight nine ten several".split())
_LIST = re.compile(
    r"^\W*(?:please\s+)?(?:list|name (?:all|some|the|two|three|four|five)|what are (?:the|some) (?!time|date))\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"^\W*(?:what (?:\w+ )?(?:caused|causes|led to|triggered|prompted|made)\b|how come\b)|\b(?:for|because of"
    r"|due to) what\b",
    re.IGNORECASE,
)


def expects(question: str) -> Kind:
    """What kind of answer ``question`` asks for; "other" if its words don't say."""
    if _LIST.match(question):
        return "list"
    if _CAUSE.search(question):
        return "reason"
    words = [word.lower() for word in _WORD.findall(_asking_sentence(question))]
    at = next((place for place, word in enumerate(words) if word in _ASKING), None)
    if words and words[0] in AUXILIARIES and (at is None or at > 1):
        late = (
            at is not None
            and words[at] in ("which", "what")
            and at > 2
            and words[at - 1] in ("by", "in", "to", "for", "with")
        )
        if not late:
            return "yes-no"
    return "other" if at is None else _by_word(words[at], words[at + 1 :])


def _asking_sentence(question: str) -> str:
    """The sentence that asks, of a question that begins by setting the scene."""
    sentences = [sentence for sentence in re.split(r"(?<=[\w)\"”’'][.!?])(?<!\b\w\.)\s+", question) if sentence.strip()]
    asking = [sentence for sentence in sentences if sentence.rstrip(" \"'”’)").endswith("?")]
    return (asking or sentences or [""])[-1]


def _by_word(asking: str, following: list[str]) -> Kind:
    match asking:
        case "who" | "whom":
            return "person"
        case "whose":
            return _head_noun(following) if _head_noun(following) != "other" else "person"
        case "when":
            return "date"
        case "where":
            return "place"
        case "why":
            return "reason"
        case "how":
            return "number" if following and following[0] in _MANY else "manner"
    if following and following[0] in _COUNTS:
        return "list"
    return _head_noun(following)


def _head_noun(words: list[str]) -> Kind:
    """The kind of the noun asked for: "which state’s governor" asks for a governor, "what is the name of the city" for
    a city."""
    words = list(words)
    if words and words[0] in ("is", "was", "are", "were", "will", "be"):
        words = words[1:]
    kind: Kind = "other"
    for place, word in enumerate(words[:7]):
        if word in ("the", "a", "an", "his", "her", "its", "their") and place == 0:
            continue
        if word == "of" and words[place - 1] in ("name", "kind", "type", "title", "names"):
            return _head_noun(words[place + 1 :])
        if word in FUNCTION_WORDS and word not in ("us", "u", "s"):  # "which U.S. state"
            break
        found = _KIND_OF_NOUN.get(word) or _KIND_OF_NOUN.get(word.removesuffix("s")) or _of_ies(word)
        if found and not (found == "date" and place > 1):  # "which product early next month" asks for no month
            kind = found
    return kind


def _of_ies(word: str) -> Kind | None:
    return _KIND_OF_NOUN.get(word.removesuffix("ies") + "y") if word.endswith("ies") else None
