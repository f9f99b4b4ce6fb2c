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
    if json:
        as_json({name: {"value": value, "from": origins[name]} for name, value in shown.items()})
        return
    width = max(map(len, shown))
    for name, value in shown.items():
        origin = "" if origins[name] == "the default" else f"  ({origins[name]})"
        put(f"{name:<{width}}  {json_.dumps(value, ensure_ascii=False)}{origin}")
