"""The commands and their options. Each hands its work to ``ingest`` or ``qa`` and shows what comes back.

Nothing heavy is imported before a command runs, so that ``dateline --help`` is there at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from ingest.console import STOPPED, addressed, as_json, guarded, printable, put, run_ingest, say
from ingest.errors import DatelineError
from qa.cli.frame import (
    AllowPrivateOption,
    ArchiveOption,
    AskedOnOption,
    FromOption,
    GuardedCommand,
    JsonOption,
    LimitOption,
    SectionOption,
    SourceOption,
    ToOption,
    cli,
    day_of,
    filters_of,
    unicode,
)

if TYPE_CHECKING:
    from qa.answer import Answer, Filters
    from qa.cli.library import Desk

__all__ = ["ask_main"]


class _IngestCommand(TyperCommand):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, addressed(args))


@cli.command(cls=_IngestCommand)
def ingest(
    targets: Annotated[
        list[str], typer.Argument(metavar="PATH|URL", help="Files, folders, quoted globs, or web addresses.")
    ],
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    limit: LimitOption = None,
    allow_private: AllowPrivateOption = False,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="[ADDRESS]",
            help="Read and encode over a Ray cluster: HOST:PORT, ray://HOST:PORT, auto, or local; without an address, "
            "the one on this machine.",
        ),
    ] = None,
) -> None:
    """Put articles into the archive.

    From files of many formats, and from the web: the address of an article, of an RSS or Atom feed (with the article
    behind each link), of a sitemap, or of a file. Repeating it changes nothing; an article whose text has changed
    replaces its older version.
    """
    with guarded(stopped=STOPPED):
        code = run_ingest(
            targets,
            archive=archive,
            quiet=quiet,
            to_json=json,
            allow_private=allow_private or None,
            max_links=limit,
            ray=ray,
        )
    if code:
        raise typer.Exit(code)


def ask(
    question: Annotated[str, typer.Argument(show_default=False, help="In plain English, in quotation marks.")],
    archive: ArchiveOption = None,
    json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the answer as Markdown with footnotes.")] = False,
    published_from: FromOption = None,
    published_to: ToOption = None,
    source: SourceOption = None,
    section: SectionOption = None,
    asked_on: AskedOnOption = None,
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Quotes only, also where a language model is set.")] = False,
) -> None:
    """Answer a question with quotes from the archive.

    Each quote comes with its article, outlet and date. DATE is a day (2024-03-19), a month (2024-03) or a year (2024).
    When the archive does not answer the question, that is said, with the nearest passages.
    """
    from ingest.settings import Settings
    from qa.cli.library import asking

    filters, day = filters_of(published_from, published_to, source, section), day_of(asked_on)
    with asking(Settings.load(archive)) as desk:
        answer = _ask(
            desk,
            unicode(question),
            history=(),
            filters=filters,
            asked_on=day,
            llm=not no_llm,
            quiet=json or markdown,
        )
    if json:
        as_json(answer.to_dict())
    elif markdown:
        put(answer.to_markdown())
    else:
        from qa.cli.render import answer_lines, show

        show(answer_lines(answer, paragraphs=sys.stdout.isatty()))


cli.command()(ask)


def ask_main() -> None:
    """``python -m qa "QUESTION"``: ``dateline ask`` by itself."""
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.command(cls=GuardedCommand)(ask)
    alone(prog_name="python -m qa")


_CHAT_HELP = "Ask in plain English; a follow-up may lean on what was said. /new starts afresh, /quit leaves."


@cli.command()
def chat(
    archive: ArchiveOption = None,
    published_from: FromOption = None,
    published_to: ToOption = None,
    source: SourceOption = None,
    section: SectionOption = None,
) -> None:
    """Ask questions in the terminal, with follow-ups."""
    from ingest.settings import Settings
    from qa.cli.library import asking
    from qa.cli.render import answer_lines, show

    filters = filters_of(published_from, published_to, source, section)
    history: list[Answer] = []
    with asking(Settings.load(archive)) as desk:
        for line in _questions():
            if line in ("/quit", "/exit"):
                return
            if line == "/new":
                history.clear()
            elif line.startswith("/"):
                say(_CHAT_HELP)
            else:
                try:
                    answer = _ask(desk, line, history=history, filters=filters)
                except DatelineError as error:
                    say(f"Error: {error}")
                    continue
                history.append(answer)
                show(answer_lines(answer, paragraphs=sys.stdout.isatty()))
                print(flush=True)


def _questions() -> Iterator[str]:
    """What is typed, line by line, blank lines left out; with line editing on a terminal."""
    if not sys.stdin.isatty():
        yield from (unicode(line.strip()) for line in sys.stdin if line.strip())
        return
    with suppress(ImportError):  # Windows has none: its terminal edits lines by itself
        import readline  # noqa: F401  # importing it is what gives input() its editing keys and history
    say(_CHAT_HELP)
    while True:
        try:
            line = unicode(input("\n> ").strip())
        except EOFError:
            print()
            return
        if line:
            yield line


def _ask(
    desk: Desk,
    question: str,
    *,
    history: Sequence[Answer],
    filters: Filters,
    asked_on: str | None = None,
    llm: bool = True,
    quiet: bool = False,
) -> Answer:
    """The answer to one question; what is being done meanwhile is shown when stderr is a terminal."""
    from qa.answer import Step

    if quiet or not sys.stderr.isatty():
        status = None
    else:
        from rich.console import Console

        status = Console(stderr=True, highlight=False, markup=False).status("Opening the archive ...")
    with status or nullcontext():
        for said in desk.stream(question, history=history, filters=filters, asked_on=asked_on, llm=llm):
            if not isinstance(said, Step):
                return said
            if status:
                status.update(printable(said.message))
    raise DatelineError("the answer broke off; ask again")
