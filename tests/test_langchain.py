"""Dateline inside LangChain: its retriever and its tool, alone, in a chain, and called as a model calls them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.messages import ToolCall, ToolMessage
from langchain_core.runnables import RunnableLambda
from langchain_core.utils.function_calling import convert_to_openai_tool

from ingest.errors import ArchiveMissing, InputError
from qa import Assistant
from qa.answer import ABSTENTION
from qa.langchain import DatelineRetriever, dateline_tool

TOLL = "How many people died in the Velsbridge flood?"
STRIKE = "What pay rise did the dockworkers get in the end?"
NOT_THERE = "Who won the 1998 chess olympiad in Elista?"


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


def check(assistant: Assistant, documents: Sequence[Document]) -> None:
    """What holds for every document: its words stand in its article, and its metadata are the article's."""
    for document in documents:
        about = dict(document.metadata)
        start, end, score = (about.pop(name) for name in ("start", "end", "score"))
        article = assistant.archive.article(about["id"])
        assert article
        assert document.page_content == article.text[start:end] != ""
        assert 0 <= score <= 1
        assert document.id == f"{article.id}:{start}-{end}"
        assert about == {
            "id": article.id,
            "title": article.title,
            "source": article.source,
            "published": article.published,
            "authors": list(article.authors),
            "url": article.url,
        }


def test_documents_are_exact_stretches_of_articles(assistant: Assistant) -> None:
    documents = DatelineRetriever(assistant, top_k=4).invoke(STRIKE)
    check(assistant, documents)
    assert len(documents) == 4
    scores = [document.metadata["score"] for document in documents]
    assert scores == sorted(scores, reverse=True)
    assert any("7 percent" in document.page_content for document in documents)


def test_days_outlets_and_sections_narrow_what_is_retrieved(assistant: Assistant) -> None:
    retriever = DatelineRetriever(assistant, top_k=50, published_from="1 March 2025", sources="Tidewire")
    documents = retriever.invoke("What happened?")
    assert {document.metadata["source"] for document in documents} == {"Tidewire"}
    assert all(document.metadata["published"] >= "2025-03-01" for document in documents)
    sport = DatelineRetriever(assistant, top_k=50, sections="sport").invoke("What happened?")
    assert {one.metadata["id"] for one in sport} == {one.id for one in assistant.archive.articles(section="Sport")}


def test_ainvoke_abatch_and_chains_give_the_same(assistant: Assistant) -> None:
    retriever = DatelineRetriever(assistant, top_k=2, tags=["news"])
    alone = [retriever.invoke(question) for question in (TOLL, STRIKE)]
    chain = retriever | RunnableLambda(lambda documents: [document.id for document in documents])

    async def together() -> list[Any]:
        return [await retriever.abatch([TOLL, STRIKE]), await retriever.ainvoke(TOLL), await chain.ainvoke(STRIKE)]

    both, first, ids = asyncio.run(together())
    assert both == alone
    assert first == alone[0]
    assert ids == [document.id for document in alone[1]]


def test_a_model_calls_the_tool_and_gets_the_quotes(assistant: Assistant) -> None:
    tool = dateline_tool(assistant)
    answer = assistant.ask(TOLL)
    call = ToolCall(name=tool.name, args={"question": TOLL}, id="1", type="tool_call")
    for message in (tool.invoke(call), asyncio.run(tool.ainvoke(call))):
        assert isinstance(message, ToolMessage)
        assert str(message.content).startswith(answer.text + "\n\n[1] " + answer.citations[0].article.title)
        assert {**message.artifact, "timings": None} == {**answer.to_dict(), "timings": None}
    assert tool.invoke({"question": NOT_THERE}).startswith(ABSTENTION)


def test_the_tool_says_what_it_is_for(assistant: Assistant) -> None:
    described = convert_to_openai_tool(dateline_tool(assistant, name="wire", sources="Tidewire"))["function"]
    assert described["name"] == "wire"
    assert "5 news articles" in described["description"]
    assert described["parameters"]["properties"].keys() == {"question"}
    assert dateline_tool(assistant, description="News.").description == "News."


def test_what_cannot_be_used_is_refused(assistant: Assistant, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="top_k is 0"):
        DatelineRetriever(assistant, top_k=0)
    with pytest.raises(InputError, match="published_to is 'someday'"):
        dateline_tool(assistant, published_to="someday")
    with pytest.raises(InputError, match="the question is empty"):
        DatelineRetriever(assistant).invoke(" ")
    with pytest.raises(ArchiveMissing, match="dateline ingest"):
        DatelineRetriever(tmp_path / "nowhere")
