"""Judging how well a passage or a sentence answers a question: cross-encoders, which read both together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ingest.models import MS_MARCO, OnnxModel, loading
from ingest.settings import Settings

__all__ = ["BundledReranker", "CrossEncoderReranker", "Reranker", "load_reranker"]


class Reranker(Protocol):
    """Scores pairs of a question and a text.

    Attributes:
        name: what people call it.
    """

    name: str

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each of ``texts`` answers ``question``: logits, higher is better, about 0 for a coin's toss."""
        ...


class BundledReranker:
    """A cross-encoder of 12 layers that learned on MS MARCO (Nogueira and Cho 2019; Wang et al. 2020, MiniLM).

    Raises:
        ModelError: the model's files are missing or changed.
    """

    name = MS_MARCO.name

    def __init__(self, *, threads: int = 0) -> None:
        self._model = OnnxModel(MS_MARCO.locate(), threads=threads, max_tokens=384)

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """See :class:`Reranker`. Question and text together are read up to 384 tokens."""
        scores = [0.0] * len(texts)
        encodings = self._model.tokenize([(question, text) for text in texts])
        for members, outputs in self._model.run(encodings, batch_tokens=768):
            for i, logit in zip(members, outputs[0].reshape(-1), strict=True):
                scores[i] = float(logit)
        return scores


class CrossEncoderReranker:
    """Any sentence-transformers cross-encoder with one output, by name or path.

    Raises:
        ModelError: the model cannot be loaded.
    """

    def __init__(self, model: str) -> None:
        import torch
        from sentence_transformers import CrossEncoder

        with loading("reranker", "sentence-transformers cross-encoder", model):
            self._model = CrossEncoder(model)
        self._raw = torch.nn.Identity()
        self.name = model

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """See :class:`Reranker`."""
        pairs = [(question, text) for text in texts]
        scores = self._model.predict(pairs, activation_fn=self._raw, show_progress_bar=False)
        return [float(score) for score in scores]


def load_reranker(settings: Settings) -> Reranker:
    """The reranker that the settings name.

    Raises:
        ModelError: it cannot be loaded.
    """
    if settings.reranker == "bundled":
        return BundledReranker(threads=settings.threads)
    return CrossEncoderReranker(settings.reranker)
