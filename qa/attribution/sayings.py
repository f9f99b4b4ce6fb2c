"""Who a sentence names as saying what it says: "police said", "according to X", "X told reporters", "said X, a Y".

One sentence at a time, its quotations masked. In doubt there is nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.attribution.lexicon import (
    ADVERB,
    CAP,
    DETERMINERS,
    DOCUMENT,
    HAS_HEAD,
    HEAD,
    MORE,
    NAME,
    NO_NAME,
    NOBODY,
    PERSONAL,
    PREFIX,
    PRONOUNS,
    SAY,
    SHOWN,
    THING,
    UP,
    either,
)
from qa.attribution.quotations import MASK

__all__ = ["Saying", "saying"]


@dataclass(frozen=True, slots=True)
class Saying:
    """Who says it: ``words == sentence[start:end]``. ``pronoun`` is "he", "she" or "", when a name is given."""

    words: str
    start: int
    end: int
    pronoun: str = ""


_DATELINE = re.compile(
    rf"(?:[{UP}][{UP} .,'’-]{{2,40}}[^¤]{{0,30}}?(?:\([^)]{{2,20}}\))?\s*[—–-]{{1,2}}"
    rf"|\([{UP}]\w+(?: \w+)?\)(?:\s*[—–-])?)\s+"
)
_DAY = (
    r"(?:on |late |early |last |this )*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?: (?:morning|afternoon"
    r"|evening|night))?"
    r"|yesterday|today|in (?:a|an|the|his|her|their|its) (?:\w+ ){0,3}(?:statement|interview|email|tweet|letter|report)"
)
_VERBS = either(f"{SAY} {MORE} {SHOWN} put puts called calls described dubbed") + "|went on|goes on"
_VERB = re.compile(
    rf"(?<![\w-])(?:(?:{either(ADVERB)}|{_DAY}|,)\s+){{0,3}}(?P<verb>{_VERBS})\b(?![-'’])(?! (?:to be"
    rf"|nothing|goodbye|yes|sorry|little)\b| no[.,])"
)
_ACCORDING = re.compile(r"\b[Aa]ccording to (?P<who>[^,;:¤()—]+?)(?=[,;:¤(—]| [–-] |[.?!]*\s*$)")
_NOT_WHO = re.compile(
    r"(?i:plans?|schedules?|the (?:rules|law|plan|schedule|book|script|constitution|treaty|terms?)|age|size"
    r"|rank|how|what|whether|need|ability|custom|tradition"
    r"|them|him|her|it|me|us|this|that|these|those|one|some|most|many)\b"
)
_SAYS = frozenset(SAY.split())
_NEEDS_MARK = frozenset(MORE.split()) - frozenset(("told", "tells"))
_CUT = re.compile(
    r" (?:who|which|that|whose|when|while|where|as|after|before|during|in (?:a|an|the|his|her|their|its"
    r"|an? \w+) (?:\w+ )?"
    r"(?:statement|interview|email|tweet|letter|speech|post|video|report|call|briefing|release|filing"
    r"|conference|message|memo)"
    r"|on (?!the)|in (?:19|20)\d\d|adding|ahead|following|by (?:phone|email|telephone|text)|via"
    r"|to (?:reporters|the|a)|told|last|this|yesterday|today|about|if|because|and (?!\w*[A-Z])(?!.*\b[A-Z]\w+$)|but"
    r"|released|published|obtained|filed|reviewed|seen|posted|issued|cited|conducted|provided|shared"
    r"|announcing|citing|referring)\b.*$"
)


def saying(sentence: str, hidden: str) -> Saying | None:
    """Who says the whole of ``sentence``, when it tells; None when nobody does, or only of a part of it.

    Args:
        hidden: the sentence with its quotations masked.
    """
    return (
        _according(sentence, hidden)
        or _inverted(sentence, hidden)
        or _leading(sentence, hidden)
        or _trailing(sentence, hidden)
    )


def _according(sentence: str, hidden: str) -> Saying | None:
    for match in _ACCORDING.finditer(hidden):
        before = hidden[: match.start()].rstrip()
        ends = re.fullmatch(r"[.,;¤\s]*", hidden[match.end() :]) is not None
        if before and before[-1] not in ",;(—–-" and not before.endswith(MASK) and not ends and not _begins(before):
            continue
        if _NOT_WHO.match(match["who"]):
            continue
        return _speaker(sentence, hidden, match.start("who"), match.end("who"), named=False)
    return None


def _begins(before: str) -> bool:
    return before.lower() in ("but", "and", "still") or _DATELINE.fullmatch(before + " ") is not None


def _leading(sentence: str, hidden: str) -> Saying | None:
    """Of "Police said ...", "On Monday, Anna Holm, 49, told reporters ...", "She added: ..."."""
    begin = dateline.end() if (dateline := _DATELINE.match(hidden)) else 0
    match = _VERB.search(hidden, begin)
    if match is None or not _gives_words(match["verb"], hidden[match.end() :]):
        return None
    subject = _subject(hidden, begin, match.start())
    if subject is None:
        return None
    whole, start, end = subject
    prefix = hidden[begin:whole].strip()
    if prefix and not (PREFIX.match(prefix) and (prefix.endswith(",") or " " not in prefix) and MASK not in prefix):
        return None
    head = hidden[start:end]
    if match["verb"] in SHOWN.split() and match["verb"] not in _SAYS and not _by_document(match, hidden, head):
        return None
    return _speaker(sentence, hidden, start, end, core=match["verb"] in ("said", "says", "say"))


def _by_document(match: re.Match[str], hidden: str, head: str) -> bool:
    """Whether a study "found that", or somebody "concluded that"; "Police found" says nothing."""
    after = hidden[match.end() :]
    if match["verb"] in _NEEDS_MARK and re.match(r"\s*(?:that \w|:|,?\s*¤)", after):
        return True
    return bool(DOCUMENT.search(head)) and re.match(r" that\b", after) is not None


def _gives_words(verb: str, after: str) -> bool:
    """Whether somebody's words follow a verb: "said he", "warned that", "called it “…”"; not "asked them to"."""
    if verb in ("told", "tells"):
        return not re.match(r" (?:\w+ ){1,4}(?:to|about|of|how|what|where|who|why)\b", after)
    if verb in ("put", "puts"):
        return re.match(r" the [\w -]{2,40} at\b", after) is not None
    if verb in ("called", "calls", "described", "dubbed"):
        return re.match(r" [^.;¤]{2,60}¤", after) is not None and not re.match(r" (?:for|on|off|in|up)\b", after)
    if verb in _SAYS and verb not in ("added", "adds", "wrote", "noted", "explained", "claimed", "claims"):
        return True
    if verb in ("wrote", "added", "adds", "noted", "explained", "claimed", "claims"):
        return (
            re.match(r"(?:\W*¤|[:,]| (?:in|on) [^.]{2,60}(?:that|¤|:)| (?:that|he|she|they|it|there)\b)", after)
            is not None
        )
    if verb in _NEEDS_MARK or verb in SHOWN.split():
        return re.match(r"(?: \w+){0,3} that \w|\s*:?,?\s*¤|:", after) is not None
    return False


def _subject(hidden: str, begin: int, verb: int) -> tuple[int, int, int] | None:
    """The words before a verb that are its subject: where all of it begins, and from where to where it names somebody,
    without what stands in apposition to that."""
    end = len(hidden[:verb].rstrip())
    if end <= begin:
        return None
    if hidden[end - 1] == ",":
        return _before_apposition(hidden, begin, end - 1)
    start = _clause_start(hidden, begin, end)
    return (start, start, end) if end - start > 1 else None


def _clause_start(hidden: str, begin: int, end: int) -> int:
    edges = [match.end() for match in re.finditer(r"[,;:¤—–(]\s*|\s-\s", hidden[begin:end])]
    start = begin + (edges[-1] if edges else 0)
    conjunction = re.match(r"(?i:but|and|so|yet|still|then)\s+(?!¤)", hidden[start:end])
    if conjunction and start == begin:
        start += conjunction.end()
    return start


_APPOSED = re.compile(
    r"\s*(?:\d+|the|a|an|who|whose|which|of|one|now|then|formerly|himself|herself|aged|from|[\w’'-]+['’]s)\b"
    rf"|\s*(?:[a-z][\w'’-]* ){{0,2}}(?i:{HEAD})\b"
)


def _before_apposition(hidden: str, begin: int, end: int) -> tuple[int, int, int] | None:
    """The subject of "Anna Holm, 49, the mayor of Castrel, said": the piece before those that only describe it."""
    for _ in range(4):
        comma = hidden.rfind(",", begin, end)
        piece = hidden[comma + 1 : end]
        if comma < 0 or (MASK in piece and not re.match(r" (?:an?|the|who)\b", piece)):
            return None
        head = _clause_start(hidden, begin, comma)
        if re.fullmatch(rf"\s*{NAME}", piece) and _is_role(hidden[head:comma]):
            return (head, comma + 1 + len(piece) - len(piece.lstrip()), end)
        if not _APPOSED.match(piece):
            return None
        if _reads_as_name(hidden[head:comma].strip()) or (_is_role(hidden[head:comma]) and piece.startswith(" who ")):
            return (head, head, comma)
        end = comma
    return None


def _is_role(text: str) -> bool:
    """Whether it is a role without a name: "His lawyer", "The prosecutor"."""
    return re.match(r"(?i:the|his|her|its|their|a|an|\w+['’]s)\b", text.strip()) is not None and bool(
        HAS_HEAD.search(text)
    )


def _reads_as_name(text: str) -> bool:
    """Whether it is a name, maybe behind a role: "Anna Holm", "spokesman Jon Ek of Corvo"; not "captain of France"."""
    name = re.match(rf"(?P<before>(?:[\w'’-]+ )*?){NAME}(?: (?:of|from|at|with|for) .+)?$", text)
    if name is None or text.split()[0].lower() in NO_NAME - DETERMINERS:
        return False
    before = name["before"].split()
    return not before or (
        before[-1] not in ("of", "for", "from", "at", "in", "to", "and", "with", "by") and len(before) < 7
    )


def _inverted(sentence: str, hidden: str) -> Saying | None:
    """Of "“…,” said Anna Holm, the mayor." and "It was closed, said a spokesman.\""""
    pattern = rf"(?:¤,?|,) ?(?P<verb>{either(f'{SAY} {MORE}')}) (?P<who>[^,;:¤()—]+?)(?=[,;:¤(—]| – |[.?!]?\s*$)"
    match = re.search(pattern, hidden)
    if match and (name := re.match(rf", (?P<who>{NAME})(?=[,.]|$)", hidden[match.end() :])) and _is_role(match["who"]):
        return _speaker(sentence, hidden, match.end() + name.start("who"), match.end() + name.end("who"))
    if match is None or match["verb"] in ("told", "tells"):
        return None
    if hidden[match.start()] == "," and _before_apposition(hidden, 0, match.start()):
        return None  # "Anna Holm, 49, said police had ..."
    if hidden[match.start()] != MASK and match["verb"] not in (
        "said",
        "says",
        "added",
        "wrote",
        "warned",
        "explained",
    ):
        return None
    return _speaker(sentence, hidden, match.start("who"), match.end("who"))


def _trailing(sentence: str, hidden: str) -> Saying | None:
    """Of "“…,” Anna Holm said on Monday." and "Five people died, police said."."""
    for match in reversed(list(_VERB.finditer(hidden))):
        after = hidden[match.end() :]
        if match["verb"] in ("put", "puts", "called", "calls", "described", "dubbed", "found", "shows", "showed"):
            continue
        if match["verb"] in ("told", "tells"):
            if not re.match(r" [\w .'’-]{2,110}(?:[.,;:¤]|$)", after):
                continue
        elif not re.match(
            rf"\s*(?:[.,;:¤]|$|{_DAY}|(?:on|in|at|during|to|after|before|late|early|last|of|as|when|while|via"
            rf"|about|through)\b)",
            after,
        ):
            continue
        subject = _subject(hidden, 0, match.start())
        if (
            subject is None
            or subject[0] == 0
            or (not hidden[: subject[0]].strip(f" ,;{MASK}—–-") and MASK not in hidden[: subject[0]])
        ):
            continue
        before = hidden[: subject[0]].rstrip()
        if not before or before[-1] not in f",{MASK}—–-":
            continue
        if before[-1] != MASK and match["verb"] != "said" and re.match(r" (?:to|about|of)\b", after):
            continue
        if found := _speaker(sentence, hidden, *subject[1:], core=match["verb"] in ("said", "says", "say")):
            return found
    return None


def _speaker(
    sentence: str, hidden: str, start: int, end: int, *, named: bool = True, core: bool = False
) -> Saying | None:
    """The speaker in ``sentence[start:end]``, cut down to the words that tell; None if it names nobody.

    Args:
        named: it must be a name, or a noun for those who speak; after "according to" whatever stands there will do.
        core: the verb is "said", so that "the hotel" must be those who speak for it.
    """
    words = hidden[start:end]
    lead = len(words) - len(words.lstrip())
    words, start = words.strip(), start + lead
    if personal := PERSONAL.fullmatch(words):
        return Saying(sentence[start : start + len(words)], start, start + len(words), personal[1].lower())
    words = _CUT.sub("", words).rstrip(" .’”")
    if not words or len(words.split()) > 12 or MASK in words or (named and _is_nobody(words)):
        return None
    if not _names(words):
        speaks = not named or HAS_HEAD.search(words) or (core and THING.fullmatch(words))
        if not speaks or words.split()[0].lower() in NO_NAME - DETERMINERS:
            return None
    words = _shortened(words)
    start += hidden[start:end].find(words)
    return Saying(sentence[start : start + len(words)], start, start + len(words))


def _is_nobody(words: str) -> bool:
    return NOBODY.search(words) is not None or words.split()[0].lower() in PRONOUNS.split()


def _names(words: str) -> bool:
    words = re.sub(r"^The (?=[A-Z])", "", words)
    first = words.split()[0].lower()
    return (
        first not in NO_NAME
        and re.fullmatch(rf"(?:[\w'’-]+ ){{0,5}}{NAME}(?: (?:of|from|at|with|for) .*)?", words) is not None
    )


def _shortened(words: str) -> str:
    """A name without its "of the ministry"; of a role what fits eight words."""
    if match := re.fullmatch(
        rf"(?P<name>{CAP}(?: (?:(?:de|la|le|du|van|von|der|den|bin|ibn|al|el|da|di|dos|del"
        rf"|y) )*{CAP})*) (?:of|from|at|with|for) .*",
        words,
    ):
        name = match["name"]
        if (
            " " in name
            and not HAS_HEAD.search(name)
            and not re.search(
                r"\b(?:Ministry|Department|University|Bank|Council|Bureau|Office|Institute|Centers?|Centre"
                r"|House|Board|Church|City|School|Court|Chamber|Society|League|Union|Association)$",
                name,
            )
        ):
            return name
    if len(words.split()) <= 8:
        return words
    pieces = re.split(r" (?=(?:of|for|from|at|with|in|on) )", words)
    kept = pieces[0]
    for piece in pieces[1:]:
        if len(f"{kept} {piece}".split()) > 8:
            break
        kept = f"{kept} {piece}"
    return kept
