"""Who says so: the speaker that an article names, and when an answer must name them."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Article, Found, Span
from ingest.readers import read
from ingest.samples import folder
from ingest.sentences import sentences
from qa.attribution import attribution, lead, needs_attribution


def told(text: str) -> tuple[str, str]:
    """Who says the words between [ and ], or the whole text, and what is put before them."""
    start, end = (text.find("["), text.find("]") - 1) if "[" in text else (0, len(text))
    article = Article(text=text.replace("[", "").replace("]", ""))
    return attribution(Span(start, end), article), lead(Span(start, end), article)


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Five people died, police said.", "police"),
        ("Five people died, police said on Monday.", "police"),
        ("Police said five people died.", "police"),
        ("Police said on Monday that five people died.", "police"),
        ("On Monday, police said five people had died.", "police"),
        ("CORRIN (Tidewire) - Five people died, police said.", "police"),
        ("Five people died, according to police.", "police"),
        ("According to the state weather service, the river rose 3 metres.", "the state weather service"),
        (
            "The river rose 3 metres, the fastest rise since 1931, according to the state weather service.",
            "the state weather service",
        ),
        (
            "About 20,000 people marched, according to a count by the University of Castrel.",
            "a count by the University of Castrel",
        ),
        ('"It was dark," said Mayor Anna Holm.', "Mayor Anna Holm"),
        ("“It was dark,” said Anna Holm, 54, the mayor of Castrel.", "Anna Holm"),
        ("“It was dark,” Anna Holm said in a statement.", "Anna Holm"),
        ("“It was dark,” Holm, 54, told reporters.", "Holm"),
        ("“It was dark,” said a spokesman for the ministry.", "a spokesman for the ministry"),
        ("The plant will close, a spokeswoman for the company said on Friday.", "a spokeswoman for the company"),
        ("Anselm Pryke, the director of the harbour authority, said a crane would cost 26 million.", "Anselm Pryke"),
        ("His lawyer, Saskia Moor, said he had been at home.", "Saskia Moor"),
        ("The roof had been too weak, said the presiding judge, Teodor Falk.", "Teodor Falk"),
        ("Renn, who was not involved, told reporters that the tail was a rudder.", "Renn"),
        ("Speaking in Castrel, Prime Minister Helvi Castane said she would stay.", "Prime Minister Helvi Castane"),
        ("The town, Anna Holm said, had been warned.", "Anna Holm"),
        ("The union called the offer “a notice period, not a promise.”", "the union"),
        ("Police put the number at 12,000.", "police"),
        ("The ministry warned that the dam could break.", "the ministry"),
        ("A study by two universities found that otters sleep late.", "a study by two universities"),
        ("The hotel said it was sorry.", "the hotel"),
        ("Ms. Holm tweeted: 'It was dark, and nobody had a lamp.'", "Ms. Holm"),
        ("The letter states: “We will not pay.”", ""),
        ("Anna Holm, the mayor, asked: “Who pays?”", "Anna Holm"),
        ("Jan de Vries of the Dune Society said that gulls were nesting.", "Jan de Vries"),
        (
            "The Centers for Disease Control and Prevention said the outbreak was over.",
            "the Centers for Disease Control and Prevention",
        ),
    ],
)
def test_a_sentence_names_its_speaker(text: str, speaker: str) -> None:
    assert told(text) == (speaker, "")


@pytest.mark.parametrize(
    "text",
    [
        "Five people died on Monday.",
        "Five people allegedly died, and one reportedly lives.",
        "All went according to plan.",
        "He is said to be rich.",
        "The mayor said nothing.",
        "Anna Holm asked residents to boil water.",
        "The minister told them to go home.",
        "The harbour was closed, and police said they were looking for a man.",
        "The stadium had announced a record; a spokeswoman said it counted tickets.",
        "Golden Parish is the firm which said it would leave.",
        "The authority added half a point on Wednesday.",
        "Some say that the moon is hollow.",
        "They said it was dark.",
        "We found a piano, I said.",
        "The film “Salt Ladder” won the prize.",
        "He confirmed that.",
        "",
    ],
)
def test_in_doubt_there_is_no_speaker(text: str) -> None:
    assert told(text) == ("", "")


@pytest.mark.parametrize(
    ("text", "speaker", "before"),
    [
        # the second sentence of a quotation
        ('"It was dark," said Anna Holm, 54. ["We had no lamp."]', "Anna Holm", "Anna Holm:"),
        ("“It was dark,” Anna Holm said. [“We had no lamp.”] “It was cold.”", "Anna Holm", "Anna Holm:"),
        # a quotation of several sentences, its speaker behind or before it
        ('["It was dark. ]We had no lamp," said Anna Holm.', "Anna Holm", "Anna Holm:"),
        ('Anna Holm said: "It was dark. [We had no lamp."]', "Anna Holm", "Anna Holm:"),
        # goes on in the next paragraph
        ("Anna Holm told the court: “It was dark.\n\n[“We had no lamp.”]", "Anna Holm", "Anna Holm:"),
        # a paragraph that is nothing but a quotation
        ("Anna Holm said the town had been warned.\n\n[“We had no lamp.”]", "Anna Holm", "Anna Holm:"),
        # a pronoun
        ("Anna Holm said the town had been warned. [She said it was dark.]", "Anna Holm", "According to Anna Holm:"),
        ("Mayor Anna Holm came late. [“It was dark,” she said.]", "Anna Holm", "Anna Holm:"),
        ("“It was dark,” said Anna Holm. She added: [“We had no lamp.”]", "Anna Holm", "Anna Holm:"),
        ("A spokeswoman said the town was dark. [“We had no lamp,” she added.]", "a spokeswoman", "A spokeswoman:"),
        # a clause that was cut off
        ("[The bridge was closed for good], police said.", "police", "According to police:"),
        ("Police said [the bridge was closed for good].", "police", "According to police:"),
    ],
)
def test_a_speaker_outside_the_quote_is_put_before_it(text: str, speaker: str, before: str) -> None:
    assert told(text) == (speaker, before)


@pytest.mark.parametrize(
    "text",
    [
        "Anna Holm met Rita Vance on Monday. [“It was dark,” she said.]",  # either may have said it
        "Anna Holm arrived. Her mother, Agnes, wept. [“It was dark,” she said.]",
        "The chairman, Jon Ek, met Anna Holm. Rain fell. [“It was dark,” they said.]",
        "The town was angry. [“We had no lamp.”]",
        "“It was dark,” said Anna Holm. The lamps were out. [“We had no lamp.”]",
        "[“We had no lamp.”]",
    ],
)
def test_an_unclear_speaker_is_not_named(text: str) -> None:
    assert told(text) == ("", "")


def test_genders_tell_two_persons_apart() -> None:
    text = "Chairwoman Anna Holm, 54, met the businessman Jon Ek, 61, on Monday. [“It was dark,” {} said.]"
    assert told(text.format("she"))[0] == "Anna Holm"


def test_a_surname_is_completed_and_needs_no_lead() -> None:
    assert told("Mayor Anna Holm came late. [“It was dark,” Holm said.]") == ("Anna Holm", "")


def test_a_quote_with_its_speaker_needs_no_lead() -> None:
    article = Article(text="“It was dark,” said Anna Holm. “We had no lamp.”")
    assert not needs_attribution(Span(0, 30), article)
    assert needs_attribution(Span(31, 48), article)
    assert not needs_attribution(Span(0, 48), article)


def test_two_speakers_are_none() -> None:
    assert told("Police said five died. The ministry said seven died.") == ("", "")


# ---- the sample articles


def _samples() -> list[Article]:
    found = chain.from_iterable(read(path) for path in sorted(folder().iterdir()))
    return [item.article for item in found if isinstance(item, Found)]


@pytest.mark.parametrize(
    ("words", "speaker", "before"),
    [
        ("Three of the dead were members", "police", ""),
        ("“We had forty minutes", "Gerda Molnes", "Gerda Molnes:"),
        ("“If that is a crime", "Ivo Marlick", "Ivo Marlick:"),
        ("“I have forty cousins", "Gregor Patchett", "Gregor Patchett:"),
        ("He did not declare the tie", "the minutes", ""),
        ("“I'd like to see a second tail", "Aldous Renn", "Aldous Renn:"),
        ("She said she would not resign", "Helvi Castane", "According to Helvi Castane:"),
        ("The prosecutor, Kasper Undry", "Kasper Undry", ""),
        ("Bacteria from the tower", "Dr. Ysolde Kember", ""),
        ("“I would give back every crown", "", ""),  # the operator's mother, whom only a first name names
        ("A second man", "", ""),
        ("One banner read", "", ""),
        ("Two of them carry bananas", "", ""),
        ("The reservoir, which was fouled", "", ""),
    ],
)
def test_samples(words: str, speaker: str, before: str) -> None:
    for article in _samples():
        for span in sentences(article.text):
            if span.cut(article.text).startswith(words):
                assert (attribution(span, article), lead(span, article)) == (speaker, before)


@given(st.text(alphabet="AB ab.,\"“”'‘’¤\n:;—", max_size=120), st.integers(0, 120), st.integers(0, 120))
def test_any_text_can_be_asked(text: str, start: int, length: int) -> None:
    name = attribution(Span(start, start + length), Article(text=text))
    assert "\n" not in name


def test_long_texts_are_read_in_time() -> None:
    text = "“" + "It was dark, said police, and the mayor, the chair, the head, " * 400
    assert attribution(Span(0, 200), Article(text=text)) == ""
