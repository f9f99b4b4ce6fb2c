"""Which language model is meant, and how it is reached: ``openai:gpt-5-mini``, ``ollama:qwen3``, ``llamacpp:x.gguf``.

Nothing is imported before a model is wanted. What stays on this machine goes straight there, through no proxy.
"""

from __future__ import annotations

import ipaddress
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
from qa.generation.keys import KEY, find_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llama_index.core.llms import LLM

__all__ = ["ModelName", "load_llm"]

Provider = Literal["openai", "ollama", "anthropic", "llamacpp", "url"]

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
    def of(cls, setting: str) -> ModelName | None:
        """Read the setting ``llm``; None where it names no model.

        Raises:
            SettingsError: it has none of the forms.
        """
        return None if setting.strip().lower() in ("", "off", "none") else cls.parse(setting)

    @classmethod
    def parse(cls, setting: str) -> ModelName:
        """Read the name of a model, as the setting ``llm`` has it.

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
        if self.provider not in ("ollama", "url"):
            return self.provider == "llamacpp"
        return _is_here(urlsplit(self.base or _ollama()).hostname or "")

    @property
    def host(self) -> str:
        """The host that it is asked at, with its port; "" of llama.cpp, which runs in this process."""
        match self.provider:
            case "llamacpp":
                return ""
            case "openai":
                return urlsplit(_openai_base()).netloc
            case "anthropic":
                return urlsplit(os.environ.get("ANTHROPIC_BASE_URL", "") or "https://api.anthropic.com").netloc
        return urlsplit(self.base or _ollama()).netloc

    def __str__(self) -> str:
        """What people are told: ``openai:gpt-5-mini``."""
        if self.provider == "llamacpp":
            return f"llamacpp:{Path(self.model).name}"
        return (
            f"{urlsplit(self.base).netloc}#{self.model}" if self.provider == "url" else f"{self.provider}:{self.model}"
        )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(base: str) -> Any:
    try:
        return urlsplit(base)
    except ValueError:
        raise SettingsError("llm is an address that cannot be read: write it like http://HOST/v1#MODEL") from None


def _openai_base() -> str:
    named = os.environ.get("OPENAI_BASE_URL", "") or os.environ.get("OPENAI_API_BASE", "")
    return named.strip() or "https://api.openai.com/v1"


def _ollama() -> str:
    """Where Ollama is: what it reads in OLLAMA_HOST to listen at, its clients read to find it."""
    named = os.environ.get("OLLAMA_HOST", "").strip()
    try:
        parts = urlsplit(named if "://" in named else f"//{named}")
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 11434)
    except ValueError:
        raise SettingsError(f"OLLAMA_HOST is {named!r}, which is no address: write it like 127.0.0.1:11434") from None
    host = {None: "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname, parts.hostname)
    return f"{parts.scheme or 'http'}://{f'[{host}]' if ':' in str(host) else host}:{port}{parts.path.rstrip('/')}"


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
    key = find_key(name, os.environ if environ is None else environ).needed()
    match name.provider:
        case "openai":
            return _openai(name, _openai_base(), key, timeout, max_completion_tokens=max_tokens, **_effort(name.model))
        case "url":
            return _openai(name, name.base, key or "none", timeout, max_tokens=max_tokens)
        case "llamacpp":
            base, own = _served(name.model, threads or max(1, (os.cpu_count() or 2) // 2))
            return _openai(name, base, own, timeout, max_tokens=max_tokens)
        case "ollama":
            return _ollama_model(name, key, timeout, max_tokens)
        case "anthropic":
            made = _class("qa.generation.claude", "Claude", "anthropic")
            return _made(
                made, model=name.model, api_key=key, timeout=timeout, max_tokens=max_tokens, max_retries=0,
                temperature=0.0,
            )  # fmt: skip


def _openai(name: ModelName, base: str, key: str, timeout: float, **more: Any) -> LLM:
    """What speaks OpenAI's protocol. Of OpenAI's own models too it is taken as it is named: LlamaIndex's class for them
    knows only those of its day."""
    made = _class("llama_index.llms.openai_like", "OpenAILike", "llamacpp" if name.provider == "llamacpp" else "openai")
    way: dict[str, Any] = {}
    if name.local:
        from openai import DefaultHttpxClient

        way["http_client"] = DefaultHttpxClient(trust_env=False)
    return _made(
        made, model=name.model, api_base=base, api_key=key, timeout=timeout, max_retries=0, temperature=0.0,
        is_chat_model=True, additional_kwargs={"stream_options": {"include_usage": True}, **more}, **way,
    )  # fmt: skip


def _effort(model: str) -> dict[str, str]:
    """What keeps a model that thinks first from using up its tokens before it writes."""
    try:
        from llama_index.llms.openai.utils import O1_MODELS
    except ImportError:
        return {}
    return {"reasoning_effort": "low"} if model in O1_MODELS else {}


def _ollama_model(name: ModelName, key: str, timeout: float, max_tokens: int) -> LLM:
    made = _class("llama_index.llms.ollama", "Ollama", "ollama")
    from ollama import Client

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    client = Client(host=_ollama(), timeout=timeout, headers=headers, trust_env=not name.local)
    # A model that thinks first would use up its tokens before it writes; those that cannot think take no notice.
    return _made(
        made, model=name.model, base_url=_ollama(), client=client, request_timeout=timeout, temperature=0.0,
        context_window=_CONTEXT, additional_kwargs={"num_predict": max_tokens}, thinking=False,
    )  # fmt: skip


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
