"""The Model Context Protocol with the SDK's own client, over HTTP and over stdin and stdout."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import httpx2
import jsonschema
import pytest
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from serving import ROOT, served
from talking import KEY, Watched, listening

from ingest.settings import Settings
from qa import Assistant
from qa.answer import ABSTENTION, Answer
from web.mcp.http import add_mcp
from web.mcp.tools import ADD, TOOLS

TOLL = "How many people died in the Velsbridge flood?"
STRIKE = "What pay rise did the dockworkers get in the end?"
NOT_THERE = "Who won the 1998 chess olympiad in Elista?"
MODES = ("auto", "legacy")
NAMES = ["ask", "search", "read_article", "timeline", "list_sources"]

Talk = Callable[[Client], Awaitable[Any]]


@pytest.fixture(scope="module")
def assistant(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = shutil.copytree(sample_archive, tmp_path_factory.mktemp("mcp") / "archive")
    Watched.events = []
    settings = replace(Settings.load(folder), mcp_add=True)
    with Watched.open(settings=settings) as assistant:
        assert isinstance(assistant, Watched)
        yield assistant


@pytest.fixture(scope="module")
def url(assistant: Watched) -> Iterator[str]:
    with listening(assistant, add_mcp) as url:
        yield url + "/mcp"


@asynccontextmanager
async def connected(url: str, mode: str = "auto", key: str | None = None) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


def over_http(url: str, talk: Talk, mode: str = "auto", key: str | None = None) -> Any:
    async def run() -> Any:
        async with connected(url, mode, key) as client:
            return await talk(client)

    return asyncio.run(run())


def command(archive: Path) -> StdioServerParameters:
    env = {name: os.environ[name] for name in os.environ if name.startswith(("XDG_", "PATH", "PYTHON", "COVERAGE"))}
    return StdioServerParameters(
        command=sys.executable,
        args=["-c", "from app import main; main()", "mcp", "--archive", str(archive)],
        cwd=str(ROOT),
        env=env,
    )


def over_stdio(archive: Path, talk: Talk, mode: str = "auto") -> Any:
    async def run() -> Any:
        async with Client(command(archive), mode=mode) as client:
            return await talk(client)

    return asyncio.run(run())


def text(result: Any) -> str:
    return str(result.content[0].text)


def told(answer: Any) -> dict[str, Any]:
    """An answer without what differs from one time to the next."""
    return {**(answer.to_dict() if isinstance(answer, Answer) else answer), "timings": None}


# Tools


@pytest.mark.parametrize("mode", MODES)
def test_tools_say_what_they_are_for(url: str, mode: str) -> None:
    async def talk(client: Client) -> None:
        assert client.instructions
        assert "exact quotes" in client.instructions
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == NAMES
        for tool in tools:
            assert tool.title
            assert len(tool.description or "") > 80
            assert tool.annotations
            assert tool.annotations.read_only_hint is True
            for schema in (tool.input_schema, tool.output_schema):
                assert schema
                assert schema["type"] == "object"
                jsonschema.Draft202012Validator.check_schema(schema)
            assert all("description" in given for given in tool.input_schema.get("properties", {}).values())

    over_http(url, talk, mode)


@pytest.mark.parametrize("mode", MODES)
def test_ask_gives_the_answer_in_words_and_as_data(url: str, assistant: Watched, mode: str) -> None:
    result = over_http(url, lambda client: client.call_tool("ask", {"question": TOLL}), mode)
    answer = assistant.ask(TOLL)
    assert not result.is_error
    assert told(result.structured_content) == told(answer)
    assert text(result).startswith(answer.text)
    for citation in answer.citations:
        assert f"[{citation.number}] “{citation.quote}” ({citation.article.title}" in text(result)
    links = [block.uri for block in result.content[1:]]
    ids = dict.fromkeys(citation.article.id for citation in answer.citations)
    assert links == [f"dateline://articles/{id}" for id in ids]


def test_ask_says_that_there_is_no_answer(url: str) -> None:
    result = over_http(url, lambda client: client.call_tool("ask", {"question": NOT_THERE}))
    assert not result.is_error
    assert text(result).startswith(ABSTENTION)
    assert result.structured_content["answered"] is False
    assert len(result.content) == 1


def test_steps_are_told_as_progress(url: str) -> None:
    heard: list[tuple[float, str | None]] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, message))

    over_http(url, lambda client: client.call_tool("ask", {"question": TOLL}, progress_callback=tell))
    assert heard[0] == (1.0, "Reading the question")
    assert [progress for progress, _ in heard] == list(range(1, len(heard) + 1))
    assert any("Searching" in (message or "") for _, message in heard)


def test_search_gives_exact_passages(url: str, assistant: Watched) -> None:
    given = {"query": "strike at the port", "limit": 3, "sources": ["Tidewire"], "published_from": "2025-03-01"}
    result = over_http(url, lambda client: client.call_tool("search", given))
    passages = result.structured_content["passages"]
    assert len(passages) == 3
    for passage in passages:
        article = assistant.archive.article(passage["article"]["id"])
        assert article
        assert article.source == "Tidewire"
        assert passage["text"] == article.text[passage["start"] : passage["end"]]
        assert passage["text"] in text(result)


def test_sections_narrow_every_tool(url: str, assistant: Watched) -> None:
    narrowed = {"sections": ["sport"]}
    found = over_http(url, lambda client: client.call_tool("search", {"query": "the Cup", **narrowed}))
    sport = {one.id for one in assistant.archive.articles(section="Sport")}
    assert {one["article"]["id"] for one in found.structured_content["passages"]} <= sport
    counted = over_http(url, lambda client: client.call_tool("timeline", narrowed)).structured_content["counts"]
    assert counted["articles"] == len(sport)
    answer = over_http(url, lambda client: client.call_tool("ask", {"question": "Who won the Cup?", **narrowed}))
    assert answer.structured_content["searched"]["articles"] == len(sport)


def test_an_article_is_read_in_parts(url: str, assistant: Watched) -> None:
    [article] = assistant.archive.articles(limit=1)

    async def talk(client: Client) -> list[Any]:
        first = await client.call_tool("read_article", {"id": article.id, "length": 100})
        rest = await client.call_tool("read_article", {"id": article.id, "start": 100})
        return [first, rest, await client.call_tool("read_article", {"id": "no such"})]

    first, rest, missing = over_http(url, talk)
    assert first.structured_content["text"] + rest.structured_content["text"] == article.text
    assert first.structured_content["characters"] == rest.structured_content["end"] == len(article.text)
    assert first.structured_content["article"]["title"] == article.title
    assert "read on with start=100" in text(first)
    assert "read on" not in text(rest)
    assert missing.is_error
    assert "'no such'" in text(missing)


def test_a_timeline_goes_day_by_day_with_exact_quotes(url: str, assistant: Watched) -> None:
    result = over_http(url, lambda client: client.call_tool("timeline", {"topic": "port strike"}))
    events = result.structured_content["events"]
    assert len(events) > 2
    assert [event["day"] for event in events] == sorted(event["day"] for event in events)
    for event in events:
        citation = event["citation"]
        article = assistant.archive.article(citation["article"]["id"])
        assert article
        assert citation["quote"] == article.text[citation["start"] : citation["end"]]
        assert f"{event['day']}: “" in text(result)
    counted = over_http(url, lambda client: client.call_tool("timeline", {})).structured_content
    assert counted["events"] == []
    assert counted["counts"]["articles"] == assistant.archive.stats().articles


def test_outlets_and_sections_are_counted(url: str, assistant: Watched) -> None:
    result = over_http(url, lambda client: client.call_tool("list_sources"))
    stats = assistant.archive.stats()
    assert result.structured_content["articles"] == stats.articles
    assert {one["name"]: one["articles"] for one in result.structured_content["sources"]} == dict(stats.sources)
    assert f"Tidewire: {dict(stats.sources)['Tidewire']}" in text(result)
    assert {"name": "Sport", "articles": 4} in result.structured_content["sections"]
    assert "\nSections:\n" in text(result)


@pytest.mark.parametrize(
    ("tool", "given", "says"),
    [
        ("ask", {}, "question: Field required"),
        ("ask", {"question": " "}, "question: String should have at least 1 character"),
        ("ask", {"question": TOLL, "published_from": "someday"}, "published_from: Input should be a valid date"),
        ("search", {"query": "x", "limit": 0}, "limit: Input should be greater than or equal to 1"),
        ("search", {"query": "x", "top": 1}, "top: Extra inputs are not permitted"),
    ],
)
def test_wrong_arguments_are_told_to_the_model(url: str, tool: str, given: dict[str, Any], says: str) -> None:
    result = over_http(url, lambda client: client.call_tool(tool, given))
    assert result.is_error
    assert says in text(result)


def test_unknown_tools_and_addresses_are_errors_of_the_protocol(url: str) -> None:
    async def talk(client: Client) -> None:
        with pytest.raises(MCPError, match="there is no tool 'guess'"):
            await client.call_tool("guess")
        with pytest.raises(MCPError, match="there is nothing at dateline://articles/none"):
            await client.read_resource("dateline://articles/none")
        with pytest.raises(MCPError, match="there is no prompt 'poem'"):
            await client.get_prompt("poem")
        with pytest.raises(MCPError, match="the prompt brief needs topic"):
            await client.get_prompt("brief", {"topic": " "})

    over_http(url, talk)


# Cancelled and concurrent calls


@pytest.mark.parametrize("mode", MODES)
def test_a_cancelled_call_stops_the_work(url: str, assistant: Watched, mode: str) -> None:
    async def talk(client: Client) -> None:
        begun = asyncio.Event()

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            begun.set()

        asking = asyncio.ensure_future(client.call_tool("ask", {"question": TOLL}, progress_callback=tell))
        await asyncio.wait_for(begun.wait(), 20)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.sleep(5 * assistant.pause)
        result = await client.call_tool("list_sources")  # the connection serves on
        assert not result.is_error

    assistant.ask(TOLL)
    steps = len(assistant.events)
    assistant.events.clear()
    assistant.pause = 0.3
    try:
        over_http(url, talk, mode)
    finally:
        assistant.pause = 0.0
    assert 0 < len(assistant.events) < steps
    assert not any(isinstance(event, Answer) for event in assistant.events)


@pytest.mark.parametrize("mode", MODES)
def test_calls_side_by_side_get_their_own_answers(url: str, assistant: Watched, mode: str) -> None:
    questions = [TOLL, STRIKE, NOT_THERE] * 2

    async def talk(client: Client) -> list[Any]:
        return await asyncio.gather(*(client.call_tool("ask", {"question": question}) for question in questions))

    results = over_http(url, talk, mode)
    expected = {question: told(assistant.ask(question)) for question in questions}
    for question, result in zip(questions, results, strict=True):
        assert told(result.structured_content) == expected[question]


# Resources and prompts


def test_articles_are_resources(url: str, assistant: Watched) -> None:
    async def talk(client: Client) -> None:
        listed = await client.list_resources()
        articles = assistant.archive.articles(limit=50)
        assert [resource.title for resource in listed.resources] == [article.title for article in articles]
        assert listed.next_cursor is None
        assert await client.list_resources(cursor="40") == listed.model_copy(
            update={"resources": listed.resources[40:]}
        )
        [template] = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "dateline://articles/{id}"
        [content] = (await client.read_resource(listed.resources[0].uri)).contents
        assert content.text.startswith(articles[0].title)
        assert content.text.endswith(articles[0].text)
        assert content.mime_type == "text/plain"

    over_http(url, talk)


def test_prompts_carry_what_was_asked(url: str) -> None:
    async def talk(client: Client) -> None:
        prompts = (await client.list_prompts()).prompts
        for prompt in prompts:
            [argument] = prompt.arguments or []
            words = "the {topic} of {question} {claim}"
            got = await client.get_prompt(prompt.name, {argument.name: words})
            assert got.messages[0].content.text.count(words) == 1
        assert len(prompts) == 3

    over_http(url, talk)


# Adding, and who may


def test_adding_needs_the_right_to_write(url: str, assistant: Watched) -> None:
    article = {"title": "Gull elected", "text": "A gull was elected mayor of Hesk on Friday.", "source": "Hesk Times"}

    async def talk(client: Client) -> list[Any]:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert names == [*NAMES, "add_article"]
        added = await client.call_tool("add_article", {**article, "published": "2025-12-05"})
        again = await client.call_tool("add_article", {**article, "published": "2025-12-05"})
        changed = {**article, "text": article["text"] + " It resigned at once.", "published": "2025-12-05"}
        return [added, again, await client.call_tool("add_article", changed)]

    refused = over_http(url, lambda client: client.call_tool("add_article", article))
    assert refused.is_error
    assert "scope 'write'" in text(refused)
    results = over_http(url, talk, key=KEY)
    assert [result.structured_content["outcome"] for result in results] == ["added", "unchanged", "updated"]
    [id] = {result.structured_content["id"] for result in results}
    stored = assistant.archive.article(id)
    assert stored
    assert (stored.title, stored.source, stored.published) == ("Gull elected", "Hesk Times", "2025-12-05")
    assert stored.text.endswith("It resigned at once.")
    assert assistant.archive.remove([id]) == 1


def test_a_token_that_can_only_ask_sees_only_that(assistant: Watched, tmp_path: Path) -> None:
    tokens = {"ask": "", "read": ""}
    folder = shutil.copytree(assistant.archive.folder, tmp_path / "archive")

    async def talk(client: Client) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["ask"]
        assert not (await client.call_tool("ask", {"question": TOLL})).is_error
        assert "scope 'read'" in text(await client.call_tool("search", {"query": TOLL}))
        assert (await client.list_resources()).resources == []
        with pytest.raises(MCPError, match="scope 'read'"):
            await client.read_resource("dateline://articles/1")

    with Assistant.open(folder) as other, listening(other, add_mcp, tokens=tokens) as url:
        for mode in MODES:
            over_http(url + "/mcp", talk, mode, key=tokens["ask"])
        for headers, status in (({}, 401), ({"Authorization": f"Bearer {tokens['read']}"}, 403)):
            response = httpx.post(url + "/mcp", json={}, headers=headers, trust_env=False)
            assert response.status_code == status
            assert response.headers["content-type"] == "application/problem+json"


def test_a_session_belongs_to_the_token_that_opened_it(assistant: Watched, tmp_path: Path) -> None:
    tokens = {"ask": "", "ask,read": ""}
    folder = shutil.copytree(assistant.archive.folder, tmp_path / "archive")
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    with Assistant.open(folder) as other, listening(other, add_mcp, tokens=tokens) as url:

        def post(token: str, method: str, params: dict[str, Any], **headers: str) -> httpx.Response:
            accept = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {token}"}
            body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            return httpx.post(url + "/mcp", json=body, headers={**accept, **headers}, trust_env=False, timeout=60)

        session = post(tokens["ask"], "initialize", hello).headers["mcp-session-id"]
        stolen = {"mcp-session-id": session, "mcp-protocol-version": "2025-06-18"}
        assert post(tokens["ask"], "ping", {}, **stolen).status_code == 200
        assert post(tokens["ask,read"], "ping", {}, **stolen).status_code == 404


# The whole server, and stdin and stdout


async def _everything(client: Client) -> tuple[list[str], dict[str, Any], str]:
    names = [tool.name for tool in (await client.list_tools()).tools]
    first, second = await asyncio.gather(
        client.call_tool("ask", {"question": TOLL}), client.call_tool("ask", {"question": STRIKE})
    )
    assert "7 percent" in text(second)
    [resource, *_] = (await client.list_resources()).resources
    [content] = (await client.read_resource(resource.uri)).contents
    await client.list_resource_templates()
    assert (await client.get_prompt("brief", {"topic": "floods"})).messages
    assert len((await client.list_prompts()).prompts) == 3
    assert (await client.call_tool("read_article", {"id": "none"})).is_error
    return names, told(first.structured_content), content.text


@pytest.mark.parametrize("mode", MODES)
def test_stdio_opens_the_archive_itself(assistant: Watched, tmp_path: Path, mode: str) -> None:
    archive = shutil.copytree(assistant.archive.folder, tmp_path / "archive")
    names, answer, content = over_stdio(archive, _everything, mode)
    assert names == NAMES
    assert answer == told(assistant.ask(TOLL))
    assert content.endswith(assistant.archive.articles(limit=1)[0].text)


def test_stdio_and_http_go_through_the_server_that_owns_the_archive(assistant: Watched, tmp_path: Path) -> None:
    archive = shutil.copytree(assistant.archive.folder, tmp_path / "archive")
    with served(archive, tmp_path / "log") as server:
        expected = over_http(server.url + "/mcp", _everything)
        for mode in MODES:
            assert over_stdio(archive, _everything, mode) == expected
        with server.client(Origin="https://elsewhere.example") as client:
            assert client.post("/mcp", json={}).status_code == 403
    assert expected[0] == NAMES


def test_stdout_has_nothing_but_messages(assistant: Watched, tmp_path: Path) -> None:
    archive = shutil.copytree(assistant.archive.folder, tmp_path / "archive")
    said = {"jsonrpc": "2.0", "id": 1, "method": "initialize"}
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    lines = [
        {**said, "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {**said, "id": 2, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": TOLL}}},
    ]
    parameters = command(archive)
    process = subprocess.Popen(
        [parameters.command, *parameters.args],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"no message\n" + "".join(json.dumps(line) + "\n" for line in lines).encode())
    process.stdin.flush()
    messages = []
    while not any(message.get("id") == 2 for message in messages):
        messages.append(json.loads(process.stdout.readline()))
    assert process.communicate(timeout=30)[0] == b""  # closes stdin, which ends it
    assert process.returncode == 0
    assert all(message["jsonrpc"] == "2.0" for message in messages)


def test_an_archive_that_is_not_there_is_said_on_stderr(tmp_path: Path) -> None:
    parameters = command(tmp_path / "nowhere")
    result = subprocess.run([parameters.command, *parameters.args], cwd=ROOT, capture_output=True, check=False)
    assert result.returncode == 1
    assert result.stdout == b""
    assert b"dateline ingest" in result.stderr
    assert b"Traceback" not in result.stderr


def test_every_tool_is_told_apart_by_what_it_needs() -> None:
    assert {tool.name: tool.needs for tool in (*TOOLS, ADD)} == {
        "ask": "ask",
        "search": "read",
        "read_article": "read",
        "timeline": "read",
        "list_sources": "read",
        "add_article": "write",
    }
