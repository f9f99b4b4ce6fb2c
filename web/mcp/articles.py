"""Articles as resources: ``dateline://articles/ID``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import mcp_types as types

from qa.answer import ArticleRef

if TYPE_CHECKING:
    from ingest.archive import Archive

__all__ = ["TEMPLATE", "linked", "listed", "read"]

_ADDRESS = "dateline://articles/"
_PAGE = 50
_TYPE = "text/plain"

TEMPLATE = types.ResourceTemplate(
    name="article",
    title="Article",
    uri_template=_ADDRESS + "{id}",
    description="A news article of the archive: headline, outlet, day and address, then its text.",
    mime_type=_TYPE,
)


def linked(article: ArticleRef) -> types.ResourceLink:
    """A link to an article."""
    return types.ResourceLink(
        name=article.id, title=article.title or "Untitled", uri=_ADDRESS + article.id, mime_type=_TYPE
    )


def listed(archive: Archive, cursor: str | None) -> types.ListResourcesResult:
    """A page of articles, newest first.

    Args:
        cursor: what the page before named as the next one.
    """
    offset = int(cursor) if cursor and re.fullmatch(r"\d{1,9}", cursor) else 0
    found = archive.articles(limit=_PAGE + 1, offset=offset)
    resources = [
        types.Resource(
            name=article.id,
            title=article.title or "Untitled",
            uri=_ADDRESS + article.id,
            description=", ".join(part for part in (article.source, (article.published or "")[:10]) if part) or None,
            mime_type=_TYPE,
            size=len(article.text.encode()),
        )
        for article in found[:_PAGE]
    ]
    return types.ListResourcesResult(
        resources=resources, next_cursor=str(offset + _PAGE) if len(found) > _PAGE else None
    )


def read(archive: Archive, uri: str) -> types.ReadResourceResult | None:
    """The article at ``uri``; None when there is none."""
    id = uri.removeprefix(_ADDRESS)
    article = archive.article(id) if id != uri else None
    if article is None:
        return None
    about = (article.title, article.source, (article.published or "")[:10], article.url)
    text = "\n".join([part for part in about if part] + ["", article.text])
    return types.ReadResourceResult(contents=[types.TextResourceContents(uri=uri, text=text, mime_type=_TYPE)])
