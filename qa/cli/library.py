"""An archive to ask and to look at: opened in this process, or asked of the server that owns it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol

from ingest.article import Article, Passage, Span
from ingest.console import say
from ingest.errors import ArchiveBusy
from ingest.owner import Owner
from ingest.settings import Settings
from qa.answer import Answer, Filters, Step

if TYPE_CHECKING:
    from ingest.archive import Archive, ArchiveStats
    from ingest.stored import Story, Version
    from qa.assistant import Assistant

__all__ = ["Desk", "Shelf", "asking", "looking"]

# The server gives no more articles than this at a time.
_PAGE = 1000


class Desk(Protocol):
    """Where questions are put."""

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Answer],
        filters: Filters,
        asked_on: str | None = None,
        llm: bool = True,
    ) -> Iterator[Step | Answer]:
        """What is being done as it begins, then the answer; "last week" is reckoned from ``asked_on``, else today.
        ``llm`` is whether a language model that is set may write."""


class Shelf(Protocol):
    """Where articles are looked up."""

    def articles(self, *, limit: int, offset: int, source: str | None, section: str | None) -> list[Article]:
        """Articles, newest first."""

    def article(self, id: str) -> Article | None:
        """The article of that id."""

    def stats(self) -> ArchiveStats:
        """What the archive holds."""

    @property
    def recipe(self) -> dict[str, str]:
        """What the archive is made with, as far as it is known."""

    def passages_of(self, article_id: str) -> list[Passage]:
        """The passages that the article is cut into, in order."""

    def stories(self, *, limit: int, offset: int, source: str | None, section: str | None) -> list[Story]:
        """Stories, latest first."""

    def members(self, id: str) -> list[Article]:
        """The articles of the story that the article of that id belongs to, earliest first."""

    def versions(self, article_id: str) -> list[Version]:
        """What the article has said, oldest first."""


@contextmanager
def asking(settings: Settings) -> Iterator[Desk]:
    """A desk over the archive in ``settings``.

    Raises:
        ArchiveError: the archive cannot be used, and no server answers for it.
    """
    from qa.assistant import Assistant

    try:
        assistant = Assistant.open(settings=settings)
    except ArchiveBusy as busy:
        yield _Remote(Owner.of(settings.archive, busy))
        return
    with assistant:
        _tell_healed(assistant.archive)
        yield _Local(assistant)


@contextmanager
def looking(settings: Settings) -> Iterator[Shelf]:
    """A shelf over the archive in ``settings``. No model is loaded.

    Raises:
        ArchiveError: the archive cannot be used, and no server answers for it.
    """
    from ingest.archive import Archive
    from ingest.vectors import ChromaServer

    try:
        archive = Archive.open(settings.archive, purpose="looking", server=ChromaServer.of(settings))
    except ArchiveBusy as busy:
        yield _Remote(Owner.of(settings.archive, busy))
        return
    with archive:
        _tell_healed(archive)
        _group(archive)
        yield archive


def _group(archive: Archive) -> None:
    """Find the stories of an archive that was made before there were any."""
    if archive.writable and (count := archive.ungrouped):
        say(f"Looking for copies among {count:,} articles, once; it takes about {max(count // 250, 1)} s.")
        archive.group()


def _tell_healed(archive: Archive) -> None:
    if healed := archive.stats().healed:
        say(healed[0].upper() + healed[1:])


@dataclass(frozen=True, slots=True)
class _Local:
    assistant: Assistant

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Answer],
        filters: Filters,
        asked_on: str | None = None,
        llm: bool = True,
    ) -> Iterator[Step | Answer]:
        return self.assistant.stream(
            question,
            history=history,
            published_from=filters.published_from,
            published_to=filters.published_to,
            sources=filters.sources or None,
            sections=filters.sections or None,
            asked_on=asked_on,
            llm=llm,
        )


@dataclass(frozen=True, slots=True)
class _Remote:
    owner: Owner

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Answer],
        filters: Filters,
        asked_on: str | None = None,
        llm: bool = True,
    ) -> Iterator[Step | Answer]:
        body: dict[str, Any] = {"question": question}
        if history:
            body["history"] = [[answer.question, answer.text] for answer in history]
        if filters.published_from:
            body["published_from"] = filters.published_from
        if filters.published_to:
            body["published_to"] = filters.published_to
        if filters.sources:
            body["sources"] = list(filters.sources)
        if filters.sections:
            body["sections"] = list(filters.sections)
        if asked_on:
            body["asked_on"] = asked_on
        if not llm:
            body["llm"] = False
        yield Answer.from_dict(self.owner.post("/api/v1/ask", body))

    def articles(self, *, limit: int, offset: int, source: str | None, section: str | None) -> list[Article]:
        found: list[Article] = []
        while len(found) < limit:
            wanted = min(limit - len(found), _PAGE)
            part = {"limit": wanted, "offset": offset + len(found)}
            page = self.owner.get("/api/v1/articles", **part, source=source, section=section)
            found += [_article(data) for data in page["articles"]]
            if len(page["articles"]) < wanted:
                break
        return found

    def article(self, id: str) -> Article | None:
        return _article(self.owner.get(f"/api/v1/articles/{id}"))

    def stats(self) -> ArchiveStats:
        from ingest.archive import ArchiveStats

        health = self.owner.get("/api/v1/health")
        sources = tuple(health["sources"].items())
        return ArchiveStats(health["articles"], health["passages"], health["from"], health["to"], sources)

    @property
    def recipe(self) -> dict[str, str]:
        return {}

    def passages_of(self, article_id: str) -> list[Passage]:
        from ingest.split import split

        # The server cuts with this same code: the archive's recipe says so, and is checked when it is opened.
        article = self.article(article_id)
        return split(article.text, captions=article.captions) if article else []

    def stories(self, *, limit: int, offset: int, source: str | None, section: str | None) -> list[Story]:
        from ingest.stored import Story

        part = {"limit": min(limit, _PAGE), "offset": offset}
        page = self.owner.get("/api/v1/stories", **part, source=source, section=section)
        return [Story(data["id"], tuple(map(_article, data["articles"]))) for data in page["stories"]]

    def members(self, id: str) -> list[Article]:
        return [_article(data) for data in self.owner.get(f"/api/v1/articles/{id}")["story"]]

    def versions(self, article_id: str) -> list[Version]:
        from ingest.stored import Version

        found = self.owner.get(f"/api/v1/articles/{article_id}/versions")["versions"]
        return [Version(data["version"], _article(data["article"]), data["added"], data["replaced"]) for data in found]


def _article(data: dict[str, Any]) -> Article:
    names = (field.name for field in fields(Article) if field.name not in ("text", "authors", "captions"))
    given = {name: data[name] for name in names if data.get(name) is not None}
    return Article(
        text=data.get("text", ""),
        authors=tuple(data.get("authors") or ()),
        captions=tuple(Span(*pair) for pair in data.get("captions") or ()),
        **given,
    )
