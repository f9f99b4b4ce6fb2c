"""Adding articles, as HTML: the ways in, how far it is, and the report of what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ingest.readers import FORMATS
from web import words
from web.render.text import apart, count, e, long_day
from web.words import adding as said

if TYPE_CHECKING:
    from ingest.article import Article

__all__ = ["add_form", "cannot_add", "progress_of", "report_of", "trouble_of"]

_MOST_LISTED = 12


def add_form(*, max_mb: int) -> str:
    """The three ways in.

    Args:
        max_mb: the most that one file may have, in MiB.
    """
    ends = ",".join([*FORMATS, ".gz", ".xz"])
    return (
        f'<div class="adding"><h2>{said.TITLE}</h2><p class="lead">{said.LEAD}</p>'
        f'<div class="ways" role="tablist" aria-label="{said.WAYS}">'
        f"{_way('files', said.FILES, chosen=True)}{_way('address', said.ADDRESS)}{_way('text', said.TEXT)}</div>"
        '<form class="way" id="way-files" role="tabpanel" aria-labelledby="tab-files">'
        f'<label class="drop" for="add-files"><strong>{said.DROP}</strong> {said.OR_CHOOSE}'
        f"<span>{said.KINDS.format(max_mb)}</span></label>"
        f'<input type="file" id="add-files" name="files" multiple accept="{e(ends)}"></form>'
        '<form class="way" id="way-address" role="tabpanel" aria-labelledby="tab-address" hidden>'
        f'<div class="field wide"><label class="unseen" for="add-url">{said.URL}</label>'
        '<input type="text" id="add-url" name="url" required maxlength="2000" inputmode="url" autocomplete="off" '
        f'placeholder="{said.URL_LIKE}"><button type="submit" class="button main">{said.ADD}</button></div>'
        f'<p class="hint">{said.URL_HINT}</p></form>'
        '<form class="way" id="way-text" role="tabpanel" aria-labelledby="tab-text" hidden>'
        f'<label class="row">{said.HEADLINE} <input name="title" maxlength="500" autocomplete="off"></label>'
        f'<div class="pair"><label class="row">{said.PUBLISHED} <input type="date" name="published"></label>'
        f'<label class="row">{said.OUTLET} <input name="source" maxlength="200" autocomplete="off"></label></div>'
        f'<label class="row">{said.BODY} <textarea name="text" rows="10" required></textarea></label>'
        f'<p class="hint">{said.NO_DATE}</p><button type="submit" class="button main">{said.ADD}</button></form>'
        f'<div class="job-head" hidden><h3>{said.ADDED}</h3><button type="button" class="quiet" id="forget">'
        f'{said.FORGET}</button></div><div id="jobs" aria-live="polite"></div></div>'
    )


def cannot_add(why: str) -> str:
    """What stands in place of the ways in for someone who may not use them."""
    return f'<div class="adding"><h2>{said.TITLE}</h2><p class="lead">{e(why)}</p></div>'


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
    read = (
        said.FOUND.format(count(now["articles"], words.ARTICLES))
        if now["articles"]
        else str(now.get("message") or said.READING)
    )
    many = now["total"] if read_all else now["passages"]
    encoded = said.ENCODED.format(now["done"], many) if many else ""
    label = e(said.ADDING.format(what))
    return (
        f'<section class="job running" data-job="{e(id)}" data-state="running" aria-label="{label}">'
        f'<h3 dir="auto">{e(what)}</h3>'
        f"{_step(said.READ, read, 1.0 if read_all else None)}"
        f"{_step(said.ENCODE, encoded, _share(now) if now['passages'] else 0.0)}</section>"
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
    counts = [(len(report[name]), form) for name, form in said.COUNTS.items()]
    told = ", ".join(form.format(number) for number, form in counts if number) or said.NOTHING
    fresh = len(report["added"]) + len(report["updated"])
    good = "done" if fresh or report["unchanged"] else "failed"
    hint = f'<p class="hint">{said.HAS_IT}</p>'
    unchanged = hint if report["unchanged"] and not fresh else ""
    listed = "".join(f"<li>{_article(one)}</li>" for one in added[:_MOST_LISTED])
    rest = f'<p class="hint">{said.MORE.format(fresh - len(added[:_MOST_LISTED]))}</p>' if fresh > _MOST_LISTED else ""
    return (
        f'<section class="job {good}" data-job="{e(id)}" data-state="done" data-fresh="{fresh}">'
        f'<h3 dir="auto">{e(what)}</h3>'
        f'<p class="told">{e(told)} <span>{said.TOOK.format(report["seconds"])}</span></p>{unchanged}'
        + (f'<ul class="fresh">{listed}</ul>{rest}' if listed else "")
        + _reasons(said.LEFT_OUT, report["skipped"])
        + _reasons(said.DOUBTFUL, report["warnings"])
        + "".join(f'<p class="hint" dir="auto">{e(note)}</p>' for note in _notes(report))
        + "</section>"
    )


def _article(article: Article) -> str:
    about = apart(", ", article.source, long_day(article.published))
    return (
        f'<button type="button" class="opens" data-read="{e(article.id)}" dir="auto">'
        f"{e(article.title or words.UNTITLED)}</button> <span>{about}</span>"
    )


def _reasons(heading: str, items: Sequence[Mapping[str, str]]) -> str:
    """What was left out, or is doubtful, those with the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for item in items:
        by_reason.setdefault(item["reason"], []).append(item["origin"])
    rows = []
    for reason, origins in by_reason.items():
        named = "".join(f'<li dir="auto">{e(one)}</li>' for one in origins[:_MOST_LISTED])
        left = len(origins) - _MOST_LISTED
        more = f'<li class="hint">{said.MORE.format(left)}</li>' if left > 0 else ""
        rows.append(f'<dt><ul>{named}{more}</ul></dt><dd dir="auto">{e(reason)}</dd>')
    return f'<div class="reasons"><h4>{heading}</h4><dl>{"".join(rows)}</dl></div>' if rows else ""


def _notes(report: Mapping[str, Any]) -> list[str]:
    """What else the addresses that were named had to say."""
    return [str(visit["note"]) for visit in report.get("visits", ()) if visit.get("asked") and visit.get("note")
            and not visit.get("failed")]  # fmt: skip
