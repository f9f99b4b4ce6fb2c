"""OpenAI, Ollama and Anthropic through their own packages, against a server on loopback that speaks their protocols:
the way of a question to its answer, and what is told when a provider fails."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from providers import CACHED, READ, SAID, WROTE, Providers, providers
from talkers import written_by
from typer.testing import CliRunner, Result

from ingest.errors import SettingsError
from qa import Answer, Assistant
from qa.cli import cli
from qa.generation.models import ModelName, load_llm
from qa.generation.talking import Cost, ModelFailed, Talker
from qa.generation.words import writing

MEDIATOR = "Who resigned as mediator?"
KEY = "sk-very-secret-0123456789"
ALL = ("openai", "ollama", "anthropic", "url")
TOLD = "The mediator, former judge Orla Venn, resigned after five days in the job. [1]"


@pytest.fixture(scope="module")
def server() -> Iterator[Providers]:
    with providers() as server:
        yield server


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def plain(assistant: Assistant) -> Answer:
    """The answer without a model."""
    return assistant.ask(MEDIATOR)


@pytest.fixture(autouse=True)
def _led_here(server: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The providers' packages ask the server, with a key, and no scene was played yet."""
    for name, value in {**server.environ, "DATELINE_LLM_KEY": KEY}.items():
        monkeypatch.setenv(name, value)
    server.times.clear()


def _asked(assistant: Assistant, server: Providers, provider: str, scene: str, *, timeout: float = 10.0) -> Answer:
    name = ModelName.parse(server.setting(provider, scene))
    llm = load_llm(name, timeout=timeout, max_tokens=100)
    with written_by(assistant, llm, timeout=timeout, name=str(name)):
        return assistant.ask(MEDIATOR)


def _talker(server: Providers, provider: str, scene: str, *, timeout: float = 10.0) -> Talker:
    name = ModelName.parse(server.setting(provider, scene))
    return Talker(load_llm(name, timeout=timeout, max_tokens=100), str(name), timeout)


# ---- what goes well


@pytest.mark.parametrize("provider", ALL)
def test_an_answer_is_written_and_its_tokens_are_told(assistant: Assistant, server: Providers, provider: str) -> None:
    answer = _asked(assistant, server, provider, "right")
    assert (answer.mode, answer.text) == ("generative", TOLD)
    told = answer.writing
    assert told is not None
    assert (told.calls, told.prompt_tokens, told.completion_tokens, told.estimated) == (1, READ, WROTE, False)
    assert told.cached_tokens == (0 if provider == "ollama" else CACHED)  # Ollama tells nothing of it


@pytest.mark.parametrize(
    ("provider", "limit"),
    [
        ("openai", "max_completion_tokens"),
        ("url", "max_tokens"),
        ("ollama", "num_predict"),
        ("anthropic", "max_tokens"),
    ],
)
def test_what_is_sent_has_the_key_and_a_limit_and_no_tools(server: Providers, provider: str, limit: str) -> None:
    assert _talker(server, provider, "right").say(("Be brief.", "Who?"), Cost(), seconds=10) == "".join(SAID)
    headers, body = server.asked[-1]
    assert headers.get("Authorization", headers.get("authorization")) == f"Bearer {KEY}"
    assert body["stream"] is True
    assert not body.get("tools")
    assert "functions" not in body
    settings = body.get("options", body)
    assert (settings[limit], settings["temperature"]) == (100, 0.0)


@pytest.mark.parametrize("provider", ALL)
def test_what_is_always_the_same_comes_first(server: Providers, provider: str) -> None:
    talker = _talker(server, provider, "right")
    for question, quote in (("Who resigned?", "[1] (story 1) “She did.”"), ("Why?", "[1] (story 1) “He fell ill.”")):
        talker.say(writing(question, [quote]), Cost(), seconds=10)
    constant = writing("Who?", [])[0]
    sent = [body for _, body in server.asked[-2:]]
    if provider == "anthropic":  # which hashes the system part before the messages, wherever they stand
        assert sent[0]["system"] == sent[1]["system"]
        assert sent[0]["system"] == [{"type": "text", "text": constant, "cache_control": {"type": "ephemeral"}}]
        assert [message["role"] for message in sent[0]["messages"]] == ["user"]
        return
    assert [message["role"] for message in sent[0]["messages"]] == ["system", "user"]
    common = next(at for at, (one, other) in enumerate(zip(*server.raw[-2:], strict=False)) if one != other)
    assert json.dumps(constant, ensure_ascii=False).encode() in server.raw[-1][:common]
    settings = [{name: value for name, value in body.items() if name != "messages"} for body in sent]
    assert settings[0] == settings[1]


def test_a_model_that_thinks_first_is_told_not_to(assistant: Assistant, server: Providers) -> None:
    assert _asked(assistant, server, "ollama", "thinks").text == TOLD


@pytest.mark.parametrize("provider", ["openai", "anthropic", "url"])
def test_a_model_with_settings_of_its_own_gets_them(server: Providers, provider: str) -> None:
    talker, cost = _talker(server, provider, "picky"), Cost()
    for _ in range(2):
        assert talker.say(("Be brief.", "Who?"), cost, seconds=10) == "".join(SAID)
    assert server.times["picky"] <= 4, "what was refused once is not tried again"
    assert cost.calls == 2


def test_openais_models_that_think_first_are_told_to_think_little(server: Providers) -> None:
    server.scenes["gpt-5-mini"] = server.scene("right")
    server.scenes["gpt-5-chat"] = server.scene("picky")
    for scene, efforts in (("gpt-5-mini", ["low"]), ("gpt-5-chat", ["low", None])):
        before = len(server.asked)
        assert _talker(server, "openai", scene).say(("Be brief.", "Who?"), Cost(), seconds=10) == "".join(SAID)
        assert [body.get("reasoning_effort") for _, body in server.asked[before:]] == efforts


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_provider_without_capacity_is_asked_again_when_it_says_so(
    assistant: Assistant, server: Providers, provider: str
) -> None:
    assert _asked(assistant, server, provider, "soon").text == TOLD
    assert server.times["soon"] == 2


def test_a_model_that_did_not_exist_when_its_package_was_made_is_used(server: Providers) -> None:
    for provider, scene in (("openai", "gpt-99-new"), ("anthropic", "claude-99-new")):
        server.scenes[scene] = server.scene("right")
        assert _talker(server, provider, scene).say(("Be brief.", "Who?"), Cost(), seconds=10) == "".join(SAID)


@pytest.mark.parametrize("provider", ALL)
def test_of_an_answer_that_breaks_off_for_want_of_tokens_the_whole_sentences_stand(
    assistant: Assistant, server: Providers, provider: str
) -> None:
    answer = _asked(assistant, server, provider, "length")
    assert (answer.mode, answer.text) == ("generative", TOLD)
    assert answer.writing is not None
    assert (answer.writing.sentences, answer.writing.completion_tokens) == (1, WROTE)


# ---- what goes wrong

_BROKE_OFF = "its server broke off|cannot be read"
_TROUBLES = {
    "key": "its key was refused",
    "busy": "it has no capacity left for now, and asks to wait 3600 s|it has no capacity left for now",
    "overloaded": "it has no capacity left for now",
    "credit": "the account of its key has no credit left",
    "unknown": "there is no such model at its provider",
    "long": "what was sent is too long for it",
    "refused": r"it refused what was sent \(error 400\)",
    "broken": "its server answered with the error 500",
    "huge": "it does not fit into the memory of its machine",
    "cut": _BROKE_OFF,
    "over": "its server broke off",
    "troubled": "its server answered with an error|it has no capacity left for now",
    "garbage": "cannot be read|broke off",
    "loop": "it repeated itself",
    "tools": "found no answer in the quotes",
    "empty": "found no answer in the quotes",
    "short": "its tokens were used up before a sentence was whole",
}
_ONLY = {("openai", "refusal"): "it refused to answer", ("anthropic", "refusal"): "it refused to answer",
         ("openai", "content_filter"): "it refused to answer"}  # fmt: skip
_CASES = [(provider, scene, why) for provider in ALL[:3] for scene, why in _TROUBLES.items()
          if (provider, scene) not in {("ollama", "credit"), ("anthropic", "huge"), ("openai", "huge")}]  # fmt: skip


@pytest.mark.parametrize(("provider", "scene", "why"), [*_CASES, *((*case, why) for case, why in _ONLY.items())])
def test_whatever_a_provider_does_the_quotes_stand_and_no_key_is_told(
    assistant: Assistant,
    server: Providers,
    plain: Answer,
    caplog: pytest.LogCaptureFixture,
    provider: str,
    scene: str,
    why: str,
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = _asked(assistant, server, provider, scene)
    assert (answer.mode, answer.text, answer.citations) == ("extractive", plain.text, plain.citations)
    note = answer.notes[-1]
    assert re.search(why, note), note
    assert re.fullmatch(
        rf"The language model \({provider}:{scene}\) [^\n]{{10,120}}\. These are the quotes themselves\.", note
    )
    assert KEY not in str(answer.to_dict())
    assert KEY not in caplog.text
    assert "Bearer" not in note
    assert "You write short answers" not in note


@pytest.mark.parametrize("provider", ALL)
def test_a_provider_that_is_slow_is_left_in_time(assistant: Assistant, server: Providers, provider: str) -> None:
    answer = _asked(assistant, server, provider, "slow", timeout=0.5)
    assert answer.mode == "extractive"
    assert re.search("it took longer than 0 s|it took too long", answer.notes[-1])
    assert answer.timings["write"] < 1500


@pytest.mark.parametrize("provider", ALL)
def test_a_provider_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, server: Providers, provider: str
) -> None:
    for variable in server.environ:
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    name = ModelName.parse("http://127.0.0.1:9/v1#m" if provider == "url" else f"{provider}:m")
    talker = Talker(load_llm(name, timeout=5, max_tokens=10), str(name), 5.0)
    with pytest.raises(ModelFailed, match="its server cannot be reached") as caught:
        talker.say(("Be brief.", "Who?"), Cost(), seconds=5)
    assert caught.value.trouble == "away"


# ---- where they are


@pytest.mark.parametrize(
    ("named", "host", "local"),
    [
        ("", "127.0.0.1:11434", True),
        ("127.0.0.1", "127.0.0.1:11434", True),
        ("0.0.0.0:8000", "127.0.0.1:8000", True),
        (":1234", "127.0.0.1:1234", True),
        ("[::1]:1234", "[::1]:1234", True),
        ("http://gpu.example", "gpu.example:80", False),
        ("https://ollama.com", "ollama.com:443", False),
        ("gpu.example:11435", "gpu.example:11435", False),
    ],
)
def test_ollama_is_found_as_it_finds_itself(
    monkeypatch: pytest.MonkeyPatch, named: str, host: str, local: bool
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", named)
    name = ModelName.parse("ollama:m")
    assert (name.host, name.local) == (host, local)


def test_an_address_of_ollamas_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "here:there")
    with pytest.raises(SettingsError, match="OLLAMA_HOST is 'here:there', which is no address"):
        load_llm(ModelName.parse("ollama:m"), timeout=1, max_tokens=1)


@pytest.mark.parametrize("provider", ["ollama", "url"])
def test_what_stays_here_goes_through_no_proxy(
    monkeypatch: pytest.MonkeyPatch, server: Providers, provider: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert _talker(server, provider, "right").say(("Be brief.", "Who?"), Cost(), seconds=10) == "".join(SAID)


# ---- dateline llm

_FERRY = "The ferry to Averin will not sail before Thursday because of high waves, the harbour office said [1]."


def _ferry(wire: Any, asked: int) -> None:
    wire.begin()
    wire.say(_FERRY)
    wire.end()


def _run(*given: str) -> Result:
    return CliRunner().invoke(cli, ["llm", *given])


def test_a_model_can_be_tried_in_one_line(server: Providers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATELINE_ARCHIVE", str(tmp_path / "none"))
    monkeypatch.delenv("DATELINE_LLM_KEY")
    server.scenes["llama3.2"] = _ferry
    told = _run("ollama:llama3.2")
    assert told.exit_code == 0
    assert [row.split()[0] for row in told.output.splitlines()] == "Model Runs Key Answered Wrote Shown".split()
    assert "on this machine: nothing leaves it" in told.output
    assert f"{READ} tokens read (0 of them at hand), {WROTE} written" in told.output
    assert "1 of 1" in told.output
    assert not (tmp_path / "none").exists()


def test_what_is_tried_is_told_to_programs(server: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    server.scenes["claude-99"] = _ferry
    monkeypatch.setenv("DATELINE_LLM", "anthropic:claude-99")
    told = json.loads(_run("--json").output)
    assert told.pop("seconds") < 10
    assert told == {
        "model": "anthropic:claude-99",
        "host": server.url.removeprefix("http://"),
        "local": False,
        "key": "DATELINE_LLM_KEY in the environment",
        "answered": True,
        "prompt_tokens": READ,
        "cached_tokens": CACHED,
        "completion_tokens": WROTE,
        "estimated": False,
        "wrote": [_FERRY.replace(" [1]", "")],
        "shown": [_FERRY.replace(" [1]", "")],
        "cut_because": "",
    }


def test_a_model_whose_words_are_cut_is_told_to_be_of_little_use(server: Providers) -> None:
    told = _run("ollama:right")
    assert told.exit_code == 0
    assert "Shown     none: " in told.output
    assert told.output.endswith("Answers will mostly be quotes.\n")


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("ollama:unknown", "there is no such model at its provider; fetch it with: ollama pull unknown"),
        ("ollama:huge", "it does not fit into the memory of its machine; take a smaller model"),
        ("anthropic:key", "its key was refused; see where the key comes from: dateline config"),
        (
            "openai:short",
            "its tokens were used up before a sentence was whole (see llm_max_tokens); set llm_max_tokens",
        ),
        ("", "no language model is set: try one, as in dateline llm ollama:llama3.2, or set DATELINE_LLM"),
        ("off", "no language model is set"),
    ],
)
def test_a_model_that_does_not_answer_says_what_to_do(server: Providers, setting: str, why: str) -> None:
    told = _run(*([setting] if setting else []))
    assert told.exit_code != 0
    assert why in f"{told.output} {told.exception}"
    assert KEY not in f"{told.output} {told.exception}"


def test_an_ollama_that_does_not_run_says_how_to_start_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    told = _run("ollama:llama3.2")
    assert "its server cannot be reached; start Ollama with: ollama serve" in f"{told.output} {told.exception}"
