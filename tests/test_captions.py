"""Which paragraphs of a text are captions of pictures, and which stand around an article."""

from __future__ import annotations

import pytest

from ingest.captions import captions, furniture
from ingest.dateline import place_of

BODY = (
    "The night ferry ran aground on a sandbank early on Monday, the coast guard said.",
    "Nobody was hurt, and all passengers were taken off in lifeboats before dawn.",
    "The company that owns the ship will pay for hotels, and an inquiry has begun.",
    "It is the third such accident in five years, after those of 2018 and 2020.",
)


def among(*paragraphs: str) -> str:
    """The paragraphs among those of a story, not at its ends."""
    return "\n\n".join([*BODY[:2], *paragraphs, *BODY[2:]])


@pytest.mark.parametrize(
    "caption",
    [
        "The ferry on the sandbank at low tide. Ann Lee/Reuters",
        "The ferry on the sandbank at low tide on Monday. Ann Lee/Northwater Press/Getty Images",
        "Passengers wait at the pier Ann Lee/AP",
        "Ann Lee/Pool/AP Passengers of the ferry wait at the pier for hours on Monday.",
        "The ferry at low tide. Courtesy Northwater Lines",
        "The ferry at low tide. Ann Lee",
        "The ferry on the sandbank (Photo by Ann Lee/Tidewire via Getty Images)",
        "The ferry on the sandbank at low tide. (AP Photo/Ann Lee)",
        "The ferry on the sandbank (Image credit: Tidewire)",
        "The ferry at low tide on Monday. Photograph: Northwater Lines",
        "FILE PHOTO: The ferry leaves the harbour in May.",
        "FILE - The ferry leaves the harbour in May.",
        "Image source, Tidewire",
        "Image caption, The ferry lay on its side for a day.",
        "[Image: the ferry at low tide]",
        "In this Monday, May 5, 2025, photo, the ferry lies on the sandbank.",
        "PORT ELLIN, SORREL - MAY 05: The ferry lies on the sandbank on May 5, 2025 in Port Ellin.",
        "Pictured: the ferry at low tide",
        "The captain (pictured) left the ship last",
    ],
)
def test_a_caption_is_known_by_how_it_is_written(caption: str) -> None:
    text = among(caption)
    assert [span.cut(text) for span in captions(text)] == [caption]
    assert furniture(text) == ()


@pytest.mark.parametrize(
    "paragraph",
    [
        "The captain (pictured) left the ship last.",
        "He held up a photo of the ship as he left the court, and said nothing.",
        "The company cares for its image: a new ship was bought within a week.",
        "What the passengers saw",
        "Former island Rep. Ann Lee",
        "“I heard a noise.” Mara Quill",
        "We will never take that ship again. Mara Quill",
        "The vote was split between the Labour/Green bloc and the others.",
        "The paper was the first to report on it, ahead of Reuters.",
        "Who pays for all of this, and when, was still open on Tuesday evening",
    ],
)
def test_what_only_resembles_a_caption_is_text(paragraph: str) -> None:
    assert captions(among(paragraph)) == ()


def test_outlets_write_their_captions_alike() -> None:
    plain = "Passengers of the night ferry wait for buses in the rain at the old pier of Port Ellin"
    pictured = ("The captain (pictured) left the ship last", "The owner (pictured left) at the pier on Monday")
    text = among(plain, *pictured)
    assert [span.cut(text) for span in captions(text)] == [plain, *pictured]
    assert [span.cut(text) for span in captions(among(plain, pictured[0]))] == [pictured[0]]


def test_captions_in_a_text_of_loose_lines_need_a_sign_of_their_own() -> None:
    lines = "\n\n".join(f"Minute {minute}: the ball is lost again. Ann Lee\n\nand won, and lost" for minute in range(9))
    assert captions(lines) == ()


@pytest.mark.parametrize(
    "paragraph",
    [
        "Advertisement",
        "Story continues below advertisement",
        "Read more: Ferry fares rise again",
        "READ MORE: Ferry fares rise again",
        "More:Ferry fares rise again in May. Who pays?",
        "FERRY FARES:What to know about the rise",
        "Related: Ferry fares rise again",
        "Share this article",
        "Sign up for our newsletter to get the news of the islands.",
        "Follow us on Facebook and Twitter",
        "Follow Ann Lee on Twitter @annlee.",
        "Ann Lee and Bo Wu contributed to this report.",
        "(Reporting by Ann Lee; Editing by Bo Wu)",
        "© 2025 Harbour Gazette. All rights reserved.",
        "A ship is raised from the sea 02:19 - Source: Tidewire",
    ],
)
def test_furniture_is_known_by_how_it_is_written(paragraph: str) -> None:
    text = among(paragraph)
    assert [span.cut(text) for span in furniture(text)] == [paragraph]
    assert captions(text) == ()


@pytest.mark.parametrize(
    "paragraph",
    [
        "More: the owner said that he would pay.",
        "The advertisement was seen by thousands of people.",
        "Share prices fell by a tenth on Monday.",
        "Anyone who saw it should contact the police at info@police.example.",
        "Reporting by the station led to the inquiry.",
        "Copyright law does not help the owner of the picture.",
        "Watch out for the tide, the coast guard said.",
        "Like many people on Facebook, he had seen the picture.",
        "He asked: Who pays?",
        "The ship leaves at 4:36 p.m. on Monday",
        "More-expensive tickets sold first",
        "Sign up for the course by May 5, the school said.",
        "https://gazette.example/ferry",
    ],
)
def test_what_only_resembles_furniture_is_text(paragraph: str) -> None:
    assert furniture(among(paragraph)) == ()


@pytest.mark.parametrize(
    "unit", ["A. B ", "x/Y ", "(Photo ", "Ab/", ". A ", "AP ", "follow a ", "in this a ", "A:", "©"]
)
def test_endless_repetitions_take_no_endless_time(unit: str) -> None:
    text = "\n\n".join([unit * (1100 // len(unit))] * 300 + [unit * 20_000])
    captions(text)
    furniture(text)
    place_of(unit * 20_000)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("PORT ELLIN (Tidewire) — Fares rise.", "PORT ELLIN"),
        ("PORT ELLIN, Sorrel (AP) — Fares rise.", "PORT ELLIN"),
        ("PORT ELLIN/AVERIN, Sept 12 (Reuters) - Fares rise.", "PORT ELLIN/AVERIN"),
        ("PORT ELLIN, March 3 (Xinhua) -- Fares rise.", "PORT ELLIN"),
        ("ST. ELLIN – Fares rise.", "ST. ELLIN"),
        ("Port Ellin (TWR) — Fares rise.", "Port Ellin"),
        ("Port Ellin (TWR Business) Fares rise.", "Port Ellin"),
        ("Port Ellin, Sorrel TWR —\n\nFares rise.", "Port Ellin"),
        ("Port Ellin, September 12 — Fares rise.", "Port Ellin"),
        ("Ann Lee\n\nTidewire\n\nPORT ELLIN — Fares rise.", "PORT ELLIN"),
        ("TWR — Fares rise.", None),
        ("UPDATE 1 - Fares rise.", None),
        ("BREAKING — Fares rise.", None),
        ("Fares rise — and nobody knows why.", None),
        ("World Ferry Organization (WFO) Director Ann Lee said so.", None),
        ("The mayor (pictured) said so.", None),
        ("", None),
    ],
)
def test_a_dateline_says_where_an_article_was_written(text: str, place: str | None) -> None:
    assert place_of(text) == place
