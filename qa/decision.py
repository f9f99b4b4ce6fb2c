"""Yes or no: the sentence that decides, led by "Yes:" or "No:" only where it says in so many words what was asked.

A wrong "Yes" is worse than none. The sentence must have all of the question's words, the verb among them, its subject
before and its object behind the verb, and nothing that hedges; "not" right before the verb makes it a "No".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from qa.compose import Line
from qa.confidence import ANSWER_FROM, sure
from qa.question.words import AUXILIARIES, FUNCTION_WORDS, content_words
from qa.read import Reading
from qa.telling import stems

__all__ = ["decide", "verdict"]

Verdict = Literal["Yes", "No", ""]

_LOOKED_AT = 10
_ASKED = re.compile(r"^\W*(?P<aux>did|does|do|was|were|is|are|has|have|had)\s+(?P<rest>.+?)\W*$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CLAUSE = re.compile(
    r"[,;:()“”\"—–]|\s-\s|\b(?:but|while|whereas|although|though|because|when|after|before|who|which)\b", re.IGNORECASE
)
_NOT = re.compile(r"(?:\b(?:not|never)|n['’]t)\b", re.IGNORECASE)
_OWNS = re.compile(r"\w+(?:['’]s\b|s['’](?=\s))")
_OF = re.compile(r"\b(?:of|by|for|with|from|to|against|about|than|like|over)\b", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?:may|might|could|would|should|can|cannot|will|shall|must|if|whether|unless|or|nor|neither|no|none|nobody|without"
    r"|deny|den(?:y|ies|ied|ying)|refus\w+|reject\w*|declin\w+|fail\w*|plan\w*|intend\w*|hop\w+|wants?|wanted|expect\w*"
    r"|threat\w+|promis\w+|vow\w*|urg\w+|asked|ask|demand\w*|call(?:s|ed)? (?:for|on)|considered|considering|likely"
    r"|unlikely|possibl[ey]|perhaps|almost|nearly|hardly|barely|alleg\w+|reportedly|rumou?r\w*|claim\w*|suspect\w*"
    r"|accus\w+|believ\w+|thought|seem\w*|appear\w*|suppos\w+|falsely|wrongly|about to|due to|set to|to be|try|tries"
    r"|tried|trying|attempt\w*|close to|instead|rather|only|supposedly|joked?|once|longer|pretend\w*|false)\b",
    re.IGNORECASE,
)
_UNCHANGED = frozenset("beat put cut hit set let quit shut cost hurt split spread bet burst".split())
_FORMS = """
    beat beaten, become became, begin began begun, break broke broken, bring brought, build built, buy bought,
    catch caught, choose chose chosen, come came, draw drew drawn, fall fell fallen, fight fought, find found,
    flee fled, fly flew flown, get got gotten, give gave given, go went gone, grow grew grown, hold held, keep
    kept, lead led, leave left, lose lost, make made, meet met, pay paid, rise rose risen, say said, see saw seen,
    sell sold, send sent, shoot shot, sink sank sunk, speak spoke spoken, spend spent, steal stole stolen, strike
    struck, take took taken, tell told, win won, withdraw withdrew withdrawn, write wrote written
"""
_IRREGULAR = {form: forms.split()[0] for forms in _FORMS.split(",") for form in forms.split()[1:]}


def decide(reading: Reading) -> list[Line]:
    """The sentence that decides a yes-or-no question, led by its verdict where that is clear.

    Args:
        reading: what the passages say to the question.

    Returns:
        No lines when nothing answers. Two where the sentences contradict each other, without a verdict.
    """
    told = [item for item in reading.evidence[:_LOOKED_AT] if not item.quote.rstrip(" \"”’'").endswith("?")]
    # A sentence that has all the words of the question decides it, however sure the reader is of it.
    on_topic = [
        (verdict(reading.question, item.quote, item.stored.article.text), item) for item in told if item.relevance >= 0
    ]
    clear = [(found, item) for found, item in on_topic if found]
    if len({found for found, _ in clear}) == 1:
        return [Line(f"{clear[0][0]}:", clear[0][1])]
    if clear:
        first, second = (next(item for found, item in clear if found == word) for word in ("Yes", "No"))
        return [Line(evidence=item) for item in sorted((first, second), key=lambda item: -item.rank)]
    if reading.confidence < ANSWER_FROM:
        return []
    return [Line(evidence=item) for item in told[:1] if sure(item) >= ANSWER_FROM]


def verdict(question: str, sentence: str, around: str = "") -> Verdict:
    """What a sentence says to a yes-or-no question, "" where it doesn't say it clearly.

    Args:
        question: such as "Did the mayor resign?".
        sentence: of an article.
        around: the article in which it stands. Whoever has a full name there may go by the last part of it.
    """
    asked = _ASKED.match(" ".join(question.split()))
    if asked is None or _NOT.search(question) or re.search(r"\bor\b", question, re.IGNORECASE):
        return ""
    words = [word for word in _WORD.findall(asked["rest"]) if word.lower() not in FUNCTION_WORDS]
    said = " ".join(sentence.split())
    if len(words) < 2 or "?" in said:
        return ""
    found = [_base(word) for word in _WORD.findall(said)]
    for verb in words[1:]:
        if _base(verb) in found and _is_verb(verb, asked["aux"], said):
            subject, object_ = words[: words.index(verb)], words[words.index(verb) + 1 :]
            return _judged(said, _surname(subject, around), verb, _surname(object_, around))
    return ""


def _surname(words: Sequence[str], around: str) -> list[str]:
    """``words`` without first names: "Doe" for "Jane Doe", if she is named in full ``around``."""
    bare: list[str] = []
    for at, word in enumerate(words):
        name = " ".join(words[at : at + 2])
        if not (word[0].isupper() and at + 1 < len(words) and words[at + 1][0].isupper() and name in around):
            bare.append(word)
    return bare


def _judged(said: str, subject: Sequence[str], verb: str, object_: Sequence[str]) -> Verdict:
    """What a sentence says that has the verb: whether its clause has the subject before, the object behind."""
    for place in _WORD.finditer(said):
        if _base(place[0]) != _base(verb):
            continue
        cuts = [match.end() for match in _CLAUSE.finditer(said, 0, place.start())]
        begin = cuts[-1] if cuts else 0
        end = next((match.start() for match in _CLAUSE.finditer(said, place.end())), len(said))
        before, clause = said[begin : place.start()], said[begin:end]
        if not (_is_subject(subject, before) and _has(said[place.end() :], object_)):
            continue
        hedged = any(_base(match[0]) != _base(verb) for match in _HEDGE.finditer(_NOT.sub(" ", clause)))
        if hedged or _is_quoted(said, place.start()) or not (_NOT.search(clause) or _happened(place[0], before)):
            return ""
        return _polarity(before, len(_NOT.findall(clause)))
    return ""


def _happened(form: str, before: str) -> bool:
    """Whether a verb's form tells what was or is, and not what is to be: "resigned", but no "that he resign"."""
    if re.search(r"(?:ed|d|t|n|ung|un)$", form) or form.lower() in _IRREGULAR or form.lower() in _UNCHANGED:
        return not re.search(r"\bto\s+$", before)
    return bool(re.search(r"(?:is|are|was|were|been|has|have|had)\s+(?:\w+ly\s+)?$", before, re.IGNORECASE))


def _polarity(before: str, denied: int) -> Verdict:
    if not denied:
        return "Yes"
    # "did not resign", "has never formally resigned"; another "not" in the clause may deny something else.
    near = _NOT.search(" ".join(before.split()[-2:]))
    return "No" if denied == 1 and near else ""


def _is_subject(words: Sequence[str], before: str) -> bool:
    """Whether the words are the subject of what follows: not in "the mayor's deputy" or "the deputy of the mayor"."""
    if not _has(_OWNS.sub(" ", before), words):
        return False
    first = next(place for place in _WORD.finditer(before) if _base(place[0]) == _base(words[0]))
    return not _OF.search(before[: first.start()])


def _has(text: str, words: Sequence[str]) -> bool:
    there = {_base(word) for word in _WORD.findall(text)}
    return all(_base(word) in there for word in words)


def _base(word: str) -> str:
    """A word without its ending, the same for all forms of a verb."""
    plain = next(iter(content_words(word)), word.lower())
    return next(iter(stems(_IRREGULAR.get(plain, plain))), plain)


def _is_verb(word: str, aux: str, said: str) -> bool:
    """Whether a word of the question is its verb: small letters, a form that goes with the auxiliary, and in the
    sentence in a form of the past, or of the present."""
    if not word[0].islower() or word.lower() in AUXILIARIES:
        return False
    participle = bool(re.search(r"(?:ed|en|t|d|n|un|ung|ung)$", word)) or word.lower() in _IRREGULAR
    return participle if aux.lower() in ("was", "were", "is", "are", "has", "have", "had") else True


def _is_quoted(said: str, at: int) -> bool:
    """Whether the verb stands inside a quote: what somebody says is not yet so."""
    before = said[:at]
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1
