"""``dateline config``: each setting, and where it came from."""

from __future__ import annotations

import json as json_

from ingest.console import as_json, put
from qa.cli.frame import ArchiveOption, JsonOption, cli

__all__: list[str] = []


@cli.command()
def config(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Show each setting, and where its value came from. Secrets are masked.

    The command wins over the environment, which wins over the settings file, which wins over the default.
    """
    from ingest.settings import Settings

    settings, origins = Settings.explained(archive)
    shown = settings.shown()
    if key := _key(settings.llm):
        shown["llm_key"], origins["llm_key"] = key
        shown = dict(sorted(shown.items()))
    if json:
        as_json({name: {"value": value, "from": origins[name]} for name, value in shown.items()})
        return
    width = max(map(len, shown))
    for name, value in shown.items():
        origin = "" if origins[name] == "the default" else f"  ({origins[name]})"
        put(f"{name:<{width}}  {json_.dumps(value, ensure_ascii=False)}{origin}")


def _key(llm: str) -> tuple[str, str] | None:
    """The key of the language model, masked, and where it comes from; None where no model is set."""
    import os

    from qa.generation.keys import find_key
    from qa.generation.models import ModelName

    name = ModelName.of(llm)
    if name is None:
        return None
    key = find_key(name, os.environ)
    return "********" if key.secret else "", key.origin or key.missing or "none needed"
