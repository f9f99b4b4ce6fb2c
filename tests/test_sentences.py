"""Where sentences and paragraphs begin and end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Span
from ingest.sentences import paragraphs, sentences

# Each text is written as its sentences, with " | " where one ends and a space stands between them.
HARD = [
    # abbreviations and names
    "He met Sen. Ada Moss and Gov. Lee in Aug. 2021. | They agreed.",
    "Lt. Gov. Dan Park, R-Tex., and Lt.-Gov. Smith met Rep.-elect Jones. | Nothing came of it.",
    "Dr. Ruiz lives in St. Albans. | Mrs. Ruiz lives on Main St. | The two are well.",
    "J. K. Hart and J.K. Hart wrote it. | George W. Low read it.",
    "The case is Hall v. Town of Low. | It is old.",
    "She works for Acme Inc. | It grew. | Acme Inc. Chief Joan Low resigned.",
    "Robert Hale Jr. (“The Mill”) won. | Snap Inc. (Snapchat) fell.",
    "He lives in the U.S. | The law changed. | The U.S. Senate met.",
    "He has a Ph.D. | She has none.",
    "Plan B. | It worked. | She takes vitamin C. | But he does not.",
    "PORT ST. LUCIE, Fla. – It rained. | CO. EMPLOYEES LEFT.",
    "She sang with DJ Bo ft. Anna May. | He danced.",
    "Yahoo! said so. | Yahoo! News said so too. | Yahoo! | The word was new.",
    "It was, e.g. Smith said, i.e. Jones said, fine.",
    # numbers, times and dates
    "No. 5 beat No. 6. | “No.” | He did not.",
    "It rose 3.5 percent to $2.75 by Jan. 20. | 20 people left on Feb. 3. | The rest stayed.",
    "Doors open at 8 p.m. | Tickets are free. | It ends at 9 a.m. Monday. | It is 6 a.m. EDT there.",
    "It starts at 7 p.m. New Zealand time. | Come at 10 a.m.-5 p.m. Monday-Friday.",
    "3:40 p.m. Rain falls. | Watch the 6 p.m. News show. | It was 11:59 p.m. | Police came.",
    "1. Wash it. | 2. Dry it. | A. Fold it. | The top three: 1. Oslo; 2. Rome; 3. Bonn.",
    "Q. What is it? | A. It is a cat.",
    # quotes, brackets and marks
    "“I agree.” | He left. | “Why now?” | “Because.”",
    "“Why now?” Smith asked. | “Go!” Ann Low shouted. | “Is it?” | The room fell silent.",
    "“Is it?” she asked. | He yelled “Stop!” and ran. | “Stop!” | The man ran.",
    '"Stop." | "Go." | (He left.) | [She stayed.] | ‘Fine.’ | It was.',
    "Is that all? ” Low said. | ‘He said “yes.” ’ | She left.",
    "What?! | Really!? | No way... | We left. | So... he stayed. | Hmm… and then?",
    "They came and they went. ... | We saw it.",
    "She wrote it down.[1] | He read it.[12] | Nobody else did.",
    "“Just tell the truth.” – Kelly",
    "“It is a long game.” - Matthew Low",
    "He said it was over. | — The others, who had waited all night long in the cold, did not.",
    "Hello . | World . | Is it spaced ? | Yes ! | `` It is . '' | ( It was . ) | The end .",
    # starts
    "It was new. | iPhone sales fell. | eBay sales rose.",
    "It is over. | de Blanc said no. | al-Qamar left. | von der Lahn stayed.",
    "It is over. and then it was not.",
    "It is over. | 🌀 Follow the storm. | @user wrote it. | $1 million is gone. | • It ended. | - It began.",
    "Read it at example.com. | It is at https://a.example/x.y?z=1. | Done.",
    "He is gone.|The mayor stayed. | It uses Node.js and Node.Js. | That is all.",
    "He is “gone.”|She stayed. | He is gone.|“Is he?”",
    # what stood above or below the text
    "Thursday, May 7, 2015 | Officials met. | They agreed on May 8, 2015. | That was late.",
    "May 7, 2015 | The council met. | It was May 8, 2015 | Photo: A. Low",
    "A boat on the lake | Image: Ann Low. | Another boat | AP Photo: B. May",
    # other languages
    "他来了。|她走了！|真的？|「はい。」と言った。|「はい。」|彼は去った。",
    "هل جاء؟ | نعم. | ذهب.",
    "वह आया। | वह गया।",
    "Er kam am 3. Oktober. | Dr. Müller sagt z.B. nichts. | „Ja.“ | Er ging. | »Nein.« | Das kostet ca. 5 Mio. Euro.",
    "« Oui. » | Il est parti. | M. Dupont est là. | Mme. Dupont aussi.",
    "El Sr. García llegó a EE. UU. ayer. | ¿Qué? | ¡Vamos! | Dijo que sí.",
]


@pytest.mark.parametrize("marked", HARD)
def test_hard_cases_end_where_a_reader_would_end_them(marked: str) -> None:
    pieces = [piece for part in marked.split(" | ") for piece in part.split("|")]
    text = marked.replace(" | ", " ").replace("|", "")
    assert [span.cut(text) for span in sentences(text)] == pieces


def test_a_sentence_never_crosses_a_line_that_ends_a_paragraph() -> None:
    text = "A heading\n\nIt began\nIt went on.  It ended. \n \n"
    assert [span.cut(text) for span in sentences(text)] == ["A heading", "It began", "It went on.", "It ended."]


def test_within_gives_the_sentences_of_that_stretch_only() -> None:
    text = "One came. Two left.\n\nThree stayed. Four slept."
    assert sentences(text, Span(10, 34)) == [Span(10, 19), Span(21, 34)]
    assert [span.cut(text) for span in sentences(text, Span(4, 28))] == ["came.", "Two left.", "Three s"]
    assert sentences(text, Span(19, 21)) == []


WRAPPED = """The council of the small town on the lake met on Tuesday to
decide on the ferry, which has not run since the summer, and
on the bridge.
    Mayor Low said the ferry would run again by the end of May
unless the water was too low. She gave no figures.
    Shr 5 cts   vs   8 cts
    Net 12,000   vs  14,000
    Nobody asked about the bridge, although its repair was the
first point on the list of the day.
 Wire"""


def test_lines_broken_to_one_width_are_joined_to_paragraphs() -> None:
    assert [" ".join(span.cut(WRAPPED).split()) for span in paragraphs(WRAPPED)] == [
        "The council of the small town on the lake met on Tuesday to decide on the ferry, which has not run since the "
        "summer, and on the bridge.",
        "Mayor Low said the ferry would run again by the end of May unless the water was too low. She gave no figures.",
        "Shr 5 cts vs 8 cts",
        "Net 12,000 vs 14,000",
        "Nobody asked about the bridge, although its repair was the first point on the list of the day.",
        "Wire",
    ]


def test_wrapped_text_may_use_blank_lines_or_short_lines_between_paragraphs() -> None:
    text = (
        "The council of the small town on the lake met on Tuesday to\r\ndecide on the ferry, which stands still.\r\n"
        "Mayor Low said the ferry would run again by the end of May\r\nunless the water was too low.\r\n\r\n"
        "Nobody asked about the bridge that had been closed for a\r\nyear."
    )
    assert [span.cut(text)[:11] for span in paragraphs(text)] == ["The council", "Mayor Low s", "Nobody aske"]


def test_every_line_is_a_paragraph_when_lines_are_not_broken_to_one_width() -> None:
    text = (
        "The council of the small town on the lake met on Tuesday to decide on the ferry, which has not run since May, "
        "and on the bridge.\nMayor Low said the ferry would run again.\n\tA caption without a stop\nShe gave no figure "
        "and nobody asked about the bridge, although its repair was the first point on the list of the day.\n"
    )
    assert [span.cut(text) for span in paragraphs(text)] == [line.strip() for line in text.splitlines()]


def test_a_list_of_short_lines_is_not_taken_for_wrapped_text() -> None:
    text = "apples\npears\nred plums\nbread"
    assert [span.cut(text) for span in paragraphs(text)] == text.split("\n")


def visible(text: str, spans: list[Span]) -> str:
    """What the spans show of a text, without space."""
    return "".join("".join(span.cut(text).split()) for span in spans)


WORDS = ["A", "U.S.", "said", "Smith", "Sen. ", "No. ", "p.m. ", "van ", "5", "é", "-", "Photo: ", "May 7, 2015 The"]
MARKS = [
    ".",
    ". ",
    "...",
    "!",
    "?”",
    "“",
    '"',
    "(",
    ")",
    "[1]",
    "»",
    " »",
    "。",
    "」",
    " ",
    "\u00a0",
    "\x1c",
    "\n",
    "\n\n",
]
NEWSY = st.lists(st.sampled_from([*WORDS, *MARKS, "\n    "]), max_size=60).map("".join)
TEXTS = st.one_of(st.text(), st.text(alphabet=' \n.!?A a"”“。'), NEWSY)


@given(TEXTS)
def test_sentences_hold_every_visible_character_once_and_in_order(text: str) -> None:
    spans = sentences(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert [span.cut(text) for span in spans] == [text[start:end].strip() for start, end in spans]
    assert visible(text, spans) == "".join(text.split())


@given(TEXTS)
def test_paragraphs_hold_every_visible_character_and_whole_sentences(text: str) -> None:
    spans = paragraphs(text)
    assert [span.cut(text) for span in spans] == [text[start:end].strip() for start, end in spans]
    assert visible(text, spans) == "".join(text.split())
    assert [sentence for span in spans for sentence in sentences(text, span)] == sentences(text)


@given(TEXTS, st.integers(-5, 200), st.integers(-5, 200))
def test_within_any_stretch_sentences_stay_inside_and_leave_nothing_out(text: str, start: int, end: int) -> None:
    spans = sentences(text, Span(start, end))
    low, high = max(start, 0), max(end, 0)
    assert all(low <= span.start < span.end <= high for span in spans)
    assert visible(text, spans) == "".join(text[low:high].split())


@pytest.mark.parametrize("unit", [".", "A. ", '. "', "...a", " \n    a"])
def test_a_megabyte_of_anything_is_read_in_one_pass(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert visible(text, sentences(text)) == "".join(text.split())
