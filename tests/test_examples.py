"""The sample articles and their questions: each is read as meant, every answer stands where it is said to."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ingest.article import Article, Found, Skipped
from ingest.readers import discover, read

EXAMPLES = Path(__file__).parent.parent / "examples"

# Where each article is found, and the day and headline that it shows. None: it shows none.
EXPECTED: dict[str, tuple[str | None, str | None]] = {
    "2025-06-24-heat-record.txt": ("2025-06-24", "44.3 degrees: St. Orlan breaks national heat record"),
    "councillors-inquiry-ends.md": ("2025-10-22", "Patchett charged, two councillors cleared in water tower inquiry"),
    "councillors-summoned.txt": ("2025-09-17", None),
    "cup-final-third-half.html": ("2025-05-24", "Marlick the wall: Ollersby win the Cup on penalties"),
    "cup-final-tidewire.txt": ("2025-05-25", "Ollersby beat Rovers in Cup final shoot-out; twelve arrested"),
    "film-festival.html": ("2025-08-31", "Hesk Film Festival: “Salt Ladder” takes the Golden Gannet"),
    "flood-courier.txt": ("2025-01-14", "Velse floods kill five in Velsbridge; four still missing"),
    "flood-tidewire.txt": ("2025-01-13", "Five dead, four missing as River Velse bursts its banks"),
    "flood-toll-revised.md": ("2025-01-20", "Flood toll cut to eight after 'dead' farmer walks into police station"),
    "fossil-correction.txt": ("2025-04-02", "Correction: Carrow otter"),
    "fossil-otter.md": ("2025-03-27", "Tiny fossil otter from Carrow swam with its tail, not its feet"),
    "ledger-and-quay.json#1": ("2025-02-06", "Insurers expect Velse flood claims of 240 million crowns"),
    "ledger-and-quay.json#2": ("2025-06-03", "Larkfield of the U.S. bids $1.3 billion for Korvo Batteries"),
    "ledger-and-quay.json#3": ("2025-09-30", "Competition authority blocks sale of Korvo Batteries"),
    "ledger-and-quay.json#4": ("2025-11-06", "Korvo names Vanterpool chief executive as Strathe goes"),
    "legionella-1.txt": ("2025-08-19", "Twelve guests of Castrel spa hotel ill with Legionnaires' disease"),
    "legionella-2.md": ("2025-09-04", "Laundry, not hotel, was source of Castrel outbreak; 31 ill, two dead"),
    "library-web-attack.md": ("2025-10-09", "Catalogue of Castrel library defaced through its own suggestion box"),
    "lighthouse-keeper.md": (None, "The man who still winds the light"),
    "march-water-courier.txt": ("2025-04-26", "Tens of thousands march against sale of waterworks"),
    "march-water-tidewire.txt": ("2025-04-26", "About 20,000 protest against Talvara water sale"),
    "night-train.txt": ("2025-04-10", "Night train to Drennia starts next month"),
    "no-headline.txt": ("2025-02-19", None),
    "octopus-nursery.html": ("2025-06-11", "Two thousand octopus mothers guard a warm slope in the deep"),
    "painting-1-arrest.txt": ("2025-05-06", "Restorer and night guard held over theft of “The Ferryman's Niece”"),
    "painting-2-trial.md": ("2025-07-07", "“Nobody looks inside a piano”: museum theft trial opens"),
    "painting-3-verdict.html": (
        "2025-07-25",
        "Six years for restorer who stole “The Ferryman's Niece”; guard acquitted",
    ),
    "painting-4-appeal.txt": ("2025-11-12", "Appeal court cuts sentence of museum thief to four years"),
    "port-strike-1.txt": ("2025-03-03", "Dockworkers walk out at Port Averin over pay and night shifts"),
    "port-strike-2.md": ("2025-03-05", "What the port strike costs, and who is counting"),
    "port-strike-3.txt": ("2025-03-09", "Port Averin talks collapse, mediator resigns"),
    "port-strike-4.html": ("2025-03-14", "Tentative deal in port strike: 6.5 percent and two to a crane"),
    "port-strike-5.txt": ("2025-03-21", "PORT WORKERS VOTE TO GO BACK"),
    "sainte-elodie.txt": ("2025-11-02", "Sainte-Élodie crowns a chestnut queen, and forgives the pâtissier"),
    "senate-vote.md": ("2025-05-20", "Senate rejects water sale by one vote as Thorsby breaks ranks"),
    "third-half.jsonl#1": ("2025-07-02", "Cup hero Marlick joins FC Ostrand for 6.2 million"),
    "third-half.jsonl#2": ("2025-08-19", "Tour of Carrow: Istvanek is winner after Carmody's disqualification"),
    "third-half.jsonl#3": ("2025-10-05", "Oduya runs course record in Port Averin despite wrong turn"),
    "velsbridge-post.csv#1": ("2025-01-14", "Five die as Velse floods lower town"),
    "velsbridge-post.csv#2": ("2025-02-11", "State puts flood damage at 310 million crowns"),
    "velsbridge-post.csv#3": ("2025-05-09", "Night train put off to September over brakes"),
    "velsbridge-post.csv#4": ("2025-11-18", "Ropewalk Bridge shut for good after cracks are found"),
}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """Every sample article, by its file's name, with ``#n`` behind it where the file holds several."""
    found: dict[str, Article] = {}
    for path in discover(EXAMPLES / "articles"):
        assert not isinstance(path, Skipped), path
        for item in read(path):
            assert isinstance(item, Found), item
            found[Path(item.origin).name] = item.article
    return found


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    lines = (EXAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def gold_texts(articles: dict[str, Article], names: list[str]) -> list[str]:
    """The texts that a question's ``gold`` names, by file name or by address; every name must name an article."""
    named = articles | {article.url: article for article in articles.values() if article.url}
    return [named[name].text.lower() for name in names]


def test_every_article_shows_its_day_and_headline(articles: dict[str, Article]) -> None:
    days = {name: article.published and article.published[:10] for name, article in articles.items()}
    assert days == {name: day for name, (day, _) in EXPECTED.items()}

    titles = {name: article.title for name, article in articles.items() if EXPECTED[name][1]}
    assert titles == {name: title for name, (_, title) in EXPECTED.items() if title}


def test_a_missing_headline_is_taken_from_the_text(articles: dict[str, Article]) -> None:
    for name in ("councillors-summoned.txt", "no-headline.txt"):
        title = articles[name].title
        assert title
        assert articles[name].text.startswith(title.rstrip("…")[:30])


def test_only_the_heat_record_takes_its_day_from_the_file_name(articles: dict[str, Article]) -> None:
    assert [name for name, article in articles.items() if article.date_note] == ["2025-06-24-heat-record.txt"]


def test_every_outlet_is_told_apart(articles: dict[str, Article]) -> None:
    outlets = Counter(article.source for article in articles.values())
    assert outlets == {
        "The Averin Courier": 15,
        "Tidewire": 5,
        "Velsbridge Post": 5,
        "Ledger & Quay": 6,
        "Third Half": 4,
        "Lumen Fields": 3,
        None: 4,
    }
    unnamed = {name for name, article in articles.items() if article.source is None}
    assert unnamed == {
        "2025-06-24-heat-record.txt",
        "councillors-summoned.txt",
        "lighthouse-keeper.md",
        "no-headline.txt",
    }


def test_texts_are_bodies_without_headers_and_page_furniture(articles: dict[str, Article]) -> None:
    furniture = ("read more", "cookie", "most read", "you may also like", "subscribe", "all rights reserved")
    headers = ("title:", "date:", "source:", "author:", "by ", "agency:", "---", "date 2025", "byline", "published:")
    for name, article in articles.items():
        assert len(article.text.split()) > 60, name
        assert not [words for words in furniture if words in article.text.lower()], name
        assert not article.text.lower().startswith(headers), name
        assert not article.text.startswith(EXPECTED[name][1] or "\n"), name


def test_web_addresses_are_reserved_for_examples(articles: dict[str, Article]) -> None:
    hosts = {urlsplit(article.url).hostname or "" for article in articles.values() if article.url}
    assert len(hosts) == 5
    assert all(host.endswith(".example") for host in hosts)


def test_quoted_markup_stays_text(articles: dict[str, Article]) -> None:
    assert "<script>alert(1)</script>" in articles["library-web-attack.md"].text


def test_accented_letters_arrive_whole(articles: dict[str, Article]) -> None:
    text = articles["sainte-elodie.txt"].text
    assert all(name in text for name in ("Noémie Bjørnsdatter-Peña", "Théophile Brûlé-Gonçalves", "Müßig", "Älvmåla"))


def test_three_outlets_carry_one_wire_story(articles: dict[str, Article]) -> None:
    words = "the fastest rise since measurements began in 1931, according to the state weather service"
    carriers = {name for name, article in articles.items() if words in " ".join(article.text.split())}
    assert carriers == {"flood-courier.txt", "flood-tidewire.txt", "velsbridge-post.csv#1"}


def test_there_are_sixty_questions_with_answers_and_twenty_without(questions: list[dict[str, Any]]) -> None:
    answered = [q for q in questions if q["answer"] is not None]
    assert (len(answered), len(questions)) == (60, 80)
    assert len({q["id"] for q in questions}) == 80
    assert [q["kind"] for q in questions if q["answer"] is None] == ["unanswerable"] * 20
    assert not [q["id"] for q in questions if q["answer"] is None and (q["gold"] or q.get("featured"))]


def test_five_short_questions_are_featured(questions: list[dict[str, Any]]) -> None:
    featured = [q for q in questions if q.get("featured")]
    assert len(featured) == 5
    assert max(len(q["question"]) for q in featured) <= 60
    assert not [q["id"] for q in featured if "history" in q]


def test_every_answer_stands_in_a_gold_article(articles: dict[str, Article], questions: list[dict[str, Any]]) -> None:
    for q in questions:
        texts = gold_texts(articles, q["gold"])
        for answer in [q["answer"], *q.get("also", [])] if q["answer"] else []:
            assert any(answer.lower() in " ".join(text.split()) for text in texts), (q["id"], answer)


def test_outdated_answers_stand_in_some_article(articles: dict[str, Article], questions: list[dict[str, Any]]) -> None:
    everything = "\n".join(article.text.lower() for article in articles.values())
    outdated = [(q["id"], words) for q in questions for words in q.get("outdated", [])]
    assert len(outdated) > 8
    assert not [(name, words) for name, words in outdated if words.lower() not in everything]


def test_follow_ups_bring_the_talk_before_them(questions: list[dict[str, Any]]) -> None:
    follow_ups = [q for q in questions if q["kind"] == "follow-up"]
    assert len(follow_ups) == 6
    assert all(len(turn) == 2 and all(turn) for q in follow_ups for turn in q["history"])
    assert all(q["history"] for q in follow_ups)
    assert not [q["id"] for q in questions if "history" in q and q["kind"] != "follow-up"]


def test_questions_are_asked_after_what_they_ask_about(
    articles: dict[str, Article], questions: list[dict[str, Any]]
) -> None:
    published = {key: a.published for name, a in articles.items() for key in (name, a.url) if a.published and key}
    for q in questions:
        asked = date.fromisoformat(q["asked"])
        days = [date.fromisoformat(published[name][:10]) for name in q["gold"] if name in published]
        assert all(day <= asked for day in days), q["id"]
        if "resolved" in q:
            assert date.fromisoformat(q["resolved"]) <= asked
