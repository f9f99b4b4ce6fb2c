"""The network: a MiniLM with span, answerable and relevance heads, and the cross-encoder's weights that it starts from.

Needs torch and transformers, and onnx to read the cross-encoder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface, BertConfig, BertModel
from transformers.masking_utils import eager_mask

__all__ = ["HEADS", "HIDDEN", "LAYERS", "SpanReader", "from_checkpoint", "from_cross_encoder", "is_new"]

HIDDEN, HEADS, LAYERS = 384, 12, 12
_INNER, _VOCABULARY = 1536, 30522


class SpanReader(nn.Module):
    """A BERT with four outputs: a start and an end logit for each token (as for SQuAD, Devlin et al. 2019), a logit for
    "the passage answers", and the cross-encoder's own logit for "the passage is about the question".

    Args:
        layers: of the BERT.
        attention: ``"eager"``, or ``"plain"``, which gives the same values and trains faster.
    """

    def __init__(self, layers: int, *, attention: str = "eager") -> None:
        super().__init__()
        config = BertConfig(
            vocab_size=_VOCABULARY,
            hidden_size=HIDDEN,
            num_attention_heads=HEADS,
            num_hidden_layers=layers,
            intermediate_size=_INNER,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        config._attn_implementation = attention
        self.bert = BertModel(config)
        self.classifier = nn.Linear(HIDDEN, 1)
        self.span = nn.Linear(HIDDEN, 2)
        self.answerable = nn.Linear(HIDDEN, 1)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Start logits, end logits, answerable, relevance."""
        out = self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        hidden = out.last_hidden_state
        span = self.span(hidden)
        relevance = self.classifier(out.pooler_output).squeeze(-1)
        return span[..., 0], span[..., 1], self.answerable(hidden[:, 0]).squeeze(-1), relevance


def is_new(parameter: str) -> bool:
    """Whether a parameter belongs to the heads that the cross-encoder does not have."""
    return parameter.startswith(("span.", "answerable."))


def from_cross_encoder(folder: Path, layers: int = LAYERS, *, attention: str = "eager") -> SpanReader:
    """A reader with the cross-encoder's weights, and fresh span and answerable heads, the same ones each time.

    Args:
        folder: holds the cross-encoder's ``model.onnx``.
        layers: keep so many of its layers, evenly spaced.
        attention: see :class:`SpanReader`.

    Raises:
        SystemExit: the weights are not those of such a network.
    """
    torch.manual_seed(0)
    model = SpanReader(layers, attention=attention)
    missing, unexpected = model.load_state_dict(_thinned(_cross_encoder_weights(folder / "model.onnx"), layers), False)
    unknown = [name for name in missing if not is_new(name)]
    if unknown or unexpected:
        raise SystemExit(f"the weights in {folder} do not fit: missing {unknown}, unexpected {unexpected}")
    return model


def from_checkpoint(path: Path, *, average: bool = True) -> SpanReader:
    """The reader of a checkpoint, with the running average of its weights or with the last ones."""
    state = torch.load(path, weights_only=True)
    model = SpanReader(state["layers"])
    model.load_state_dict(state["model"])
    if average:
        model.load_state_dict(state["average"], strict=False)
    return model.eval()


def _cross_encoder_weights(path: Path) -> dict[str, Tensor]:
    """The cross-encoder's weights as floats, read back from its int8 ONNX file."""
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def floats(name: str) -> Any:
        scale, zero = stored[f"{name}_scale"], stored[f"{name}_zero_point"]
        return (stored[f"{name}_quantized"].astype(np.float32) - zero.astype(np.float32)) * scale

    weights = {
        name: array
        for name, array in stored.items()
        if name.startswith("bert.") and array.dtype == np.float32 and not name.endswith(("_scale", "_zero_point"))
    }
    for quantized in stored:
        if quantized.endswith("embeddings.weight_quantized"):
            name = quantized.removesuffix("_quantized")
            weights[name] = floats(name)
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.name.startswith("/bert/encoder"):
            place = node.name.removesuffix("/MatMul_quant").strip("/").replace("/", ".")
            # ONNX multiplies from the right; torch keeps the transposed matrix.
            weights[f"{place}.weight"] = floats(node.input[1].removesuffix("_quantized")).T
    for name in ("bert.pooler.dense.weight", "classifier.weight"):
        weights[name] = floats(name).T
    weights["classifier.bias"] = stored["classifier.bias"]
    return {name: torch.tensor(np.ascontiguousarray(array)) for name, array in weights.items()}


def _thinned(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """The weights of so many of the layers, evenly spaced, under new numbers, and all that belong to no layer."""
    step = LAYERS // layers
    number_of = {step * (i + 1) - 1: i for i in range(layers)}
    kept = {}
    for name, tensor in weights.items():
        before, mark, after = name.partition("encoder.layer.")
        number, _, rest = after.partition(".")
        if not mark:
            kept[name] = tensor
        elif int(number) in number_of:
            kept[f"{before}{mark}{number_of[int(number)]}.{rest}"] = tensor
    return kept


def _plain_attention(
    _: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float, **__: Any
) -> tuple[Tensor, None]:
    """Attention as three matrix steps: on a CPU in bfloat16 its backward pass takes half the time of the fused one."""
    batch, heads, width, size = query.shape
    flat = (batch * heads, width, size)
    scores = torch.bmm(query.reshape(flat) * scaling, key.reshape(flat).transpose(1, 2))
    if mask is not None:  # None when no text of the batch is padded
        scores = (scores.view(batch, heads, width, width) + mask.to(query.dtype)).view(batch * heads, width, width)
    mixed = torch.bmm(torch.softmax(scores, -1, dtype=query.dtype), value.reshape(flat))
    return mixed.view(batch, heads, width, size).transpose(1, 2).contiguous(), None


AttentionInterface.register("plain", _plain_attention)
AttentionMaskInterface.register("plain", eager_mask)
