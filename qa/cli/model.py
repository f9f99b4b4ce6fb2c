"""``dateline llm``: whether a language model answers, where it runs, and what leaves the machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.console import as_json, put
from ingest.errors import InputError, ModelError
from qa.cli.frame import ArchiveOption, JsonOption, cli

if TYPE_CHECKING:
    from qa.generation.models import ModelName
    from qa.generation.trying import Trial

__all__: list[str] = []


@cli.command()
def llm(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="Another one, such as ollama:llama3.2.", show_default=False)
    ] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Try the language model that is set: whether it answers, where it runs, what leaves the machine.

    It is asked one question about an invented quote; nothing of the archive is sent.
    """
    from ingest.settings import Settings
    from qa.generation.keys import find_key
    from qa.generation.models import ModelName, load_llm
    from qa.generation.talking import Talker
    from qa.generation.trying import next_step, tried
    from qa.reranker import BundledReranker

    settings = Settings.load(archive, llm=model)
    name = ModelName.of(settings.llm)
    if name is None:
        raise InputError("no language model is set: try one, as in dateline llm ollama:llama3.2, or set DATELINE_LLM")
    key = find_key(name, os.environ)
    key.needed()
    made = load_llm(name, timeout=settings.llm_timeout, max_tokens=settings.llm_max_tokens, threads=settings.threads)
    trial = tried(Talker(made, str(name), settings.llm_timeout), BundledReranker(threads=settings.threads).score)
    told = _told(name, key.origin or "none needed", trial)
    if json:
        as_json(told)
    else:
        _show(told)
    if trial.failed:
        step = next_step(name, trial.failed)
        raise ModelError(f"{name} does not answer: {trial.failed}{f'; {step}' if step else ''}")


def _told(name: ModelName, key: str, trial: Trial) -> dict[str, Any]:
    return {
        "model": str(name),
        "host": name.host,
        "local": name.local,
        "key": key,
        "answered": trial.failed is None,
        "seconds": round(trial.seconds, 2),
        "prompt_tokens": trial.cost.prompt,
        "cached_tokens": trial.cost.cached,
        "completion_tokens": trial.cost.completion,
        "estimated": trial.cost.estimated,
        "wrote": list(trial.wrote),
        "shown": list(trial.shown),
        "cut_because": trial.why,
    }


def _show(told: dict[str, Any]) -> None:
    """The same in a few lines for people."""
    where = told["host"] or "in this process"
    leaves = "the question and up to eight quotes of each answer go there"
    put(f"Model     {told['model']}")
    put(f"Runs      {where}{', on this machine: nothing leaves it' if told['local'] else f': {leaves}'}")
    put(f"Key       {told['key']}")
    if not told["answered"]:
        return
    about = "about " if told["estimated"] else ""
    read = f"{about}{told['prompt_tokens']:,} tokens read ({told['cached_tokens']:,} of them at hand)"
    put(f"Answered  in {told['seconds']:.1f} s: {read}, {told['completion_tokens']:,} written")
    put(f"Wrote     {' '.join(told['wrote']) or 'nothing'}")
    if told["shown"]:
        put(f"Shown     {len(told['shown'])} of {len(told['wrote'])}: what its quote bears out")
    else:
        put(f"Shown     none: {told['cut_because'] or 'it found no answer'}. Answers will mostly be quotes.")
