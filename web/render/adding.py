"""Adding articles, as HTML: the ways in, how far it is, and the report of what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ingest.readers import FORMATS
from web.render.text import count, e, long_day

if TYPE_CHECKING:
    from ingest.article import Article

__all__ = ["add_form", "cannot_add", "progress_of", "report_of", "trouble_of"]

_MOST_LISTED = 12
_KINDS = "Plain text, Markdown, web pages, JSON, CSV, feeds, mail, PDF, Word, and archives of these"


def add_form(*, max_mb: int) -> str:
    """The three ways in.

    Args:
        max_mb: the most that one file may have, in MiB.
    """
    ends = ",".join([*FORMATS, ".gz", ".xz"])
    return (
        '<div class="adding"><h2>Add articles</h2>'
        '<p class="lead">What you add can be asked about at once. An article that is there already is not added twice; '
        "one that has changed is brought up to date.</p>"
        '<div class="ways" role="tablist" aria-label="What to add">'
        f"{_way('files', 'Files', chosen=True)}{_way('address', 'Web address')}{_way('text', 'Text')}</div>"
        '<form class="way" id="way-files" role="tabpanel" aria-labelledby="tab-files">'
        '<label class="drop" for="add-files"><strong>Drop files here</strong> or choose them'
        f"<span>{_KINDS}; up to {max_mb:,} MB each</span></label>"
        f'<input type="file" id="add-files" name="files" multiple accept="{e(ends)}"></form>'
        '<form class="way" id="way-address" role="tabpanel" aria-labelledby="tab-address" hidden>'
        '<div class="field wide"><label class="unseen" for="add-url">Address</label>'
        '<input type="text" id="add-url" name="url" required maxlength="2000" inputmode="url" autocomplete="off" '
        'placeholder="https://…"><button type="submit" class="button main">Add</button></div>'
        '<p class="hint">An article, a feed (RSS or Atom) or a sitemap. Of a feed the newest articles are fetched, '
        "a page a second.</p></form>"
        '<form class="way" id="way-text" role="tabpanel" aria-labelledby="tab-text" hidden>'
        '<label class="row">Headline <input name="title" maxlength="500" autocomplete="off"></label>'
        '<div class="pair"><label class="row">Published on <input type="date" name="published"></label>'
        '<label class="row">Outlet <input name="source" maxlength="200" autocomplete="off"></label></div>'
        '<label class="row">Text <textarea name="text" rows="10" required></textarea></label>'
        '<p class="hint">Without a date an article is left out of searches by date.</p>'
        '<button type="submit" class="button main">Add</button></form>'
        '<div class="job-head" hidden><h3>What was added</h3><button type="button" class="quiet" id="forget">'
        'Clear the list</button></div><div id="jobs" aria-live="polite"></div></div>'
    )


def cannot_add(why: str) -> str:
    """What stands in place of the ways in for someone who may not use them."""
    return f'<div class="adding"><h2>Add articles</h2><p class="lead">{e(why)}</p></div>'


def _way(name: str, label: str, *, chosen: bool = False) -> str:
    state = "true" if chosen else "false"
    return (
        f'<button type="button" role="tab" id="tab-{name}" aria-controls="way-{name}" aria-selected="{state}" '
        f'tabindex="{0 if chosen else -1}">{label}</button>'
    )


def progress_of(id: str, what: str, progress: Mapping[str, Any] | None) -> str:
    """How far an ingest is, a bar for each of its steps.

    Args:
        id: the ingest's.
        what: what is added, for people.
        progress: as ``ingest.report.Progress`` has it; None before the first news.
    """
    now = progress or {"phase": "reading", "files": 0, "articles": 0, "passages": 0, "done": 0, "total": None}
    read_all = now["total"] is not None
    read = f"{count(now['articles'], 'article')} found" if now["articles"] else str(now.get("message") or "Reading")
    many = now["total"] if read_all else now["passages"]
    encoded = f"{now['done']:,} of {many:,} passages" if many else ""
    return (
        f'<section class="job running" data-job="{e(id)}" data-state="running" aria-label="Adding {e(what)}">'
        f'<h3 dir="auto">{e(what)}</h3>'
        f"{_step('Read', read, 1.0 if read_all else None)}"
        f"{_step('Make searchable', encoded, _share(now) if now['passages'] else 0.0)}</section>"
    )


def _share(now: Mapping[str, Any]) -> float:
    total = now["total"] or now["passages"]
    return min(1.0, now["done"] / total) if total else 0.0


def _step(name: str, said: str, share: float | None) -> str:
    """A bar; one without an end in sight is None."""
    value = "" if share is None else f' value="{share:.3f}"'
    return (
        f'<div class="bar"><span>{e(name)}</span><progress max="1"{value} aria-label="{e(name)}"></progress>'
        f"<span>{e(said)}</span></div>"
    )


def trouble_of(id: str, what: str, message: str) -> str:
    """An ingest that broke off, and why."""
    return (
        f'<section class="job failed" data-job="{e(id)}" data-state="done" role="alert"><h3 dir="auto">{e(what)}</h3>'
        f'<p class="bad">{e(message)}</p></section>'
    )


def report_of(id: str, what: str, report: Mapping[str, Any], added: Sequence[Article]) -> str:
    """What came of an ingest.

    Args:
        report: as ``IngestReport.to_dict()`` has it.
        added: the first of the articles that were added or updated.
    """
    counts = [(len(report[name]), name) for name in ("added", "updated", "unchanged", "skipped")]
    told = ", ".join(f"{number:,} {name}" for number, name in counts if number) or "Nothing was found to take in"
    fresh = len(report["added"]) + len(report["updated"])
    good = "done" if fresh or report["unchanged"] else "failed"
    hint = '<p class="hint">The archive has it already, word for word.</p>'
    unchanged = hint if report["unchanged"] and not fresh else ""
    listed = "".join(f"<li>{_article(one)}</li>" for one in added[:_MOST_LISTED])
    rest = f'<p class="hint">and {fresh - len(added[:_MOST_LISTED]):,} more</p>' if fresh > _MOST_LISTED else ""
    return (
        f'<section class="job {good}" data-job="{e(id)}" data-state="done" data-fresh="{fresh}">'
        f'<h3 dir="auto">{e(what)}</h3>'
        f'<p class="told">{e(told)} <span>in {report["seconds"]:.1f} s</span></p>{unchanged}'
        + (f'<ul class="fresh">{listed}</ul>{rest}' if listed else "")
        + _reasons("Left out", report["skipped"])
        + _reasons("Taken in, but", report["warnings"])
        + "".join(f'<p class="hint" dir="auto">{e(note)}</p>' for note in _notes(report))
        + "</section>"
    )


def _article(article: Article) -> str:
    about = ", ".join(part for part in (article.source, long_day(article.published)) if part)
    return (
        f'<button type="button" class="opens" data-read="{e(article.id)}" dir="auto">'
        f"{e(article.title or 'Untitled article')}</button> <span>{e(about)}</span>"
    )


def _reasons(heading: str, items: Sequence[Mapping[str, str]]) -> str:
    """What was left out, or is doubtful, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for item in items:
        by_reason.setdefault(item["reason"], []).append(item["origin"])
    rows = []
    for reason, origins in by_reason.items():
        named = "".join(f'<li dir="auto">{e(one)}</li>' for one in origins[:_MOST_LISTED])
        more = f'<li class="hint">and {len(origins) - _MOST_LISTED:,} more</li>' if len(origins) > _MOST_LISTED else ""
        rows.append(f'<dt dir="auto">{heading}: {e(reason)}</dt>'
                    f"<dd><ul>{named}{more}</ul></dd>")  # fmt: skip
    return f'<dl class="reasons">{"".join(rows)}</dl>' if rows else ""


def _notes(report: Mapping[str, Any]) -> list[str]:
    """What else the addresses that were named had to say."""
    return [str(visit["note"]) for visit in report.get("visits", ()) if visit.get("asked") and visit.get("note")
            and not visit.get("failed")]  # fmt: skip
