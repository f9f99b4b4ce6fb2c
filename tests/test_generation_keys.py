"""Where the key of a language model comes from, and that it is nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError
from providers import SAID, Providers, providers
from typer.testing import CliRunner

from ingest.errors import ModelError
from ingest.settings import Settings
from qa.cli import cli
from qa.generation.keys import find_key
from qa.generation.models import ModelName, load_llm
from qa.generation.talking import Cost, Talker

KEY = "sk-very-secret-0123456789"
OTHER = "sk-of-the-keyring-9876543210"


class Drawer(KeyringBackend):
    """A keyring in memory, registered through keyring's own door; locked when ``locked`` is set."""

    priority = 0.1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise self.locked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


@pytest.fixture(autouse=True)
def drawer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawer]:
    for variable in ("DATELINE_LLM_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    before, drawer = keyring.get_keyring(), Drawer()
    keyring.set_keyring(drawer)
    yield drawer
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def server() -> Iterator[Providers]:
    with providers() as server:
        yield server


OPENAI, CLAUDE = ModelName.parse("openai:gpt-5-mini"), ModelName.parse("anthropic:claude-x")


def test_the_environment_goes_before_the_keyring_and_our_own_variable_before_all(drawer: Drawer) -> None:
    keyring.set_password("dateline", "openai", OTHER)
    found = find_key(OPENAI, {"OPENAI_API_KEY": "sk-theirs", "DATELINE_LLM_KEY": KEY})
    assert (found.secret, found.origin) == (KEY, "DATELINE_LLM_KEY in the environment")
    found = find_key(OPENAI, {"OPENAI_API_KEY": "sk-theirs", "ANTHROPIC_API_KEY": KEY})
    assert (found.secret, found.origin) == ("sk-theirs", "OPENAI_API_KEY in the environment")
    found = find_key(OPENAI, {"OPENAI_API_KEY": " "})
    assert (found.secret, found.origin) == (OTHER, "the keyring (dateline, openai)")


def test_each_provider_has_a_key_of_its_own_in_the_keyring(drawer: Drawer) -> None:
    keyring.set_password("dateline", "openai", KEY)
    keyring.set_password("dateline", "llm.example:8443", OTHER)
    assert "needs a key" in find_key(CLAUDE, {}).missing
    assert find_key(ModelName.parse("https://llm.example:8443/v1#m"), {}).secret == OTHER
    assert find_key(ModelName.parse("https://llm.example/v1#m"), {}).secret == ""


def test_a_key_in_the_keyring_is_sent(drawer: Drawer, server: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    for provider in ("openai", "anthropic"):
        keyring.set_password("dateline", provider, f"{OTHER}-{provider}")
        llm = load_llm(ModelName.parse(f"{provider}:right"), timeout=5, max_tokens=10)
        assert Talker(llm, provider, 5.0).say(("Be brief.", "Who?"), Cost(), seconds=5) == "".join(SAID)
        assert server.asked[-1][0]["Authorization"] == f"Bearer {OTHER}-{provider}"


def test_the_key_for_openai_is_sent_to_no_other_address(server: Providers) -> None:
    keyring.set_password("dateline", "openai", OTHER)
    llm = load_llm(
        ModelName.parse(server.setting("url", "right")), timeout=5, max_tokens=10, environ={"OPENAI_API_KEY": KEY}
    )
    Talker(llm, "right", 5.0).say(("Be brief.", "Who?"), Cost(), seconds=5)
    assert server.asked[-1][0]["Authorization"] == "Bearer none"


@pytest.mark.parametrize(
    ("locked", "why"),
    [
        (KeyringLocked("Failed to unlock the collection!"), r"\(which is locked\)"),
        (RuntimeError(f"no bus for {OTHER}"), r"\(which cannot be read: RuntimeError\)"),
    ],
)
def test_a_keyring_that_cannot_be_read_is_told_and_not_needed_for_a_model_of_ones_own(
    drawer: Drawer, locked: Exception, why: str
) -> None:
    drawer.locked = locked
    with pytest.raises(ModelError, match=f"keyring set dateline openai {why}"):
        find_key(OPENAI, {}).needed()
    for setting in ("ollama:m", "http://127.0.0.1:8000/v1#m", "llamacpp:m.gguf"):
        assert find_key(ModelName.parse(setting), {}).needed() == ""


def test_a_machine_without_a_keyring_says_what_to_do() -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with pytest.raises(ModelError) as caught:
        load_llm(OPENAI, timeout=1, max_tokens=1)
    assert str(caught.value) == (
        "the language model openai:gpt-5-mini needs a key: put it into the environment as OPENAI_API_KEY or "
        "DATELINE_LLM_KEY, or into the keyring with: keyring set dateline openai (this machine has none that works)"
    )


def test_a_key_is_in_no_setting_and_no_description(tmp_path: Path) -> None:
    environ = {"DATELINE_LLM": "openai:gpt-5-mini", "DATELINE_LLM_KEY": KEY}
    settings = Settings.load(tmp_path, environ=environ)
    assert KEY not in f"{settings!r} {settings.shown()}"
    llm = load_llm(ModelName.parse(settings.llm), timeout=1, max_tokens=1, environ=environ)
    assert KEY not in f"{Talker(llm, 'openai:gpt-5-mini', 1.0)!r} {find_key(OPENAI, environ)!r}"


@pytest.mark.parametrize(
    ("setting", "environ", "origin"),
    [
        ("openai:gpt-5-mini", {"OPENAI_API_KEY": KEY}, "OPENAI_API_KEY in the environment"),
        ("anthropic:claude-x", {}, "the keyring (dateline, anthropic)"),
        ("ollama:llama3.2", {}, "none needed"),
        ("openai:gpt-5-mini", {}, "the language model openai:gpt-5-mini needs a key"),
    ],
)
def test_config_says_where_the_key_comes_from_and_never_the_key(
    monkeypatch: pytest.MonkeyPatch, setting: str, environ: dict[str, str], origin: str
) -> None:
    keyring.set_password("dateline", "anthropic", OTHER)
    for name, value in {"DATELINE_LLM": setting, **environ}.items():
        monkeypatch.setenv(name, value)
    [row] = [row for row in CliRunner().invoke(cli, ["config"]).output.splitlines() if row.startswith("llm_key ")]
    assert origin in row
    told = CliRunner().invoke(cli, ["config", "--json"]).output
    assert origin in json.loads(told)["llm_key"]["from"]
    assert KEY not in row + told
    assert OTHER not in row + told


def test_config_says_nothing_of_a_key_where_no_model_is_set() -> None:
    assert "llm_key" not in CliRunner().invoke(cli, ["config"]).output
