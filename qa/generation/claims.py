"""What a sentence asserts, in a form that can be held against a quote. It reads words; it decides nothing.

A sentence becomes its telling words in order, each with what changes its force: denied, hedged, or said by somebody;
its figures and days as values; its names; and what stands in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from qa import dates
from qa.attribution.quotations import quotations
from qa.figures import Figure, find_figures
from qa.question.words import FUNCTION_WORDS, Name, names

__all__ = ["STRICT", "TITLES", "Claim", "Day", "Word", "alike", "claim"]

_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")

STRICT = frozenset(
    "more most less least fewer fewest all every each everyone everybody everything none nobody nothing never always"
    " only both neither either no not without than before after since until because despite if unless against over"
    " under above below up down off out again once almost just nearly any anyone first last former same other another"
    " into from by through during while although though so will shall must can cannot would should".split()
)
"""Small words that change what is said: one that the quote does not have must not be in the sentence."""

_DENIALS = re.compile(
    r"(?:n['’]t|\b(?:not|no|never|nor|without|neither|nobody|none|nothing|cannot|den(?:y|ies|ied|ying)|refus(?:e|es|ed"
    r"|ing)"
    r"|reject(?:s|ed|ing)?|fail(?:s|ed|ing)? to|rul(?:e|es|ed|ing) out|dismiss(?:es|ed)?|declin(?:e|es|ed|ing)"
    r"|lack(?:s|ed|ing)?|avoid(?:s|ed|ing)?|far from|no longer|unlikely|disput(?:e|es|ed)|false(?:ly)?|hoax|myth"
    r"|untrue|debunk\w*|stop(?:s|ped)?|prevent(?:s|ed)?|cancel\w*|averted|withdr[ae]w\w*|revers\w+|overturn\w*))\b",
    re.IGNORECASE,
)
_HEDGES = re.compile(
    r"\b(?:may|might|could|would|should|can|will|shall|possibly|perhaps|maybe|probably|likely|potential(?:ly)?"
    r"|apparent(?:ly)?"
    r"|alleged(?:ly)?|alleges?|alleging|reported(?:ly)?|suspect(?:s|ed)?|suspicion|accus(?:e|es|ed|ing|ation|ations)"
    r"|claim(?:s|ed|ing)?"
    r"|believ(?:e|es|ed|ing)|think(?:s|ing)?|thought|fear(?:s|ed|ing)?|expect(?:s|ed|ing|ation|ations)?|plan(?:s|ned"
    r"|ning)?|propos\w+|intend\w*"
    r"|hop(?:e|es|ed|ing)|want(?:s|ed|ing)?|seek(?:s|ing)?|sought|aim(?:s|ed|ing)?|tr(?:y|ies|ied|ying)|attempt\w*"
    r"|consider\w*|weigh\w*"
    r"|threaten\w*|vow\w*|pledg\w*|promis\w*|agree[ds]? to|urg\w+|call(?:s|ed|ing)? (?:for|on)|demand\w*|ask\w*"
    r"|order\w*|if|unless|whether|in case"
    r"|appear(?:s|ed)?|seem(?:s|ed)?|suggest\w*|indicat\w+|estimat\w*|predict\w*|forecast\w*|project(?:s|ed|ing)"
    r"|charg(?:e|es|ed) with|charged"
    r"|investigat\w*|prob(?:e|es|ed|ing)|rumou?r\w*|speculat\w*|suppos\w+|so-called|set to|due to|about to|going to"
    r"|poised|bid|effort|deal to"
    r"|unconfirmed|unclear|question\w*|doubt\w*|bill|draft|motion|theory|hypothes\w+|scenario|imagin\w*|fiction\w*"
    r"|movie|film|novel|joke\w*|satir\w*)\b",
    re.IGNORECASE,
)
_SAYINGS = re.compile(
    r"\b(?:said|says?|saying|told|tells|telling|added|adds|according to|announc\w+|stat(?:es|ed|ing)|statement"
    r"|argu(?:e|es|ed|ing)|insist\w*"
    r"|wrote|writes|tweet\w*|post(?:s|ed)|testif\w+|warn(?:s|ed|ing)?|admit\w*|acknowledg\w*|confirm(?:s|ed|ing)?"
    r"|report(?:s|ed|ing)?"
    r"|explain\w*|describ\w*|call(?:s|ed|ing)|declar\w*|assert\w*|contend\w*|conclud\w*|found|finds|show(?:s|ed|n|ing)"
    r"|reveal\w*|not(?:es|ed)"
    r"|alleg\w*|accus\w*|claim(?:s|ed|ing)?|believ(?:e|es|ed|ing)|suspect(?:s|ed)?|think(?:s|ing)?|thought|fear(?:s"
    r"|ed)?|expect(?:s|ed)?"
    r"|cit(?:es|ed|ing)|quot\w+|spokes\w+|officials?|sources|interview|recall\w*|remark\w*|repl(?:y|ies|ied)"
    r"|respond\w*|complain\w*|stress\w*)\b"
    r"|[“\"„«]",
    re.IGNORECASE,
)
# A denial and a hedge reach this far, in telling words, or to the end of their clause.
_REACH = 10
_CLAUSE = re.compile(r"[;:()–—]|,\s*(?:and|but|while|whereas|though|although|who|which|where)\b|\bbut\b")
# Words in front that make another thing of what they stand before.
_PRIVATIVE = frozenset(
    "former ex acting alleged fake failed attempted suspected would-be so-called deputy vice honorary late assistant"
    " interim false bogus replica mock potential possible planned proposed would future one-time onetime retired"
    " outgoing"
    " incoming designate elect almost nearly half least less fewer unsuccessful near counterfeit imitation"
    " supposed".split()
)


Day = tuple[str, date | None, date | None]


TITLES = frozenset(
    "mr mrs ms miss dr sir dame lord lady prof professor president prime minister senator rep governor mayor king queen"
    " prince princess pope judge justice general captain secretary chief chairman chairwoman coach the".split()
)
"""Words before a name that are no part of it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word in its place.

    Attributes:
        text: in small letters, without a possessive; of a figure, its words.
        figure: the value, where it is one.
        day: the days that it means, where it is a time: its words, and the first and the last of them.
        name: whether it is a part of a proper name.
        passive: whether it is a verb behind a "was".
        before: the small word right before it, "" if there is none.
        denied, hedged: whether it stands within the reach of a "not" or a "may".
        changed: the word right before it that makes another thing of it ("former"), "" if there is none.
    """

    text: str
    start: int
    end: int
    figure: Figure | None = None
    day: Day | None = None
    name: bool = False
    before: str = ""
    denied: bool = False
    hedged: bool = False
    passive: bool = False
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence asserts; see the module."""

    text: str
    words: tuple[Word, ...]
    small: frozenset[str]
    names: tuple[tuple[str, ...], ...]
    days: tuple[Day, ...]
    quotations: tuple[str, ...]
    digits: frozenset[str]
    says: bool
    hedges: bool


_SAID_BEHIND = re.compile(
    r"^(?P<what>[^“”\"]+),\s+(?P<who>(?:[\w.'’-]+\s+){1,6}(?:said|says|announced|reported|added|confirmed|stated)"
    r"(?:\s+(?:on\s+)?(?:\w+day|yesterday|today))?|according to [^,;]+?)(?P<stop>[.!?]*)$",
    re.DOTALL,
)


def _who_first(text: str) -> str:
    """ "Eight died, police said." as "Police said eight died.", so that both are compared as one."""
    match = _SAID_BEHIND.match(text)
    return f"{match['who']} {match['what']}{match['stop']}" if match else text


@lru_cache(maxsize=2048)
def claim(text: str, published: str | None = None) -> Claim:
    """What ``text`` asserts.

    Args:
        text: a sentence.
        published: the day (ISO 8601) that "Monday" is reckoned from.
    """
    text = _who_first(text)
    times = dates.find(text)
    taken = [(one.start, one.end) for one in times]
    figures = [
        one for one in find_figures(text) if not one.vague and not any(a < one.end and one.start < b for a, b in taken)
    ]
    found = names(text)
    days = tuple((one.text.lower(), *_period(one, text, published)) for one in times)
    return Claim(
        text=text,
        words=tuple(_words(text, list(zip(taken, days, strict=True)), figures, found)),
        small=frozenset(word.lower() for word in _WORD.findall(text)) & STRICT,
        names=tuple(tuple(_bare(word) for word in _WORD.findall(name.text)) for name in found),
        days=days,
        quotations=tuple(_flat(span.cut(text)) for span in quotations(text)),
        digits=frozenset(re.findall(r"\d+", _outside(text, taken))),
        says=_SAYINGS.search(text) is not None,
        hedges=_HEDGES.search(text) is not None,
    )


def _outside(text: str, taken: Iterable[tuple[int, int]]) -> str:
    for start, end in taken:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _period(one: dates.TimeExpression, text: str, published: str | None) -> tuple[date | None, date | None]:
    try:
        on = date.fromisoformat((published or "")[:10])
    except ValueError:
        on = None
    period = dates.resolve(one, text, on=on)
    return (period.first, period.last) if period else (None, None)


_BEING = frozenset("is are was were be been being get gets got".split())
_PARTICIPLE = re.compile(
    r"\w+(?:ed|en|wn|ung)|hit|shot|sent|paid|held|told|found|made|sold|built|cut|put|set|lost|won|born|hurt|caught"
    r"|brought"
    r"|bought|taught|led|met|fed|shut|left|kept|struck|sunk|run|done|gone|split|spent|read|said|known|thrown|drawn"
)


def _words(
    text: str, times: Sequence[tuple[tuple[int, int], Day]], figures: Sequence[Figure], named: Sequence[Name]
) -> Iterator[Word]:
    denied, hedged = _reached(text, _DENIALS), _reached(text, _HEDGES)
    wholes: dict[tuple[int, int], Figure | Day] = dict(times)
    wholes |= {(one.start, one.end): one for one in figures}
    before: list[str] = []
    last = ""
    for start, end in _places(text, list(wholes)):
        whole = wholes.get((start, end))
        word = text[start:end].lower()
        if whole is None and (word in FUNCTION_WORDS or word.endswith(("n't", "n’t"))):
            before.append(word)
            continue
        plain = word if whole else _bare(word)
        yield Word(
            plain,
            start,
            end,
            figure=whole if isinstance(whole, Figure) else None,
            day=whole if isinstance(whole, tuple) else None,
            name=whole is None and any(name.start <= start < name.end for name in named),
            before=before[-1] if before and before[-1] in FUNCTION_WORDS else "",
            denied=any(a <= start < b for a, b in denied),
            hedged=any(a <= start < b for a, b in hedged),
            passive=_PARTICIPLE.fullmatch(plain) is not None and not _BEING.isdisjoint(before[-3:]),
            changed=last if last in _PRIVATIVE else "",
        )
        before.append(plain)
        last = plain


def _places(text: str, wholes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where words stand; a time and a figure are one word each."""
    words = [match.span() for match in _WORD.finditer(text)]
    return sorted([*wholes, *(one for one in words if not any(a < one[1] and one[0] < b for a, b in wholes))])


def _reached(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """The stretches in the reach of a denial or a hedge: so many words behind it, within its clause."""
    found = []
    for match in pattern.finditer(text):
        stop = _CLAUSE.search(text, match.end())
        words = list(_WORD.finditer(text, match.end(), stop.start() if stop else len(text)))
        telling = [word for word in words if word[0].lower() not in FUNCTION_WORDS][:_REACH]
        if telling:
            found.append((match.start(), telling[-1].end()))
    return found


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word.lower()).replace("’", "'")


def _flat(quotation: str) -> str:
    """What stands between quotation marks, without marks and case."""
    return " ".join(re.findall(r"\w+", quotation.lower().replace("’", "'")))


_TAILS = frozenset(
    " s es ed d ing er ers or ors ion ions ation ations ment ments ly al ity ive ent ence ant ance y ies ied e r n en"
    " able ting ted ning ned ping ped ging ged ling led ming med ring red".split(" ")
)
_IRREGULAR = {
    form: words.split()[0]
    for words in (
        "say said says|tell told tells|is was were be been are|have had has|die died dies dead death deaths|kill killed"
        "|win won wins|lose lost loses|rise rose risen|fall fell fallen|begin began begun|buy bought|sell sold|find"
        " found"
        "|leave left|hold held|pay paid|make made|take took taken|give gave given|get got gotten|go went gone|come came"
        "|see saw seen|know knew known|think thought|bring brought|build built|meet met|lead led|shoot shot|strike"
        " struck"
        "|steal stole stolen|break broke broken|write wrote written|speak spoke spoken|choose chose chosen|drive drove"
        " driven|fly flew flown|grow grew grown|throw threw thrown|run ran|sink sank sunk|swim swam swum|fight fought"
        "|man men|woman women|child children|person people|percent per|uk british britain"
    ).split("|")
    for form in words.split()
}


@lru_cache(maxsize=8192)
def alike(one: str, other: str) -> bool:
    """Whether two words are one word in other forms: "resigned" and "resignation", "won" and "wins"."""
    if one == other or _IRREGULAR.get(one, one) == _IRREGULAR.get(other, other):
        return True
    if one.replace("-", "") == other.replace("-", ""):
        return True
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    if shared < 4 and not (shared == 3 and {one[3:], other[3:]} <= {"", "s", "ed", "es", "ing"}):
        return False
    return one[shared:] in _TAILS and other[shared:] in _TAILS
