"""A checkpoint as ONNX: the floats, to measure a checkpoint as it would ship, and the int8 that ships.

Both are folders with ``model.onnx`` and ``tokenizer.json``, as ``qa.reader.BundledReader`` takes them. Needs what
:mod:`benchmarks.reading_model.model` needs.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer

from benchmarks.reading_model.arrays import MAX_TOKENS, Arrays, Row, pad
from benchmarks.reading_model.model import HEADS, HIDDEN, SpanReader
from ingest.models import OnnxModel

__all__ = ["compare", "describe", "export_floats", "export_int8"]

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OUTPUTS = ("start_logits", "end_logits", "answerable", "relevance")
_COMPARED, _TIMED = 100, 20


def export_floats(model: SpanReader, folder: Path, *, base: Path) -> None:
    """Write the network as it is.

    Args:
        model: the network.
        folder: where to; it is made.
        base: the folder that its tokenizer is in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Any two texts of unlike length will do: what is written works for all.
    sample = pad([(np.arange(1000, 1030), 12), (np.arange(1000, 1020), 8)])
    axes = {name: {0: "batch", 1: "tokens"} for name in (*_INPUTS, *_OUTPUTS[:2])}
    axes |= {name: {0: "batch"} for name in _OUTPUTS[2:]}
    torch.onnx.export(
        model,
        tuple(torch.from_numpy(array) for array in sample),
        str(folder / "model.onnx"),
        dynamo=False,
        input_names=list(_INPUTS),
        output_names=list(_OUTPUTS),
        dynamic_axes=axes,
        opset_version=17,
    )
    shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")


def export_int8(floats: Path, folder: Path, *, per_channel: bool) -> None:
    """Write the network with its operators fused and its weights as int8.

    Args:
        floats: the folder of :func:`export_floats`.
        folder: where to; it is made.
        per_channel: a scale for each column of a matrix instead of one for the matrix.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fused = optimizer.optimize_model(str(floats / "model.onnx"), model_type="bert", num_heads=HEADS, hidden_size=HIDDEN)
    print("fused:", fused.get_fused_operator_statistics())
    with tempfile.TemporaryDirectory() as scratch:
        fused.save_model_to_file(str(Path(scratch) / "fused.onnx"))
        quantize_dynamic(
            str(Path(scratch) / "fused.onnx"),
            str(folder / "model.onnx"),
            weight_type=QuantType.QInt8,
            per_channel=per_channel,
            extra_options={"DefaultTensorType": 1},  # 1 is float: what the fused operators put out
        )
    shutil.copyfile(floats / "tokenizer.json", folder / "tokenizer.json")


@dataclass(frozen=True)
class _Tokens:
    """An example's tokens, as the tokenizer's encodings have them."""

    ids: list[int]
    type_ids: list[int]

    @classmethod
    def of(cls, row: Row) -> _Tokens:
        """Those of a row of the arrays."""
        count = len(row.tokens)
        return cls(row.tokens.tolist(), [0] * row.first + [1] * (count - row.first))


def compare(floats: Path, int8: Path, data: Arrays, *, seed: int) -> dict[str, float]:
    """How far the int8 network is from the floats, and how long it takes, on one thread as it is used.

    Args:
        floats, int8: their folders.
        data: examples to compare them on.
        seed: draws which.
    """
    rng = random.Random(seed)
    drawn = [_Tokens.of(data[rng.randrange(len(data))]) for _ in range(_COMPARED)]
    exact, small = (OnnxModel(folder, threads=1, max_tokens=MAX_TOKENS) for folder in (floats, int8))
    agree, drift = [], []
    for tokens in drawn:
        (start, end, known, _), (start8, end8, known8, _) = (_run(model, tokens) for model in (exact, small))
        agree.append(bool(start.argmax() == start8.argmax() and end.argmax() == end8.argmax()))
        drift.append(abs(float(known[0] - known8[0])))
    timed = _Tokens((drawn[0].ids * 200)[:200], [0] * 14 + [1] * 186)
    return {
        "same_span_as_floats": round(statistics.mean(agree), 3),
        "answerable_drift": round(statistics.mean(drift), 3),
        "ms_per_200_tokens": round(1000 * statistics.median(_seconds(small, timed) for _ in range(_TIMED)), 1),
    }


def _run(model: OnnxModel, tokens: _Tokens) -> list[Any]:
    [(_, outputs)] = model.run([tokens])
    return outputs


def _seconds(model: OnnxModel, tokens: _Tokens) -> float:
    began = time.perf_counter()
    _run(model, tokens)
    return time.perf_counter() - began


def describe(model: SpanReader, folder: Path) -> dict[str, Any]:
    """What an exported network is, with the hash that ``qa.reader`` checks."""
    graph = (folder / "model.onnx").read_bytes()
    return {
        "layers": len(model.bert.encoder.layer),
        "max_tokens": MAX_TOKENS,
        "inputs": _INPUTS,
        "outputs": _OUTPUTS,
        "sha256": hashlib.sha256(graph).hexdigest(),
        "bytes": len(graph),
    }
