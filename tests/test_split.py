"""How articles are cut into passages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Passage, Span
from ingest.captions import captions, furniture
from ingest.sentences import sentences
from ingest.split import split


def sentence(words: int, first: str = "The") -> str:
    return " ".join([first, *["mild"] * (words - 2), "day."])


def shown(text: str, passages: list[Passage]) -> list[str]:
    return [text[passage.start : passage.end] for passage in passages]


def sizes(text: str, passages: list[Passage]) -> list[int]:
    return [len(piece.split()) for piece in shown(text, passages)]


def test_a_short_text_is_one_passage_with_its_sentences() -> None:
    text = " One came. Two left.\n\nThree stayed. "
    assert split(text) == [Passage(1, 35, (Span(1, 10), Span(11, 20), Span(22, 35)))]


def test_a_text_without_words_has_no_passages() -> None:
    assert split("") == split(" \n\n\t") == []


def test_passages_end_where_paragraphs_end() -> None:
    paragraph = " ".join([sentence(35), sentence(35)])
    text = "\n\n".join([paragraph] * 3)
    assert sorted(sizes(text, split(text, max_words=150))) == [70, 140]  # not 105 and 105, inside the second


def test_the_last_sentence_does_not_stand_alone() -> None:
    text = " ".join([*[sentence(10)] * 17, sentence(6)])
    assert sizes(text, split(text)) == [90, 86]


def test_a_paragraph_that_is_too_long_is_cut_in_halves_rather_than_at_the_brim() -> None:
    text = " ".join([sentence(10)] * 20)
    assert sizes(text, split(text)) == [100, 100]


def test_a_heading_goes_with_what_it_stands_over() -> None:
    text = f"{sentence(90)}\n\nWhat the town wants\n\n{sentence(90)}\n\nWhat it gets\n\nAnd when\n\n{sentence(90)}"
    assert [piece.split("\n\n")[0].split()[0] for piece in shown(text, split(text, max_words=100))] == [
        "The",
        "What",
        "What",
    ]


def test_a_list_stays_with_the_line_that_leads_to_it() -> None:
    items = "\n".join(f"The mayor of town number {number}" for number in range(8))
    text = f"{sentence(60)}\n{sentence(50)}\nThose who came are:\n{items}\n{sentence(60)}"
    assert [piece.split()[0] for piece in shown(text, split(text, max_words=120))] == ["The", "Those"]


def test_a_sentence_that_is_too_long_is_cut_at_its_clauses() -> None:
    clause = "it rained on the lake and on the town and on the hills"
    text = f"{sentence(5)} On that day {clause}; {clause}; {clause}; {clause}. {sentence(5)}"
    long = [span.cut(text) for passage in split(text, max_words=30) for span in passage.sentences][1:-1]
    assert long == [f"On that day {clause}; {clause};", f"{clause}; {clause}."]


@pytest.mark.parametrize("run", ["a", "漢", "\\", "%20", "é", "я"])
def test_text_without_spaces_is_cut_into_pieces_of_bounded_length(run: str) -> None:
    text = run * 5000
    passages = split(text)
    assert "".join(shown(text, passages)) == text
    assert max(passage.end - passage.start for passage in passages) <= 170 * 6


def test_scripts_with_a_token_a_letter_get_shorter_passages() -> None:
    text = "今天下雨了。" * 500
    passages = split(text)
    assert "".join(shown(text, passages)) == text
    assert {passage.end - passage.start > 300 for passage in passages} == {True}
    assert max(passage.end - passage.start for passage in passages) <= 510


STORY = (
    "The ferry ran aground on Monday. Nobody was hurt.",
    "The ferry at low tide. Ann Lee/Reuters",
    "More: what to know about the ferry",
    "The owner will pay for hotels. A second ship takes over.",
)


def test_a_caption_is_a_passage_of_its_own_and_parts_nothing() -> None:
    text = "\n\n".join(STORY)
    assert [words.cut(text) for words in captions(text)] == [STORY[1]]
    around, caption = split(text, captions=captions(text))
    assert [span.cut(text) for span in around.sentences] == [
        "The ferry ran aground on Monday.",
        "Nobody was hurt.",
        "The owner will pay for hotels.",
        "A second ship takes over.",
    ]
    assert (around.start, around.end) == (0, len(text))
    assert text[caption.start : caption.end] == STORY[1]


def test_captions_that_touch_are_one_passage_and_a_credit_alone_is_none() -> None:
    text = "\n\n".join([STORY[0], STORY[1], "The owner’s hotel. Bo Wu/AP", STORY[3], "Bo Wu/AP"])
    passages = split(text, captions=captions(text))
    assert shown(text, passages[1:]) == [f"{STORY[1]}\n\nThe owner’s hotel. Bo Wu/AP"]


def test_what_is_left_out_counts_for_the_length_of_a_passage() -> None:
    story, caption = sentence(60), " ".join(["The ferry"] * 30) + " at low tide. Ann Lee/Reuters"
    text = "\n\n".join([story, caption, story])
    assert max(sizes(text, split(text, captions=captions(text), max_words=130))) <= 130


def test_a_text_of_nothing_but_captions_keeps_them() -> None:
    text = STORY[1]
    assert shown(text, split(text, captions=captions(text))) == [text]
    assert shown("Advertisement", split("Advertisement")) == ["Advertisement"]


@pytest.mark.parametrize("word", ["漢 ", "■\xa0", "ไทย "])
def test_words_of_dense_letters_with_spaces_between_them_fit_into_passages(word: str) -> None:
    text = (word * 5000).strip()
    passages = split(text)
    assert letters(text, [span for passage in passages for span in passage.sentences]) == "".join(text.split())
    assert max(passage.end - passage.start for passage in passages) <= 170 * len(word)


def test_a_limit_below_one_word_is_refused_with_its_value() -> None:
    with pytest.raises(ValueError, match="max_words is 0"):
        split("One came.", max_words=0)


def body(text: str) -> list[Span]:
    """The sentences that are not furniture, or all where all are."""
    around = furniture(text)
    kept = [span for span in sentences(text) if not any(start < span.end and span.start < end for start, end in around)]
    return kept or sentences(text)


def letters(text: str, spans: list[Span]) -> str:
    return "".join("".join(span.cut(text).split()) for span in spans)


PIECES = [
    "A",
    "The mayor said",
    "so.",
    "so. ",
    "\n\n",
    "\n",
    " ",
    "漢字。",
    "x" * 40,
    "Heading:",
    "More: what to know now",
    "Advertisement",
    "• item",
    "!”",
    ", ",
    "; ",
]
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=80).map("".join))


@given(TEXTS, st.integers(1, 40))
def test_passages_tile_the_visible_text_in_order(text: str, limit: int) -> None:
    passages = split(text, max_words=limit)
    spans = [span for passage in passages for span in passage.sentences]
    assert all((p.start, p.end) == (p.sentences[0].start, p.sentences[-1].end) for p in passages)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert [span.cut(text) for span in spans] == [span.cut(text).strip() for span in spans]
    assert letters(text, spans) == letters(text, body(text))
    assert all(len(text[p.start : p.end].split()) <= limit for p in passages)


@given(TEXTS)
def test_sentences_that_fit_are_never_cut(text: str) -> None:
    limit = len(text) + 1
    assert [span for passage in split(text, max_words=limit) for span in passage.sentences] == body(text)


@given(TEXTS, st.integers(1, 40))
def test_pieces_of_a_long_sentence_make_up_that_sentence(text: str, limit: int) -> None:
    whole = sentences(text)
    for span in (span for passage in split(text, max_words=limit) for span in passage.sentences):
        assert any(outer.start <= span.start and span.end <= outer.end for outer in whole)


@pytest.mark.parametrize("unit", [".", "A. ", "Ok! ", "漢"])
def test_a_megabyte_of_anything_is_cut_in_one_pass(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert "".join("".join(piece.split()) for piece in shown(text, split(text))) == "".join(text.split())
