"""Dateline inside Haystack: its components, alone, in pipelines, and written out and read back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when it is imported
from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner

from ingest.errors import ArchiveMissing, InputError
from qa import Assistant
from qa.answer import ABSTENTION
from qa.haystack import DatelineAnswerer, DatelineRetriever

TOLL = "How many people died in the Velsbridge flood?"
STRIKE = "What pay rise did the dockworkers get in the end?"
NOT_THERE = "Who won the 1998 chess olympiad in Elista?"


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


def check(assistant: Assistant, documents: Sequence[Document]) -> None:
    """What holds for every document: its words stand in its article, and its meta are the article's."""
    for document in documents:
        about = dict(document.meta)
        start, end = about.pop("start"), about.pop("end")
        article = assistant.archive.article(about["id"])
        assert article
        assert document.content == article.text[start:end] != ""
        assert document.score is not None
        assert 0 <= document.score <= 1
        assert document.id == f"{article.id}:{start}-{end}"
        assert (about["title"], about["source"], about["published"], about["url"]) == (
            article.title,
            article.source,
            article.published,
            article.url,
        )


def test_documents_are_exact_stretches_of_articles(assistant: Assistant) -> None:
    retriever = DatelineRetriever(assistant, top_k=4)
    documents = retriever.run(STRIKE)["documents"]
    check(assistant, documents)
    assert len(documents) == 4
    assert [document.id for document in retriever.run(STRIKE, top_k=2)["documents"]] == [
        document.id for document in documents[:2]
    ]
    assert asyncio.run(retriever.run_async(STRIKE)) == {"documents": documents}


def test_an_answer_has_its_quotes_as_documents(assistant: Assistant) -> None:
    answer = assistant.ask(TOLL)
    [given] = DatelineAnswerer(assistant).run(TOLL)["answers"]
    check(assistant, given.documents)
    assert given.data == answer.text
    assert given.query == TOLL
    assert [document.content for document in given.documents] == [citation.quote for citation in answer.citations]
    assert {**given.meta, "timings": None} == {**answer.to_dict(), "timings": None}
    [nothing] = DatelineAnswerer(assistant).run(NOT_THERE)["answers"]
    assert nothing.data.startswith(ABSTENTION)
    assert nothing.documents == []


def test_pipelines_run_both_sync_and_async(assistant: Assistant) -> None:
    found = []
    for is_async in (False, True):
        pipeline = Pipeline()
        pipeline.add_component("tidewire", DatelineRetriever(assistant, top_k=2, sources="Tidewire"))
        pipeline.add_component("post", DatelineRetriever(assistant, top_k=2, sections=["Town"]))
        pipeline.add_component("join", DocumentJoiner())
        pipeline.connect("tidewire", "join")
        pipeline.connect("post", "join")
        data = {"tidewire": {"query": TOLL}, "post": {"query": TOLL}}
        run = asyncio.run(pipeline.run_async(data)) if is_async else pipeline.run(data)
        found.append(sorted(run["join"]["documents"], key=lambda document: document.id))
    assert found[0] == found[1]
    check(assistant, found[0])
    assert {document.meta["source"] for document in found[0]} == {"Tidewire", "Velsbridge Post"}


def test_a_pipeline_is_written_out_and_read_back(tmp_path: Path, assistant: Assistant) -> None:
    pipeline = Pipeline()
    pipeline.add_component("archive", DatelineRetriever(tmp_path / "nowhere", top_k=3, published_from="2025-01-01"))
    pipeline.add_component("answer", DatelineAnswerer(sources=["Tidewire"], sections="Town"))
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=["qa.haystack"])
    assert again.to_dict() == pipeline.to_dict()
    with pytest.raises(ArchiveMissing, match="dateline ingest"):
        again.warm_up()
    with pytest.raises(InputError, match="give it the archive's folder"):
        DatelineAnswerer(assistant).to_dict()
