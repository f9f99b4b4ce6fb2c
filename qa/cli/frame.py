"""The ``dateline`` command before it has any commands: how it ends, its version, the options that commands share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from ingest.console import guarded

if TYPE_CHECKING:
    from ingest.article import Article
    from qa.answer import Filters

__all__ = [
    "AllowPrivateOption",
    "ArchiveOption",
    "AskedOnOption",
    "FromOption",
    "GuardedCommand",
    "JsonOption",
    "LimitOption",
    "SectionOption",
    "SourceOption",
    "ToOption",
    "article_fields",
    "cli",
    "day_of",
    "filters_of",
    "unicode",
]


class _Guarded:
    """Errors, Ctrl-C and SIGTERM end any command with one line and an exit code, never with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        with guarded():
            return super().invoke(ctx)  # type: ignore[misc]


class _Group(_Guarded, TyperGroup):
    pass


class GuardedCommand(_Guarded, TyperCommand):
    pass


cli = typer.Typer(
    name="dateline",
    cls=_Group,
    help="Ask questions of news articles and get answers that quote dated articles word for word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

ArchiveOption = Annotated[
    Path | None,
    typer.Option("--archive", metavar="DIR", help="The archive's folder; DATELINE_ARCHIVE unless given."),
]
LimitOption = Annotated[
    int | None,
    typer.Option("--limit", metavar="PAGES", min=1, help="Pages to fetch from one feed or sitemap, newest first."),
]
AllowPrivateOption = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from this machine and from private networks too.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, for programs.")]

FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Only articles published on this day or later.")
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Only articles published on this day or earlier.")
]
AskedOnOption = Annotated[
    str | None,
    typer.Option(
        "--asked-on", metavar="DAY", help='Reckon "last week" in the question from this day; today unless given.'
    ),
]
SourceOption = Annotated[
    list[str] | None, typer.Option("--source", metavar="OUTLET", help="Only this outlet; may be repeated.")
]
SectionOption = Annotated[
    list[str] | None, typer.Option("--section", metavar="NAME", help="Only this section; may be repeated.")
]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"dateline {version('dateline')}")
        except PackageNotFoundError:
            print("dateline, not installed")
        raise typer.Exit


@cli.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


def filters_of(
    published_from: str | None,
    published_to: str | None,
    sources: Sequence[str] | None,
    sections: Sequence[str] | None,
) -> Filters:
    """What the options ``--from``, ``--to``, ``--source`` and ``--section`` narrow a search to.

    Raises:
        typer.BadParameter: a date is none, or the first is later than the last.
    """
    from qa.answer import Filters

    first = _first_and_last(published_from, "--from")[0] if published_from else None
    last = _first_and_last(published_to, "--to")[1] if published_to else None
    if first and last and first > last:
        raise typer.BadParameter(f"--from {published_from} is later than --to {published_to}")
    outlets, parts = (tuple(unicode(name) for name in names or ()) for names in (sources, sections))
    return Filters(first, last, outlets, parts)


def day_of(asked_on: str | None) -> str | None:
    """The day that ``--asked-on`` names, ISO 8601; None when it was not given.

    Raises:
        typer.BadParameter: it names none, or a whole month or year.
    """
    if asked_on is None:
        return None
    first, last = _first_and_last(asked_on, "--asked-on")
    if first != last:
        raise typer.BadParameter(f"{asked_on!r} is not a day; write 2024-03-19", param_hint="--asked-on")
    return first


def _first_and_last(value: str, option: str) -> tuple[str, str]:
    """The first and the last day of a day, month or year that was typed.

    Raises:
        typer.BadParameter: it is none of them.
    """
    try:
        numbers = [int(part) for part in value.strip().split("-")]
        if len(numbers) > 3:
            raise ValueError(value)
        first = date(numbers[0], *[*numbers[1:], 1, 1][:2])
        if len(numbers) == 1:
            last = date(first.year, 12, 31)
        elif len(numbers) == 2:
            last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
        else:
            last = first
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{value!r} is not a date; write 2024-03-19, 2024-03 or 2024", param_hint=option
        ) from None
    return first.isoformat(), last.isoformat()


def unicode(words: str) -> str:
    """What was typed, with the bytes that are no text in the terminal's encoding replaced by ``?``."""
    return words.encode("utf-8", "replace").decode()


def article_fields(article: Article, *, text: bool) -> dict[str, Any]:
    """An article as JSON values, with or without its text."""
    fields = asdict(article) | {"authors": list(article.authors)}
    return fields if text else {name: value for name, value in fields.items() if name != "text"}
