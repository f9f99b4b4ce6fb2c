"""Closed classes of English words, and the words and names of a text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["AUXILIARIES", "FUNCTION_WORDS", "QUESTION_WORDS", "Name", "content_words", "looks_like_person", "names"]

QUESTION_WORDS = frozenset("who whom whose what which when where why how".split())
AUXILIARIES = frozenset(
    "is are was were am be been being do does did has have had can could will would shall should may might must".split()
)
FUNCTION_WORDS = (
    QUESTION_WORDS
    | AUXILIARIES
    | frozenset(
        "a an the this that these those of in on at to for with from by and or but nor as if so not no than then"
        " there here any some"
        " other others else about into after before during since until aside besides addition also too very just only"
        " ever still"
        " i you your yours we us our ours me my mine he him his she her hers it its they them their theirs himself"
        " herself itself"
        " themselves one more most much many few all both each every between through over under up down out off again"
        " further same"
        " such own because while although though however according despite following meanwhile once s t don didn"
        " doesn isn wasn"
        " weren aren hasn haven hadn won wouldn couldn shouldn yes please tell let".split()
    )
)
_TITLES = (
    "mr mrs ms miss dr sir dame lord lady prof professor president prime minister chancellor senator sen rep governor"
    " gov mayor"
    " king queen prince princess pope judge justice general gen captain capt colonel secretary chief chairman"
    " chairwoman coach"
    " speaker leader attorney sheriff"
    " actor actress singer rapper author spokesman spokeswoman spokesperson councillor mp ambassador bishop rabbi"
    " imam officer"
).split()
_NOT_PERSONS = frozenset(
    "university college school council party company corporation corp inc ltd llc plc group bank court ministry"
    " department agency"
    " association committee commission union league club city county state states kingdom republic island islands"
    " river lake"
    " mountain street avenue road park bridge airport station hospital church museum festival awards award cup games"
    " olympics"
    " act bill treaty agreement war battle series show film album song band times post news journal magazine world"
    " international"
    " national federal united north south east west eastern western northern southern institute foundation society"
    " team church"
    " parliament congress senate house army navy force police government railway railways airlines airways energy"
    " motors records"
    " entertainment productions pictures studio studios orchestra band theatre festival championship championships tour"
    " of a an in and for to on with at new st the hurricane storm house office hall centre center square theatre"
    " theater tower line network press media"
    " marathon race derby regatta port harbour harbor bay cape gulf canal valley hills coast beach desert forest tunnel"
    " hotel resort cathedral mosque temple palace castle prize medal trophy summit conference forum fund trust budget"
    " project programme program mission observatory telescope strike flood outbreak disease fever earthquake volcano"
    " systems batteries industries technologies holdings partners solutions pharmaceuticals foods stores brands labs"
    " open prix slam masters farm app lottery"
    " laboratories software electronics mutual insurance capital ventures steel mining chemicals airport".split()
)
_JOINERS = frozenset("of de la le du van von der den bin ibn al el da di dos y".split())
_TOKEN = re.compile(r"\w+(?:['’.&-]\w+)*")
_CALENDAR = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
_MEDIA = frozenset(("TV", "DVD", "CD", "EP", "LP"))
_ADJECTIVE = re.compile(r"(?:[aeip]an|[cxg]an|German|ish|ese|ch)$")
_POSSESSIVE = re.compile(r"['’]s?$")
_SAID_WITH_S = FUNCTION_WORDS | frozenset(
    "today yesterday tomorrow tonight everyone someone nobody everybody let".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name: ``text == source[start:end]``."""

    text: str
    start: int
    end: int


def content_words(text: str) -> frozenset[str]:
    """The words of ``text`` that carry meaning, in small letters, without accents or a possessive "'s"."""
    return frozenset(
        word for token in _TOKEN.findall(_plain(text)) if (word := _POSSESSIVE.sub("", token)) not in FUNCTION_WORDS
    )


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def names(text: str) -> list[Name]:
    """The proper names in ``text``, in order: words in capital letters that follow each other ("Bank of the West")."""
    found: list[Name] = []
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        if run and not _continues(text, run[-1], token):
            found += _closed(text, run)
            run = []
        if token[0][0].isupper() or (run and (token[0] in _JOINERS or token[0].isdigit() or token[0] == "the")):
            run.append(token)
        elif run:
            found += _closed(text, run)
            run = []
    return found + _closed(text, run)


def _continues(text: str, last: re.Match[str], token: re.Match[str]) -> bool:
    between = text[last.end() : token.start()]
    if _POSSESSIVE.search(last[0]):
        return False
    return between in (" ", "-", " & ") or (between == ". " and len(last[0]) <= 2 and last[0].isalpha())


def _closed(text: str, run: list[re.Match[str]]) -> list[Name]:
    """The name in a run of tokens, without what only begins the sentence and without joiners at its end."""
    begins = bool(run) and _begins_sentence(text, run[0].start())
    while run and (run[0][0].lower() in FUNCTION_WORDS or _CALENDAR.fullmatch(run[0][0])):
        run = run[1:]
        begins = False
    while run and (not run[-1][0][0].isupper()) and not run[-1][0].isdigit():
        run = run[:-1]
    if not run or (len(run) == 1 and ((begins and not _is_owner(run[0][0])) or run[0][0] in ("I", "OK"))):
        return []
    if not any(token[0][0].isupper() for token in run):
        return []
    if len(run) == 1 and (run[0][0] in _MEDIA or _is_adjective(text, run[0])):
        return []
    start, end = run[0].start(), run[-1].end()
    end -= len(_POSSESSIVE.search(run[-1][0])[0]) if _POSSESSIVE.search(run[-1][0]) else 0  # type: ignore[index]
    return [Name(text[start:end], start, end)]


def _is_owner(word: str) -> bool:
    """Whether a word that begins a sentence is a name by its possessive: "Leeds’s", but not "It’s" or "Today’s"."""
    bare = _POSSESSIVE.sub("", word)
    return bare != word and bare.lower() not in _SAID_WITH_S


def _is_adjective(text: str, token: re.Match[str]) -> bool:
    """Whether a word such as "British" or "African" only describes the word in small letters after it."""
    following = _TOKEN.match(text, token.end() + 1)
    if following is None or text[token.end()] != " " or not following[0].islower():
        return False
    return bool(_ADJECTIVE.search(token[0])) and following[0] not in FUNCTION_WORDS


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:;\n"


# "FC", "BBC": no part of a person's name.
_INITIALS = re.compile(r"[A-Z]{2,5}")


def looks_like_person(name: str, context: str = "") -> bool:
    """Whether ``name`` may well be a person's: a few words, none of an institution or a place, or a title."""
    tokens = name.lower().split()
    if not tokens:
        return False
    titled = max((at for at, token in enumerate(tokens) if token.rstrip(".") in _TITLES), default=-1)
    if 0 <= titled < len(tokens) - 1:
        return titled == 0 or _NOT_PERSONS.isdisjoint(tokens[titled + 1 :])
    if any(token in _NOT_PERSONS or not token[0].isalpha() for token in tokens):
        return False
    if not name.isupper() and any(_INITIALS.fullmatch(token) for token in name.split()):
        return False
    before = context[: context.find(name)].lower().split()[-1:] if name in context else []
    if before and before[0] in ("in", "at", "from", "near", "the", "to", "on"):
        return False
    return 2 <= len(tokens) <= 4 or bool(before and before[0].rstrip(".") in _TITLES)
