"""The commands that look after an archive: what it is, whether it is well, taking articles out, writing them out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.console import as_json, printable, put, say
from ingest.errors import ArchiveBusy, ArchiveMissing, DatelineError, InputError, ModelError
from qa.cli.frame import (
    ArchiveOption,
    FromOption,
    JsonOption,
    SectionOption,
    SourceOption,
    ToOption,
    article_fields,
    cli,
    filters_of,
)

if TYPE_CHECKING:
    from ingest.archive import Archive
    from ingest.article import Article
    from ingest.settings import Settings
    from qa.answer import Filters

__all__: list[str] = []

_PAGE = 1000
_SHOWN = 10


@cli.command()
def info(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Tell what is in the archive."""
    from ingest.settings import Settings
    from qa.cli.library import looking
    from qa.cli.render import day

    settings = Settings.load(archive)
    with looking(settings) as shelf:
        stats, recipe = shelf.stats(), shelf.recipe
    database = sum(path.stat().st_size for path in settings.archive.glob("archive.db*"))
    vectors = sum(path.stat().st_size for path in settings.archive.glob("vectors/**/*") if path.is_file())
    if json:
        found = {
            "archive": str(settings.archive),
            "encoder": recipe.get("encoder"),
            "articles": stats.articles,
            "stories": stats.stories,
            "passages": stats.passages,
            "from": stats.first,
            "to": stats.last,
            "sources": dict(stats.sources),
            "bytes": {"database": database, "vectors": vectors},
        }
        as_json(found)
        return
    put(f"Archive    {settings.archive}")
    put(f"Articles   {stats.articles:,} in {stats.passages:,} passages")
    if stats.stories and stats.stories < stats.articles:
        put(f"Stories    {stats.stories:,}, copies counted once")
    if stats.first:
        put(f"Published  {day(stats.first)} to {day(stats.last)}")
    if recipe.get("encoder"):
        put(f"Encoder    {recipe['encoder']}, {recipe['dimensions']} dimensions")
    put(f"On disk    {database / 2**20:,.1f} MiB of articles, {vectors / 2**20:,.1f} MiB of vectors")
    for number, (source, count) in enumerate(stats.sources):
        put(f"{'' if number else 'Outlets':<9}  {' '.join(source.split())} ({count:,})")


@cli.command()
def remove(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="As `dateline articles` lists them.")] = None,
    archive: ArchiveOption = None,
    url: Annotated[
        list[str] | None, typer.Option("--url", metavar="URL", help="The article at this address; may be repeated.")
    ] = None,
    source: SourceOption = None,
    section: SectionOption = None,
    published_from: FromOption = None,
    published_to: ToOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
) -> None:
    """Take articles out of the archive, with all their versions.

    By id or address, or all of an outlet, a section or some days. What would be removed is shown first.
    """
    filters = filters_of(published_from, published_to, source, section)
    named = bool(ids or url)
    if named == bool(published_from or published_to or source or section):
        raise typer.BadParameter("name articles by ID or --url, or say which with --source, --section, --from and --to")
    with _opened(archive, "remove") as opened:
        found = _named(opened, ids or [], url or []) if named else _within(opened, filters)
        if not found:
            put("There is no such article, so nothing was removed.")
            return
        if not yes:
            _confirm(opened, found)
        count = opened.remove([article.id for article in found])
    put(f"Removed {count:,} article{'' if count == 1 else 's'}.")


def _named(archive: Archive, ids: Sequence[str], urls: Sequence[str]) -> list[Article]:
    """The articles of these ids and addresses.

    Raises:
        DatelineError: there is none of one of them.
    """
    found: dict[str, Article] = {}
    for name, article in (*((id, archive.article(id)) for id in ids), *((url, archive.at(url)) for url in urls)):
        if article is None:
            raise DatelineError(
                f"there is no article {name!r} in the archive, so nothing was removed; `dateline articles` lists "
                "what there is"
            )
        found[article.id] = article
    return list(found.values())


def _within(archive: Archive, filters: Filters) -> list[Article]:
    """The articles that the filters let through, newest first, without their texts."""
    from ingest.stored import Scope

    scope = Scope(filters.published_from, filters.published_to, filters.sources, filters.sections)
    found: list[Article] = []
    while page := archive.articles(limit=_PAGE, offset=len(found), scope=scope):
        found += [replace(article, text="") for article in page]
    return found


def _confirm(archive: Archive, found: Sequence[Article]) -> None:
    """Show what would be removed, and ask.

    Raises:
        DatelineError: the answer is no, or there is nobody to ask.
    """
    from qa.cli.render import listing_lines, show

    put(f"This removes {len(found):,} of {archive.stats().articles:,} articles, with all their versions:")
    show(listing_lines(found[:_SHOWN], columns=sys.stdout.isatty()))
    if len(found) > _SHOWN:
        put(f"and {len(found) - _SHOWN:,} more")
    if not sys.stdin.isatty():
        raise DatelineError("nothing was removed: --yes removes them without asking")
    if not typer.confirm("Remove?"):
        raise DatelineError("nothing was removed")


@cli.command()
def export(
    file: Annotated[str, typer.Argument(metavar="FILE.jsonl", help="Where to; - for stdout.")],
    archive: ArchiveOption = None,
) -> None:
    """Write all articles out, one JSON object a line.

    Ingesting the file into an empty archive gives the same articles again.
    """
    with _opened(archive, "export") as opened:
        lines = (json.dumps(article_fields(article, text=True), ensure_ascii=True) for article in opened.export())
        if file == "-":
            for line in lines:
                print(line)
            return
        count = _written(Path(file), lines)
    put(f"Wrote {count} article{'' if count == 1 else 's'} to {file}.")


def _written(path: Path, lines: Iterator[str]) -> int:
    """Write ``lines`` to ``path``, all of them or none.

    Raises:
        InputError: the file cannot be written.
    """
    new = path.with_name(path.name + ".new")
    try:
        with new.open("w", encoding="utf-8", newline="\n") as stream:
            count = sum(1 for line in lines if stream.write(line + "\n"))
        new.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        new.unlink(missing_ok=True)
    return count


@cli.command()
def reindex(archive: ArchiveOption = None) -> None:
    """Fill the search indexes again from the articles; nothing is encoded again."""
    with _opened(archive, "reindex") as opened, _counting() as on_progress:
        count = opened.reindex(on_progress=on_progress)
    put(f"Indexed {count:,} passages.")


@contextmanager
def _counting() -> Iterator[Callable[[int, int], None] | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True, highlight=False), transient=True) as bar:
        task = bar.add_task("Indexing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@cli.command()
def doctor(
    archive: ArchiveOption = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make the indexes and stories again where they are wrong.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check the installation and the archive. The exit code is 1 when something is wrong."""
    from ingest.settings import Settings

    settings = Settings.load(archive)
    checks = [("Python", True, sys.version.split()[0]), *_check_models(settings)]
    checks += _check_archive(settings, repair=repair)
    well = all(fine for _, fine, _ in checks)
    if json:
        as_json({"ok": well, "checks": [{"name": name, "ok": fine, "says": says} for name, fine, says in checks]})
    else:
        for name, fine, says in checks:
            put(f"{'ok   ' if fine else 'WRONG'}  {name}: {says}")
    if not well:
        raise typer.Exit(1)


def _check_models(settings: Settings) -> Iterator[tuple[str, bool, str]]:
    from ingest.models import BGE_SMALL, MS_MARCO
    from qa.reader import MODEL

    models = (
        ("encoder", settings.encoder, BGE_SMALL),
        ("reader", "bundled", MODEL),
        ("reranker", settings.reranker, MS_MARCO),
    )
    for name, chosen, model in models:
        if chosen != "bundled":
            yield name, True, f"{chosen} (not checked: it is not one of the bundled models)"
            continue
        try:
            model.locate()
        except ModelError as error:
            yield name, False, str(error)
        else:
            yield name, True, f"{model.name}, its files are there and unchanged"


def _check_archive(settings: Settings, *, repair: bool) -> Iterator[tuple[str, bool, str]]:
    from ingest.archive import Archive
    from ingest.owner import Owner
    from ingest.vectors import ChromaServer

    try:
        with Archive.open(settings.archive, purpose="doctor", server=ChromaServer.of(settings)) as opened:
            stats, wrong, ungrouped = opened.stats(), opened.check(), opened.ungrouped
            if repair and opened.writable and (wrong or ungrouped):
                yield "archive", True, printable(f"mended: {'; '.join(wrong) or 'stories were missing'}")
                with _counting() as on_progress:
                    opened.mend(on_progress=on_progress)
                stats, wrong, ungrouped = opened.stats(), opened.check(), 0
            notices = opened.notices()
    except ArchiveMissing as error:
        yield "archive", True, str(error)
        return
    except ArchiveBusy as busy:
        try:
            owner = Owner.of(settings.archive, busy)
            count = owner.get("/api/v1/health")["articles"]
            yield (
                "archive",
                True,
                f"{settings.archive} is owned by the server at {owner.url}, which has {count} articles",
            )
        except DatelineError as error:
            yield "archive", False, str(error)
        return
    except DatelineError as error:
        yield "archive", False, str(error)
        return
    if stats.healed:
        yield "archive", True, stats.healed
    yield "archive", not wrong, f"{settings.archive}, {stats.articles:,} articles in {stats.passages:,} passages"
    if ungrouped:
        yield "stories", True, f"copies were not yet looked for among {ungrouped:,} articles; --repair does it"
    for ids in notices:
        shown = ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
        yield (
            "stories",
            True,
            f"{len(ids):,} articles ({shown}) have one text, which says nothing of their headlines: is it a notice "
            "in their place?",
        )
    yield from (("archive", False, printable(sentence)) for sentence in wrong)


@contextmanager
def _opened(archive: Path | None, purpose: str) -> Iterator[Archive]:
    """The archive, opened in this process.

    Raises:
        ArchiveError: it cannot be opened; a server that owns it has to be stopped first.
    """
    from ingest.archive import Archive
    from ingest.settings import Settings
    from ingest.vectors import ChromaServer

    settings = Settings.load(archive)
    with Archive.open(settings.archive, purpose=purpose, server=ChromaServer.of(settings)) as opened:
        if healed := opened.stats().healed:
            say(healed)
        yield opened
