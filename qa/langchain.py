"""Dateline inside LangChain: a retriever and a tool, both over an archive.

A document's words are a stretch of an article: ``document.page_content == article.text[start:end]``, with ``start`` and
``end`` in its metadata. Needs ``langchain-core``: pip install 'dateline[langchain]'.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import StructuredTool
from pydantic import BaseModel, Field, PrivateAttr

from ingest.errors import InputError
from qa.answer import Answer, ArticleRef
from qa.assistant import Assistant
from qa.view import View, metadata, with_footnotes

__all__ = ["DatelineRetriever", "dateline_tool"]


class DatelineRetriever(BaseRetriever):
    """Finds the passages nearest to a query, by meaning and by words, the best first.

    The metadata of a document are its article's ``id``, ``title``, ``source``, ``published``, ``authors`` and ``url``
    (None or empty where unknown), ``start`` and ``end`` (characters of the article's text), and ``score``, a
    probability. Its id is the same each time.

    Args:
        archive: an open Assistant, or the folder of an archive, which the process then keeps open until it ends; None
            for the one in the settings.
        top_k: how many passages at most.
        published_from, published_to: only articles of these days, both included. Days that the query names narrow
            nothing here.
        sources, sections: only articles of this outlet or section, or of these.

    Raises:
        ArchiveMissing: there is no archive.
        ArchiveBusy: another process owns it.
        InputError: ``top_k`` is below 1, or a date cannot be read; later, the query is empty.
    """

    top_k: int = 5
    _view: View = PrivateAttr()

    def __init__(
        self,
        archive: Assistant | str | Path | None = None,
        *,
        top_k: int = 5,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
        **more: Any,
    ) -> None:
        if top_k < 1:
            raise InputError(f"top_k is {top_k}: ask for at least 1 passage")
        super().__init__(top_k=top_k, **more)  # type: ignore[call-arg]  # pydantic's own, which takes the fields
        self._view = _view(archive, published_from, published_to, sources, sections)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        found = self._view.search(query, self.top_k)
        return [_document(one.article, one.start, one.end, one.text, one.score) for one in found]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = await self._view.asearch(query, self.top_k)
        return [_document(one.article, one.start, one.end, one.text, one.score) for one in found]


class _Question(BaseModel):
    question: str = Field(description="One whole question in English that can be understood by itself.")


def dateline_tool(
    archive: Assistant | str | Path | None = None,
    *,
    name: str = "news_archive",
    description: str | None = None,
    return_direct: bool = False,
    published_from: str | date | None = None,
    published_to: str | date | None = None,
    sources: str | Sequence[str] | None = None,
    sections: str | Sequence[str] | None = None,
) -> StructuredTool:
    """The archive as a tool for any LangChain agent. It answers with quotes, and a line on each article under them.

    The artifact of its message is the whole :class:`qa.Answer`, as its ``to_dict()`` gives it.

    Args:
        archive, published_from, published_to, sources, sections: as for :class:`DatelineRetriever`; days and sections
            here override those that a question names.
        name: what the language model calls it.
        description: what the language model reads about it; None to say how many articles of which days there are.
        return_direct: the tool's words are the agent's answer, and the language model adds nothing.

    Raises:
        ArchiveMissing: there is no archive.
        ArchiveBusy: another process owns it.
        InputError: a date cannot be read; later, the question is empty.
    """
    view = _view(archive, published_from, published_to, sources, sections)

    def ask(question: str) -> tuple[str, dict[str, Any]]:
        return _told(view.ask(question))

    async def aask(question: str) -> tuple[str, dict[str, Any]]:
        return _told(await view.aask(question))

    return StructuredTool.from_function(
        ask,
        aask,
        name=name,
        description=description or view.describe(),
        args_schema=_Question,
        return_direct=return_direct,
        response_format="content_and_artifact",
    )


def _view(
    archive: Assistant | str | Path | None,
    published_from: str | date | None,
    published_to: str | date | None,
    sources: str | Sequence[str] | None,
    sections: str | Sequence[str] | None,
) -> View:
    return View.of(
        archive,
        published_from=published_from,
        published_to=published_to,
        sources=sources,
        sections=sections,
        purpose="qa.langchain",
    )


def _told(answer: Answer) -> tuple[str, dict[str, Any]]:
    return with_footnotes(answer), answer.to_dict()


def _document(article: ArticleRef, start: int, end: int, text: str, score: float) -> Document:
    about = {**metadata(article, start, end), "score": score}
    return Document(id=f"{article.id}:{start}-{end}", page_content=text, metadata=about)
