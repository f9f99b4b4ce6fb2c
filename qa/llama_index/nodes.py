"""Passages and quotes as LlamaIndex's nodes, answers as its responses, texts as its streams."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Generator

from llama_index.core.base.response.schema import Response
from llama_index.core.schema import NodeRelationship, NodeWithScore, ObjectType, RelatedNodeInfo, TextNode

from qa.answer import Answer, ArticleRef, RetrievedPassage

__all__ = ["asaid", "passage_node", "responding", "said"]


def passage_node(passage: RetrievedPassage) -> NodeWithScore:
    """A passage that was retrieved."""
    return _node(passage.article, passage.start, passage.end, passage.text, passage.score)


def _node(article: ArticleRef, start: int, end: int, text: str, score: float) -> NodeWithScore:
    """A stretch of an article. What encoders and rerankers read of it is the text under the headline."""
    metadata = {
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "authors": ", ".join(article.authors),
        "url": article.url,
        "id": article.id,
    }
    node = TextNode(
        id_=f"{article.id}:{start}-{end}",
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata=metadata,
        excluded_embed_metadata_keys=[key for key in metadata if key != "title"],
        excluded_llm_metadata_keys=[key for key, value in metadata.items() if key == "id" or not value],
        metadata_template="{value}",
        text_template="{metadata_str}\n{content}",
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id, node_type=ObjectType.DOCUMENT),
        },
    )
    return NodeWithScore(node=node, score=score)


def responding(answer: Answer, text: str) -> Response:
    """A response that says ``text``, with the answer's quotes as its sources."""
    quotes = [_node(found.article, found.start, found.end, found.quote, found.score) for found in answer.citations]
    return Response(text, quotes, answer.to_dict())


def said(text: str) -> Generator[str, None, None]:
    """``text``, word by word."""
    yield from re.split(r"(?<=\s)(?=\S)", text)


async def asaid(text: str) -> AsyncGenerator[str, None]:
    """The same as :func:`said`, for an event loop."""
    for word in said(text):
        yield word
