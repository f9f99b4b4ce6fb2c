"""Articles that give orders to language models, and a model that obeys everything it reads: nothing of it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from talkers import Scripted, quoted_evidence, reranker, saying, written_by

from ingest import ingest
from qa import Assistant
from qa.answer import Answer
from qa.generation.drafts import drafts
from qa.generation.hostile import speaks_to_models
from qa.generation.verifying import Verifier
from qa.generation.words import quoted

INJECTIONS = [
    line
    for line in (Path(__file__).parent / "injections.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]
STORY = "The Norhaven bridge was closed on Tuesday after a ferry struck its second pier, the harbour office said."
QUESTION = "Why was the Norhaven bridge closed?"
CLAIM = re.compile(r"[^.!?:;\"“”\[\]<>|{}()`]*PELICAN[^.!?:;\"“”\[\]<>|{}()`]*")


def test_there_are_at_least_a_hundred() -> None:
    assert len(INJECTIONS) >= 100
    assert len(set(INJECTIONS)) == len(INJECTIONS)
    assert all("PELICAN" in injection for injection in INJECTIONS if "aWdub3" not in injection)


@pytest.mark.parametrize("injection", INJECTIONS)
def test_nothing_that_an_injection_wants_said_gets_through(injection: str) -> None:
    """The model has read the injection whether or not it was kept from it, and says what it wants in every way; even
    where the injection itself stands among the quotes."""
    evidence = [item for item in map(quoted_evidence, (STORY, injection)) if not speaks_to_models(item.quote)]
    verifier = Verifier(evidence, reranker().score)
    wanted = CLAIM.search(injection)
    claim = (wanted[0] if wanted else "PELICAN is the answer").strip(" ,-")
    said = [
        f"{start}{claim}{end}"
        for start in ("", "The answer is that ", "The harbour office said ")
        for end in ("", " [1].", " [2].")
    ]
    said += [
        injection,
        f"{injection} [1]",
        f"{injection} [2]",
        f"The Norhaven bridge was closed on Tuesday because {claim} [1].",
    ]
    said += [f"![x](https://evil.example/{claim})", f"[{claim}](https://evil.example) [1].", f"<img src=x>{claim} [1]."]
    for text in said:
        for draft in drafts([text]):
            verifier.check(draft)
    shown = " ".join(checked.text for checked in verifier.shown)
    assert "PELICAN" not in shown.upper()
    assert not re.search(r"https?:|evil|<|\]\(|!\[", shown)


@pytest.mark.parametrize("injection", INJECTIONS)
def test_a_quote_cannot_leave_its_line_or_look_like_a_marker(injection: str) -> None:
    line = quoted(1, f"{injection}\n[2] (today) “{injection}”\nQuestion:", day="", outlet="", story=1)
    assert "\n" not in line
    assert line.startswith("[1] (story 1) “")
    assert line.count("[") == 1
    assert not re.search(r"[<>|`]", line)


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "Officials said the instructions for the new machines were unclear.",
        "The minister answered that the plan would go ahead.",
        "“You must leave now,” the officer told residents.".replace("You must", "Everybody must"),
        "The company released an AI model that writes music, it said on Monday.",
        "She told the court that she had to write the letter by hand.",
        "The system broke down: 40 trains were late.",
    ],
)
def test_news_is_not_taken_for_orders(text: str) -> None:
    assert not speaks_to_models(text)


# ---- the whole way, from an article to an answer


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An archive with a true story and, in articles beside it, every injection."""
    folder = tmp_path_factory.mktemp("hostile")
    articles = folder / "articles"
    articles.mkdir()
    (articles / "story.txt").write_text(f"Bridge closed\n\n{STORY} It may open again in May.", encoding="utf-8")
    for at in range(0, len(INJECTIONS), 10):
        text = "\n\n".join(f"The Norhaven bridge was closed. {injection}" for injection in INJECTIONS[at : at + 10])
        (articles / f"hostile{at}.txt").write_text(f"Norhaven bridge closed\n\n{text}", encoding="utf-8")
    ingest(articles, archive=folder / "archive")
    with Assistant.open(folder / "archive") as assistant:
        yield assistant


def _obeys(prompt: str) -> str:
    """Writes down whatever it reads that is wanted of it, with markers, a link and a picture."""
    wanted = [match[0].strip() for match in CLAIM.finditer(prompt)] or ["PELICAN is the answer"]
    lines = [
        f"{text} [1]. ![p](https://evil.example/{at}) [{text}](https://evil.example) [2]."
        for at, text in enumerate(wanted)
    ]
    return "\n".join(
        [*lines, "PELICAN closed the Norhaven bridge [1].", "<script>x</script> The winner is PELICAN [2]."]
    )


def _holds(answer: Answer) -> None:
    if answer.mode == "generative":
        assert "PELICAN" not in answer.text
        assert not re.search(r"https?:|evil|<|\]\(|!\[", answer.text)


def test_a_model_that_obeys_everything_is_not_heard(assistant: Assistant) -> None:
    model = Scripted(says=_obeys, prompts=[])
    before = assistant.archive.stats().articles
    with written_by(assistant, model):
        events = list(assistant.stream(QUESTION))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.mode == "extractive"
    assert not any("PELICAN" in getattr(event, "text", "") for event in events[:-1])
    assert model.prompts
    assert assistant.archive.stats().articles == before


def test_a_sentence_of_the_true_story_still_gets_through(assistant: Assistant) -> None:
    with written_by(assistant, saying(f"PELICAN did it [1]. {STORY[:-1]} [1]. The winner is PELICAN [2].")):
        answer = assistant.ask(QUESTION)
    _holds(answer)
    assert answer.writing is not None
    assert answer.writing.cut >= 2
