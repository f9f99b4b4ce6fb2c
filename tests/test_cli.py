"""The ``dateline`` command as people and programs use it: real archives, real processes, a real terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command
from typer.testing import CliRunner

from ingest.article import Article
from ingest.console import printable
from ingest.lock import ArchiveLock
from qa.answer import Answer, ArticleRef, Citation, Filters, ResolvedDate, RetrievedPassage, Searched
from qa.cli import cli
from qa.cli.render import answer_lines, article_lines, day, listing_lines

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples" / "articles"
TOLL = "How many people were killed in the Velsbridge floods?"
NOT_THERE = "Who won the 1998 chess olympiad in Elista?"
NO_NAMES: dict[str, list[str]] = {"sources": [], "sections": [], "ignored": []}
DATELINE = [sys.executable, "-c", "from app import main; main()"]


def run(*args: str | Path, code: int = 0) -> Any:
    """The command in this process."""
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return result


def start(*args: str | Path, **more: Any) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [*DATELINE, *map(str, args)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **more,
    )


def finished(*args: str | Path, code: int = 0) -> tuple[str, str]:
    """The output and the messages of the command, run in a process of its own."""
    process = start(*args)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, out + err
    return out, err


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Path:
    """A copy of the sample archive, to be changed."""
    return Path(shutil.copytree(sample_archive, tmp_path / "archive"))


# Help


def test_help_loads_nothing_heavy() -> None:
    heavy = "chromadb gradio httpx llama_index numpy onnxruntime rich sentence_transformers sqlite3 torch trafilatura"
    code = (
        "import sys; from app import main; sys.argv[1:] = ['--help']\n"
        "try: main()\n"
        f"finally: print(sorted(set({heavy!r}.split()) & set(sys.modules)), file=sys.stderr)"
    )
    # Measuring coverage brings sqlite3 into every process.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert result.stderr.strip() == "[]"
    assert "Usage:" in result.stdout


def test_every_command_argument_and_option_has_help() -> None:
    commands = get_command(cli).commands  # type: ignore[attr-defined]
    assert set(commands) >= {
        "articles",
        "ask",
        "chat",
        "doctor",
        "export",
        "info",
        "ingest",
        "reindex",
        "remove",
        "show",
    }
    without = [
        f"{name} {parameter.name}"
        for name, command in commands.items()
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]
    without += [name for name, command in commands.items() if not command.help]
    assert without == []


def test_version_is_the_one_in_pyproject() -> None:
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert run("--version").stdout.split()[1] == version


@pytest.mark.parametrize(
    "args",
    [
        ["ask"],
        ["ask", TOLL, "--from", "2025-13"],
        ["ask", TOLL, "--from", "last week"],
        ["ask", TOLL, "--from", "2025", "--to", "2024"],
        ["ingest"],
        ["articles", "--limit", "0"],
        ["nonsense"],
    ],
)
def test_a_mistyped_command_exits_with_2(args: list[str]) -> None:
    result = run(*args, code=2)
    assert result.stdout == ""
    assert "Error" in result.stderr


# Asking


def test_json_is_one_object_with_the_contract(sample_archive: Path) -> None:
    result = run("ask", TOLL, "--archive", sample_archive, "--json")
    data = json.loads(result.stdout)
    assert set(data) == {
        *(
            "question",
            "standalone_question",
            "answered",
            "confidence",
            "text",
            "mode",
            "notes",
            "citations",
            "passages",
        ),
        *("filters", "searched", "timings", "kind", "reasons", "disagreements", "writing"),
    }
    assert data["answered"] is True
    assert {"id", "title", "url", "source", "authors", "published"} == set(data["citations"][0]["article"])
    assert {"articles", "from", "to"} == set(data["searched"])
    for citation in data["citations"]:
        shown = json.loads(run("show", citation["article"]["id"], "--archive", sample_archive, "--json").stdout)
        assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_people_get_the_answer_then_its_sources(sample_archive: Path) -> None:
    data = json.loads(run("ask", TOLL, "--archive", sample_archive, "--json").stdout)
    shown = run("ask", TOLL, "--archive", sample_archive).stdout
    assert shown.index(data["text"].split("\n")[0]) == 0
    for citation in data["citations"]:
        source = shown.index(f"[{citation['number']}] {citation['article']['title']}")
        assert shown.index(f"“{' '.join(citation['quote'].split())}”") > source
        assert day(citation["article"]["published"]) in shown[source:]
    assert "\x1b" not in shown


def test_markdown_is_that_of_the_answer(sample_archive: Path) -> None:
    shown = run("ask", TOLL, "--archive", sample_archive, "--markdown").stdout
    answer = Answer.from_dict(json.loads(run("ask", TOLL, "--archive", sample_archive, "--json").stdout))
    assert shown == answer.to_markdown() + "\n"


def test_an_abstention_is_no_failure(sample_archive: Path) -> None:
    shown = run("ask", NOT_THERE, "--archive", sample_archive).stdout
    assert "nearest passages" in shown
    assert "Searched" in shown


def test_dates_outlets_and_sections_narrow_the_search(sample_archive: Path) -> None:
    every = json.loads(run("articles", "--archive", sample_archive, "--json").stdout)["articles"]
    january = [a for a in every if (a["published"] or "").startswith("2025-01")]
    assert 0 < len(january) < len(every)
    data = json.loads(
        run("ask", TOLL, "--archive", sample_archive, "--from", "2025-01", "--to", "2025-01", "--json").stdout
    )
    assert data["searched"]["articles"] == len(january)
    assert data["filters"] == {"published_from": "2025-01-01", "published_to": "2025-01-31"} | NO_NAMES
    outlet = january[0]["source"]
    data = json.loads(run("ask", TOLL, "--archive", sample_archive, "--source", outlet, "--json").stdout)
    assert data["searched"]["articles"] == sum(a["source"] == outlet for a in every)
    data = json.loads(run("ask", TOLL, "--archive", sample_archive, "--section", "town", "--json").stdout)
    assert data["filters"]["sections"] == ["town"]
    assert data["searched"]["articles"] == sum(a["section"] == "Town" for a in every)
    assert " · section town · " in run("ask", TOLL, "--archive", sample_archive, "--section", "town").stdout


def test_days_are_reckoned_from_the_day_given(sample_archive: Path) -> None:
    asked = ("ask", "What happened last week?", "--archive", sample_archive, "--json", "--asked-on")
    answer = json.loads(run(*asked, "2025-01-20").stdout)
    assert answer["filters"] == {"published_from": "2025-01-13", "published_to": "2025-01-19"} | NO_NAMES
    assert answer["notes"] == ["Read “last week” as 13 to 19 January 2025."]
    for bad in ("yesterday", "2025-01", "2025"):
        message = " ".join(run(*asked, bad, code=2).stderr.split())
        assert f"Invalid value for --asked-on: {bad!r} is not a" in message


def test_questions_that_are_no_text_are_still_answered(sample_archive: Path) -> None:
    answer = json.loads(run("ask", "Who \udcff\udcfe?", "--archive", sample_archive, "--json").stdout)
    assert answer["question"] == "Who ???"


def test_python_m_qa_is_the_same_as_ask(sample_archive: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "qa", TOLL, "--archive", str(sample_archive), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    here = json.loads(run("ask", TOLL, "--archive", sample_archive, "--json").stdout)
    assert json.loads(result.stdout) | {"timings": None} == here | {"timings": None}


def test_a_conversation_follows_up_and_goes_on_after_an_error(sample_archive: Path) -> None:
    lines = [TOLL, "/help", "", "When?", "/new", "/quit", "never asked"]
    result = CliRunner().invoke(cli, ["chat", "--archive", str(sample_archive)], input="\n".join(lines))
    assert result.exit_code == 0
    assert len(re.findall(r"^Searched \d", result.stdout, re.MULTILINE)) == 2
    assert re.search(r"^(Searched for|Note): .*Velsbridge floods.*", result.stdout, re.MULTILINE)  # "When?", completed
    assert "/new" in result.stderr
    assert "never asked" not in result.stdout


def test_a_missing_archive_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    out, err = finished("ask", TOLL, "--archive", tmp_path / "none", code=1)
    assert out == ""
    assert err.startswith("Error: ")
    assert str(tmp_path / "none") in err
    assert len(err.splitlines()) == 1


# Looking, and looking after


def test_articles_are_listed_newest_first(sample_archive: Path) -> None:
    listed = [
        line.split("\t") for line in run("articles", "--archive", sample_archive, "--limit", "7").stdout.splitlines()
    ]
    days = [row[1] for row in listed]
    assert len(listed) == 7
    assert days == sorted(days, reverse=True)
    every = json.loads(run("articles", "--archive", sample_archive, "--limit", "1000", "--json").stdout)["articles"]
    assert [row[0] for row in listed] == [article["id"] for article in every[:7]]
    outlet = every[0]["source"]
    only = json.loads(run("articles", "--archive", sample_archive, "--source", outlet, "--json").stdout)["articles"]
    assert only == [article for article in every if article["source"] == outlet]


def test_show_gives_the_whole_text(sample_archive: Path) -> None:
    listed = json.loads(run("articles", "--archive", sample_archive, "--json").stdout)["articles"]
    article = json.loads(run("show", listed[0]["id"], "--archive", sample_archive, "--json").stdout)
    shown = run("show", listed[0]["id"], "--archive", sample_archive).stdout
    assert article["title"] in shown
    words = re.sub(r"^§ \d+$", "", shown[shown.index("§ 1") :], flags=re.MULTILINE).split()
    assert words == article["text"].split()


def test_an_unknown_article_is_an_error(sample_archive: Path) -> None:
    assert "'nonsense'" in run("show", "nonsense", "--archive", sample_archive, code=1).stderr


def test_what_is_removed_is_gone_and_comes_back_with_the_next_ingest(archive: Path) -> None:
    before = json.loads(run("info", "--archive", archive, "--json").stdout)
    listed = json.loads(run("articles", "--archive", archive, "--json").stdout)["articles"]
    ids = [article["id"] for article in listed[:2]]
    assert "nothing was removed" in run("remove", ids[0], "nonsense", "--archive", archive, code=1).stderr
    assert run("remove", *ids, "--yes", "--archive", archive).stdout == "Removed 2 articles.\n"
    assert json.loads(run("info", "--archive", archive, "--json").stdout)["articles"] == before["articles"] - 2
    run("show", ids[0], "--archive", archive, code=1)
    report = json.loads(run("ingest", EXAMPLES, "--archive", archive, "--json").stdout)
    assert (len(report["added"]), len(report["unchanged"])) == (2, before["articles"] - 2)


def test_an_export_ingests_to_the_same_articles(sample_archive: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert str(first) in run("export", first, "--archive", sample_archive).stdout
    run("ingest", first, "--archive", tmp_path / "again")
    run("export", second, "--archive", tmp_path / "again")

    def articles(path: Path) -> list[dict[str, Any]]:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return sorted(({**row, "date_note": ""} for row in rows), key=lambda row: row["id"])

    assert articles(first) == articles(second)
    assert run("export", "-", "--archive", sample_archive).stdout == first.read_text(encoding="utf-8")


def test_an_export_that_cannot_be_written_leaves_nothing(sample_archive: Path, tmp_path: Path) -> None:
    assert "cannot be written" in run("export", tmp_path / "no" / "x.jsonl", "--archive", sample_archive, code=1).stderr
    assert list(tmp_path.iterdir()) == []


def test_reindexing_changes_no_answer(archive: Path) -> None:
    def ask() -> dict[str, Any]:
        return {**json.loads(run("ask", TOLL, "--archive", archive, "--json").stdout), "timings": None}

    before = ask()
    passages = json.loads(run("info", "--archive", archive, "--json").stdout)["passages"]
    assert run("reindex", "--archive", archive).stdout == f"Indexed {passages:,} passages.\n"
    assert ask() == before


def test_the_doctor_finds_a_well_archive_well_and_a_damaged_one_not(archive: Path) -> None:
    assert json.loads(run("doctor", "--archive", archive, "--json").stdout)["ok"] is True
    database = archive / "archive.db"
    database.write_bytes(b"not a database" + database.read_bytes()[14:])
    checks = json.loads(run("doctor", "--archive", archive, "--json", code=1).stdout)["checks"]
    assert [check["name"] for check in checks if not check["ok"]] == ["archive"]


# Ingesting


def test_a_repeated_ingest_changes_nothing_and_says_so(archive: Path) -> None:
    result = run("ingest", EXAMPLES, "--archive", archive, "--quiet")
    assert "0 added, 0 updated" in result.stdout
    assert "Nothing has changed" in result.stdout
    assert result.stderr == ""


def test_an_ingest_that_finds_no_article_fails(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    result = run("ingest", tmp_path / "empty.txt", "--archive", tmp_path / "archive", code=1)
    assert "empty.txt" in result.stdout


def test_python_m_ingest_is_the_same_as_ingest(archive: Path) -> None:
    command = [sys.executable, "-m", "ingest", str(EXAMPLES), "--archive", str(archive), "--json"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    here = json.loads(run("ingest", EXAMPLES, "--archive", archive, "--json").stdout)
    assert json.loads(result.stdout) | {"seconds": 0} == here | {"seconds": 0}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals that can be sent to one process")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_ingest_keeps_what_it_stored_and_is_finished_by_the_next(
    tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    total, archive, many = 1000, tmp_path / "archive", tmp_path / "many.jsonl"
    with many.open("w", encoding="utf-8") as file:
        for n in range(total):
            text = f"The ferry Alma {n} left the harbour of Torvik at noon with {n + 20} passengers, the pilot said."
            file.write(json.dumps({"title": f"Ferry {n} leaves", "text": text, "published": "2025-05-01"}) + "\n")
    process = start("ingest", many, "--archive", archive)
    assert process.stderr
    seen = []
    while not seen or not seen[-1].startswith("Reading and encoding"):
        seen.append(process.stderr.readline())
        assert seen[-1], seen
    process.send_signal(sent)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    assert out == ""
    assert err.splitlines()[-1] == "Stopped. What was stored stays; run the same command again to finish."
    assert "Traceback" not in err
    kept = json.loads(run("info", "--archive", archive, "--json").stdout)["articles"]
    assert 0 < kept < total
    run("ask", "When did the ferry Alma leave the harbour?", "--archive", archive)
    report = json.loads(run("ingest", many, "--archive", archive, "--json").stdout)
    assert (len(report["unchanged"]), len(report["added"])) == (kept, total - kept)
    assert json.loads(run("doctor", "--archive", archive, "--json").stdout)["ok"] is True


# One owner


@contextmanager
def serving(archive: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that owns the archive, and its address."""
    server = start("serve", "--archive", archive, "--port", "0")
    try:
        assert server.stderr
        seen = []
        while not (found := re.search(r"http://\S+", seen[-1] if seen else "")):
            seen.append(server.stderr.readline())
            assert seen[-1], seen
        yield server, found[0]
    finally:
        server.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        server.communicate(timeout=120)


def test_commands_go_through_the_server_that_owns_the_archive(archive: Path, tmp_path: Path) -> None:
    def both() -> list[Any]:
        listed = run("articles", "--archive", archive, "--json").stdout
        id = json.loads(listed)["articles"][0]["id"]
        answer = json.loads(run("ask", TOLL, "--archive", archive, "--from", "2025", "--json").stdout)
        dated = run(
            "ask", "What happened last week?", "--archive", archive, "--asked-on", "2025-01-20", "--json"
        ).stdout
        info = json.loads(run("info", "--archive", archive, "--json").stdout)
        shown = run("show", id, "--archive", archive).stdout
        chat = CliRunner().invoke(cli, ["chat", "--archive", str(archive)], input=f"{TOLL}\nWhen?\n").stdout
        chat = re.sub(r" · [\d.]+ s$", "", chat, flags=re.MULTILINE)
        filters = json.loads(dated)["filters"]
        return [listed, answer | {"timings": None}, filters, shown, info["articles"], info["sources"], chat]

    alone = both()
    new = tmp_path / "new.txt"
    new.write_text(
        "Ferry sinks off Torvik\n\n2025-06-01\n\nThe ferry Alma sank off Torvik at dawn, the coast guard said."
    )
    with serving(archive) as (_, url):
        assert both() == alone
        assert "nonsense" in run("show", "nonsense", "--archive", archive, code=1).stderr
        result = run("ingest", new, "--archive", archive)
        assert url in result.stderr
        assert result.stdout.startswith("1 added, 0 updated, 0 unchanged, 0 skipped")
        assert "Alma" in run("ask", "Which ferry sank off Torvik?", "--archive", archive).stdout
        assert url in run("doctor", "--archive", archive).stdout
        busy = run("reindex", "--archive", archive, code=1).stderr
        assert busy.startswith("Error: ")
        assert len(busy.splitlines()) == 1
    assert not (archive / "server.json").exists()
    assert len(json.loads(run("ingest", new, "--archive", archive, "--json").stdout)["unchanged"]) == 1


def test_a_note_left_behind_by_a_killed_server_misleads_nobody(archive: Path) -> None:
    with serving(archive) as (server, _):
        server.kill()
        server.wait()
    assert (archive / "server.json").exists()
    assert "Searched" in run("ask", TOLL, "--archive", archive).stdout
    with ArchiveLock(archive, purpose="something long"):
        err = run("ask", TOLL, "--archive", archive, code=1).stderr
    assert "something long" in err or "this same process" in err
    assert "left behind by a server that is gone" in err


def test_a_server_that_does_not_answer_is_said_so(archive: Path) -> None:
    with ArchiveLock(archive, purpose="server"):
        note = {"pid": os.getpid(), "url": "http://127.0.0.1:9", "token": "t"}
        (archive / "server.json").write_text(json.dumps(note))
        err = run("ask", TOLL, "--archive", archive, code=1).stderr
    assert "http://127.0.0.1:9" in err
    assert "does not answer" in err


# What is shown


@given(st.text())
def test_nothing_shown_acts_on_the_terminal(text: str) -> None:
    shown = printable(text).encode("utf-8").decode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert [c for c in text if c.isalnum()] == [c for c in shown if c.isalnum()]


REF = ArticleRef("a1", "Four \x1b[31mheld\n over tower", "https://example.org/a b", "Post", ("Ann",), "2025-09-17")
TEXT = "Before it all.\n\nFour were held on Monday. They deny it.\n\nAfter it all."
QUOTE = "Four were held on Monday."
ANSWER = Answer(
    question="Who was held?",
    answered=True,
    text="Four were held on Monday. [1]",
    confidence=0.87,
    citations=(
        Citation(
            number=1,
            quote=QUOTE,
            start=116,
            end=141,
            score=0.9,
            article=REF,
            dates=(ResolvedDate("on Monday", 131, 140, "2025-09-15"),),
            also_in=(replace(REF, id="a2", source="Courier"), replace(REF, id="a3", source=None)),
        ),
    ),
    standalone_question="Who was held over the tower?",
    notes=("A note.",),
    passages=(RetrievedPassage(7, REF, 100, 100 + len(TEXT), TEXT, 0.9, 1, None),),
    filters=Filters("2025-01-01", None, ("Post",)),
    searched=Searched(1, "2025-09-17", "2025-09-17"),
    timings={"total": 120.0},
)


def plain(lines: Any) -> list[str]:
    return [" " * line.indent + line.text.plain for line in lines]


def test_an_answer_in_lines() -> None:
    assert plain(answer_lines(ANSWER, paragraphs=False)) == [
        "Searched for: Who was held over the tower?",
        "",
        "Four were held on Monday. [1]",
        "",
        "[1] Four [31mheld over tower",
        "    Post, 17 September 2025",
        "    https://example.org/a b",
        "    “Four were held on Monday.”",
        "    “on Monday”: 15 September 2025",
        "    Also in: Courier, Four [31mheld over tower",
        "",
        "Note: A note.",
        "Searched 1 article, 17 September 2025 to 17 September 2025 · published from 1 January 2025 · only Post · "
        "confidence 87% · 0.1 s",
    ]


def test_on_a_terminal_the_quote_stands_in_its_paragraph() -> None:
    assert "    Four were held on Monday. They deny it." in plain(answer_lines(ANSWER, paragraphs=True))


def test_a_quote_that_is_not_in_its_passage_is_shown_without_one() -> None:
    moved = replace(ANSWER, citations=(replace(ANSWER.citations[0], start=117, end=142),))
    assert "    “Four were held on Monday.”" in plain(answer_lines(moved, paragraphs=True))


def test_an_article_without_anything_known_is_shown() -> None:
    bare = Article(text="Words.")
    assert plain(article_lines(bare, ())) == ["Untitled", "undated"]
    assert plain(listing_lines([bare], columns=False)) == ["\t\t\tUntitled"]
    assert plain(listing_lines([], columns=True)) == []


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2025-09-07", "7 September 2025"),
        ("2022-09-12T08:30:00+02:00", "12 September 2022"),
        ("2022-09-05/2022-09-11", "5 to 11 September 2022"),
        ("2022-09", "September 2022"),
        ("2021", "2021"),
        ("spring", "spring"),
        (None, ""),
    ],
)
def test_days_are_written_as_people_do(moment: str | None, shown: str) -> None:
    assert day(moment) == shown


_words = st.text(max_size=20)
_refs = st.builds(
    ArticleRef, _words, _words, st.none() | _words, st.none() | _words, st.just(("A",)), st.none() | _words
)
_dates = st.builds(ResolvedDate, _words, st.integers(0), st.integers(0), _words)
_citations = st.builds(
    Citation,
    st.integers(1),
    _words,
    st.integers(0),
    st.integers(0),
    st.floats(0, 1),
    _refs,
    st.tuples(_dates),
    st.tuples(_refs),
)
_passages = st.builds(RetrievedPassage, st.integers(), _refs, st.integers(0), st.integers(0), _words, st.floats(0, 1))


@given(
    st.builds(
        Answer,
        question=_words,
        answered=st.booleans(),
        text=_words,
        confidence=st.floats(0, 1),
        citations=st.tuples(_citations),
        standalone_question=_words.filter(bool),
        notes=st.tuples(_words),
        passages=st.tuples(_passages, _passages),
        filters=st.builds(Filters, st.none() | _words, st.none() | _words, st.tuples(_words)),
        searched=st.builds(Searched, st.integers(0), st.none() | _words, st.none() | _words),
        timings=st.dictionaries(_words, st.floats(0, 1e6)),
    )
)
def test_an_answer_survives_json_and_can_be_shown(answer: Answer) -> None:
    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer
    shown = "\n".join(plain(answer_lines(answer, paragraphs=True)))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals to test with")
def test_a_terminal_gets_wrapped_lines_and_marked_quotes(sample_archive: Path) -> None:
    shown = on_terminal(["ask", TOLL, "--archive", str(sample_archive)], columns=60)
    data = json.loads(run("ask", TOLL, "--archive", sample_archive, "--json").stdout)
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x1b]*\x1b\\", "", line) for line in shown.splitlines()]
    urls = {citation["article"]["url"] for citation in data["citations"]}
    assert [line for line in lines if len(line) > 60 and line.strip() not in urls] == []
    assert "\x1b[1m" in shown
    words = " ".join(" ".join(lines).split())
    for citation in data["citations"]:
        assert " ".join(citation["quote"].split()) in words


def on_terminal(args: list[str], *, columns: int) -> str:
    """What the command writes to a terminal, escape sequences and all."""
    import pty

    ours, theirs = pty.openpty()
    env = os.environ | {"COLUMNS": str(columns), "LINES": "40", "TERM": "xterm-256color"}
    env.pop("NO_COLOR", None)
    process = subprocess.Popen([*DATELINE, *args], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:
        pass  # Linux says so when the other end is closed
    finally:
        os.close(ours)
    assert process.wait(timeout=300) == 0
    return shown.decode()


# The README


README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    """The indented lines of a Markdown text."""
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def test_the_readmes_commands_exist() -> None:
    import web.commands  # noqa: F401  # adds its own to the command

    shown = {line.split()[1] for line in blocks(README) if line.startswith("dateline ")}
    commands = set(get_command(cli).commands) | {"serve", "mcp"}  # type: ignore[attr-defined]
    assert shown == commands
    targets = {line.split()[1] for line in blocks(README) if line.startswith("make ")}
    assert targets == {"run", "test"}
    makefile = (ROOT / "Makefile").read_text()
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_the_readmes_files_and_links_exist() -> None:
    table = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("| file | what it does |")[2]
    named = [
        name for row in table.splitlines() for name in re.findall(r"`([^`]+)`", row.split("|")[1] if "|" in row else "")
    ]
    named += [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_documented_settings_are_all_there_are() -> None:
    from dataclasses import MISSING, fields

    from ingest.settings import Settings

    settings = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `DATELINE_(\w+)` \| (.+?) \|", settings, re.MULTILINE)
    assert [row[0] for row in rows] == [row[1].lower() for row in rows]
    defaults = {field.name: f"`{field.default}`" for field in fields(Settings) if field.default is not MISSING}
    assert {row[0]: row[2] for row in rows} == {"archive": "your data folder", **defaults}


def test_the_readmes_python_runs(archive: Path) -> None:
    code = README.partition("```python\n")[2].partition("```")[0]
    env = os.environ | {"DATELINE_ARCHIVE": str(archive)}
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert "Nothing has changed" in result.stdout
    assert "2025-" in result.stdout.splitlines()[-1]
