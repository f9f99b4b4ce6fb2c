"""What stands among the paragraphs of an article and is none of its story: captions of pictures, and furniture.

Furniture is what a page has around an article and a copy of it keeps: "Read more: ...", "Advertisement", "Follow us on
Twitter", who contributed. Both are whole paragraphs. The rules look at how outlets write these lines, not at what they
say; in doubt a paragraph is text. It knows no markup.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.article import Span
from ingest.sentences import paragraphs

__all__ = ["captions", "furniture"]

_STOPS = ".!?…:;,\"”’'»"
_ENDED = re.compile(r"(?<=[\w”\"’')\]]{2})[.!?…][”\"’')\]]*\s+")
_LONGEST = 120
_WORDS = 10
"""A paragraph with fewer words is a heading rather than a caption, where only its missing stop speaks."""
_BEFORE_CREDIT = 5
"""So many words at least are a caption above a name; fewer may be one: "Former Sen. Ann Lee"."""
_LINKED = 4
"""The headline that a link leads to has at least so many words, with what stands before it."""
_TAIL = 90

_AGENCIES = (
    r"(?:Getty(?: Images)?|AP(?: Photo)?|Associated Press|AFP|Reuters|EPA(?:-EFE)?|Bloomberg|Shutterstock|Unsplash"
    r"|iStock(?:photo)?|Adobe Stock|Alamy(?: Stock Photo)?|PA(?: Wire| Media| Images)?|Press Association|Xinhua|UPI|dpa"
    r"|Anadolu(?: Agency)?|ZUMA(?: Press)?|Sipa(?: USA)?|TASS|NurPhoto|Imago|Rex|Handout|Pool|Flickr"
    r"|Wikimedia(?: Commons)?)"
)
_PICTURE = r"(?:photo(?:graph|s)?|pictures?|images?|illustrations?|graphics?)"
_CREDIT_END = re.compile(
    rf"(?:(?:/|\bvia\s|^|[.!?)\]”\"]\s+){_AGENCIES}|\s(?:Getty Images|Shutterstock|iStockphoto|Adobe Stock))"
    r"(?: Europe| AsiaPac| North America| File)?$",
    re.I,
)
_IN_BRACKETS = re.compile(
    rf"[(\[](?:(?:file )?{_PICTURE}(?: credits?| courtesy| source)?(?: by\b|:| of\b| via\b| courtesy\b)"
    rf"|AP Photo\b|Getty Images\b|[^()\[\]/]{{2,60}}/\s?{_AGENCIES}\b)[^()\[\]]{{0,120}}[)\]]",
    re.I,
)
_LABEL_END = re.compile(
    rf"(?:^|[.!?”\")\]]\s+|\s[|–—-]\s?)(?:{_PICTURE}(?: credits?| courtesy)?|credit):\s+\S[^.!?]{{1,80}}\.?$", re.I
)
_STARTS = re.compile(
    rf"""(?:FILE\s+{_PICTURE}|FILE\s*[-–—:]|file\s+(?:photo|image|picture)\b|\[{_PICTURE}\s*:|{_PICTURE}\s*:\s
         |image\s+(?:source|caption|copyright|credit)\b|{_PICTURE}\s+caption\b|pictured\s*:|above\s*:|clockwise,?\s+from
         |(?:in|from)\s+(?:this|an?)\s+(?:[\w.,-]+\s+){{0,6}}?(?:photo(?:graph)?|(?:file|handout|undated|satellite|video)\s+image
         |frame\s+grab|image\s+(?:taken|provided|released|made|from\s+video))\b)""",
    re.I | re.X,
)
_CAPITAL_STARTS = re.compile(
    r"(?:Photo|Picture)(?:graph)? taken (?:on|in)\b|[A-Z][A-Z .,'’/-]{2,60} [-–—] "
    r"(?:JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER) \d\d?[,:]"
)
_CREDIT_START = re.compile(
    r"[A-ZÀ-Þ][\w.'’-]{0,20}(?:\s[A-ZÀ-Þ][\w.'’-]{0,20}){0,3}/(?:[A-Z][\w .-]{1,30}/){0,2}"
    rf"{_AGENCIES}\s(?=[A-Z])"
)
_PICTURED = re.compile(r"\bpictured:|\((?:[^()]{0,30}\b)?pictured\b[^()]{0,40}\)|\bpictured(?: \w+){0,4}$", re.I)
_SAID = re.compile(r"^[“\"‘']|[”\"’]\s|\b(?:I|I['’]\w+|[Mm]y|[Ww]e|[Oo]ur|us)\b")
"""A quotation with its speaker below it looks like a caption with its photographer."""
_GIVEN_BY = ("courtesy", "from", "credit", "handout", "provided")
_SMALL = frozenset("of the for via and de la le van von der den di da del bin al el".split())

_LINKS = re.compile(
    r"""(?:(?:read|watch|see|hear|listen|view)\s+(?:more|also|next|now|here|live)|more|also\s+read|related(?:\s+\w+)?|see\s+also|don['’]?t\s+miss
        |recommended|you\s+may\s+(?:also\s+)?like|watch|listen|opinion|analysis|fact\s+check|live\s+updates?|explainer
        |in\s+(?:pictures|photos|video)|gallery|photos|video)(?:\s*[:|>›»]|\s[–—-]\s)\s*\S""",
    re.I | re.X,
)
_GLUED = re.compile(r"[^\W\d_](?:[^:.!]{1,70}[^\W\d_]|[^:.!]{1,70}[?’'”\"])?:[^\W_“‘'\"]?[^\s/]")
_SHARE = re.compile(
    r"""(?:advertisement|advert|sponsored(?:\s+content)?|(?:story|article)\s+continues\s+(?:below|after)\b.*|scroll\s+to\s+continue.*
        |(?:video\s+)?ad\s+feedback\b.*|(?:copy|get)\s+link|share(?:\s+(?:this|on|via|with)\b.{0,60})?|print|e-?mail|comments?
        |facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram|prev(?:ious)?\s+next|most\s+(?:read|popular|viewed)|trending(?:\s+now)?
        |(?:show|load|view|see)\s+(?:more|all)|skip\s+(?:to|advert|ad)\b.{0,40}|back\s+to\s+top|loading\W*|subscribe(?:\s+now)?
        |(?:sign|log)\s+(?:up|in)(?:\s+now)?|terms\s+of\s+(?:use|service)|privacy\s+policy|all\s+rights\s+reserved\W*)""",
    re.I | re.X,
)
_INVITES = re.compile(
    r"""(?:sign\s+up|subscribe)\b(?=.{0,120}\b(?:newsletters?|inbox|alerts?|podcast|channel)\b)
        |(?:get|receive)\b.{0,60}\b(?:newsletters?|inbox)\b|(?:follow\s+[\w ’']{2,40}|(?:like|join|find)\s+us)\s+on\s+
         (?:facebook|twitter|instagram|x\b|linkedin|youtube|tiktok|telegram|whatsapp)
        |download\b.{0,60}\bapp\b|click\s+here\b|tap\s+here\b|(?:©|\(c\)|copyright)(?:\s+©)?\s*(?:19|20)\d\d
        |(?:this\s+(?:material|story|article)\s+may\s+not\s+be\s+(?:published|reproduced))|contributing\s*:""",
    re.I | re.X,
)
_HANDS = re.compile(
    r"\bcontributed to (?:this|the) (?:report|story|article|piece|file)\b"
    r"|\((?:(?:additional )?reporting|editing|writing) by\b|^(?:additional )?reporting by (?-i:[A-Z])",
    re.I,
)
_BIO = re.compile(
    r"(?:(?:you\s+can\s+)?(?:follow|reach|contact|e-?mail|tweet)\b|.{0,200}\b(?:can be reached|feel free to))"
    r".{0,80}(?:[\s(]@\w{2,}|\b[\w.+-]{1,60}@[\w-]{1,60}\.\w{2,})",
    re.I,
)
_VIDEO = re.compile(r"\b\d\d?:\d\d\s*-\s*source:\s", re.I)


class _Paragraph(NamedTuple):
    """A paragraph, how many words it has, and whether a stop ends it."""

    span: Span
    words: int
    stopped: bool


def captions(text: str) -> tuple[Span, ...]:
    """The paragraphs of ``text`` that are captions of pictures, in order.

    A caption is known by its credit ("Ann Lee/Reuters", "(Photo by ...)"), by a label ("FILE PHOTO:", "Image source,")
    or by the word "pictured" where it has no stop at its end. Where an article has several of the last kind, its other
    long paragraphs without a stop are captions too: outlets write them alike.
    """
    whole = paragraphs(text)
    found, steady = _short(text, whole), _is_steady(text, whole)
    known: set[Span] = set()
    pictured = 0
    for paragraph in found:
        words = paragraph.span.cut(text)
        if _is_furniture(words, paragraph):
            continue
        if not paragraph.stopped and _PICTURED.search(words):
            pictured += 1
            known.add(paragraph.span)
        elif _is_caption(words, paragraph, steady=steady):
            known.add(paragraph.span)
    if pictured > 1 and steady:
        known |= {
            paragraph.span
            for paragraph in found
            if not paragraph.stopped
            and paragraph.words >= _WORDS
            and not _is_furniture(paragraph.span.cut(text), paragraph)
        }
    return tuple(sorted(known))


def furniture(text: str) -> tuple[Span, ...]:
    """The paragraphs of ``text`` that a page has around an article, in order."""
    short = _short(text, paragraphs(text))
    return tuple(paragraph.span for paragraph in short if _is_furniture(paragraph.span.cut(text), paragraph))


def _short(text: str, whole: list[Span]) -> list[_Paragraph]:
    """The paragraphs that are short enough to be one of these."""
    found = []
    for span in whole:
        if span.end - span.start <= _LONGEST * 10 and (words := len(span.cut(text).split())) <= _LONGEST:
            found.append(_Paragraph(span, words, text[span.end - 1] in _STOPS))
    return found


def _is_steady(text: str, whole: list[Span]) -> bool:
    """Whether nearly all paragraphs end with a stop, so that one without it is something else."""
    ends = [text[end - 1] in _STOPS for start, end in whole if end - start > 60]
    return len(ends) > 3 and sum(ends) >= 0.6 * len(ends)


def _is_caption(words: str, paragraph: _Paragraph, *, steady: bool) -> bool:
    if _STARTS.match(words) or _CAPITAL_STARTS.match(words) or _CREDIT_START.match(words):
        return True
    if _LABEL_END.search(words, max(0, len(words) - 2 * _TAIL)):
        return True
    for credit in _IN_BRACKETS.finditer(words):
        if paragraph.words <= 60 or len(words) - credit.end() < 40:
            return True
    return not paragraph.stopped and _has_credit(words[-_TAIL:], whole=len(words) <= _TAIL, steady=steady)


def _has_credit(tail: str, *, whole: bool, steady: bool) -> bool:
    """Whether a paragraph without a stop ends with who took a picture.

    Args:
        tail: its end, or all of it (``whole``).
        steady: the paragraphs around it do end with stops.
    """
    if _CREDIT_END.search(tail):
        return True
    ends = [stop.end() for stop in _ENDED.finditer(tail)]
    if not ends or (whole and len(tail[: ends[-1]].split()) < _BEFORE_CREDIT):
        return False
    names = tail[ends[-1] :].split()
    if names[0].lower() in _GIVEN_BY and len(names) <= 8:
        return True
    if len(names) > 7 or not all(name[0].isupper() or name[0] == "/" or name in _SMALL for name in names):
        return False
    return "/" in tail[ends[-1] :] or (steady and 2 <= len(names) <= 4 and not _SAID.search(tail))


def _is_furniture(words: str, paragraph: _Paragraph) -> bool:
    if paragraph.words <= 12 and _SHARE.fullmatch(words):
        return True
    if _VIDEO.search(words) and not paragraph.stopped:
        return True
    if paragraph.words > 60:
        return False
    if _INVITES.match(words) or _HANDS.search(words) or _BIO.match(words):
        return True
    linked = paragraph.words >= _LINKED and (not paragraph.stopped or words[-1] in "?!’'”\"")
    return linked and bool(_LINKS.match(words) or (_GLUED.match(words) and not words[:1].islower()))
