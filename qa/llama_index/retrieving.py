"""Finding passages, and putting any nodes in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.callbacks.schema import CBEventType, EventPayload
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle

from ingest.errors import InputError
from ingest.settings import Settings
from qa.assistant import Assistant
from qa.llama_index.nodes import passage_node
from qa.read import probability
from qa.reranker import Reranker, load_reranker
from qa.view import View

__all__ = ["DatelineRerank", "DatelineRetriever"]


class DatelineRetriever(BaseRetriever):
    """Finds the passages nearest to a query, by meaning and by words, and puts them in order with the reranker.

    A node's text is a stretch of its article; ``start_char_idx`` and ``end_char_idx`` say which. Its metadata are the
    article's ``title``, ``source``, ``published``, ``authors`` (one text: LlamaIndex's stores take no lists), ``url``
    and ``id``, None or empty where unknown. Its id is the same each time. The score is a probability, 0 to 1.

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

    def __init__(
        self,
        archive: Assistant | str | Path | None = None,
        *,
        top_k: int = 5,
        published_from: str | date | None = None,
        published_to: str | date | None = None,
        sources: str | Sequence[str] | None = None,
        sections: str | Sequence[str] | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        if top_k < 1:
            raise InputError(f"top_k is {top_k}: ask for at least 1 passage")
        self._view = View.of(
            archive,
            published_from=published_from,
            published_to=published_to,
            sources=sources,
            sections=sections,
            purpose="qa.llama_index",
        )
        self._top_k = top_k
        super().__init__(callback_manager=callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [passage_node(passage) for passage in self._view.search(query_bundle.query_str, self._top_k)]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [passage_node(passage) for passage in await self._view.asearch(query_bundle.query_str, self._top_k)]


class DatelineRerank(BaseNodePostprocessor):
    """Puts nodes in order with a cross-encoder, and keeps the best. Nodes of any retriever will do.

    A node is read as LlamaIndex gives it to encoders: its text under its metadata, but for those that it keeps from
    them. The score of what comes back is a probability, 0 to 1; what went in stays as it is.

    Args:
        top_n: how many nodes to keep.
        reranker: what scores them; None for the one in the settings, which is the bundled one unless told.

    Raises:
        ModelError: the reranker cannot be loaded.
        InputError: later, when there is no query.
    """

    top_n: int = Field(default=5, ge=1, description="How many nodes to keep.")
    _reranker: Reranker = PrivateAttr()

    def __init__(self, *, top_n: int = 5, reranker: Reranker | None = None) -> None:
        super().__init__(top_n=top_n)  # type: ignore[call-arg]  # pydantic's own, which takes the fields
        self._reranker = reranker or load_reranker(Settings.load())

    @classmethod
    def class_name(cls) -> str:
        return "DatelineRerank"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None or not query_bundle.query_str.strip():
            raise InputError("nodes can be put in order for a query only: give query_str or query_bundle")
        told: dict[str, Any] = {
            EventPayload.NODES: nodes,
            EventPayload.MODEL_NAME: self._reranker.name,
            EventPayload.QUERY_STR: query_bundle.query_str,
            EventPayload.TOP_K: self.top_n,
        }
        with self.callback_manager.event(CBEventType.RERANKING, payload=told) as event:
            best = self._best(nodes, query_bundle.query_str)
            event.on_end(payload={EventPayload.NODES: best})
        return best

    def _best(self, nodes: list[NodeWithScore], query: str) -> list[NodeWithScore]:
        texts = [node.get_content(MetadataMode.EMBED) for node in nodes]
        logits = self._reranker.score(query, texts) if texts else []
        order = sorted(range(len(nodes)), key=lambda i: -logits[i])[: self.top_n]
        return [NodeWithScore(node=nodes[i].node, score=probability(logits[i])) for i in order]
