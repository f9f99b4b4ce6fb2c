"""Which language model is meant, and how it is reached: ``openai:gpt-5-mini``, ``ollama:qwen3``, ``llamacpp:x.gguf``.

Nothing is imported before a model is wanted. Keys come from the environment only, are kept nowhere else, and are in no
message.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from ingest.errors import ModelError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llama_index.core.llms import LLM

__all__ = ["KEY", "ModelName", "load_llm"]

Provider = Literal["openai", "ollama", "anthropic", "llamacpp", "url"]

KEY = "DATELINE_LLM_KEY"
"""The environment variable with the key for whatever model is set."""

_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
_FORMS = "openai:MODEL, ollama:MODEL, anthropic:MODEL, llamacpp:PATH.gguf or http://HOST/v1#MODEL"
# llama.cpp keeps so many tokens of prompt and answer together in mind; ours are below 2,500.
_CONTEXT = 4096


@dataclass(frozen=True, slots=True)
class ModelName:
    """A language model, as a setting names it.

    Attributes:
        model: what its provider calls it; of llama.cpp the path of its file.
        base: where it is reached, of "url".
    """

    provider: Provider
    model: str
    base: str = ""

    @classmethod
    def parse(cls, setting: str) -> ModelName:
        """Read the setting ``llm``.

        Raises:
            SettingsError: it has none of the forms.
        """
        text = setting.strip()
        if text.lower().startswith(("http://", "https://")):
            base, _, model = text.partition("#")
            parts = _address(base)
            if parts.username or parts.password:
                raise SettingsError(f"llm must not hold a name or a key: put the key into {KEY}")
            if not model or not parts.hostname or parts.query:
                raise SettingsError(
                    f"llm is {setting!r}: an address needs its model behind it, as http://HOST/v1#MODEL"
                )
            return cls("url", model, base.rstrip("/"))
        provider, _, model = text.partition(":")
        match provider.lower():
            case "openai" | "ollama" | "anthropic" | "llamacpp" as known if model.strip():
                return cls(known, model.strip())
        raise SettingsError(f"llm is {setting!r}, and should be one of {_FORMS}")

    @property
    def local(self) -> bool:
        """Whether nothing leaves this machine: llama.cpp, Ollama on it, or an address of it."""
        if self.provider == "ollama":
            return (urlsplit(_ollama()).hostname or "") in _HERE
        return self.provider == "llamacpp" or (urlsplit(self.base).hostname or "") in _HERE

    def __str__(self) -> str:
        """What people are told: ``openai:gpt-5-mini``."""
        if self.provider == "llamacpp":
            return f"llamacpp:{Path(self.model).name}"
        return (
            f"{urlsplit(self.base).netloc}#{self.model}" if self.provider == "url" else f"{self.provider}:{self.model}"
        )


_HERE = ("localhost", "127.0.0.1", "::1")


def _address(base: str) -> Any:
    try:
        return urlsplit(base)
    except ValueError:
        raise SettingsError("llm is an address that cannot be read: write it like http://HOST/v1#MODEL") from None


def _ollama() -> str:
    host = os.environ.get("OLLAMA_HOST", "") or "127.0.0.1:11434"
    return host if "://" in host else f"http://{host}"


def load_llm(
    name: ModelName, *, timeout: float, max_tokens: int, threads: int = 0, environ: Mapping[str, str] | None = None
) -> LLM:
    """The model as LlamaIndex knows it. Nothing is sent yet; llama.cpp reads its file.

    Args:
        timeout: seconds after which a request is given up.
        max_tokens: so many tokens at most are written for one answer.
        threads: of llama.cpp; 0 for half the cores: with a thread for each it waits for itself on a busy machine.
        environ: where keys are looked up; ``os.environ`` unless told.

    Raises:
        ModelError: its package is not installed, its key is missing, or its file cannot be loaded.
    """
    key = _key(name, os.environ if environ is None else environ)
    match name.provider:
        case "openai":
            made = _class("llama_index.llms.openai", "OpenAI", "openai")
            return _openai(made, name, key, timeout, max_tokens)
        case "url":
            return _like(name, name.base, key or "none", timeout, max_tokens)
        case "llamacpp":
            base, own = _served(name.model, threads or max(1, (os.cpu_count() or 2) // 2))
            return _like(name, base, own, timeout, max_tokens)
        case "ollama":
            made = _class("llama_index.llms.ollama", "Ollama", "ollama")
            more = {"num_predict": max_tokens}
            return _made(
                made, model=name.model, base_url=_ollama(), request_timeout=timeout, temperature=0.0,
                context_window=_CONTEXT, additional_kwargs=more,
            )  # fmt: skip
        case "anthropic":
            made = _class("llama_index.llms.anthropic", "Anthropic", "anthropic")
            return _made(
                made, model=name.model, api_key=key, timeout=timeout, max_tokens=max_tokens, max_retries=0,
                temperature=0.0,
            )  # fmt: skip


def _openai(made: Any, name: ModelName, key: str, timeout: float, max_tokens: int, **more: Any) -> LLM:
    usage = {"stream_options": {"include_usage": True}}
    return _made(
        made, model=name.model, api_key=key, timeout=timeout, max_tokens=max_tokens, max_retries=0, temperature=0.0,
        additional_kwargs=usage, **more,
    )  # fmt: skip


def _like(name: ModelName, base: str, key: str, timeout: float, max_tokens: int) -> LLM:
    """An OpenAI-compatible server."""
    made = _class("llama_index.llms.openai_like", "OpenAILike", "openai" if name.provider == "url" else "llamacpp")
    return _openai(made, name, key, timeout, max_tokens, api_base=base, is_chat_model=True)


def _made(made: Any, **values: Any) -> LLM:
    with _in_our_words(str(values["model"])):
        llm: LLM = made(**values)
        return llm


@contextmanager
def _in_our_words(model: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001  # a provider's package may raise anything, and its words may hold the key
        raise ModelError(
            f"the language model {model!r} cannot be set up ({type(error).__name__}): see the setting llm"
        ) from None


def _key(name: ModelName, environ: Mapping[str, str]) -> str:
    """The key, "" where none is needed."""
    own = environ.get(KEY, "").strip()
    if name.provider not in _KEYS or own:
        return own
    if key := environ.get(_KEYS[name.provider], "").strip():
        return key
    raise ModelError(
        f"the language model {name} needs a key: put it into the environment as {_KEYS[name.provider]} or {KEY}"
    )


def _class(module: str, name: str, extra: str) -> Any:
    try:
        return getattr(import_module(module), name)
    except ImportError as error:
        raise ModelError(
            f"the setting llm needs packages that are not installed ({error.name}): pip install 'dateline[{extra}]'"
        ) from error


@lru_cache(maxsize=2)
def _served(path: str, threads: int) -> tuple[str, str]:
    """Start llama.cpp's own server in this process, on loopback; its address, and a key that only we have. One for each
    file, kept until the process ends."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise ModelError(f"there is no file {path}: llm=llamacpp:PATH.gguf needs a model file on this disk")
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(
            "the setting llm needs a package that is not installed (xllamacpp): pip install 'dateline[llamacpp]'"
        ) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx, params.n_parallel, params.port, params.verbosity = _CONTEXT, 1, 0, 0
    key = secrets.token_urlsafe(24)
    params.api_keys = [key]
    params.ui = params.endpoint_slots = params.warmup = params.fit_params = False
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads, cpu.poll = threads, 0
    try:
        server = xllamacpp.Server(params)
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(f"llama.cpp cannot load {path}: is it a GGUF file of a chat model?") from error
    _servers.append(server)
    return f"{server.listening_address}/v1", key


# A server ends with its object.
_servers: list[Any] = []
