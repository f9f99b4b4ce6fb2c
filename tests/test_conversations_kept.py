"""Conversations that are kept: what comes back, who sees it, what is left after a kill, and what is exported."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest
from answers import EVIL, answered, silent
from markdown_it import MarkdownIt
from typer.testing import CliRunner

import web.commands.conversations  # noqa: F401  # adds itself to the command
from qa.cli import cli
from web.conversations import Conversation, Conversations, NoConversation, exported
from web.conversations.export import answer_markdown, answer_text, file_name
from web.conversations.store import FILE

ME, OTHER = "me", "other"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    with closing(Conversations(tmp_path)) as kept:
        yield kept


def test_a_conversation_comes_back_as_it_was_after_a_restart(tmp_path: Path) -> None:
    first, second = answered("Who died?", "Eight people died."), silent("And why?")
    narrowed = {"published_from": "2025-01-01", "sources": ["Post"], "sections": ["Town"], "ignore": ["sections"]}
    with closing(Conversations(tmp_path)) as kept:
        id, number = kept.append(ME, None, "Who died?", first, narrowed=narrowed)
        assert number == 1
        assert kept.append(ME, id, "And why?", second) == (id, 2)
    with closing(Conversations(tmp_path)) as kept:
        [heading] = kept.list(ME)
        conversation = kept.get(ME, id)
    assert (heading.id, heading.title, heading.turns) == (id, "Who died?", 2)
    assert conversation.heading == heading
    assert [turn.answer for turn in conversation.turns] == [first, second]
    assert [turn.narrowed for turn in conversation.turns] == [narrowed, {}]


def test_the_one_used_last_is_listed_first(kept: Conversations) -> None:
    old = kept.append(ME, None, "First?", silent("First?"))[0]
    new = kept.append(ME, None, "Second?", silent("Second?"))[0]
    assert [one.id for one in kept.list(ME)] == [new, old]
    kept.append(ME, old, "Again?", silent("Again?"))
    assert [one.id for one in kept.list(ME)] == [old, new]
    assert [one.id for one in kept.list(ME, limit=1, offset=1)] == [new]


def test_nobody_reaches_what_is_somebody_elses(kept: Conversations) -> None:
    id = kept.append(ME, None, "A secret?", silent("A secret?"))[0]
    assert kept.list(OTHER) == []
    assert kept.search(OTHER, "secret") == []
    for reach in (
        lambda: kept.get(OTHER, id),
        lambda: kept.turn(OTHER, id, 1),
        lambda: kept.rename(OTHER, id, "Mine"),
        lambda: kept.delete(OTHER, id),
    ):
        with pytest.raises(NoConversation):
            reach()
    mine, number = kept.append(OTHER, id, "Let me in?", silent("Let me in?"))
    assert (mine != id, number) == (True, 1)
    assert [turn.question for turn in kept.get(ME, id).turns] == ["A secret?"]


def test_renamed_and_deleted_for_good(kept: Conversations, tmp_path: Path) -> None:
    id = kept.append(ME, None, "Where is the albatross?", answered("Q", "The albatross is in Orrin."))[0]
    assert kept.rename(ME, id, "  Birds\n of Orrin ").title == "Birds of Orrin"
    assert kept.rename(ME, id, " ").title == "Birds of Orrin"
    assert len(kept.rename(ME, id, "word " * 100).title) <= 120
    kept.delete(ME, id)
    assert kept.list(ME) == []
    assert kept.search(ME, "albatross") == []
    with pytest.raises(NoConversation):
        kept.get(ME, id)
    kept.close()
    assert b"albatross" not in b"".join(path.read_bytes() for path in tmp_path.glob("conversations.db*"))


def test_an_answer_asked_anew_takes_the_old_ones_place(kept: Conversations) -> None:
    id = kept.append(ME, None, "One?", silent("One?"))[0]
    kept.append(ME, id, "Two?", silent("Two?"))
    assert kept.append(ME, id, "Two?", answered("Two?", "Two it is."), instead=2) == (id, 3)
    assert [(turn.number, turn.answer.answered) for turn in kept.get(ME, id).turns] == [(1, False), (3, True)]
    assert [found.turn for found in kept.search(ME, "two")] == [3]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("flood", [1]),
        ("floods mayor", [1]),
        ("floo", [1]),
        ("MÜLLER", [2]),
        ("muller", [2]),
        ("nothing of it", []),
        ('flood" OR "müller', []),
        ("resigned AND (NOT", []),
        ("", [2, 1]),
    ],
)
def test_questions_and_answers_are_searched(kept: Conversations, words: str, found: list[int]) -> None:
    ids = {
        kept.append(ME, None, "Who resigned?", answered("Q", "The mayor resigned after the flood."))[0]: 1,
        kept.append(ME, None, "What did Müller say?", silent("Q"))[0]: 2,
    }
    assert [ids[one.heading.id] for one in kept.search(ME, words)] == found


def test_a_search_tells_where_the_words_stand(kept: Conversations) -> None:
    id = kept.append(ME, None, "First?", silent("First?"))[0]
    kept.append(ME, id, "Who resigned?", answered("Q", "The mayor resigned after the flood."))
    [found] = kept.search(ME, "flood")
    assert found.turn == 2
    assert ("flood", True) in found.excerpt
    assert "".join(part for part, _ in found.excerpt) == "The mayor resigned after the flood. [1]"
    kept.rename(ME, id, "Harbour")
    assert [(one.heading.title, one.turn) for one in kept.search(ME, "harb")] == [("Harbour", 0)]


def test_many_threads_lose_nothing(kept: Conversations) -> None:
    id = kept.create(ME, title="All together")

    def work(name: int) -> None:
        for _ in range(20):
            kept.append(ME, id, f"Q{name}?", silent("Q"))
            kept.search(ME, "q1")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [turn.number for turn in kept.get(ME, id).turns] == list(range(1, 121))


KILLED = """
import sys
from pathlib import Path
from answers import silent
from web.conversations import Conversations
kept = Conversations(Path(sys.argv[1]))
id = kept.create("me")
for number in range(100_000):
    kept.append("me", id, f"Question {number}?", silent("Q"))
    print(number + 1, flush=True)
"""


def test_what_was_kept_survives_a_kill(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": f"{Path(__file__).parent.parent}{os.pathsep}{Path(__file__).parent}"}
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        for _ in range(50):
            told = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        told += len(process.stdout.read().splitlines())
    with closing(Conversations(tmp_path)) as kept:
        assert not kept.note
        [heading] = kept.list(ME)
        assert heading.turns in (told, told + 1)
        assert len(kept.get(ME, heading.id).turns) == heading.turns
        assert kept.search(ME, "question 49")


def test_a_file_that_cannot_be_used_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database, but somebody's\n" * 200)
    before = (tmp_path / FILE).read_bytes()
    with closing(Conversations(tmp_path)) as kept:
        assert "held in memory" in kept.note
        assert "is damaged" in kept.note
        assert str(tmp_path / FILE) in kept.note
        id = kept.append(ME, None, "Still here?", silent("Q"))[0]
        assert kept.get(ME, id).turns[0].question == "Still here?"
    assert (tmp_path / FILE).read_bytes() == before


def test_where_nothing_can_be_written_they_are_held_in_memory(tmp_path: Path) -> None:
    with closing(Conversations(tmp_path / "not there")) as kept:
        assert "cannot be written to" in kept.note
        assert kept.append(ME, None, "Q?", silent("Q"))[1] == 1


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Conversations(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("PRAGMA user_version = 99")
    with closing(Conversations(tmp_path)) as kept:
        assert "newer Dateline" in kept.note


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_only_their_owner_can_read_the_file(kept: Conversations, tmp_path: Path) -> None:
    kept.create(ME)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("conversations.db*")} == {0}


# Exports


@pytest.fixture
def conversation(kept: Conversations) -> Conversation:
    id = kept.append(
        ME, None, f"Who? {EVIL}", answered("Q", "Eight died.", f"It rained. {EVIL}", title=EVIL, source=EVIL)
    )[0]
    kept.append(ME, id, "And then?", answered("Q", "They rebuilt it."))
    kept.append(ME, id, "Where?", silent("Where?"))
    return kept.get(ME, id)


def test_markdown_has_a_footnote_for_every_citation(conversation: Conversation) -> None:
    text = exported(conversation, "md", link="http://127.0.0.1:7860/#ask?c=x")
    made = re.findall(r"^\[\^([\d-]+)\]: ", text, flags=re.MULTILINE)
    used = re.findall(r"(?<!\\)\[\^([\d-]+)\](?!:)", text)
    assert made == ["1-1", "1-2", "2-1"]
    assert used == made
    assert "[^2-1]: [The flood](<https://post.example/flood>), Post, 20 January 2025: “They rebuilt it.”" in text
    assert "The articles do not answer this." in text


def test_markdown_shows_what_articles_say_as_text(conversation: Conversation) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(exported(conversation, "md"))
    tags = re.findall(r"<(/?\w+)", html)
    assert set(tags) <= {"h1", "/h1", "h2", "/h2", "p", "/p", "a", "/a", "em", "/em", "ul", "/ul", "li", "/li"}
    assert re.findall(r'href="([^"]*)"', html) == ["https://post.example/flood"] * 3
    assert "&lt;script&gt;hacked=1&lt;/script&gt;" in html


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_web_page_is_complete_and_inert(conversation: Conversation) -> None:
    html = exported(conversation, "html")
    found = _Tags(html)
    names = {name for name, _ in found.tags}
    assert not names & {"script", "img", "link", "iframe", "svg", "object"}
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)
    ids = {attributes["id"] for _, attributes in found.tags if "id" in attributes}
    links = [attributes["href"] for name, attributes in found.tags if name == "a"]
    assert {f"#{id}" for id in ids} == {link for link in links if link and link.startswith("#")}
    assert {link for link in links if link and not link.startswith("#")} == {"https://post.example/flood"}
    assert f"It rained. {EVIL}" in found.words
    assert "default-src 'none'" in html


def test_json_holds_every_answer_whole(conversation: Conversation) -> None:
    data = json.loads(exported(conversation, "json"))
    assert [turn["question"] for turn in data["turns"]] == [turn.question for turn in conversation.turns]
    assert [turn["answer"] for turn in data["turns"]] == [turn.data for turn in conversation.turns]
    assert data["turns"][0]["answer"]["citations"][0]["quote"] == "Eight died."


def test_one_answer_as_text_names_its_sources(conversation: Conversation) -> None:
    assert answer_text(conversation.turns[1]) == (
        "And then?\n\nThey rebuilt it. [1]\n\n[1] The flood, Post, 20 January 2025\n    “They rebuilt it.”\n"
        "    https://post.example/flood\n"
    )
    assert answer_markdown(conversation.turns[1]).startswith("## And then?\n\nThey rebuilt it.[^1]\n")


def test_the_documents_name_is_fit_for_any_disk(kept: Conversations) -> None:
    for question in ("Who resigned as mediator?", "../../etc/passwd\x00", "«»", "é" * 300):
        id = kept.append(ME, None, question, silent("Q"))[0]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d-[\w-]{1,80}\.md", file_name(kept.get(ME, id), "md"), re.ASCII)


# The command


def run(*words: str) -> tuple[int, str, str]:

    result = CliRunner().invoke(cli, ["conversations", *words])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_lists_exports_and_deletes(tmp_path: Path) -> None:
    with closing(Conversations(tmp_path)) as kept:  # as a server that is running has it
        id = kept.append("ada", None, "Who resigned?", answered("Q", "The mayor resigned."))[0]
        kept.append("bea", None, "Who won?", silent("Q"))
        archive = ("--archive", str(tmp_path))
        listed = run("list", *archive)[1]
        assert [line.split("\t")[2:] for line in listed.splitlines()] == [
            ["bea", "1 question", "Who won?"],
            ["ada", "1 question", "Who resigned?"],
        ]
        assert json.loads(run("list", "--owner", "ada", "--json", *archive)[1])["conversations"][0]["id"] == id
        assert run("export", id, *archive)[1] == exported(kept.get("ada", id), "md")
        file = tmp_path / "out.html"
        assert run("export", id, "--format", "html", "-o", str(file), *archive)[0] == 0
        assert file.read_text(encoding="utf-8") == exported(kept.get("ada", id), "html")
        assert run("delete", id, *archive)[0] == 1
        assert kept.list("ada")
        assert run("delete", id, "--yes", *archive)[0] == 0
        assert not kept.list("ada")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "nothing"), "there is no conversation 'nothing'"),
        (("export", "nothing", "--format", "odt"), "'odt' is no format"),
        (("delete", "nothing", "--yes"), "there is no conversation 'nothing'"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    Conversations(tmp_path).close()
    code, _, error = run(*words, "--archive", str(tmp_path))
    assert code == 1
    assert said in error


def test_the_command_says_that_there_are_none(tmp_path: Path) -> None:
    code, _, error = run("list", "--archive", str(tmp_path))
    assert code == 1
    assert "there are no conversations" in error
    assert list(tmp_path.iterdir()) == []
