"""Dateline inside LlamaIndex: real agents, synthesizers and streams over the sample articles."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import Settings
from llama_index.core.agent.workflow import AgentStream, AgentWorkflow, FunctionAgent, ReActAgent, ToolCallResult
from llama_index.core.base.response.schema import AsyncStreamingResponse, Response, StreamingResponse
from llama_index.core.bridge.pydantic import Field
from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler
from llama_index.core.llms import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.tools import BaseTool, QueryEngineTool
from llama_index.core.vector_stores.utils import metadata_dict_to_node, node_to_metadata_dict

import qa.llama_index
from ingest.errors import ArchiveMissing, InputError
from qa import Answer, Assistant
from qa.answer import ABSTENTION
from qa.llama_index import DatelineChatEngine, DatelineQueryEngine, DatelineRerank, DatelineRetriever, dateline_tool
from qa.reranker import BundledReranker

ROOT = Path(__file__).parent.parent
TOLL = "How many people died in the Velsbridge flood?"
STRIKE = "What pay rise did the dockworkers get in the end?"
NOT_THERE = "Who won the 1998 chess olympiad in Elista?"


class Scripted(FunctionCallingLLM):
    """A language model of few words: it calls the first tool with the last question, and then repeats what it said."""

    heard: list[str] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(is_function_calling_model=True, is_chat_model=True)

    def _prepare_chat_with_tools(self, tools: Sequence[BaseTool], **given: Any) -> dict[str, Any]:
        return {"messages": given["chat_history"] or [], "tools": tools}

    def get_tool_calls_from_response(self, response: ChatResponse, **_: Any) -> list[ToolSelection]:
        return [ToolSelection(**call) for call in response.message.additional_kwargs.get("calls", [])]

    def chat(self, messages: Sequence[ChatMessage], **given: Any) -> ChatResponse:
        last = messages[-1]
        tools = given.get("tools")
        if last.role == MessageRole.TOOL or not tools:
            self.heard.append(str(last.content))
            said = f"The archive says: {last.content}"
            return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=said), delta=said)
        call = {"tool_id": "1", "tool_name": tools[0].metadata.name, "tool_kwargs": {"input": last.content}}
        message = ChatMessage(role=MessageRole.ASSISTANT, content="", additional_kwargs={"calls": [call]})
        return ChatResponse(message=message, delta="")

    async def achat(self, messages: Sequence[ChatMessage], **given: Any) -> ChatResponse:
        return self.chat(messages, **given)

    def stream_chat(self, messages: Sequence[ChatMessage], **given: Any) -> ChatResponseGen:
        yield self.chat(messages, **given)

    async def astream_chat(self, messages: Sequence[ChatMessage], **given: Any) -> ChatResponseAsyncGen:
        async def said() -> ChatResponseAsyncGen:
            yield self.chat(messages, **given)

        return said()

    def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        return CompletionResponse(text=self.chat([ChatMessage(content=prompt)]).message.content or "")

    async def acomplete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
        return self.complete(prompt)

    def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseGen:
        yield self.complete(prompt)

    async def astream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponseAsyncGen:
        async def said() -> CompletionResponseAsyncGen:
            yield self.complete(prompt)

        return said()


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Assistant]:
    with Assistant.open(sample_archive) as assistant:
        yield assistant


@pytest.fixture
def llm() -> Scripted:
    return Scripted()


@pytest.fixture(autouse=True)
def _no_model_of_llama_indexs_own() -> Iterator[None]:
    """Reading them from the global settings makes clients of OpenAI."""
    yield
    assert Settings._llm is None
    assert Settings._embed_model is None


def check(assistant: Assistant, nodes: Sequence[NodeWithScore]) -> None:
    """What holds for every node: its text stands in its article, and its metadata are the article's."""
    for hit in nodes:
        node = hit.node
        assert isinstance(node, TextNode)
        article = assistant.archive.article(node.metadata["id"])
        assert article is not None
        assert node.text == article.text[node.start_char_idx : node.end_char_idx] != ""
        assert node.metadata == {
            "title": article.title,
            "source": article.source,
            "published": article.published,
            "authors": ", ".join(article.authors),
            "url": article.url,
            "id": article.id,
        }
        assert node.ref_doc_id == article.id
        assert hit.score is not None
        assert 0 <= hit.score <= 1


def told(answer: Answer | dict[str, Any] | None) -> dict[str, Any]:
    """An answer without what differs from one time to the next."""
    assert answer is not None
    data = answer.to_dict() if isinstance(answer, Answer) else answer
    return {**data, "timings": None}


def quotes(response: Any) -> list[str]:
    return [hit.node.get_content() for hit in response.source_nodes]


# The module


def test_importing_qa_does_not_import_llama_index() -> None:
    code = "import sys, qa, qa.answer, qa.assistant, qa.asking; print('llama_index' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_the_public_names_are_sorted_and_there() -> None:
    assert qa.llama_index.__all__ == sorted(qa.llama_index.__all__)
    assert all(hasattr(qa.llama_index, name) for name in qa.llama_index.__all__)


# The retriever


def test_retrieved_nodes_are_exact_stretches_of_articles(assistant: Assistant) -> None:
    nodes = DatelineRetriever(assistant, top_k=8).retrieve(STRIKE)
    check(assistant, nodes)
    assert len(nodes) == 8
    assert len({hit.node_id for hit in nodes}) == 8
    assert [hit.score for hit in nodes] == sorted((hit.get_score() for hit in nodes), reverse=True)
    assert any("7 percent" in hit.text for hit in nodes[:3])


def test_node_ids_are_the_same_each_time_and_in_another_archive(assistant: Assistant, tmp_path: Path) -> None:
    def ids(archive: Assistant) -> list[str]:
        return [hit.node_id for hit in DatelineRetriever(archive).retrieve(TOLL)]

    with Assistant.open(tmp_path / "other", create=True) as other:
        other.ingest(ROOT / "examples" / "articles")
        assert ids(other) == ids(assistant) == ids(assistant)


def test_top_k_beyond_the_archive_gives_every_passage(assistant: Assistant) -> None:
    nodes = DatelineRetriever(assistant, top_k=1000).retrieve("strike")
    assert len(nodes) == assistant.archive.stats().passages


def test_days_outlets_and_sections_narrow_what_is_retrieved(assistant: Assistant) -> None:
    days = DatelineRetriever(assistant, top_k=50, published_from="1 March 2025", published_to="2025-03-31")
    found = days.retrieve("What happened?")
    assert found
    assert all("2025-03-01" <= hit.metadata["published"][:10] <= "2025-03-31" for hit in found)
    outlet = DatelineRetriever(assistant, top_k=50, sources=["Tidewire", "Third Half"]).retrieve("What happened?")
    assert {hit.metadata["source"] for hit in outlet} == {"Tidewire", "Third Half"}
    section = DatelineRetriever(assistant, top_k=50, sections="Sport").retrieve("What happened?")
    assert {hit.metadata["id"] for hit in section} == {one.id for one in assistant.archive.articles(section="Sport")}


def test_retrieving_off_the_event_loop_gives_the_same(assistant: Assistant) -> None:
    retriever = DatelineRetriever(assistant, top_k=3)
    alone = [retriever.retrieve(question) for question in (TOLL, STRIKE)]

    async def together() -> list[list[NodeWithScore]]:
        return await asyncio.gather(*(retriever.aretrieve(question) for question in (TOLL, STRIKE)))

    assert asyncio.run(together()) == alone


def test_a_retriever_refuses_what_it_cannot_use(assistant: Assistant, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="top_k is 0"):
        DatelineRetriever(assistant, top_k=0)
    with pytest.raises(InputError, match="published_to is 'someday'"):
        DatelineRetriever(assistant, published_to="someday")
    with pytest.raises(InputError, match="the question is empty"):
        DatelineRetriever(assistant).retrieve(" ")
    with pytest.raises(ArchiveMissing, match="dateline ingest"):
        DatelineRetriever(tmp_path / "nowhere")


def test_nodes_go_through_llama_indexs_stores_unchanged(assistant: Assistant) -> None:
    nodes = [hit.node for hit in DatelineRetriever(assistant).retrieve(TOLL)]
    store = SimpleDocumentStore()
    store.add_documents(nodes)
    assert [store.get_document(node.node_id) for node in nodes] == nodes
    flat = [node_to_metadata_dict(node, flat_metadata=True) for node in nodes]
    assert [metadata_dict_to_node(json.loads(json.dumps(metadata))) for metadata in flat] == nodes


def test_a_language_model_reads_headline_outlet_and_day_above_the_text(assistant: Assistant) -> None:
    [hit] = DatelineRetriever(assistant, top_k=1, sources="Tidewire").retrieve("port strike mediator")
    lines = hit.node.get_content(MetadataMode.LLM).splitlines()
    assert lines[:3] == [hit.metadata["title"], "Tidewire", hit.metadata["published"]]
    assert hit.metadata["id"] not in lines
    assert hit.node.get_content(MetadataMode.EMBED) == f"{hit.metadata['title']}\n{hit.text}"


def test_a_synthesizer_with_a_language_model_writes_from_our_nodes(assistant: Assistant, llm: Scripted) -> None:
    retriever = DatelineRetriever(assistant, top_k=4)
    engine = RetrieverQueryEngine.from_args(retriever, llm=llm, node_postprocessors=[DatelineRerank(top_n=2)])
    response = engine.query(TOLL)
    assert isinstance(response, Response)
    check(assistant, response.source_nodes)
    assert len(response.source_nodes) == 2
    assert len(llm.heard) == 1
    assert all(quote in llm.heard[0] for quote in quotes(response))


# The reranker


@pytest.fixture
def foreign() -> list[NodeWithScore]:
    """Nodes of another retriever, the one that answers last."""
    texts = (
        "The harbour was dredged twice last year.",
        "Bread is best baked in a hot oven.",
        "The lighthouse was sold to a brewer for nine thousand crowns.",
    )
    return [NodeWithScore(node=TextNode(text=text), score=1.0 - i) for i, text in enumerate(texts)]


def test_any_nodes_are_put_in_order(foreign: list[NodeWithScore]) -> None:
    best = DatelineRerank(top_n=2).postprocess_nodes(foreign, query_str="Who bought the lighthouse?")
    assert best[0].node is foreign[2].node
    assert len(best) == 2
    assert 1 >= best[0].get_score() > 0.5 > best[1].get_score() >= 0
    assert [hit.score for hit in foreign] == [1.0, 0.0, -1.0]


def test_reranking_off_the_event_loop_gives_the_same(foreign: list[NodeWithScore]) -> None:
    rerank = DatelineRerank(reranker=BundledReranker())
    question = "Who bought the lighthouse?"
    assert asyncio.run(rerank.apostprocess_nodes(foreign, query_str=question)) == rerank.postprocess_nodes(
        foreign, query_str=question
    )


def test_reranking_retrieved_nodes_changes_nothing(assistant: Assistant) -> None:
    # All that the retriever compared: the int8 model's logits depend a little on what else is in the batch.
    nodes = DatelineRetriever(assistant, top_k=10).retrieve(STRIKE)
    again = DatelineRerank(top_n=10).postprocess_nodes(nodes[::-1], query_str=STRIKE)
    assert [hit.node_id for hit in again] == [hit.node_id for hit in nodes]
    assert [hit.score for hit in again] == pytest.approx([hit.score for hit in nodes], abs=1e-4)


def test_reranking_nothing_gives_nothing_and_no_query_is_refused(foreign: list[NodeWithScore]) -> None:
    rerank = DatelineRerank()
    assert rerank.postprocess_nodes([], query_str="Who?") == []
    with pytest.raises(InputError, match="give query_str or query_bundle"):
        rerank.postprocess_nodes(foreign)
    with pytest.raises(ValueError, match="top_n"):
        DatelineRerank(top_n=0)


def test_retrieving_and_reranking_are_told_to_callbacks(assistant: Assistant) -> None:
    debug = LlamaDebugHandler(print_trace_on_end=False)
    callbacks = CallbackManager([debug])
    nodes = DatelineRetriever(assistant, callback_manager=callbacks).retrieve(TOLL)
    rerank = DatelineRerank(top_n=1)
    rerank.callback_manager = callbacks
    rerank.postprocess_nodes(nodes, query_str=TOLL)
    assert [len(debug.get_event_pairs(kind)) for kind in (CBEventType.RETRIEVE, CBEventType.RERANKING)] == [1, 1]


# The query engine


def test_a_response_is_the_cited_answer(assistant: Assistant) -> None:
    answer = assistant.ask(TOLL)
    response = DatelineQueryEngine(assistant).query(TOLL)
    assert isinstance(response, Response)
    check(assistant, response.source_nodes)
    assert answer.answered
    assert str(response) == answer.text
    assert told(response.metadata) == told(answer)
    assert quotes(response) == [citation.quote for citation in answer.citations]
    assert [
        (hit.node.get_node_info(), hit.score) for hit in response.source_nodes if isinstance(hit.node, TextNode)
    ] == [({"start": citation.start, "end": citation.end}, citation.score) for citation in answer.citations]


def test_an_abstention_comes_through_without_sources(assistant: Assistant) -> None:
    for engine in (DatelineQueryEngine(assistant), DatelineQueryEngine(assistant, footnotes=True)):
        response = engine.query(NOT_THERE)
        assert isinstance(response, Response)
        assert response.response == assistant.ask(NOT_THERE).text
        assert str(response).startswith(ABSTENTION)
        assert response.source_nodes == []
        assert response.metadata is not None
        assert response.metadata["answered"] is False


def test_days_and_outlets_narrow_an_answer(assistant: Assistant) -> None:
    engine = DatelineQueryEngine(assistant, published_from="2025-01-01", published_to="2025-01-14", sources="Tidewire")
    response = engine.query(TOLL)
    assert response.metadata is not None
    assert response.metadata["filters"] == {
        "published_from": "2025-01-01",
        "published_to": "2025-01-14",
        "sources": ["Tidewire"],
        "sections": [],
        "ignored": [],
    }
    assert {hit.metadata["source"] for hit in response.source_nodes} == {"Tidewire"}


def test_asking_off_the_event_loop_gives_the_same(assistant: Assistant) -> None:
    engine = DatelineQueryEngine(assistant)

    async def together() -> list[Any]:
        return await asyncio.gather(*(engine.aquery(question) for question in (TOLL, STRIKE, NOT_THERE)))

    for question, response in zip((TOLL, STRIKE, NOT_THERE), asyncio.run(together()), strict=True):
        assert told(response.metadata) == told(assistant.ask(question))


def test_a_streamed_response_says_the_same_in_pieces(assistant: Assistant) -> None:
    whole = DatelineQueryEngine(assistant).query(TOLL)
    response = DatelineQueryEngine(assistant, streaming=True).query(TOLL)
    assert isinstance(response, StreamingResponse)
    assert response.source_nodes == whole.source_nodes  # before the first word is read
    pieces = list(response.response_gen)
    assert len(pieces) > 10
    assert "".join(pieces) == str(whole)


def test_an_async_stream_says_the_same_in_pieces(assistant: Assistant) -> None:
    async def streamed() -> tuple[list[str], Response]:
        response = await DatelineQueryEngine(assistant, streaming=True).aquery(TOLL)
        assert isinstance(response, AsyncStreamingResponse)
        pieces = [piece async for piece in response.async_response_gen()]
        return pieces, await response.get_response()

    pieces, response = asyncio.run(streamed())
    whole = DatelineQueryEngine(assistant).query(TOLL)
    assert len(pieces) > 10
    assert "".join(pieces) == str(whole) == str(response)
    assert response.source_nodes == whole.source_nodes


def test_footnotes_name_headline_outlet_and_day(assistant: Assistant) -> None:
    plain, noted = (DatelineQueryEngine(assistant, footnotes=notes).query(STRIKE) for notes in (False, True))
    text, _, notes = str(noted).partition("\n\n")
    assert text == str(plain)
    assert len(notes.splitlines()) == len(plain.source_nodes) > 0
    for number, (line, hit) in enumerate(zip(notes.splitlines(), plain.source_nodes, strict=True), 1):
        assert line.startswith(f"[{number}] {hit.metadata['title']}")
        assert hit.metadata["published"][:10] in line


# The chat engine


FOLLOW_UP = ("Which club did Ivo Marlick join for 6.2 million crowns?", "How old is he?")


def test_a_follow_up_is_completed_from_the_conversation(assistant: Assistant) -> None:
    chat = DatelineChatEngine(assistant)
    first, second = (chat.chat(question) for question in FOLLOW_UP)
    check(assistant, first.source_nodes + second.source_nodes)
    assert "FC Ostrand" in str(first)
    assert "24" in str(second)
    assert second.metadata is not None
    assert "Marlick" in second.metadata["standalone_question"]
    assert told(second.metadata) == told(assistant.ask(FOLLOW_UP[1], history=[(FOLLOW_UP[0], str(first))]))
    assert [(message.role, message.content) for message in chat.chat_history] == [
        (MessageRole.USER, FOLLOW_UP[0]),
        (MessageRole.ASSISTANT, str(first)),
        (MessageRole.USER, FOLLOW_UP[1]),
        (MessageRole.ASSISTANT, str(second)),
    ]


def test_a_conversation_that_is_reset_is_forgotten(assistant: Assistant) -> None:
    chat = DatelineChatEngine(assistant, chat_history=[ChatMessage(content=FOLLOW_UP[0])])
    chat.reset()
    assert chat.chat_history == []
    assert chat.chat(FOLLOW_UP[1]).metadata["standalone_question"] == FOLLOW_UP[1]  # type: ignore[index]


def test_a_history_that_is_given_takes_the_place_of_the_one_kept(assistant: Assistant) -> None:
    chat = DatelineChatEngine(assistant)
    chat.chat(STRIKE)
    given = [
        ChatMessage(role=MessageRole.SYSTEM, content="Be brief."),
        ChatMessage(role=MessageRole.USER, content=FOLLOW_UP[0]),
        ChatMessage(role=MessageRole.ASSISTANT, content=None, additional_kwargs={"tool_calls": ["..."]}),
        ChatMessage(role=MessageRole.TOOL, content="Nuala Brek joined Averin Rovers."),
        ChatMessage(role=MessageRole.ASSISTANT, content="Ivo Marlick joined FC Ostrand."),
    ]
    response = chat.chat(FOLLOW_UP[1], chat_history=given)
    expected = assistant.ask(FOLLOW_UP[1], history=[(FOLLOW_UP[0], "Ivo Marlick joined FC Ostrand.")])
    assert told(response.metadata) == told(expected)
    assert chat.chat_history[: len(given)] == given
    assert len(given) == 5
    assert len(chat.chat_history) == 7


def test_a_question_that_is_refused_leaves_the_conversation_as_it_was(assistant: Assistant) -> None:
    chat = DatelineChatEngine(assistant, chat_history=[ChatMessage(content=STRIKE)])
    with pytest.raises(InputError, match="the question is empty"):
        chat.chat(" ", chat_history=[])
    assert chat.chat_history == [ChatMessage(content=STRIKE)]


def test_a_conversation_can_be_streamed(assistant: Assistant) -> None:
    plain, streaming = DatelineChatEngine(assistant), DatelineChatEngine(assistant)
    for question in FOLLOW_UP:
        whole, response = plain.chat(question), streaming.stream_chat(question)
        assert response.source_nodes == whole.source_nodes
        pieces = list(response.response_gen)
        assert len(pieces) > 10
        assert "".join(pieces) == str(whole) == str(response)
        assert told(response.sources[0].raw_output.metadata) == told(whole.metadata)
    assert streaming.chat_history == plain.chat_history


def test_a_conversation_can_be_held_off_the_event_loop(assistant: Assistant) -> None:
    plain, other = DatelineChatEngine(assistant), DatelineChatEngine(assistant)

    async def talk() -> tuple[str, str]:
        first = await other.achat(FOLLOW_UP[0])
        second = await other.astream_chat(FOLLOW_UP[1])
        pieces = [piece async for piece in second.async_response_gen()]
        assert len(pieces) > 10
        return str(first), "".join(pieces)

    assert asyncio.run(talk()) == tuple(str(plain.chat(question)) for question in FOLLOW_UP)
    assert other.chat_history == plain.chat_history


def test_an_abstention_in_a_conversation_has_no_sources(assistant: Assistant) -> None:
    response = DatelineChatEngine(assistant).chat(NOT_THERE)
    assert str(response).startswith(ABSTENTION)
    assert response.source_nodes == []


# The tool, and agents


def test_the_tool_says_what_it_is_for(assistant: Assistant) -> None:
    tool = dateline_tool(assistant)
    assert isinstance(tool, QueryEngineTool)
    stats = assistant.archive.stats()
    assert tool.metadata.name == "news_archive"
    assert f"{stats.articles} news articles, {stats.first} to {stats.last}" in tool.metadata.description
    narrowed = dateline_tool(assistant, name="wire", sources="Tidewire")
    assert "5 news articles" in narrowed.metadata.description
    assert narrowed.metadata.to_openai_tool()["function"]["name"] == "wire"
    assert dateline_tool(assistant, description="News.", return_direct=True).metadata.description == "News."


def test_the_tool_answers_with_footnotes_and_exact_sources(assistant: Assistant) -> None:
    called = dateline_tool(assistant).call(input=TOLL)
    acalled = asyncio.run(dateline_tool(assistant).acall(input=TOLL))
    expected = DatelineQueryEngine(assistant, footnotes=True).query(TOLL)
    assert called.content == acalled.content == str(expected)
    check(assistant, called.raw_output.source_nodes)
    assert called.raw_output.source_nodes == acalled.raw_output.source_nodes == expected.source_nodes != []


makes_an_agent = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecationWarning:inspect")
"""LlamaIndex looks at every member of an agent for the steps among them, so also at those that pydantic deprecates."""


async def run_agent(agent: FunctionAgent | ReActAgent | AgentWorkflow, question: str) -> tuple[str, list[Any]]:
    """An agent's last words, and what it told on the way."""
    handler = agent.run(user_msg=question)
    events = [event async for event in handler.stream_events()]
    return str(await handler), events


@makes_an_agent
@pytest.mark.parametrize("streaming", [True, False])
def test_an_agent_answers_from_the_archive(assistant: Assistant, llm: Scripted, streaming: bool) -> None:
    agent = FunctionAgent(tools=[dateline_tool(assistant)], llm=llm, streaming=streaming)
    said, events = asyncio.run(run_agent(agent, TOLL))
    [result] = [event for event in events if isinstance(event, ToolCallResult)]
    answer = assistant.ask(TOLL)
    assert said == f"The archive says: {result.tool_output.content}"
    assert result.tool_output.content.startswith(answer.text)
    check(assistant, result.tool_output.raw_output.source_nodes)
    assert quotes(result.tool_output.raw_output) == [citation.quote for citation in answer.citations]
    assert any(isinstance(event, AgentStream) for event in events) == streaming


@makes_an_agent
def test_an_agent_hears_that_there_is_no_answer(assistant: Assistant, llm: Scripted) -> None:
    workflow = AgentWorkflow(agents=[FunctionAgent(tools=[dateline_tool(assistant)], llm=llm)])
    said, events = asyncio.run(run_agent(workflow, NOT_THERE))
    assert said == f"The archive says: {assistant.ask(NOT_THERE).text}"
    [result] = [event for event in events if isinstance(event, ToolCallResult)]
    assert result.tool_output.raw_output.source_nodes == []


@makes_an_agent
def test_an_agent_can_leave_the_last_word_to_the_tool(assistant: Assistant, llm: Scripted) -> None:
    agent = FunctionAgent(tools=[dateline_tool(assistant, return_direct=True)], llm=llm)
    said, _ = asyncio.run(run_agent(agent, TOLL))
    assert said == str(DatelineQueryEngine(assistant, footnotes=True).query(TOLL))
    assert llm.heard == []


class Reasoning(Scripted):
    """The same without calls of functions: it writes what it would do, as ReAct agents ask for."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(is_chat_model=True)

    def chat(self, messages: Sequence[ChatMessage], **given: Any) -> ChatResponse:
        last = str(messages[-1].content)
        if last.startswith("Observation:"):
            self.heard.append(last)
            said = f"Thought: I can answer without using any more tools.\nAnswer: {last.partition(': ')[2]}"
        else:
            asked = json.dumps({"input": last})
            said = f"Thought: I need a tool.\nAction: news_archive\nAction Input: {asked}"
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=said), delta=said)


@makes_an_agent
@pytest.mark.filterwarnings("ignore:is_running called from within a step:DeprecationWarning")  # by LlamaIndex itself
@pytest.mark.parametrize("streaming", [True, False])
def test_an_agent_that_reasons_answers_from_the_archive(assistant: Assistant, streaming: bool) -> None:
    llm = Reasoning()
    agent = ReActAgent(tools=[dateline_tool(assistant)], llm=llm, streaming=streaming)
    said, events = asyncio.run(run_agent(agent, TOLL))
    [result] = [event for event in events if isinstance(event, ToolCallResult)]
    answer = assistant.ask(TOLL)
    assert said.startswith(answer.text)
    assert quotes(result.tool_output.raw_output) == [citation.quote for citation in answer.citations]
    assert len(llm.heard) == 1


# The example, and the README


@pytest.fixture
def archive(assistant: Assistant, tmp_path: Path) -> Path:
    """A copy of the sample archive for a process of its own, or to be kept open."""
    return Path(shutil.copytree(assistant.archive.folder, tmp_path / "archive"))


def test_the_example_is_short_and_runs(archive: Path) -> None:
    example = ROOT / "examples" / "with_llama_index.py"
    assert len(example.read_text("utf-8").splitlines()) < 15
    env = os.environ | {"DATELINE_ARCHIVE": str(archive), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", str(example)]
    result = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "Port Averin talks collapse" in result.stdout
    assert "from nine to eight" in result.stdout
    assert "FC Ostrand" in result.stdout
    assert "Marlick, 24," in result.stdout.splitlines()[-1]


@makes_an_agent
def test_the_readmes_agent_runs(
    assistant: Assistant, archive: Path, llm: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = (ROOT / "README.md").read_text("utf-8").partition("## From LlamaIndex")[2].partition("\n## ")[0]
    code = section.partition("```python\n")[2].partition("```")[0]
    monkeypatch.setenv("DATELINE_ARCHIVE", str(archive))
    names: dict[str, Any] = {"llm": llm}
    running = eval(compile(code, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    assert isinstance(running, Coroutine)
    asyncio.run(running)
    [heard] = llm.heard
    assert heard.startswith(assistant.ask("Who was summoned, and why?").text)
