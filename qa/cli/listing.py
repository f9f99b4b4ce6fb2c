"""The commands that show what is in an archive: articles, the stories that they tell, and what they said before."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.console import as_json, printable, put, say
from ingest.errors import DatelineError
from qa.cli.frame import ArchiveOption, JsonOption, article_fields, cli, unicode

if TYPE_CHECKING:
    from ingest.article import Article
    from ingest.stored import Story, Version
    from qa.cli.render import Line

__all__: list[str] = []


@cli.command()
def articles(
    archive: ArchiveOption = None,
    source: Annotated[str | None, typer.Option("--source", metavar="OUTLET", help="Only this outlet.")] = None,
    section: Annotated[str | None, typer.Option("--section", metavar="NAME", help="Only this section.")] = None,
    stories: Annotated[bool, typer.Option("--stories", help="One line for all the copies of a story.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
    offset: Annotated[int, typer.Option("--offset", min=0, help="How many to pass over first.")] = 0,
    json: JsonOption = False,
) -> None:
    """List the articles in the archive, newest first."""
    from ingest.settings import Settings
    from qa.cli.library import looking
    from qa.cli.render import listing_lines, show

    only = {"source": unicode(source) if source else None, "section": unicode(section) if section else None}
    told: list[Story] = []
    found: list[Article] = []
    with looking(Settings.load(archive)) as shelf:
        if stories:
            told = shelf.stories(limit=limit, offset=offset, **only)
        else:
            found = shelf.articles(limit=limit, offset=offset, **only)
    if json and stories:
        as_json({"stories": [_story_fields(story) for story in told]})
    elif json:
        as_json({"articles": [article_fields(article, text=False) for article in found]})
    else:
        if not (told or found):
            where = f" from {source!r}" if source else ""
            say(f"No articles{where}{f' in the section {section!r}' if section else ''}.")
        columns = sys.stdout.isatty()
        show(_story_lines(told) if stories else listing_lines(found, columns=columns))
        if len(told or found) == limit:
            say(f"At most {limit} are shown; --limit and --offset show others.")


@cli.command("show")
def show_article(
    id: Annotated[str, typer.Argument(metavar="ID", help="As `dateline articles` lists it.")],
    archive: ArchiveOption = None,
    versions: Annotated[bool, typer.Option("--versions", help="List what it said over time.")] = False,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", min=1, help="Show it as it was in this version.")
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what changed in the last version, or in that of --version.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Show an article with its passages, the other articles that tell its story, and what it said before."""
    from ingest.settings import Settings
    from qa.cli.library import looking
    from qa.cli.render import article_lines, show

    with looking(Settings.load(archive)) as shelf:
        article = shelf.article(id)
        if article is None:
            raise DatelineError(f"there is no article {id!r} in the archive; `dateline articles` lists what there is")
        passages, members, history = shelf.passages_of(id), shelf.members(id), shelf.versions(id)
    if versions or diff or version is not None:
        _show_history(history, version, diff=diff, listed=versions, json=json)
        return
    if json:
        spans = [{"id": passage.id, "start": passage.start, "end": passage.end} for passage in passages]
        others = [article_fields(other, text=False) for other in members]
        as_json(
            article_fields(article, text=True)
            | {"passages": spans, "story": others, "versions": [_version_fields(one, text=False) for one in history]}
        )
        return
    show(_around(article, members, history))
    show(article_lines(article, passages))


def _show_history(history: list[Version], number: int | None, *, diff: bool, listed: bool, json: bool) -> None:
    """Show the versions of an article, or one of them, or what changed in it.

    Raises:
        DatelineError: there is no version of that number, or none before it to compare it with.
    """
    from ingest.versions import diff as changes
    from qa.cli.render import article_lines, show

    if number is not None and number > len(history):
        raise DatelineError(f"there is no version {number} of this article; it has {len(history)}")
    one = history[(number or len(history)) - 1]
    if diff:
        if one.number == 1:
            raise DatelineError(
                "this is the first version that the archive has, so there is nothing to compare it with"
                if number
                else "this article has not changed since it came into the archive"
            )
        lines = changes(history[one.number - 2], one)
        if json:
            as_json({"from": one.number - 1, "to": one.number, "diff": lines})
        else:
            for line in lines:
                put(printable(line))
    elif listed:
        if json:
            as_json({"versions": [_version_fields(version, text=False) for version in history]})
        else:
            show(_history_lines(history))
    elif json:
        as_json(_version_fields(one, text=True))
    else:
        from ingest.split import split

        show(article_lines(one.article, split(one.article.text)))


def _version_fields(version: Version, *, text: bool) -> dict[str, Any]:
    facts = {"version": version.number, "added": version.added, "replaced": version.replaced}
    return facts | {"article": article_fields(version.article, text=text)}


def _story_fields(story: Story) -> dict[str, Any]:
    return {"id": story.id, "articles": [article_fields(article, text=False) for article in story.members]}


def _story_lines(stories: Iterable[Story]) -> Iterator[Line]:
    """One line a story: its id, day, outlet and headline, and who else carries it."""
    from rich.text import Text

    from qa.cli.render import Line, listing_lines

    for story in stories:
        [line] = listing_lines([story.earliest], columns=False)
        outlets = dict.fromkeys(_flat(article.source or article.title or article.id) for article in story.members[1:])
        count = len(story.members)
        yield Line(Text.assemble(line.text, f"\t{count} articles: {', '.join(outlets)}")) if outlets else line


def _around(article: Article, members: list[Article], history: list[Version]) -> Iterator[Line]:
    """What there is to know of an article's story and versions before it is read; nothing for most."""
    from rich.text import Text

    from qa.cli.render import Line, day, listing_lines

    if len(members) > 1:
        yield Line(Text(f"One story in {len(members)} articles, the earliest first:", "dim"))
        for place, line in enumerate(listing_lines(members, columns=True)):
            here = " (this one)" if members[place].id == article.id else ""
            yield Line(Text.assemble(line.text, " (earliest)" if place == 0 and members[0].published else "", here), 4)
        yield Line(Text())
    if len(history) > 1:
        yield Line(Text(f"Changed on {day(history[-1].added[:10])}, now in version {len(history)}", "dim"))
        yield Line(Text())


def _history_lines(history: list[Version]) -> Iterator[Line]:
    from rich.text import Text

    from ingest.versions import changed
    from qa.cli.render import Line, day

    for version in history:
        if version.number == 1:
            what = "as it first came in"
        else:
            what = f"changed: {', '.join(changed(history[version.number - 2].article, version.article))}"
        yield Line(Text(f"{version.number}  {day(version.added[:10])}  {what}"))


def _flat(words: str) -> str:
    return printable(" ".join(words.split()))
