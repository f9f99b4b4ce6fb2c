"""The values that pass into and out of an archive. It knows no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ingest.article import Article, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ArchiveStats", "Outcome", "Prepared", "Scope", "StoredPassage", "Story", "Version"]

Outcome = Literal["added", "updated", "unchanged"]
"""What storing an article does."""


@dataclass(frozen=True, slots=True)
class ArchiveStats:
    """What an archive holds: the first and last day (ISO 8601, None when nothing is dated), outlets with the number of
    their articles (most first), a line on what was repaired when it was opened, empty if nothing was, and how many
    stories the articles tell, copies of one counted once."""

    articles: int
    passages: int
    first: str | None
    last: str | None
    sources: tuple[tuple[str, int], ...]
    healed: str = ""
    stories: int = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article that is ready to be stored.

    Attributes:
        article, origin: see :class:`~ingest.article.Found`.
        passages: what it is cut into.
        vectors: their unit vectors, of shape ``(passages, dimensions)``.
        nth: which one it is of the records with its headline and day in its file, counted from 1.
    """

    article: Article
    origin: str
    passages: Sequence[Passage]
    vectors: NDArray[np.float32]
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that are copies of one another, or an article that has none.

    Attributes:
        id: that of the earliest of them.
        members: the articles, earliest first, undated ones last.
    """

    id: str
    members: tuple[Article, ...]

    @property
    def earliest(self) -> Article:
        """The article that was published first, as far as dates are known."""
        return self.members[0]


@dataclass(frozen=True, slots=True)
class Version:
    """What an article said at a time.

    Attributes:
        number: counted from 1, the oldest that is known.
        article: the article as it was.
        added: when it came into the archive (ISO 8601, UTC).
        replaced: when the next one took its place, None for what the article says now.
    """

    number: int
    article: Article
    added: str
    replaced: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search is narrowed to: days (ISO 8601, both inclusive; undated articles lie outside any), outlets and
    sections, in any case of their letters."""

    published_from: str | None = None
    published_to: str | None = None
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.published_from or self.published_to or self.sources or self.sections)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its words and its article. ``article.text`` is the whole article."""

    passage: Passage
    article: Article

    @property
    def text(self) -> str:
        """The passage's words."""
        return self.article.text[self.passage.start : self.passage.end]
