"""From an address to articles: what is there is looked at, links are followed, and what came of each is told.

This is the whole of what the pipeline uses. What a page, feed or sitemap holds never makes it raise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

from ingest.article import Found, Skipped
from ingest.fetch import safe
from ingest.fetch.client import Client, Fetched, Last
from ingest.fetch.feeds import Link, links_of_feed
from ingest.fetch.follow import follow
from ingest.fetch.limits import Limits
from ingest.fetch.memory import Memory, Page
from ingest.fetch.pages import article_of, content_of, items_of
from ingest.fetch.problem import FetchError
from ingest.fetch.sitemaps import Listed, read_sitemap

__all__ = ["Done", "Gathered", "Known", "Step", "Web"]

# A page that a link leads to is no data set.
_LARGEST_PAGE = 10 << 20
# Sitemaps that one index may have us read in one run.
_MOST_SITEMAPS = 25


@dataclass(frozen=True, slots=True)
class Known:
    """Articles that the archive has, and that have not changed."""

    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """An address is dealt with: what was found since the last of these came from it.

    Attributes:
        url: the address, as it may be shown.
        kind: what was there, empty where that is not known.
        note: what else there is to say.
        failed: whether nothing could be had.
        passing: for a failure: whether trying again later may help.
        wait: for a failure: the seconds after which the server wants to be asked again.
        page: to be remembered, with the ids of its articles, once these are stored; None for nothing.
        asked: whether it is an address that a person named; then all that was found since the last such one counts.
    """

    url: str
    kind: Literal["", "page", "feed", "sitemap", "file"] = ""
    note: str = ""
    failed: bool = False
    passing: bool = False
    wait: float | None = None
    page: Page | None = None
    asked: bool = False


Step = Found | Skipped | Known | Done


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found at an address, or sent to us, to be stored later."""

    steps: Iterable[Step]


class Web:
    """Reads addresses, each with what it leads to. A context manager: leaving it closes what is open.

    Args:
        folder: the archive's folder, where it is remembered what was fetched; None to remember nothing.
        limits: what a fetch may cost.
        client: asks servers; None for one of its own.
        present: those of some ids that the archive has.
        stopped: set it to end all that is running.
    """

    def __init__(
        self,
        folder: Path | None,
        limits: Limits,
        *,
        client: Client | None = None,
        present: Callable[[Sequence[str]], Sequence[str]] = tuple,
        stopped: threading.Event | None = None,
    ) -> None:
        self.stopped = stopped or threading.Event()
        self.memory = Memory(folder)
        self._limits = limits
        self._given = client
        self._present = present

    def close(self) -> None:
        """Close what is open."""
        if self._given is None and "_client" in self.__dict__:
            self._client.close()
        self.memory.close()

    @cached_property
    def _client(self) -> Client:
        """Made when it is needed: reading the certificates takes a while."""
        return self._given or Client(self._limits, stopped=self.stopped)

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, target: str) -> Iterator[Step]:
        """What is at an address that a person names: an article, a feed, a sitemap, or a file of articles."""
        shown = safe.shown(target.strip())
        try:
            url = str(safe.parse(target))
            page = self.memory.of(url)
            ids = tuple(self._present(page.articles)) if page else ()
            # An article that was taken out of the archive is fetched again: it was asked for by name.
            whole = page is not None and page.articles and len(ids) == len(page.articles)
            got = self._client.get(url, last=page.last if page and whole else None)
            if page and not got.changed:
                yield Known(ids)
                again = replace(page, last=got.last)
                yield Done(shown, note="has not changed since the last time (304)", page=again, asked=True)
                return
            content = content_of(got, max_bytes=self._limits.max_bytes)
            yield from self._content(url, shown, got, content.kind, content.data)
        except FetchError as error:
            yield Skipped(shown, str(error))
            yield _failed(shown, error, asked=True)

    def _content(self, url: str, shown: str, got: Fetched, kind: str, data: bytes) -> Iterator[Step]:
        got = replace(got, body=data)
        if kind == "feed":
            links = links_of_feed(got, data)
            yield from self._links(_Lead(url, shown, "feed", got), links)
        elif kind == "sitemap":
            yield from self._sitemap(url, shown, got, data)
        elif kind == "page":
            article = article_of(got)
            yield Found(article, safe.shown(got.url))
            yield Done(shown, "page", page=Page(url, got.last), asked=True)
        else:
            yield from items_of(got, max_bytes=self._limits.max_bytes)
            yield Done(shown, "file", page=Page(url, got.last), asked=True)

    # Links

    def _links(self, lead: _Lead, links: Sequence[Link]) -> Iterator[Step]:
        """The articles that ``links`` lead to, then what there is to say of what led there."""
        unknown: list[Link] = []
        for link in map(_plain, links):
            page = self.memory.of(link.url, lead.url)
            if page and page.stamp == link.stamp and (page.articles or page.reason):
                lead.known += 1
                if page.articles:
                    yield Known(tuple(self._present(page.articles)))
            elif link.article is not None:
                lead.taken += 1
                yield Found(link.article, link.origin)
                yield Done(safe.shown(link.url), "page", page=Page(link.url, Last(link.url), lead.url, link.stamp))
            else:
                unknown.append(link)
        lead.left = max(0, len(unknown) - self._limits.max_links)
        yield from self._pages(lead, unknown[: self._limits.max_links])
        yield lead.done()

    def _pages(self, lead: _Lead, links: Sequence[Link]) -> Iterator[Step]:
        def get(link: Link) -> Fetched:
            page = self.memory.of(link.url, lead.url)
            last = page.last if page and page.articles else None
            url = str(safe.parse(link.url))
            return self._client.get(url, last=last, max_bytes=_LARGEST_PAGE, from_public=not lead.got.private)

        for link, got in follow(links, get, url=lambda link: link.url, hosts=self._limits.hosts, stopped=self.stopped):
            yield from self._page(lead, link, got)
        lead.complete = lead.complete and not self.stopped.is_set()

    def _page(self, lead: _Lead, link: Link, got: Fetched | FetchError) -> Iterator[Step]:
        shown, page = safe.shown(link.url), self.memory.of(link.url, lead.url)
        try:
            if isinstance(got, FetchError):
                raise got
            if not got.changed and page:
                lead.known += 1
                yield Known(tuple(self._present(page.articles)))
                yield Done(shown, "page", page=replace(page, last=got.last, stamp=link.stamp, reason=""))
                return
            kind = content_of(got, max_bytes=_LARGEST_PAGE).kind
            if kind != "page":
                raise FetchError(f"is no page but a {kind}; name its address to take it in")
            article = article_of(got)
        except FetchError as error:
            lead.complete = lead.complete and not error.passing
            # What a server refuses and what is no article stays so until the feed says that it has changed.
            lasting = not error.passing and (error.status or not isinstance(got, FetchError))
            kept = Page(link.url, Last(link.url), lead.url, link.stamp, (), str(error)) if lasting else None
            yield Skipped(shown, str(error))
            yield replace(_failed(shown, error), page=kept)
            return
        lead.taken += 1
        yield Found(article, safe.shown(got.url))
        yield Done(shown, "page", page=Page(link.url, got.last, lead.url, link.stamp))

    # Sitemaps

    def _sitemap(self, url: str, shown: str, got: Fetched, data: bytes) -> Iterator[Step]:
        lead = _Lead(url, shown, "sitemap", got)
        for step in self._listed(lead, got, data):
            if not isinstance(step, Listed):
                yield step
            else:
                lead.listed.setdefault(step.url, step)
        newest = sorted(lead.listed.values(), key=lambda item: item.moment, reverse=True)
        yield from self._links(lead, [Link(item.url, item.moment) for item in newest])

    def _listed(self, lead: _Lead, got: Fetched, data: bytes) -> Iterator[Listed | Skipped]:
        """The pages in a sitemap and in those that it lists, newest sitemaps first, until there are enough new ones."""
        waiting, read, fresh = [(got, data)], 0, 0
        todo: list[Listed] = []
        while waiting or todo:
            if not waiting:
                child = todo.pop(0)
                if read >= _MOST_SITEMAPS or fresh >= self._limits.max_links or self.stopped.is_set():
                    lead.sitemaps_left = len(todo) + 1
                    return
                try:
                    waiting.append(self._child(child, got))
                except FetchError as error:
                    lead.complete = lead.complete and not error.passing
                    yield Skipped(safe.shown(child.url), str(error))
                    continue
            at, body = waiting.pop()
            read += 1
            try:
                sitemap = read_sitemap(body)
            except FetchError as error:
                yield Skipped(safe.shown(at.url), str(error))
                continue
            own = [item for item in sitemap.listed if _is_of(item.url, at.url)]
            foreign = len(sitemap.listed) - len(own)
            if foreign:
                yield Skipped(safe.shown(at.url), f"lists {foreign:,} addresses of other sites, which are left out")
            if sitemap.index:
                lead.index = True
                todo += own if at is got else []
            else:
                fresh += sum(self._is_new(item, lead) for item in own)
                yield from own

    def _child(self, child: Listed, parent: Fetched) -> tuple[Fetched, bytes]:
        got = self._client.get(str(safe.parse(child.url)), from_public=not parent.private)
        content = content_of(got, max_bytes=self._limits.max_bytes)
        if content.kind != "sitemap":
            raise FetchError("is listed as a sitemap, and is none")
        return got, content.data

    def _is_new(self, item: Listed, lead: _Lead) -> bool:
        page = self.memory.of(_plain(Link(item.url, "")).url, lead.url)
        return not page or page.stamp != item.moment


@dataclass(slots=True)
class _Lead:
    """A feed or sitemap whose links are followed, and how far that is."""

    url: str
    shown: str
    kind: Literal["feed", "sitemap"]
    got: Fetched
    known: int = 0
    taken: int = 0
    left: int = 0
    sitemaps_left: int = 0
    index: bool = False
    complete: bool = True
    listed: dict[str, Listed] = field(default_factory=dict)

    def done(self) -> Done:
        notes = []
        if self.left:
            notes.append(f"{self.left:,} older pages are left for the next run; --limit takes more at once")
        if self.sitemaps_left:
            notes.append(f"{self.sitemaps_left:,} older sitemaps are left for the next run")
        # When something is missing it has to be asked for in full again, so what the server says of it is not kept.
        whole = self.complete and not self.left and not self.index
        last = self.got.last if whole else Last(self.got.url)
        return Done(self.shown, self.kind, note="; ".join(notes), page=Page(self.url, last), asked=True)


def _plain(link: Link) -> Link:
    """``link`` with its address in the one form that it is remembered in."""
    try:
        return replace(link, url=str(safe.parse(link.url)))
    except FetchError:  # said when it is asked for
        return link


def _failed(shown: str, error: FetchError, *, asked: bool = False) -> Done:
    return Done(shown, note=str(error), failed=True, passing=error.passing, wait=error.wait, asked=asked)


def _is_of(url: str, sitemap: str) -> bool:
    """Whether a sitemap may list that address: those of its own site."""
    try:
        return safe.same_site(urlsplit(url).hostname or "", urlsplit(sitemap).hostname or "")
    except ValueError:
        return False
