"""The interface of OpenAI's clients, asked by the real one and by requests as Open WebUI sends them."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from talking import Watched, listening

from qa import Assistant
from qa.answer import ABSTENTION, Answer
from web.api import LONGEST_QUESTION
from web.openai import add_openai
from web.openai.asking import Message, conversation
from web.openai.chores import chore

TOLL = "How many people died in the Velsbridge flood?"
FOLLOW_UP = ("Which club did Ivo Marlick join for 6.2 million crowns?", "How old is he?")
NOT_THERE = "Who won the 1998 chess olympiad in Elista?"
ENCODER = "BAAI/bge-small-en-v1.5"


@pytest.fixture(scope="module")
def assistant(sample_archive: Path) -> Iterator[Watched]:
    Watched.events = []
    with Watched.open(sample_archive) as assistant:
        assert isinstance(assistant, Watched)
        yield assistant


@pytest.fixture(scope="module")
def url(assistant: Watched) -> Iterator[str]:
    with listening(assistant, add_openai) as url:
        yield url + "/v1"


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client


def user(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def told(answer: Answer | dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs from one time to the next."""
    return {**(answer.to_dict() if isinstance(answer, Answer) else answer), "timings": None}


# Chat completions


def test_a_completion_is_the_answer_with_footnotes(client: openai.OpenAI, assistant: Watched) -> None:
    answer = assistant.ask(TOLL)
    completion = client.chat.completions.create(model="dateline", messages=[user(TOLL)])
    [choice] = completion.choices
    assert choice.finish_reason == "stop"
    assert choice.message.role == "assistant"
    assert choice.message.content == answer.to_markdown()
    assert told(choice.message.dateline) == told(answer)
    assert completion.model == "dateline"
    assert completion.usage
    assert completion.usage.prompt_tokens == len(TOLL.removesuffix("?").split()) + 1
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


def test_an_abstention_is_said_plainly(client: openai.OpenAI) -> None:
    [choice] = client.chat.completions.create(model="dateline", messages=[user(NOT_THERE)]).choices
    assert choice.message.content.startswith(ABSTENTION)
    assert choice.message.dateline["answered"] is False
    assert choice.message.dateline["citations"] == []


@pytest.mark.parametrize("usage", [True, False])
def test_a_stream_says_the_same_in_pieces(client: openai.OpenAI, assistant: Watched, usage: bool) -> None:
    whole = client.chat.completions.create(model="dateline", messages=[user(TOLL)])
    options = {"stream_options": {"include_usage": True}} if usage else {}
    with client.chat.completions.create(model="dateline", messages=[user(TOLL)], stream=True, **options) as stream:
        chunks = list(stream)
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len(words) > 10
    assert "".join(word or "" for word in words) == whole.choices[0].message.content
    ends = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    assert [told(chunk.choices[0].delta.dateline) for chunk in ends] == [told(assistant.ask(TOLL))]
    assert len({(chunk.id, chunk.created, chunk.model, chunk.object) for chunk in chunks}) == 1
    assert [chunk.usage for chunk in chunks if chunk.usage] == ([whole.usage] if usage else [])
    assert bool(chunks[-1].usage) == usage


def test_steps_are_told_as_comments_before_the_words(http: httpx.Client) -> None:
    body = {"model": "dateline", "messages": [user(TOLL)], "stream": True}
    response = http.post("/chat/completions", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in response.text.split("\n\n") if line]
    comments = [line for line in lines if line.startswith(":")]
    assert lines[: len(comments)] == comments
    assert comments[0] == ": Reading the question"
    assert any("Searching" in line for line in comments)
    assert lines[-1] == "data: [DONE]"
    assert all(json.loads(line.removeprefix("data: ")) for line in lines[len(comments) : -1])


def test_async_clients_are_served_side_by_side(url: str, assistant: Watched) -> None:
    questions = (TOLL, FOLLOW_UP[0], NOT_THERE)

    async def ask(client: openai.AsyncOpenAI, question: str) -> str:
        stream = await client.chat.completions.create(model="dateline", messages=[user(question)], stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def together() -> list[str]:
        async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
            return list(await asyncio.gather(*(ask(client, question) for question in questions)))

    assert asyncio.run(together()) == [assistant.ask(question).to_markdown() for question in questions]


def test_a_follow_up_leans_on_the_messages_before(client: openai.OpenAI, assistant: Watched) -> None:
    messages: list[Any] = [{"role": "system", "content": "Answer like a pirate."}, user(FOLLOW_UP[0])]
    first = client.chat.completions.create(model="dateline", messages=messages).choices[0].message
    messages += [said(first.content), user([{"type": "text", "text": FOLLOW_UP[1]}])]
    second = client.chat.completions.create(model="dateline", messages=messages).choices[0].message
    expected = assistant.ask(FOLLOW_UP[1], history=[(FOLLOW_UP[0], assistant.ask(FOLLOW_UP[0]).text)])
    assert "Marlick" in second.dateline["standalone_question"]
    assert told(second.dateline) == told(expected)


def test_footnotes_of_an_answer_before_are_no_part_of_what_was_said(assistant: Watched) -> None:
    answer = assistant.ask(TOLL)
    messages = [Message(**user(TOLL)), Message(**said(answer.to_markdown())), Message(**user("When was that?"))]
    assert conversation(messages) == ("When was that?", [(TOLL, answer.text)])


def test_what_systems_and_tools_said_is_left_out() -> None:
    messages = [
        {"role": "developer", "content": "Be brief."},
        said("How can I help?"),
        user("Who died?"),
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]},
        {"role": "tool", "content": "Nobody.", "tool_call_id": "1"},
        said("Eight people. [1]"),
        user([{"type": "image_url", "image_url": {"url": "data:,"}}, {"type": "text", "text": " Where? "}]),
        {"role": "assistant", "content": ""},
    ]
    assert conversation([Message(**message) for message in messages]) == (
        "Where?",
        [("Who died?", "Eight people. [1]")],
    )


def test_fields_for_language_models_are_let_be(http: httpx.Client) -> None:
    tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
    body = {
        "model": "dateline",
        "messages": [user(TOLL)],
        "temperature": 0.2,
        "max_tokens": 5,
        "tools": [tool],
        "tool_choice": "auto",
        "n": 1,
        "response_format": {"type": "text"},
        "user": "someone",
        "seed": 1,
    }
    response = http.post("/chat/completions", json=body)
    assert response.status_code == 200
    assert response.json()["choices"][0]["message"]["dateline"]["answered"] is True


def test_days_and_outlets_narrow_what_is_searched(client: openai.OpenAI) -> None:
    days = {"published_from": "2025-01-01", "published_to": "2025-01-14"}
    narrowed = {**days, "sources": ["Tidewire"], "sections": [], "ignore": ["sections"]}
    [choice] = client.chat.completions.create(
        model="dateline", messages=[user(TOLL)], extra_body={"dateline": narrowed}
    ).choices
    told = {**days, "sources": ["Tidewire"], "sections": [], "ignored": ["sections"]}
    assert choice.message.dateline["filters"] == told
    assert {citation["article"]["source"] for citation in choice.message.dateline["citations"]} == {"Tidewire"}
    [choice] = client.chat.completions.create(
        model="dateline", messages=[user(TOLL)], extra_body={"dateline": {"sections": ["Business"]}}
    ).choices
    assert choice.message.dateline["searched"]["articles"] == 4


# Errors


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"model": "gpt-4", "messages": [user(TOLL)]}, 404, "There is no model 'gpt-4' here, only 'dateline'."),
        ({"model": "dateline", "messages": [user(" ")]}, 400, "messages must end with a message of the user"),
        ({"model": "dateline", "messages": [user(TOLL), said("Eight.")]}, 400, "messages must end with"),
        ({"model": "dateline", "messages": []}, 400, "messages: List should have at least 1 item"),
        ({"model": "dateline", "messages": [user(TOLL)], "n": 2}, 400, "n: Input should be less than or equal to 1"),
        ({"model": "dateline", "messages": [user("a" * 2001)]}, 400, "the question has 2,001 characters"),
        (
            {"model": "dateline", "messages": [user(TOLL)], "response_format": {"type": "json_object"}},
            400,
            "response_format.type: Input should be 'text'",
        ),
        (
            {"model": "dateline", "messages": [user(TOLL)], "dateline": {"publishd_from": "2025-01-01"}},
            400,
            "dateline.publishd_from: Extra inputs are not permitted",
        ),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_errors_have_openais_shape(
    http: httpx.Client, body: dict[str, Any], status: int, says: str, stream: bool
) -> None:
    response = http.post("/chat/completions", json={**body, "stream": stream})
    assert response.status_code == status
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert says in error["message"]


def test_clients_raise_what_they_raise_for_openai(client: openai.OpenAI, http: httpx.Client) -> None:
    assert LONGEST_QUESTION == 2000
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4", messages=[user(TOLL)])
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="messages must end with"):
        client.chat.completions.create(model="dateline", messages=[user("")])
    with pytest.raises(openai.NotFoundError, match="There is nothing at '/v1/completions'"):
        client.completions.create(model="dateline", prompt="x")
    assert http.post("/chat/completions", content=b"{").json()["error"]["type"] == "invalid_request_error"


# Connections that are cut


@pytest.mark.parametrize("stream", [True, False])
def test_a_cut_connection_stops_the_work(http: httpx.Client, assistant: Watched, stream: bool) -> None:
    body = {"model": "dateline", "messages": [user(TOLL)], "stream": stream}
    assistant.events.clear()
    assert http.post("/chat/completions", json=body).status_code == 200
    steps = len(assistant.events)
    assert isinstance(assistant.events[-1], Answer)
    assistant.events.clear()
    assistant.pause = 0.3
    try:
        if stream:
            with http.stream("POST", "/chat/completions", json=body) as response:
                next(response.iter_raw())
        else:
            with pytest.raises(httpx.ReadTimeout):
                http.post("/chat/completions", json=body, timeout=0.15)
        time.sleep(assistant.pause * (steps + 2))
    finally:
        assistant.pause = 0.0
    assert 0 < len(assistant.events) < steps
    assert not any(isinstance(event, Answer) for event in assistant.events)


# Tokens


def test_who_may_not_ask_is_refused_in_openais_words(assistant: Watched, tmp_path: Path) -> None:
    tokens = {"ask": "", "read,write": ""}
    folder = shutil.copytree(assistant.archive.folder, tmp_path / "archive")
    with Assistant.open(folder) as other, listening(other, add_openai, tokens=tokens) as url:

        def client(token: str) -> openai.OpenAI:
            return openai.OpenAI(base_url=url + "/v1", api_key=token, max_retries=0)

        with client(tokens["ask"]) as allowed:
            assert len(allowed.models.list().data) == 2
        with client("wrong") as stranger, pytest.raises(openai.AuthenticationError) as unknown:
            stranger.chat.completions.create(model="dateline", messages=[user(TOLL)])
        with client(tokens["read,write"]) as reader, pytest.raises(openai.PermissionDeniedError) as forbidden:
            reader.models.list()
    assert unknown.value.code == "invalid_api_key"
    assert "not known here" in str(unknown.value)
    assert "scope 'ask'" in str(forbidden.value)
    assert forbidden.value.type == "permission_error"


# Models and embeddings


def test_the_archive_and_its_encoder_are_the_models(client: openai.OpenAI) -> None:
    models = client.models.list().data
    assert [model.id for model in models] == ["dateline", ENCODER]
    assert client.models.retrieve(ENCODER) == models[1]
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4")


def test_embeddings_are_those_of_the_archive(client: openai.OpenAI, assistant: Watched) -> None:
    texts = ["The river burst its banks.", "Dockworkers walk out."]
    expected = assistant.searcher.encoder.encode(texts)
    for packing in ("float", "base64", openai.omit):  # the client asks for base64 by itself, and unpacks it
        found = client.embeddings.create(model=ENCODER, input=texts, encoding_format=packing)
        assert [item.index for item in found.data] == [0, 1]
        if packing != "base64":
            assert np.allclose([item.embedding for item in found.data], expected, atol=1e-6)
    one = client.embeddings.create(model=ENCODER, input=texts[0], dimensions=384).data[0].embedding
    assert np.allclose(one, assistant.searcher.encoder.encode(texts[:1])[0], atol=1e-6)


def test_a_question_is_encoded_as_one_where_that_is_said(client: openai.OpenAI, assistant: Watched) -> None:
    found = client.embeddings.create(model=ENCODER, input=TOLL, extra_body={"input_type": "query"}).data[0].embedding
    assert np.allclose(found, assistant.searcher.encoder.encode_query(TOLL), atol=1e-6)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"input": [[1, 2], [3]]}, "check_embedding_ctx_length=False"),
        ({"input": []}, "input has 0 texts"),
        ({"input": ["a", " "]}, r"input\[1\] is empty"),
        ({"input": "a", "dimensions": 128}, "dimensions is 128"),
    ],
)
def test_what_cannot_be_encoded_is_refused(client: openai.OpenAI, given: dict[str, Any], says: str) -> None:
    with pytest.raises(openai.BadRequestError, match=says):
        client.embeddings.create(model=ENCODER, **given)


# Open WebUI


def _task(words: str, output: str) -> str:
    history = f"USER: {TOLL}\nASSISTANT: Eight people died. [1]"
    wanted = f"### Task:\n{words}\n### Output:\nJSON format: {output}\n"
    return f"{wanted}### Chat History:\n<chat_history>\n{history}\n</chat_history>"


def test_open_webuis_conversation_is_served(http: httpx.Client) -> None:
    """What its server sends for one question: the list of models, the question as a stream, then its own tasks."""
    headers = {"Authorization": "Bearer none", "X-OpenWebUI-User-Name": "Ann", "X-OpenWebUI-Chat-Id": "7"}
    models = http.get("/models", headers=headers).json()
    assert "dateline" in [model["id"] for model in models["data"]]
    body = {"stream": True, "model": "dateline", "messages": [user(TOLL)], "stream_options": {"include_usage": True}}
    lines = http.post("/chat/completions", json=body, headers=headers).text.splitlines()
    data = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    assert "[1]" in "".join(item["choices"][0]["delta"].get("content", "") for item in data if item["choices"])
    assert data[-1]["usage"]["total_tokens"] > 0
    title = _task("Generate a concise, 3-5 word title.", '{ "title": "your concise title here" }')
    task = {"model": "dateline", "messages": [user(title)], "stream": False, "max_completion_tokens": 1000}
    reply = http.post("/chat/completions", json=task, headers=headers).json()
    assert json.loads(reply["choices"][0]["message"]["content"]) == {"title": TOLL}
    assert "dateline" not in reply["choices"][0]["message"]


def test_tasks_of_chat_clients_are_no_questions() -> None:
    assert chore(_task("Suggest follow-ups.", '{ "follow_ups": ["One?", "Two?"] }')) == '{"follow_ups": []}'
    assert chore(_task("Generate tags.", '{ "tags": ["tag1"] }')) == '{"tags": []}'
    assert chore(_task("Draw.", '{\n    "prompt": "A description."\n}')) == '{"prompt": ""}'
    assert chore(_task("Say something.", "words")) == ""
    assert chore(TOLL) is None
    assert chore("What does ### Task: mean?") is None
    long = _task("Title.", '{ "title": "x" }').replace(TOLL, "word " * 30)
    assert chore(long) == json.dumps({"title": ("word " * 12).strip()[:59] + " …"}, ensure_ascii=False)
