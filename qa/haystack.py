"""Dateline inside Haystack: components that retrieve passages and that answer, both over an archive.

The words of a document are a stretch of an article: ``document.content == article.text[start:end]``, with ``start`` and
``end`` in its meta. Needs ``haystack-ai``: pip install 'dateline[haystack]'.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict
from haystack.dataclasses import GeneratedAnswer

from ingest.errors import InputError
from qa.answer import Answer, ArticleRef, RetrievedPassage
from qa.assistant import Assistant
from qa.view import View, metadata

__all__ = ["DatelineAnswerer", "DatelineRetriever"]


class _Component:
    """What both have in common: the archive, what is seen of it, and being written into a pipeline's YAML.

    An archive is opened when a pipeline warms up, or at the first question. There is no ``__init__`` here: Haystack
    makes another class of a component, so ``super()`` cannot be used in one.
    """

    def _see(
        self,
        archive: Assistant | str | Path | None,
        published_from: str | date | None,
        published_to: str | date | None,
        sources: str | Sequence[str] | None,
        sections: str | Sequence[str] | None,
    ) -> None:
        self._archive = archive
        self._given: dict[str, Any] = {
            "published_from": _written(published_from),
            "published_to": _written(published_to),
            "sources": _listed(sources),
            "sections": _listed(sections),
        }
        self._view: View | None = None

    def warm_up(self) -> None:
        """Open the archive and load the models.

        Raises:
            ArchiveMissing: there is no archive.
            ArchiveBusy: another process owns it.
            InputError: a date cannot be read.
        """
        self._opened()

    def _opened(self) -> View:
        if self._view is None:
            self._view = View.of(self._archive, **self._given, purpose="qa.haystack")
        return self._view

    def _written(self, **more: Any) -> dict[str, Any]:
        if isinstance(self._archive, Assistant):
            raise InputError("a component over an open Assistant cannot be written out: give it the archive's folder")
        archive = str(self._archive) if self._archive is not None else None
        return default_to_dict(self, archive=archive, **self._given, **more)


@component
class DatelineRetriever(_Component):
    """Finds the passages nearest to a query, by meaning and by words, the best first.

    The meta of a document are its article's ``id``, ``title``, ``source``, ``published``, ``authors`` and ``url``, and
    ``start`` and ``end`` (characters of the article's text). Its score is a probability.

    Args:
        archive: an open Assistant, or the folder of an archive, which the process then keeps open until it ends; None
            for the one in the settings.
        top_k: how many passages at most.
        published_from, published_to: only articles of these days, both included.
        sources, sections: only articles of this outlet or section, or of these.
    """

    def __init__(
        self,
        archive: Assistant | str | Path | None = None,
        *,
        top_k: int = 10,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
    ) -> None:
        self._see(archive, published_from, published_to, sources, sections)
        self.top_k = top_k

    def to_dict(self) -> dict[str, Any]:
        """The component as plain values."""
        return self._written(top_k=self.top_k)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DatelineRetriever:
        """The component that :meth:`to_dict` wrote."""
        made: DatelineRetriever = default_from_dict(cls, data)
        return made

    @component.output_types(documents=list[Document])
    def run(self, query: str, top_k: int | None = None) -> dict[str, list[Document]]:
        """Retrieve passages.

        Raises:
            InputError: the query is empty.
        """
        found = self._opened().search(query, top_k or self.top_k)
        return {"documents": [_passage(one) for one in found]}

    @component.output_types(documents=list[Document])
    async def run_async(self, query: str, top_k: int | None = None) -> dict[str, list[Document]]:
        """The same as :meth:`run`, off the event loop's thread."""
        found = await self._opened().asearch(query, top_k or self.top_k)
        return {"documents": [_passage(one) for one in found]}


@component
class DatelineAnswerer(_Component):
    """Answers a question from the archive, or abstains.

    The answer's data are its text, with markers; ``[n]`` is ``documents[n-1]``, whose content is the quote. The meta
    are the whole :class:`qa.Answer`, as its ``to_dict()`` gives it. An abstention has no documents.

    Args:
        archive, published_from, published_to, sources, sections: as for :class:`DatelineRetriever`; days and sections
            here override those that a question names.
    """

    def __init__(
        self,
        archive: Assistant | str | Path | None = None,
        *,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
    ) -> None:
        self._see(archive, published_from, published_to, sources, sections)

    def to_dict(self) -> dict[str, Any]:
        """The component as plain values."""
        return self._written()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DatelineAnswerer:
        """The component that :meth:`to_dict` wrote."""
        made: DatelineAnswerer = default_from_dict(cls, data)
        return made

    @component.output_types(answers=list[GeneratedAnswer])
    def run(self, query: str) -> dict[str, list[GeneratedAnswer]]:
        """Answer a question.

        Raises:
            InputError: the question is empty.
        """
        return {"answers": [_answer(self._opened().ask(query))]}

    @component.output_types(answers=list[GeneratedAnswer])
    async def run_async(self, query: str) -> dict[str, list[GeneratedAnswer]]:
        """The same as :meth:`run`, off the event loop's thread."""
        return {"answers": [_answer(await self._opened().aask(query))]}


def _written(day: str | date | None) -> str | None:
    return day.isoformat() if isinstance(day, date) else day


def _listed(names: str | Sequence[str] | None) -> str | list[str] | None:
    return names if names is None or isinstance(names, str) else list(names)


def _answer(answer: Answer) -> GeneratedAnswer:
    documents = [_document(one.article, one.start, one.end, one.quote, one.score) for one in answer.citations]
    return GeneratedAnswer(data=answer.text, query=answer.question, documents=documents, meta=answer.to_dict())


def _passage(found: RetrievedPassage) -> Document:
    return _document(found.article, found.start, found.end, found.text, found.score)


def _document(article: ArticleRef, start: int, end: int, text: str, score: float) -> Document:
    about = metadata(article, start, end)
    return Document(id=f"{article.id}:{start}-{end}", content=text, meta=about, score=score)
