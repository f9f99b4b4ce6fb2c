"""What an ingest tells: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ingest.article import Skipped

__all__ = ["IngestReport", "Progress", "Visit"]

# Addresses are named one by one up to so many.
_MOST_VISITS = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is.

    Attributes:
        phase: what is being done.
        files: files read so far.
        articles: articles found so far.
        passages: passages found so far that have to be encoded.
        message: the same for people, without the numbers.
        done: passages encoded.
        total: passages that have to be encoded in all; None until everything is read.
    """

    phase: Literal["reading", "encoding", "done"]
    files: int
    articles: int
    passages: int
    message: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of an address.

    Attributes:
        url: the address, without passwords and keys.
        kind: what was there: ``"page"``, ``"feed"``, ``"sitemap"`` or ``"file"``; empty where that is not known.
        added, updated, unchanged: how many articles, with those behind the links of a feed or sitemap.
        note: what else there is to say, such as why nothing came of it.
        asked: whether it was named by the person who ran the ingest, rather than by a feed or sitemap.
        failed: whether nothing could be had.
        passing: for a failure, whether trying again later may help.
        wait: for a failure, the seconds after which the server wants to be asked again.
    """

    url: str
    kind: str = ""
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    note: str = ""
    asked: bool = True
    failed: bool = False
    passing: bool = False
    wait: float | None = None

    def __str__(self) -> str:
        counts = [
            f"{count:,} {name}"
            for count, name in ((self.added, "added"), (self.updated, "updated"), (self.unchanged, "unchanged"))
            if count
        ]
        said = ", ".join(counts) or ("skipped" if self.failed else "nothing new")
        note = f"; {self.note}" if self.note and not self.failed else ""
        return f"{self.url} ({self.kind}): {said}{note}" if self.kind else f"{self.url}: {said}{note}"


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did: ids of articles added, updated and found unchanged, and what was skipped, and why.

    ``warnings`` are articles that were taken in all the same, with what is doubtful about them. ``visits`` says what
    came of each address. ``str(report)`` is the text for people.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[Skipped, ...] = ()
    seconds: float = 0.0
    visits: tuple[Visit, ...] = ()

    @property
    def articles(self) -> int:
        """How many articles were found, new or not."""
        return len(self.added) + len(self.updated) + len(self.unchanged)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self) | {
            "skipped": [asdict(item) for item in self.skipped],
            "warnings": [asdict(item) for item in self.warnings],
            "visits": [asdict(item) for item in self.visits],
        }

    def __str__(self) -> str:
        if not self.articles and not self.skipped and not self.visits:
            return "Nothing was found to take in."
        counts = [
            f"{len(self.added)} added",
            f"{len(self.updated)} updated",
            f"{len(self.unchanged)} unchanged",
            f"{len(self.skipped)} skipped",
        ]
        lines = [", ".join(counts) + f", in {_duration(self.seconds)}."]
        if self.articles and not self.added and not self.updated:
            lines.append("Nothing has changed since the last time.")
        asked = [visit for visit in self.visits if visit.asked and not visit.failed]
        lines += [f"Fetched: {visit}" for visit in asked[:_MOST_VISITS]]
        lines += _listing("Skipped", self.skipped) + _listing("Taken in, but", self.warnings)
        return "\n".join(lines)


def _listing(heading: str, items: Sequence[Skipped], *, most: int = 5) -> list[str]:
    """Lines on ``items``, those with the same reason together, ``most`` named for each reason."""
    lines = []
    by_reason: dict[str, list[str]] = {}
    for item in items:
        by_reason.setdefault(item.reason, []).append(item.origin)
    for reason, origins in by_reason.items():
        more = f" and {len(origins) - most} more" if len(origins) > most else ""
        lines.append(f"{heading}: {reason}")
        lines += [f"    {origin}" for origin in origins[:most]]
        if more:
            lines.append(f"   {more}")
    return lines


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
