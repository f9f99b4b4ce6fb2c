"""Copies counted once, votes, and where reports differ."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count

import pytest

from ingest.article import Article, Found, Span
from ingest.readers import read
from ingest.samples import folder
from ingest.split import split
from ingest.stored import StoredPassage
from qa.agreement import disagreements, merge_copies, same_answer, same_words, votes
from qa.answer import Claim, Disagreement
from qa.read import Evidence

_NUMBERS = count(1)


def evidence(
    text: str,
    answer: str = "",
    *,
    published: str | None = "2024-03-12",
    source: str = "Harbour Gazette",
    title: str = "",
    score: float = -0.5,
    id: str = "",
) -> Evidence:
    """The sentence of ``text`` between [ and ], or all of it, as evidence."""
    start, end = (text.find("["), text.find("]") - 1) if "[" in text else (0, len(text))
    text = text.replace("[", "").replace("]", "")
    article = Article(text=text, title=title, source=source, published=published, id=id or f"a{next(_NUMBERS)}")
    passage = next(passage for passage in split(text) if passage.start <= start < passage.end)
    at = text.index(answer, start) if answer else -1
    return Evidence(
        stored=StoredPassage(passage, article),
        span=Span(start, end),
        score=score,
        relevance=4.0,
        answer=Span(at, at + len(answer)) if answer else None,
        rank=score + 2.0,
    )


WIRE = (
    "Five people died and four were missing after the River Velse burst its banks, civil protection officials said on"
    " Monday."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WIRE, f"VELSBRIDGE, Talvara (Tidewire) - {WIRE}"),
        (WIRE, f"VELSBRIDGE — {WIRE}"),
        (WIRE, WIRE.replace("said on Monday", "said Monday")),
        (WIRE, WIRE.replace("Five", "5").replace("four", "4")),
        (WIRE, WIRE.replace(", civil protection officials said on Monday", "")),
        (
            '"It was dark," said Gerda Molnes, 54, the head of the service.',
            "“It was dark,” said Gerda Molnes, the head of the service.",
        ),
        (
            "About 2,100 people were moved to schools and churches.",
            "Some 2,100 people were moved to schools and churches.",
        ),
        ("The deal is worth $4.5 billion to the two firms.", "The deal is worth 4.5bn dollars to the two firms."),
        ("Nobody was hurt.", "Nobody was hurt."),
    ],
)
def test_light_edits_are_copies(one: str, other: str) -> None:
    assert same_words(one, other)
    assert same_words(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WIRE, WIRE.replace("Five", "Seven")),
        (WIRE, WIRE.replace("Monday", "Tuesday")),
        (WIRE, WIRE.replace("Velse", "Orla")),
        (
            "The ministry said that the bridge was safe for lorries.",
            "The ministry said that the bridge was not safe for lorries.",
        ),
        (
            "The company said it would close the plant in Dunmarsh.",
            "The company denied it would close the plant in Dunmarsh.",
        ),
        (
            "Shares of the insurer rose 3 percent on Friday morning.",
            "Shares of the insurer fell 3 percent on Friday morning.",
        ),
        ("Rovers beat Athletic 4-3 on penalties in Castrel.", "Rovers beat Athletic 4-2 on penalties in Castrel."),
        ("The trial opens on 12 March in the old courthouse.", "The trial opens on 14 March in the old courthouse."),
        (
            "Anna Holm was elected mayor of the town by the council.",
            "Berta Holm was elected mayor of the town by the council.",
        ),
        ("The toll is $4.5 billion so far, insurers say.", "The toll is €4.5 billion so far, insurers say."),
        ("He was found guilty of theft by the court.", "He was found innocent of theft by the court."),
        ("The harbour reopened after a week.", "A ferry sank off the northern coast."),
        ("Nobody was hurt.", "Somebody was hurt."),
    ],
)
def test_what_differs_in_substance_is_no_copy(one: str, other: str) -> None:
    assert not same_words(one, other)
    assert not same_words(other, one)


def test_merging_keeps_the_best_and_names_the_others() -> None:
    first = evidence(WIRE, "Five", id="a")
    copy = evidence(f"VELSBRIDGE (Tidewire) - {WIRE}", "Five", id="b")
    again = evidence(WIRE, "Five", id="b")
    other = evidence(WIRE.replace("Five", "Seven"), "Seven", id="c")
    merged = merge_copies([first, copy, other, again])
    assert [item.stored.article.id for item in merged] == ["a", "c"]
    assert [[stored.article.id for stored in item.copies] for item in merged] == [["b"], []]
    assert merged[0] == replace(first, copies=merged[0].copies)


def test_merging_keeps_copies_known_before() -> None:
    known = evidence(WIRE, id="x").stored
    first, second = evidence(WIRE, id="a"), replace(evidence(WIRE, id="b"), copies=(known,))
    [merged] = merge_copies([first, second])
    assert [stored.article.id for stored in merged.copies] == ["b", "x"]
    assert merge_copies([second]) == [second]


def test_overlapping_stretches_of_an_article_are_merged() -> None:
    item = evidence("[The dam broke. It was built in 1931.] Nobody was hurt.", id="a")
    inner = replace(item, span=Span(0, 14))
    assert merge_copies([item, inner]) == [item]


def test_two_hundred_sentences_are_merged_at_once() -> None:
    words = "harbour court river train school market bridge senate museum hospital".split()
    items = [
        evidence(
            f"The {words[n % 10]} of the {words[n // 10 % 10]} in town number {n} was closed on Monday, officials said."
        )
        for n in range(200)
    ]
    began = time.perf_counter()
    assert len(merge_copies(items)) == 200
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("34", "thirty-four"),
        ("34 people", "thirty-four"),
        ("$4.5 billion", "4.5bn dollars"),
        ("Gabriel Attal", "Attal"),
        ("Prime Minister Gabriel Attal", "Gabriel Attal"),
        ("the harbour authority", "Harbour authority"),
        ("about 30 percent", "30%"),
    ],
)
def test_the_same_answer_in_other_words(one: str, other: str) -> None:
    assert same_answer(one, other)
    assert same_answer(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("34", "35"),
        ("34 people", "34 percent of the houses"),
        ("$4.5 billion", "€4.5 billion"),
        ("Gabriel Attal", "Gabriel Boric"),
        ("Monday", "Tuesday"),
        ("dozens", "34"),
    ],
)
def test_another_answer(one: str, other: str) -> None:
    assert not same_answer(one, other)


def test_a_weekday_is_the_day_that_it_means() -> None:
    assert same_answer("Monday", "13 January 2025", published=("2025-01-14", "2025-02-01"))
    assert not same_answer("Monday", "Monday", published=("2025-01-14", "2025-01-21"))


def test_votes_are_of_independent_articles() -> None:
    wire = [evidence(WIRE, "Five", id=f"w{n}") for n in range(3)]
    own = evidence("Rescuers found five bodies in cellars along the Velse by noon.", "five", id="own")
    seven = evidence("The mayor spoke of seven deaths in the lower town.", "seven", id="s")
    silent = evidence("It rained all night.", id="r")
    assert votes([*wire, own, seven, silent]) == [2, 2, 2, 2, 1, 1]
    assert votes(merge_copies([*wire, own, seven, silent])) == [2, 2, 1, 1]


def test_articles_of_one_story_vote_once() -> None:
    one = evidence("Five people died in the flood.", "Five", id="a")
    two = evidence("The flood cost the lives of five inhabitants of the lower town.", "five", id="b")
    assert votes([one, two]) == [2, 2]
    assert votes([one, two], stories={"a": "s1", "b": "s1"}) == [1, 1]


# ---- disagreements

FERRY = "How many people died when the ferry Marigold sank?"
THIRTY_FOUR = "The ferry Marigold sank off Corrin Head on Monday and 34 people died, the coast guard said."
FORTY_ONE = "At sea, 41 people died when the ferry Marigold sank off Corrin Head, according to the harbour police."


def test_figures_that_differ_are_told_with_outlet_and_day() -> None:
    early = evidence(THIRTY_FOUR, "34")
    late = evidence(FORTY_ONE, "41", source="Coast Post", published="2024-03-14")
    [found] = disagreements(FERRY, [late, early], "number")
    assert (
        found.note
        == "The reports differ: 34 (Harbour Gazette, 12 March 2024); 41 (Coast Post, 14 March 2024, the latest)."
    )
    assert found.evidence == (early, late)
    assert found.numbered([late, early]) == Disagreement(FERRY[:-1], (Claim("34", 2), Claim("41", 1, latest=True)))
    assert found.numbered([late]) is None


def test_three_figures_are_three_claims() -> None:
    items = [
        evidence(THIRTY_FOUR, "34"),
        evidence(FORTY_ONE, "41", source="Coast Post", published="2024-03-14"),
        evidence(FORTY_ONE.replace("41", "28"), "28", source="Quay Times", published="2024-03-11"),
    ]
    [found] = disagreements(FERRY, items, "number")
    assert [claim.value for claim in found.claims] == ["28", "34", "41"]


def test_a_toll_that_rose_is_a_revision() -> None:
    early = evidence(THIRTY_FOUR, "34")
    late = evidence(
        "The number of people who died when the ferry Marigold sank off Corrin Head rose to 41 from 34.",
        "41",
        source="Coast Post",
        published="2024-03-14",
    )
    [found] = disagreements(FERRY, [early, late], "number")
    assert found.revised
    assert found.note == (
        "A later report revises the earlier: 41 (Coast Post, 14 March 2024, the latest); "
        "34 (Harbour Gazette, 12 March 2024)."
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("About 30 people died when the ferry Marigold sank off Corrin Head.", "30"),  # a rounding
        ("More than 30 people died when the ferry Marigold sank off Corrin Head.", "More than 30"),
        ("Dozens of people died when the ferry Marigold sank off Corrin Head.", "Dozens"),
        ("Thirty-four people died when the ferry Marigold sank off Corrin Head.", "Thirty-four"),
        (
            "The dead of the ferry Marigold, which sank off Corrin Head, were people including 12 children.",
            "12",
        ),  # a part
        ("Of the people who died when the ferry Marigold sank off Corrin Head, 12 of them were children.", "12"),
        ("When the ferry Marigold sank off Corrin Head, another 12 people died.", "12"),
        ("When the ferry Marigold sank off Corrin Head, 59 people were injured.", "59"),  # not the dead
        ("Half of the people, 50 percent, died when the ferry Marigold sank off Corrin Head.", "50 percent"),
        ("In 1987, 193 people died when the ferry Marigold sank off Corrin Head.", "193"),  # another time
        ("Snow fell, and 90 people died on the roads.", "90"),  # another thing
    ],
)
def test_no_disagreement_is_made_up(text: str, answer: str) -> None:
    items = [evidence(THIRTY_FOUR, "34"), evidence(text, answer, source="Coast Post", published="2024-03-14")]
    assert disagreements(FERRY, items, "number") == []


def test_weak_old_or_lonely_evidence_is_no_disagreement() -> None:
    early = evidence(THIRTY_FOUR, "34", id="a")
    late = evidence(FORTY_ONE, "41", source="Coast Post", published="2024-03-14", id="b")
    assert disagreements(FERRY, [early, late], "number")
    assert disagreements(FERRY, [early, replace(late, score=-6.0)], "number") == []
    assert disagreements(FERRY, [early, replace(late, relevance=-3.0)], "number") == []
    assert disagreements(FERRY, [early, evidence(FORTY_ONE, "41", published="2024-06-01")], "number") == []
    assert disagreements(FERRY, [early, evidence(FORTY_ONE, "41", published=None)], "number") == []
    assert disagreements(FERRY, [early, evidence(FORTY_ONE, "41", id="a")], "number") == []
    assert disagreements(FERRY, [early], "number") == []
    assert disagreements(FERRY, [], "number") == []
    assert disagreements("Why did the ferry Marigold sink?", [early, late], "reason") == []


def test_reports_of_one_day_have_no_latest() -> None:
    items = [evidence(THIRTY_FOUR, "34"), evidence(FORTY_ONE, "41", source="Coast Post")]
    [found] = disagreements(FERRY, items)
    assert found.latest is None
    assert "the latest" not in found.note


def test_another_ferry_is_another_thing() -> None:
    items = [evidence(THIRTY_FOUR, "34"), evidence(FORTY_ONE.replace("Marigold", "Daisy"), "41", source="Coast Post")]
    assert disagreements(FERRY, items) == []


def test_another_unit_or_rate_is_no_disagreement() -> None:
    question = "How much does the strike at Port Averin cost?"
    day = evidence(
        "The strike at Port Averin costs the economy 11 million crowns a day, the port said.", "11 million crowns"
    )
    week = evidence(
        "The strike at Port Averin costs the economy 90 million crowns a week, the port said.", "90 million crowns"
    )
    other = evidence(
        "The strike at Port Averin costs the economy 7 million crowns a day, the union said.", "7 million crowns"
    )
    euros = evidence(
        "The strike at Port Averin costs the economy 5 million euros a day, the union said.", "5 million euros"
    )
    assert disagreements(question, [day, week]) == []
    assert disagreements(question, [day, euros]) == []
    [found] = disagreements(question, [day, other])
    assert {claim.value for claim in found.claims} == {"11 million crowns", "7 million crowns"}


def test_days_differ_when_they_are_two_apart() -> None:
    question = "When does the trial of Anna Holm open?"
    first = evidence("The trial of Anna Holm opens on 20 March in Castrel.", "20 March")
    second = evidence("The trial of Anna Holm opens on 27 March in Castrel.", "27 March", source="Coast Post")
    next_day = evidence("The trial of Anna Holm opens on 21 March in Castrel.", "21 March", source="Coast Post")
    same = evidence("The trial of Anna Holm opens on Wednesday in Castrel.", "Wednesday", published="2024-03-18")
    [found] = disagreements(question, [first, second])
    assert [claim.value for claim in found.claims] == ["20 March", "27 March"]
    assert disagreements(question, [first, next_day]) == []
    assert disagreements(question, [first, same]) == []


def test_names_differ_only_where_there_is_one() -> None:
    one = evidence("Anna Holm won the marathon of Port Averin on Sunday.", "Anna Holm")
    other = evidence("Rita Vance won the marathon of Port Averin on Sunday.", "Rita Vance", source="Coast Post")
    both = evidence("Rita Vance won the marathon of Port Averin on Sunday. Holm was second.", "Rita Vance")
    assert disagreements("Who won the marathon of Port Averin?", [one, other])
    assert disagreements("Who won the marathon of Port Averin?", [one, both]) == []
    assert disagreements("Who ran the marathon of Port Averin?", [one, other]) == []


# ---- the sample articles


def _sample(source: str, words: str, answer: str) -> Evidence:
    """The sentence of a sample article of ``source`` that begins with ``words``."""
    for path in sorted(folder().iterdir()):
        for found in read(path):
            if not isinstance(found, Found) or found.article.source != source or words not in found.article.text:
                continue
            article = found.article if found.article.id else replace(found.article, id=found.origin)
            at = article.text.index(words)
            passage = next(one for one in split(article.text) if one.start <= at < one.end)
            span = next(one for one in passage.sentences if one.start <= at < one.end)
            start = article.text.index(answer, span.start)
            return Evidence(
                StoredPassage(passage, article), span, -0.5, 4.0, answer=Span(start, start + len(answer)), rank=1.5
            )
    raise AssertionError(f"no sample article of {source} has {words!r}")


def test_samples_wire_copies_are_one_vote() -> None:
    items = [
        _sample(source, "The river rose 3.4 metres", "3.4 metres in six hours")
        for source in ("Tidewire", "The Averin Courier", "Velsbridge Post")
    ]
    [merged] = merge_copies(items)
    assert len(merged.copies) == 2
    assert votes(items) == [1, 1, 1]


def test_samples_flood_damage_is_told_twice() -> None:
    ministry = _sample("Velsbridge Post", "January's flood did damage", "310 million crowns")
    insurers = _sample("Ledger & Quay", "Insurers expect to pay", "240 million crowns")
    [found] = disagreements("How much damage did the Velse flood do?", [ministry, insurers])
    assert [claim.value for claim in found.claims] == ["240 million crowns", "310 million crowns"]
    assert "Velsbridge Post, 11 February 2025, the latest" in found.note


def test_samples_cup_attendance_differs() -> None:
    stadium = _sample("Third Half", "The attendance was 41,207", "41,207")
    police = _sample("Tidewire", "Police said 38,500 people", "38,500")
    [found] = disagreements("How many people watched the Cup final?", [stadium, police])
    assert (
        found.note
        == "The reports differ: 41,207 (Third Half, 24 May 2025); 38,500 (Tidewire, 25 May 2025, the latest)."
    )


def test_samples_correction_revises() -> None:
    first = _sample("Lumen Fields", "The animal, named", "about 18 kilograms")
    corrected = _sample("Lumen Fields", "The animal weighed about 1.8", "1.8 kilograms")
    [found] = disagreements("How much did the fossil otter from Carrow weigh?", [first, corrected])
    assert found.revised
    assert found.latest is not None
    assert found.latest.evidence == corrected


def test_samples_figures_of_two_things_do_not_differ() -> None:
    dead = _sample("Tidewire", "Five people died", "Five")
    family = _sample("Velsbridge Post", "Three of the dead", "Three")
    assert disagreements("How many people died in the Velse floods?", [dead, family]) == []
    ships = _sample("Tidewire", "The number of ships waiting", "31")
    losers = _sample("Ledger & Quay", "- Brandt & Sayle Lines", "220")
    assert disagreements("How many ships were waiting off Port Averin?", [ships, losers]) == []
