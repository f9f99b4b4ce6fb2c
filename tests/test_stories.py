"""Stories: which articles are copies of one, as articles come, change and go. SQLite is real; nothing is encoded."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import changes, stories
from ingest.article import Article
from ingest.database import Database
from ingest.likeness import Signature, likeness, wording
from ingest.stored import Prepared, Scope

_PEOPLE = ("Ana Reis", "Jon Odell", "Mira Tal", "Olu Ade", "Per Lund", "Tova Berg", "Ivo Mann", "Lea Koch")
_PLACES = ("Lisk", "Orle", "Tamm", "Brend", "Sulo", "Kvist", "Vask", "Melno")
_THINGS = "harbour bridge school river factory court library market tram clinic forest mill airport dam museum".split()
_VERBS = "opened closed repaired sold flooded searched painted measured defended blocked visited abandoned".split()
_WHY = (
    "after a long dispute about money",
    "although nobody had asked for it",
    "because the winter had been hard",
    "before the council could object",
    "while the neighbours looked on",
    "since the old contract had run out",
    "despite a warning from the ministry",
    "as the engineers had advised",
)


def report(seed: int, *, sentences: int = 12) -> str:
    """A report of so many sentences, each with a name, a place and a number; others with another seed."""
    chance = random.Random(seed)
    return "\n\n".join(
        f"{chance.choice(_PEOPLE)} {chance.choice(_VERBS)} the {chance.choice(_THINGS)} of {chance.choice(_PLACES)} "
        f"{chance.choice(_WHY)}, and {chance.randint(20, 900)} people {chance.choice(_VERBS)} the "
        f"{chance.choice(_THINGS)} near {chance.choice(_PLACES)}."
        for _ in range(sentences)
    )


def page(name: str, text: str, *, title: str = "", published: str | None = "2024-03-01") -> Article:
    """An article of that address, under a headline of its first words unless given."""
    return Article(
        text=text,
        title=title or " ".join(text.split()[:8]),
        url=f"https://news.example/{name}",
        source="Harbour Gazette",
        published=published,
    )


def put(db: Database, *articles: Article) -> list[str]:
    """Store articles, and give their ids."""
    with db.writing(), db.transaction():
        return [
            changes.store(db, Prepared(article, "/all.jsonl#1", (), np.zeros((0, 384), dtype=np.float32)))[1]
            for article in articles
        ]


def remove(db: Database, *ids: str) -> None:
    with db.writing(), db.transaction():
        changes.remove(db, ids)


def groups(db: Database) -> set[frozenset[str]]:
    """The stories of more than one article, as the last parts of their addresses."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    urls = dict(db.rows("SELECT id, url FROM articles"))
    for id, story in stories.story_of(db, list(urls)).items():
        found[story].add(urls[id].rpartition("/")[2])
    assert stories.check(db) == []
    return {frozenset(names) for names in found.values() if len(names) > 1}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = Database.open(tmp_path)
    stories.catch_up(made)
    yield made
    made.close()


def paragraphs(text: str, first: int, last: int) -> str:
    return "\n\n".join(text.split("\n\n")[first:last])


class TestWhatIsACopy:
    def test_the_same_text_at_two_addresses_is_one_story_of_two_articles(self, db: Database) -> None:
        late, early = put(db, page("late", report(1), published="2024-03-05"), page("early", report(1)))
        put(db, page("other", report(2)))
        assert groups(db) == {frozenset({"late", "early"})}
        assert stories.story_of(db, [late, early]) == {late: early, early: early}
        assert [article.id for article in stories.members(db, late)] == [early, late]

    def test_white_space_case_and_punctuation_make_no_difference(self, db: Database) -> None:
        put(db, page("a", report(1)), page("b", report(1).replace("\n\n", "  ").replace(",", " –").lower()))
        assert groups(db) == {frozenset({"a", "b"})}

    def test_a_lightly_edited_copy_is_one(self, db: Database) -> None:
        edited = report(1).replace("and", "and about", 4).replace("people", "persons", 2)
        put(db, page("a", report(1)), page("b", f"LISK (Wire) – {edited}", published="2024-03-02"))
        assert groups(db) == {frozenset({"a", "b"})}

    @pytest.mark.parametrize("kept", [6, 8, 11])
    def test_a_copy_that_was_cut_from_its_end_is_one(self, db: Database, kept: int) -> None:
        put(db, page("a", report(1)), page("b", paragraphs(report(1), 0, kept)))
        assert groups(db) == {frozenset({"a", "b"})}

    def test_a_round_up_that_holds_a_whole_report_is_none(self, db: Database) -> None:
        parts = [paragraphs(report(seed), 0, 5) for seed in range(1, 4)]
        put(db, page("round-up", "\n\n".join([report(9, sentences=2), *parts])))
        put(db, *(page(f"{number}", part) for number, part in enumerate(parts)))
        assert groups(db) == set()

    def test_reports_that_share_a_paragraph_are_none(self, db: Database) -> None:
        shared = report(50, sentences=2)
        put(db, *(page(f"{seed}", f"{report(seed, sentences=4)}\n\n{shared}") for seed in range(20)))
        assert groups(db) == set()

    def test_an_outlets_notice_under_each_of_its_pages_makes_no_copies(self, db: Database) -> None:
        notice = report(77, sentences=6)
        put(db, *(page(f"{seed}", f"{report(seed, sentences=6)}\n\n{notice}") for seed in range(20)))
        assert groups(db) == set()

    def test_a_notice_in_the_place_of_articles_is_one_story_whatever_their_headlines(self, db: Database) -> None:
        notice = "We use the details that you have shared to manage your registration. " + "You may object here. " * 9
        heads = ("Mayor resigns", "Otter found", "Tram derails", "Bridge closed", "Mayor resigns")
        ids = put(db, *(page(f"{n}", notice, title=title) for n, title in enumerate(heads)))
        assert groups(db) == {frozenset("01234")}
        assert stories.notices(db) == [ids]
        with db.writing(), db.transaction():
            changes.remove(db, [ids[0], ids[2]])
        assert groups(db) == {frozenset("134")}
        assert stories.check(db) == []
        with db.writing(), db.transaction():
            changes.remove(db, ids)
        assert db.rows("SELECT * FROM alike") == []

    def test_notices_that_are_nearly_the_same_are_no_copies(self, db: Database) -> None:
        notice = "We use the details that you have shared to manage your registration. " + "You may object here. " * 9
        heads = ("Mayor resigns", "Otter found", "Tram derails", "Bridge closed")
        put(db, *(page(f"{n}", f"{notice} Desk {n}.", title=title) for n, title in enumerate(heads)))
        assert groups(db) == set()

    def test_one_text_is_one_story_where_only_one_of_the_headlines_fits_it(self, db: Database) -> None:
        text = report(5)
        put(db, page("a", text), page("b", text, title="Otter found in quarry"), page("c", report(6)))
        assert groups(db) == {frozenset("ab")}

    def test_the_numbers_of_the_next_week_are_no_copy(self, db: Database) -> None:
        weeks = [
            f"The central bank said that its reserves rose to {40 + n * 3}.{n + 1} billion crowns in the week to March "
            f"{1 + 7 * n}, from {39 + n * 3}.{n + 4} billion the week before. Gold was worth {8 + n}.{n + 2} billion. "
            f"The bank sold {n * 11 + 5} million of bonds and bought {n * 7 + 13} million of bills in the market."
            for n in range(4)
        ]
        put(db, *(page(f"{n}", text, published=f"2024-03-0{n + 1}") for n, text in enumerate(weeks)))
        assert groups(db) == set()

    def test_a_corrected_number_in_a_long_report_is_a_copy(self, db: Database) -> None:
        number = next(word for word in report(1).split() if word.isdigit())
        put(db, page("a", report(1)), page("b", report(1).replace(number, "12")))
        assert groups(db) == {frozenset({"a", "b"})}

    def test_local_editions_of_one_report_are_no_copies(self, db: Database) -> None:
        town = " Snow will fall in {0} at night. The trams of {0} will not run, and {0} has closed its schools."
        put(db, *(page(name, report(1) + town.format(name)) for name in ("Aldport", "Bexfield", "Corrin")))
        assert groups(db) == set()

    def test_much_changed_copies_count_only_about_the_same_day(self, db: Database) -> None:
        cut = paragraphs(report(1), 0, 7)
        put(db, page("a", report(1)), page("soon", cut, published="2024-03-02"))
        put(db, page("b", report(2)), page("later", paragraphs(report(2), 0, 7), published="2024-03-03"))
        put(db, page("c", report(3)), page("undated", paragraphs(report(3), 0, 7), published=None))
        assert groups(db) == {frozenset({"a", "soon"}), frozenset({"c", "undated"})}

    def test_short_texts_are_copies_only_when_they_are_the_same(self, db: Database) -> None:
        put(db, page("a", "School closed on Monday."), page("b", "School closed on Tuesday."))
        put(db, page("c", "Snow."), page("d", "Snow."), page("e", "Rain."))
        assert groups(db) == {frozenset({"c", "d"})}

    def test_texts_without_spaces_are_compared_too(self, db: Database) -> None:
        signs = [chr(code) for code in range(0x4E00, 0x4E00 + 900)]
        one, other = ("".join(random.Random(seed).sample(signs, 300)) for seed in (1, 2))
        put(db, page("a", one), page("b", one[:100] + "新" + one[100:]), page("c", other))
        assert groups(db) == {frozenset({"a", "b"})}

    @given(st.lists(st.text(max_size=80), min_size=2, max_size=2))
    def test_it_does_not_matter_which_comes_first(self, texts: list[str]) -> None:
        one, other = map(wording, texts)
        assert likeness(one, other) == likeness(other, one)
        assert likeness(one, one) == "ever"


def newsroom() -> list[Article]:
    """Copies of many kinds, and chains of them."""
    found = []
    for seed in range(6):
        whole = report(seed)
        chain = [
            whole,
            whole.replace("and", "and about", 3),
            paragraphs(whole, 0, 7),
            paragraphs(whole, 0, 9).replace("the", "a", 4),
            whole + "\n\n" + report(seed + 100, sentences=5),
        ]
        days = ("2024-03-01", "2024-03-02", "2024-03-09", None, "2024-03-03T08:00:00+02:00")
        found += [
            page(f"{seed}-{number}", text, published=days[(number + seed) % 5]) for number, text in enumerate(chain)
        ]
    return found


class TestComingAndGoing:
    @pytest.mark.parametrize("seed", range(4))
    def test_the_order_in_which_articles_come_makes_no_difference(
        self, db: Database, tmp_path: Path, seed: int
    ) -> None:
        articles = newsroom()
        put(db, *articles)
        expected = groups(db)
        assert len(expected) >= 6
        random.Random(seed).shuffle(articles)
        (tmp_path / "again").mkdir()
        again = Database.open(tmp_path / "again")
        for article in articles:
            put(again, article)
        assert groups(again) == expected
        again.close()

    @pytest.mark.parametrize("seed", range(4))
    def test_what_was_removed_or_changed_leaves_no_trace(self, db: Database, tmp_path: Path, seed: int) -> None:
        articles = newsroom()
        ids = put(db, *articles)
        chance = random.Random(seed)
        gone, changed = chance.sample(range(len(articles)), 9), chance.sample(range(len(articles)), 5)
        for number in changed:
            articles[number] = replace(articles[number], text=report(500 + number), published="2024-03-02")
            put(db, articles[number])
        for number in gone:
            remove(db, ids[number])
        (tmp_path / "again").mkdir()
        again = Database.open(tmp_path / "again")
        put(again, *(article for number, article in enumerate(articles) if number not in gone))
        assert groups(db) == groups(again)
        for table in ("wordings", "wording_keys", "alike"):
            assert db.rows(f"SELECT count(*) FROM {table}") == again.rows(f"SELECT count(*) FROM {table}")
        again.close()

    def test_without_the_one_in_between_two_stories_remain(self, db: Database) -> None:
        whole = report(1, sentences=16)
        links = [paragraphs(whole, 0, 16), paragraphs(whole, 0, 11), paragraphs(whole, 0, 8)]
        far = [*links[:2], links[2].replace("the", "this", 3).replace("people", "others", 1)]
        ids = put(db, *(page(f"{number}", text) for number, text in enumerate(far)))
        assert groups(db) == {frozenset({"0", "1", "2"})}
        direct = likeness(wording(far[0]), wording(far[2]))
        remove(db, ids[1])
        assert groups(db) == (set() if not direct else {frozenset({"0", "2"})})

    def test_an_older_article_that_comes_later_is_the_earliest(self, db: Database) -> None:
        [first] = put(db, page("a", report(1), published="2024-03-05T09:00:00+09:00"))
        [second] = put(db, page("b", report(1), published="2024-03-05T01:00:00+02:00"))
        assert stories.story_of(db, [first]) == {first: second}
        put(db, page("c", report(1), published=None))
        assert stories.story_of(db, [first]) == {first: second}

    def test_an_archive_without_stories_gets_them_once(self, db: Database) -> None:
        put(db, *newsroom())
        expected = groups(db)
        with db.writing(), db.transaction():
            stories.clear(db)
        assert stories.pending(db) == 30
        assert groups(db) == set()
        seen: list[tuple[int, int]] = []
        assert stories.catch_up(db, on_progress=lambda done, total: seen.append((done, total))) == 30
        assert seen == [(30, 30)]
        assert groups(db) == expected
        assert stories.catch_up(db) == 0

    def test_stories_found_by_another_recipe_are_found_again(self, db: Database) -> None:
        put(db, *newsroom())
        expected = groups(db)
        db.execute("UPDATE story_recipe SET value = 'older'")
        assert stories.pending(db) == 30
        assert stories.catch_up(db) == 30
        assert groups(db) == expected


class TestReading:
    def test_stories_come_latest_first_with_their_members(self, db: Database) -> None:
        put(db, page("a", report(1), published="2024-03-01"), page("b", report(2), published="2024-03-03"))
        put(db, page("c", report(1), published="2024-03-04"), page("d", report(3), published=None))
        told = stories.stories(db, scope=None, limit=10, offset=0)
        assert [[names(article) for article in story.members] for story in told] == [["b"], ["a", "c"], ["d"]]
        assert [story.id for story in told] == [story.earliest.id for story in told]
        assert stories.stories(db, scope=None, limit=1, offset=1) == told[1:2]

    def test_a_story_lies_within_a_scope_with_any_of_its_articles(self, db: Database) -> None:
        put(db, page("a", report(1), published="2024-03-01"), page("b", report(2), published="2024-03-01"))
        put(db, page("c", report(1), published="2024-03-04"))
        [story] = stories.stories(db, scope=Scope(published_from="2024-03-02"), limit=10, offset=0)
        assert [names(article) for article in story.members] == ["a", "c"]

    def test_ids_that_are_not_there_are_left_out(self, db: Database) -> None:
        [id] = put(db, page("a", report(1)))
        assert stories.story_of(db, [id, "nothing"]) == {id: id}
        assert stories.story_of(db, []) == {}
        assert stories.members(db, "nothing") == []

    @pytest.mark.parametrize(
        ("statement", "said"),
        [
            ("UPDATE articles SET story = 900 WHERE number = 1", "2 stories do not hang together"),
            ("UPDATE articles SET text = 'Other words.' WHERE number = 2", "1 articles have another text"),
            ("DELETE FROM alike", "1 stories do not hang together"),
        ],
    )
    def test_damage_is_found_and_mended(self, db: Database, statement: str, said: str) -> None:
        put(db, page("a", report(1)), page("b", report(1).replace("and", "and about", 3)), page("c", report(2)))
        db.execute(statement)
        assert said in "\n".join(stories.check(db))
        with db.writing(), db.transaction():
            stories.clear(db)
        stories.catch_up(db)
        assert stories.check(db) == []


def names(article: Article) -> str:
    return (article.url or "").rpartition("/")[2]


def test_of_many_reports_made_after_one_pattern_few_are_compared(db: Database) -> None:
    pattern = "The school number {0} of Lisk closes on Monday, the council said, and {1} pupils go to other schools."
    put(db, *(page(f"{n}", pattern.format(n, n * 7 + 13)) for n in range(400)))
    assert groups(db) == set()
    text, headline = db.rows("SELECT text, headline FROM wordings WHERE number = 400")[0]
    assert 0 < len(stories._near(db, Signature(text, headline))) <= 50
    put(db, page("copy", pattern.format(77, 77 * 7 + 13), published="2024-03-02"))
    assert groups(db) == {frozenset({"77", "copy"})}


def test_a_thousand_unrelated_reports_are_a_thousand_stories(db: Database) -> None:
    put(db, *(page(f"{seed}", report(seed, sentences=8)) for seed in range(1000)))
    assert groups(db) == set()
