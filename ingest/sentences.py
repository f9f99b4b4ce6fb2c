"""Paragraphs and sentences of a text, as exact spans. It knows how news is written, and nothing of passages or models.

It reads the text once, from stop to stop, and looks only a few words to each side, so its time grows with the length
of the text and with nothing else. What it knows of words (abbreviations, words that start sentences) stands in the
sets below; the rules stand in `_ends`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.article import Span

__all__ = ["CUTTING", "paragraphs", "sentences"]

CUTTING = "2"
"""The version of how texts are cut into sentences and passages. An archive remembers it: raise it when cuts change."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words as they stand before the stop. Case counts: "Ill." is a state and "ill." ends a sentence.

_BEFORE_NAMES = _words("""
    Mr Mrs Ms Mx Messrs Dr Drs Prof Profs Sen Sens Rep Reps Gov Govs Lt Gen Gens Adm Col Maj Capt Cpl Sgt Sgts Pvt Cmdr
    Cdr Brig Rev Revs Hon Pres Supt Det Dets Insp Atty Asst Assoc Amb Msgr Treas Secy Fin Min Spc Pfc Cllr Ald Fr Rt
    Mme Mmes Mlle MM Hr Frau Sra Srta Dra Lic Ing Arq Gral Dipl Mag Ud Uds
    vs v cf viz eg ie e.g i.e a.k.a incl esp
    z.B z.b d.h u.a o.ä s.o s.u i.d.R u.U p.ex bzw ca vgl inkl evtl ggf sog Hrsg zzgl einschl bspw
""")
"""Never the end of a sentence when more follows: titles, and words that lead on to what they stand for."""

_BEFORE_NUMBERS = _words("""
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    No Nos no nos Art Arts art Sec Secs Sect Sects sec Dist Rm Fig Figs fig
    p pp Vol Vols vol Ch Chap ch Eq Rs Tk Op op Nr Nrn Núm núm Num num
    ca c approx est Ver ver Para para par Pt Rt Rte Rts Hwy Ste Apt Ext ext Tel tel ph Ph Cal Abs Bd pág págs
    circa env hl
""")
"""Not the end of a sentence when a number follows."""

_EITHER = _words("""
    Inc Corp Co Cos Ltd Plc Pty Llc LLC Bros Ed Cie Jr Sr Esq ft feat Dept Depts Univ Assn Assns Natl Intl Govt Mfg
    Bldg Ave Av
    Blvd Rd St Sts Ste Ft Mt Mts Pkwy Hwy Sq Ln Pl Ct Ter Ph.D Ph M.D Ed.D al
    Ala Ariz Ark Calif Colo Conn Dak Del Fla Ga Ill Ind Kan Kans Ky La Md Mass Mich Minn Miss Mo Mont Neb Nebr Nev Okla
    Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo Ont Que Alta Sask
    Mio Mrd Str EE UU EE.UU Cía apdo
""")
"""The end of a sentence only when the next word looks like the start of one. Dotted capitals ("U.S.") and initials are
treated likewise."""

_STARTS = _words("""
    The A An This That These Those There Here It Its He His She Her They Their We Our I My You Your
    In On At By For From With Without Within After Before Since Until During Despite Among Amid According As If When
    While Where Who What Why How Which Because Although Though However Meanwhile Moreover Still Also Then Now Yet So
    But And Or Nor Not Some Many Most Both Each Every All Such Even Once Instead Later Earlier Today Yesterday Under
    Another Other Others Only Just Like Unlike To Asked Nearly About Several
    Der Das Ein Eine Er Sie Es Wir Im Le Les Il Elle Ils Elles Une Au Aux El Una Lo Los Las Se En Por Para
""")
"""Words that start many sentences and hardly any name."""

_HOURS = _words("a.m p.m A.M P.M am pm")

_AFTER_HOURS = _words("""
    E.T C.T P.T ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST IST CET CEST JST AEST AEDT Eastern Central
    Mountain Pacific Greenwich Local Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thur
    Thurs Fri Sat Sun January February March April May June July August September October November December Jan Feb Mar
    Apr Jun Jul Aug Sep Sept Oct Nov Dec
""")
"""What goes on after "10 a.m." in the same sentence."""

_AFTER_ORDINALS = _words("""
    Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert Jahrhunderts
    Bundesliga Liga Platz Runde Spieltag Etappe Halbzeit Tag Mal FC
""")
"""What a German ordinal ("am 3. Oktober") stands before."""

_TAILS = frozenset(word[-4:] for word in _BEFORE_NAMES | _BEFORE_NUMBERS | _EITHER if len(word) >= 4)

_SHOUTING_NAMES = _words("E Guess Jeopardy Wham Yahoo Yum")
"""Names that are written with an exclamation or question mark."""

_PARTICLES = _words("de del della di da dos du van von der den ter ten bin ibn ben al el la le abu af zu")
"""Lower-case parts of names, with which a sentence can start."""

_ROMAN = _words("i ii iii iv v vi vii viii ix x I II III IV V VI VII VIII IX X")

_SPEAKING = _words("""
    said says asked asks added adds wrote writes told tells replied replies shouted shouts joked jokes wondered wonders
    tweeted tweets exclaimed exclaims continued continues quipped recalled recalls responded declared
""")
"""What follows the name of who asked, after a quote that ends with a question mark."""

_DASHES = "-–—−―"
_DIGITS = "0123456789:–"
_MONEY = "$€£¥₹#@"
_BEFORE_LABELS = frozenset(("; ", ": ", "• ", "| "))
_SIGNATURE = 40
"""A dash and fewer characters than this, without a stop, sign a paragraph: "Just tell the truth. – Kelly"."""
_TIME_NAMES = re.compile(
    r"(?:^.?|\b(?:[Tt]he|[Aa]|[Aa]n|[Tt]his|[Ii]ts|[Ee]very|[Dd]aily) )(?:\d{1,2}(?::\d\d)?)?[ \xa0-]?$"
)
"""Before "p.m.": a time that leads a line ("3:40 p.m. END OF GAME"), or names what follows ("the 6 p.m. news")."""

# What closes after a stop, and what opens before a start. Quotes that open in one language close in another: a mark
# that touches the stop closes, one that touches the next word opens.
_CLOSING = "\"'”’»›)]}“‘«"
_OPENING = "\"'“‘«‹([{„‚¿¡»*_"
_QUOTES = "\"'“‘«„‚»"
_WIDE = "。！？｡"  # stops that need no space after them
_OTHER = "؟۔।॥։።။"  # stops that are never part of a word
_STOPS = ".!?…" + _WIDE + _OTHER

# No group is possessive: Python before 3.11.5 matches such groups wrongly (gh-101955).
# The look behind keeps it from trying a run of stops once more from each of them, which would take time squared.
_STOP = re.compile(
    rf"""(?P<mark>[{_STOPS}](?<![{_STOPS}][{_STOPS}])[{_STOPS}]*+)(?![a-z0-9,;])
         (?P<close>(?:[{re.escape(_CLOSING)}」』）】》〉]|\[\d{{1,3}}\]|[\ \xa0\u202f](?:''|["”’»')])(?=\s|\Z))*)
         (?P<gap>\s*+)""",
    re.VERBOSE,
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_CREDIT = re.compile(r"(?:(?:AP|AFP|File|Getty|PA|Reuters)\s)?(?:Images?|Photos?|Photographs?):\s")
"""A photo's label, which starts a sentence even when the words before it have no stop."""
_DATE_LINE = re.compile(
    rf"""(?P<date>(?P<day>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s)?
         (?:{_MONTH}\s\d{{1,2}},|\d{{1,2}}\s{_MONTH})\s\d{{4}})\s+
         (?=(?(day)[A-Z]|(?:{"|".join(sorted(_STARTS))})\b))""",
    re.VERBOSE,
)
"""A date that stood above the text: "Thursday, May 7, 2015 The government said"."""
_WORD = re.compile(r"\w+(?:[.'’-]\w+)*")
_LOOK = 32
"""How many characters a rule may look to each side of a stop. No abbreviation is longer."""


def sentences(text: str, within: Span | None = None) -> list[Span]:
    """Every sentence of ``text``, in order, without the space around it.

    No sentence crosses a paragraph, and every character that is not space lies in exactly one sentence.

    Args:
        text: the whole text.
        within: only this stretch of it; a sentence that reaches over its edge is cut there.
    """
    spans: list[Span] = []
    for start, end in paragraphs(text):
        if within is not None:
            start, end = max(start, within.start), min(end, within.end)
            start, end = _strip(text, start, max(start, end))
        if date := _DATE_LINE.match(text, start, end):
            spans.append(Span(start, date.end("date")))
            start = date.end()
        for caption in _CREDIT.finditer(text, start, end):
            before = text[max(start, caption.start() - 2) : caption.start()]
            if before[-1:].isspace() and before[0] != ":":
                spans.extend(_cut(text, *_strip(text, start, caption.start())))
                start = caption.start()
        if start < end:
            spans.extend(_cut(text, start, end))
    return spans


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of a stretch of one paragraph, which starts and ends with a character that is not space."""
    for stop in _STOP.finditer(text, start, end):
        after = stop.end()
        if after >= end:
            break
        close, gap = stop.end("close"), after
        if close == after and text[close - 1] in "“‘«" and close > stop.end("mark"):
            close = gap = close - 1  # no space behind it: it opens the next sentence
        if stop.start() > start and _ends(text, Span(start, end), stop, close, gap):
            yield Span(start, close)
            start = gap
    yield Span(start, end)


def _ends(text: str, rest: Span, stop: re.Match[str], close: int, after: int) -> bool:
    """Whether the sentence at the beginning of ``rest`` ends with this stop.

    Args:
        text: the whole text.
        rest: from where the sentence begins to where its paragraph ends.
        stop: the match of the stop.
        close: where the quotes and brackets that belong to the stop end.
        after: where the next word begins.
    """
    mark, first = stop["mark"], text[after]
    quoted = close > stop.end("mark")
    tail = text[stop.start() - 4 : stop.start()]
    if mark == "." and not quoted and first.isupper() and close < after and _is_plain(tail):
        return True  # most stops need no closer look
    if first in ",;:)]}%.!?…":
        return False
    if mark[-1] in _WIDE:
        return not (quoted and first == "と")
    if mark[-1] in _OTHER:
        return True
    before = _token(text, rest.start, stop.start())
    word, opened = _next_word(text, after)
    if after == close:
        return mark[0] != "…" and "..." not in mark and _ends_unspaced(text, before, word, quoted, after)
    begin = stop.start() - len(before)
    if mark == "." and _is_label(before) and (begin == rest.start or text[begin - 2 : begin] in _BEFORE_LABELS):
        return False
    if word[:1].islower():
        return not _is_abbreviation(before) and _starts_lower(text, word, after)
    if first in _DASHES and (quoted or (rest.end - after < _SIGNATURE and text[rest.end - 1] not in _STOPS)):
        return False
    if mark != ".":
        return _ends_loud(text, before, word, mark, quoted=quoted, opened=opened, after=after)
    if before.lstrip(_DIGITS) in _HOURS and _TIME_NAMES.search(text[max(0, rest.start - 1, begin - _LOOK) : begin]):
        return False
    return _ends_plain(text, before, word, after, quoted=quoted, opened=opened)


def _is_plain(tail: str) -> bool:
    """Whether the last four letters before a stop can be no abbreviation's."""
    return tail.islower() and tail.isalpha() and tail not in _TAILS


def _ends_plain(text: str, before: str, word: str, after: int, *, quoted: bool, opened: bool) -> bool:
    """Whether a single "." ends the sentence, when no lower-case word follows."""
    name = _last_part(before)
    if len(name) > 1 and name.isupper() and word.isupper() and name not in _EITHER:
        name = name.capitalize()  # "PORT ST. LUCIE"
    starts = opened or (text[after] not in "([{" and _stem(word) in _STARTS)
    if name in _BEFORE_NAMES:
        return quoted
    if word[:1].isdigit() and name in _BEFORE_NUMBERS:
        return quoted
    if name in _HOURS:
        if text[after] == "(" and word[:1].isdigit():  # "2 p.m. (9 a.m. ET)"
            return False
        return not _after_hours(text, word, after) if word else text[after] in _MONEY
    if name in _EITHER or _is_dotted(name):
        return starts
    if len(name) == 1 and name.isupper():
        return starts and word not in ("A", "I")
    return not (name.isdigit() and len(name) <= 2 and word in _AFTER_ORDINALS)


def _ends_loud(text: str, before: str, word: str, mark: str, *, quoted: bool, opened: bool, after: int) -> bool:
    """Whether "!", "?" or an ellipsis ends the sentence, when no lower-case word follows."""
    if "!" not in mark and "?" not in mark:
        return bool(word) and (opened or not word[0].isdigit())
    if before in _SHOUTING_NAMES:
        return opened or _stem(word) in _STARTS
    if quoted and not opened and word[:1].isupper() and word not in _STARTS:
        # “Why now?” Smith asked. The mark ends the quote, not the sentence.
        follow = text[after : after + 2 * _LOOK].split()[1:4]
        return not any(token.strip(",.:") in _SPEAKING for token in follow)
    return True


def _ends_unspaced(text: str, before: str, word: str, quoted: bool, after: int) -> bool:
    """Whether a stop without a space behind it ends the sentence: "he said.The mayor", as lost markup leaves it."""
    if not ((len(word) > 1 and word[0].isupper() and word[1].islower()) or word in ("A", "I")):
        return False
    if quoted or text[after] in _QUOTES:
        return True
    ends_word = text[after + len(word) : after + len(word) + 1] in (" ", ",", "'", "’")
    return ends_word and len(before) > 3 and before.isalpha() and before.islower()


def _last_part(token: str) -> str:
    """What stands behind the last hyphen, slash or colon: "Gov" of "Lt.-Gov"."""
    if "-" in token or "/" in token or ":" in token:
        token = re.split("[-/:]", token)[-1]
    return token.lstrip(_DIGITS) or token


def _after_hours(text: str, word: str, after: int) -> bool:
    """Whether the words after "10 a.m." belong to the time: "Monday-Friday", "British Standard Time"."""
    if word in _AFTER_HOURS or word.partition("-")[0].rstrip("s") in _AFTER_HOURS:
        return True
    return any(token.strip(".,;)") in ("time", "Time") for token in text[after : after + _LOOK].split()[1:3])


def _token(text: str, start: int, end: int) -> str:
    """The word that ends at ``end``, without what opens before it; empty when it is long."""
    low = max(start, end - _LOOK)
    parts = text[low:end].split()
    if not parts or text[end - 1].isspace():
        return ""
    return parts[-1].lstrip(_OPENING)


def _next_word(text: str, at: int) -> tuple[str, bool]:
    """The word at ``at``, and whether a quote opens before it; the word is empty when a sign stands there."""
    begin = at
    while begin < len(text) and begin - at < 4 and text[begin] in _OPENING:
        begin += 1
    match = _WORD.match(text, begin, begin + _LOOK)
    return (match[0] if match else ""), begin > at and text[at] in _QUOTES


def _stem(word: str) -> str:
    return re.split("['’]", word, maxsplit=1)[0]


def _is_dotted(token: str) -> bool:
    """Whether the token is letters with stops between them: "U.S", "J.K", "D.C"."""
    return "." in token and len(token) <= 9 and all(len(part) <= 2 and part.isalpha() for part in token.split("."))


def _is_label(token: str) -> bool:
    return token.isdigit() or (len(token) == 1 and token.isalpha()) or token in _ROMAN


def _is_abbreviation(token: str) -> bool:
    return token in _BEFORE_NAMES or token in _EITHER or token in _HOURS or len(token) == 1


def _starts_lower(text: str, word: str, after: int) -> bool:
    """Whether a lower-case word can start a sentence: "iPhone", "von Trapp", "al-Jazeera"."""
    if any(letter.isupper() for letter in word[1:3]):
        return True
    particle, _, rest = word.partition("-")
    if particle in _PARTICLES and rest[:1].isupper():
        return True
    if word in _PARTICLES:
        following = text[after + len(word) : after + len(word) + _LOOK].split()
        return bool(following) and (following[0][0].isupper() or following[0] in _PARTICLES)
    return False


# Paragraphs

_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]++")
_BREAK = re.compile(r"[^\S\n\r]*+(?:\r\n|\n|\r)([^\S\n\r]*+)")
_WIDEST = 120
"""Lines that are longer than this are not broken by hand."""
_NARROWEST = 40
"""Lines that are all shorter than this are a list or a poem."""
_LINE_ENDS = _STOPS + _CLOSING + "」』）】》〉:"


def paragraphs(text: str) -> list[Span]:
    """The paragraphs of ``text``, in order, without the space around them.

    A line is a paragraph, unless the text's lines are broken to one width: then a paragraph goes on until a blank line,
    an indented line, a row of a table, or a line that ends well before that width.
    """
    lines = [span for match in _LINE.finditer(text) if (span := _strip(text, *match.span())) and span.start < span.end]
    soft = _soft_breaks(text, lines)
    spans: list[Span] = []
    for number, line in enumerate(lines):
        if number in soft:
            spans[-1] = Span(spans[-1].start, line.end)
        else:
            spans.append(line)
    return spans


def _soft_breaks(text: str, lines: list[Span]) -> set[int]:
    """The numbers of the lines that go on with the paragraph of the line before."""
    below = _lines_below(text, lines)
    if not below:
        return set()
    width = sorted(end - start for start, end in lines)[len(lines) * 19 // 20]
    if not _NARROWEST <= width <= _WIDEST:
        return set()
    if 4 * sum(_breaks_sentence(text, lines[number - 1], lines[number]) for number in below) < len(below):
        return set()
    return {number for number in below if _goes_on(text, lines[number - 1], lines[number], width)}


def _lines_below(text: str, lines: list[Span]) -> list[int]:
    """The numbers of the lines with no blank line, no indent and no table between them and the line before."""
    if not lines:
        return []
    gaps = [_BREAK.fullmatch(text, last.end, line.start) for last, line in pairwise(lines)]
    first = len(text[: lines[0].start].rpartition("\n")[2])
    margin = min([first, *(len(gap[1]) for gap in gaps if gap)])
    table = ["   " in line.cut(text) for line in lines]
    return [
        number
        for number, gap in enumerate(gaps, start=1)
        if gap and len(gap[1]) == margin and not table[number - 1] and not table[number]
    ]


def _breaks_sentence(text: str, last: Span, line: Span) -> bool:
    """Whether the line break between the two lines stands inside a sentence, by the letters beside it."""
    before, after = text[last.end - 1], text[line.start]
    return (before.isalnum() or before == ",") and after.isalpha() and not after.isupper()


def _goes_on(text: str, last: Span, line: Span, width: int) -> bool:
    """Whether the line goes on with the paragraph of the line before, in text that is broken to ``width``."""
    if text[line.start].islower() or text[last.end - 1] not in _LINE_ENDS:
        return True
    word = text[line.start : min(line.end, line.start + _LOOK)].split()[0]
    return last.end - last.start + 1 + len(word) > width - 5  # the word had no place on the line before


def _strip(text: str, start: int, end: int) -> Span:
    """The same stretch without the space at its ends."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return Span(start + left, start + left + len(piece.strip()))
