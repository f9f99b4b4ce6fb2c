"""Whether a quote bears out a sentence in other words: what a good model writes, and what only looks like it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from talkers import quoted_evidence, reranker

from qa.generation.checking import Source, borne_out, why_not
from qa.generation.drafts import Draft
from qa.generation.grammar.clauses import clauses
from qa.generation.grammar.operators import operators
from qa.generation.lexicon import bases, means, same_word
from qa.generation.splitting import parts
from qa.generation.verifying import Verifier

DAY = "2024-03-12"  # a Tuesday


PAIRS = [
    json.loads(line) for line in (Path(__file__).parent / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair["borne"]], ids=lambda pair: str(pair["sentence"]))
def test_the_same_in_other_words_is_borne_out(pair: dict[str, str]) -> None:
    assert why_not(pair["sentence"], [Source(pair["quote"], DAY)]) == ""


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not pair["borne"]], ids=lambda pair: str(pair["sentence"]))
def test_something_else_in_the_same_words_is_not_borne_out(pair: dict[str, str]) -> None:
    assert why_not(pair["sentence"], [Source(pair["quote"], DAY)])


# ---- what stands around a quote


def test_the_article_tells_who_she_is() -> None:
    quote = "She won the prize in 2019 for her novel."
    told = Source(quote, DAY, before="A prize for Orla Venn.\nOrla Venn is a writer from Leeds.")
    assert why_not("Orla Venn won the prize in 2019.", [told]) == ""
    assert why_not("Orla Venn won the prize in 2019.", [Source(quote, DAY)])
    assert why_not("Orla Venn won the prize in 2018.", [told])


def test_the_article_gives_a_name_in_full() -> None:
    quote = "Venn won the prize in 2019 for her novel."
    assert why_not("Orla Venn won the prize in 2019.", [Source(quote, DAY, article="Orla Venn is a writer.")]) == ""
    assert why_not("Orla Venn won the prize in 2019.", [Source(quote, DAY, article="Carl Venn is a writer.")])


def test_the_question_may_be_repeated_around_the_answer_that_was_read() -> None:
    quote = "“Harbour Lights” won best picture at the Norhaven Film Festival on Sunday."
    read = Source(quote, DAY, answers=("Harbour Lights",))
    sentence = "The film is “Harbour Lights,” which won best picture at the Norhaven Film Festival."
    question = "Which film won best picture at the festival?"
    assert why_not(sentence, [read], question=question) == ""
    assert why_not(sentence, [Source(quote, DAY, answers=("Norhaven",))], question=question)
    assert why_not(sentence, [read], question="Who sang?")
    assert why_not("The film is “Harbour Lights.”", [read], question=question)


def test_the_sentence_before_tells_what_it_is() -> None:
    source = Source("The Vel bridge is closed to lorries.", DAY)
    assert why_not("It is closed to lorries.", [source], told="The Vel bridge was built in 1902.") == ""
    assert why_not("It is closed to lorries.", [source], told="The harbour was built in 1902.")
    assert why_not("It is closed to lorries.", [source], told="The harbour lies beside the Vel bridge.")


def test_she_is_nobody_where_two_are_told_of() -> None:
    quote = "She won the prize in 2019 for her novel."
    before = "A prize.\nAt the Leeds fair, Orla Venn met Dana Roe."
    assert why_not("Dana Roe won the prize in 2019.", [Source(quote, DAY, before=before)])


# ---- in pieces


def test_a_sentence_is_taken_apart_into_its_claims() -> None:
    found = parts("The bridge, which Leeds sold, is closed; it was built in 1902, and Anna Holm opened it.")
    assert [part.wordings[0] for part in found] == [
        "The bridge is closed.",
        "Leeds sold The bridge.",
        "It was built in 1902.",
        "Anna Holm opened it.",
    ]


def test_clauses_that_no_quote_bears_out_are_left_off() -> None:
    source = Source("The Vel bridge was closed on Monday. Anna Holm resigned.", DAY)
    sentence = "The Vel bridge was closed on Monday, and Anna Holm was arrested."
    assert borne_out(sentence, [source]) == "The Vel bridge was closed on Monday."
    assert borne_out("Anna Holm was arrested.", [source]) == ""


def test_what_is_left_of_a_sentence_is_shown_as_mended() -> None:
    evidence = [quoted_evidence("The Norhaven bridge was closed on Tuesday after a ferry struck its second pier.")]
    verifier = Verifier(evidence, reranker().score)
    said = "The Norhaven bridge was closed on Tuesday after a ferry struck its second pier; two people died there."
    checked = verifier.check(Draft(said, (1,)))
    assert checked.outcome == "mended"
    assert checked.text == "The Norhaven bridge was closed on Tuesday after a ferry struck its second pier."


# ---- words and clauses


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("won", "winning"),
        ("decided", "decision"),
        ("bought", "purchased"),
        ("Swedish".lower(), "sweden"),
        ("film", "movie"),
    ],
)
def test_words_that_mean_the_same(said: str, told: str) -> None:
    assert means(said, told)


@pytest.mark.parametrize(("said", "told"), [("killed", "shot"), ("proved", "showed"), ("university", "universe")])
def test_words_that_only_look_like_it(said: str, told: str) -> None:
    assert not means(said, told)


def test_a_word_may_be_told_as_a_more_general_one_only() -> None:
    assert means("killed", "murdered")
    assert not means("murdered", "killed")


def test_forms_of_words() -> None:
    assert bases("sold", "v") == ("sell",)
    assert "stop" in bases("stopped", "v")
    assert same_word("cities", "city")


def test_who_does_what_is_read() -> None:
    read = clauses("Anna Holm, the mayor of Leeds, was sued by Veltra, which owns the harbour.")
    low = {word.low: at for at, word in enumerate(read.words)}
    assert "obj" in read.links[low["holm"], low["sued"]]
    assert "subj" in read.links[low["veltra"], low["sued"]]
    assert "is" in read.links[low["mayor"], low["holm"]]
    assert "of" in read.links[low["leeds"], low["mayor"]]
    assert "subj" in read.links[low["veltra"], low["owns"]]


@pytest.mark.parametrize(
    ("sentence", "verb", "names"),
    [
        ("Veltra may not close the plant.", "close", {"may", "not"}),
        ("Veltra plans to close the plant.", "close", {"to:plan"}),
        ("Voss was accused of killing a man.", "killing", {"mark:of", "of:accuse"}),
        ("Police said on Monday that the plant burned.", "burned", {"said"}),
        ("The plant burned on Monday, police said.", "burned", {"said"}),
        ("The plant closes if the talks fail.", "fail", {"mark:if"}),
        ("Officials were unable to find the boat.", "find", {"to:unable"}),
        ("The plant burned.", "burned", set()),
    ],
)
def test_what_changes_the_force_of_a_verb_is_read(sentence: str, verb: str, names: set[str]) -> None:
    read = clauses(sentence)
    at = next(at for at, word in enumerate(read.words) if word.low == verb)
    assert operators(read, at) == names
