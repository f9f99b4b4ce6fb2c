"""Turning passages and questions into vectors.

``Encoder`` is all that the archive asks of a model. Two meet it: the bundled BGE model, run by onnxruntime, and any
sentence-transformers model, which brings torch and is imported only when it is asked for.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ingest.errors import ModelError
from ingest.fused import load_fused
from ingest.models import BGE_SMALL, loading
from ingest.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BundledEncoder", "Encoder", "SentenceTransformerEncoder", "load_encoder"]


class Encoder(Protocol):
    """Makes unit vectors of texts: the dot product of two is their cosine similarity.

    Attributes:
        name: what people call it.
        fingerprint: changes whenever the same text would get another vector; an archive remembers it.
        dimensions: the length of a vector.
    """

    name: str
    fingerprint: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, of shape ``(len(texts), dimensions)``."""
        ...

    def encode_query(self, question: str) -> NDArray[np.float32]:
        """The vector of a question, of shape ``(dimensions,)``."""
        ...


class BundledEncoder:
    """BGE small, English, 384 dimensions, the first token's state as the text's vector (Xiao et al. 2023, C-Pack).

    Raises:
        ModelError: the model's files are missing or changed.
    """

    name = BGE_SMALL.name
    fingerprint = BGE_SMALL.sha256
    dimensions = 384

    # Part of how the model was trained: questions carry it, passages do not.
    _PROMPT = "Represent this sentence for searching relevant passages: "

    def __init__(self, *, threads: int = 0) -> None:
        self._model = load_fused(BGE_SMALL.locate(), threads=threads)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, of shape ``(len(texts), 384)``; text beyond 512 tokens is not seen."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for members, outputs in self._model.run(self._model.tokenize(texts)):
            vectors[members] = outputs[0][:, 0]
        return _unit(vectors)

    def encode_query(self, question: str) -> NDArray[np.float32]:
        """The vector of a question, of shape ``(384,)``."""
        vector: NDArray[np.float32] = self.encode([self._PROMPT + question])[0]
        return vector


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or path.

    The model's own prompts for queries and documents are used.

    Args:
        model: its name or path.
        device: what it runs on, as torch calls it: ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``. ``"auto"`` takes a
            GPU where there is one.

    Raises:
        ModelError: the model cannot be loaded, or there is no such device.
    """

    def __init__(self, model: str, *, device: str = "auto") -> None:
        from sentence_transformers import SentenceTransformer

        chosen = None if device == "auto" else _present(device)
        with loading("encoder", "sentence-transformers model", model):
            self._model = SentenceTransformer(model, device=chosen)
        # On a processor more is slower, since it falls out of the cache: 32 took 1.15 times as long as 8.
        self._batch = 8 if self._model.device.type == "cpu" else 128
        # Its tokenizer must not be used by two threads at once.
        self._guard = threading.Lock()
        self.name = model
        self.dimensions = len(self.encode_query("dimensions"))
        self.fingerprint = self._hash()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, of shape ``(len(texts), dimensions)``."""
        import numpy as np

        with self._guard:
            vectors = self._model.encode_document(
                list(texts), batch_size=self._batch, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimensions)

    def encode_query(self, question: str) -> NDArray[np.float32]:
        """The vector of a question, of shape ``(dimensions,)``."""
        import numpy as np

        with self._guard:
            vector = self._model.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def _hash(self) -> str:
        """A fingerprint of the weights and what else matters: a name or a path can come to mean another model."""
        about = sorted(self._model.prompts.items()), self._model.max_seq_length
        digest = hashlib.sha256(repr(about).encode())
        for name, weights in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(weights.detach().cpu().float().contiguous().numpy().tobytes())
        return digest.hexdigest()


def load_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings name.

    Raises:
        ModelError: it cannot be loaded.
    """
    if settings.encoder == "bundled":
        return BundledEncoder(threads=settings.threads)
    return SentenceTransformerEncoder(settings.encoder, device=settings.device)


def _present(device: str) -> str:
    """``device``, once it is sure that torch can use it here.

    Raises:
        ModelError: it cannot.
    """
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        words = (str(error) or type(error).__name__).splitlines()[0]
        raise ModelError(
            f"the device {device!r} cannot be used here ({words}): set device to auto, cpu, cuda, cuda:1 or mps"
        ) from error
    return device


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows scaled to length 1."""
    import numpy as np

    lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit
