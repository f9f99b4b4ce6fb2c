"""The ``dateline`` command. ``app`` adds ``serve`` to it.

frame.py      how a command ends, and the options that commands share
commands.py   putting articles in, asking
listing.py    looking at what is there: articles, stories, versions
upkeep.py     removing, exporting, checking and repairing
backup.py     an archive in one file, and back
config.py     settings, and where they came from
model.py      trying the language model that is set
evaluating.py measuring answers on questions whose answers are known
watching.py   looking for new articles again and again
library.py    an archive, opened here or asked of the server that owns it
render.py     answers, sources and articles as lines for a terminal or a pipe
"""

from __future__ import annotations

from qa.cli import backup, commands, config, evaluating, listing, model, upkeep, watching
from qa.cli.commands import ask_main
from qa.cli.frame import cli

__all__ = ["ask_main", "backup", "cli", "commands", "config", "evaluating", "listing", "model", "upkeep", "watching"]
