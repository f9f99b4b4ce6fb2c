"""Write ``ingest/model/bge_small_fused.onnx``: the bundled encoder's graph, put together again.

    python benchmarks/fuse_encoder.py

The wheel's graph computes what BGE small computes in about 1,100 small operators. This one has about 400 larger ones,
takes one text without padding, and computes of the last layer only what the first token needs. Its matrices stay
where they are: it names their places in the wheel's file, which is known by its hash. Needs ``onnx``.
"""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ingest.models import BGE_SMALL, FUSED

_LAYERS, _HEADS, _SIZE = 12, 12, 384
_OWN = "com.microsoft"
_EPSILON = 1e-12
_MATRICES = ("query", "key", "value", "attention", "intermediate", "output")
"""A layer's matrices, in the order in which the wheel's graph multiplies by them."""


class Wheel:
    """The wheel's file: its tensors, and where in the file they begin."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        graph = onnx.load_from_string(self._data).graph
        self.tensors = {tensor.name: tensor for tensor in graph.initializer}
        names = [node.input[1] for node in graph.node if node.op_type == "MatMulInteger"]
        self.matrices = [name.removesuffix("_quantized") for name in names]

    def array(self, name: str) -> NDArray[Any]:
        """The tensor of that name."""
        return numpy_helper.to_array(self.tensors[name])

    def place(self, name: str) -> tuple[int, int]:
        """Where the bytes of the tensor of that name begin, and how many they are."""
        raw = self.tensors[name].raw_data
        start = self._data.find(raw)
        if not raw or start < 0 or self._data.find(raw, start + 1) >= 0:
            raise ValueError(f"the bytes of {name} do not stand in the file exactly once")
        return start, len(raw)


class Builder:
    """The graph as far as it is built. Its methods add operators, and return the name of what they put out."""

    def __init__(self, wheel: Wheel) -> None:
        self._wheel = wheel
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self._quantized: dict[str, list[str]] = {}

    def add(self, operator: str, inputs: list[str], output: str, *, own: bool = False, **attributes: Any) -> str:
        """One operator, of onnxruntime's ``own`` or of ONNX."""
        made = helper.make_node(operator, inputs, [output], domain=_OWN if own else "", **attributes)
        self.nodes.append(made)
        return output

    def constant(self, name: str, value: Any) -> str:
        """A constant that stands in the new file."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def elsewhere(self, name: str, source: str) -> str:
        """A constant that stays in the wheel's file."""
        tensor = onnx.TensorProto(name=name, dims=self._wheel.tensors[source].dims)
        tensor.data_type = self._wheel.tensors[source].data_type
        tensor.data_location = TensorProto.EXTERNAL
        offset, length = self._wheel.place(source)
        for key, value in (("location", "model.onnx"), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        self.constants[name] = tensor
        return name

    def table(self, indices: str, kind: str) -> str:
        """Rows of a table of embeddings."""
        source = f"embeddings.{kind}_embeddings.weight"
        rows = self.add("Gather", [self.elsewhere(f"{kind}_q", f"{source}_quantized"), indices], f"{kind}_rows")
        scale = self.constant(f"{kind}_s", self._wheel.array(f"{source}_scale"))
        zero = self.constant(f"{kind}_z", self._wheel.array(f"{source}_zero_point"))
        return self.add("DequantizeLinear", [rows, scale, zero], kind)

    def product(self, x: str, layer: int, which: str, bias: str) -> str:
        """``x`` times a matrix, plus a bias, in 8 bits. ``x`` is quantised once, whatever it is multiplied by."""
        if x not in self._quantized:
            self._quantized[x] = [f"{x}_{part}" for part in "qsz"]
            self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], self._quantized[x]))
        q, s, z = self._quantized[x]
        source = self._wheel.matrices[len(_MATRICES) * layer + _MATRICES.index(which)]
        if self._wheel.array(f"{source}_zero_point").any():
            raise ValueError(f"the zero point of {source} is not zero")
        name = f"{which}{layer}"
        matrix = self.elsewhere(f"{name}_m", f"{source}_quantized")
        scale = self.constant(f"{name}_ms", self._wheel.array(f"{source}_scale"))
        offset = self.constant(f"{name}_b", self._wheel.array(f"encoder.layer.{layer}.{bias}.bias"))
        return self.add("MatMulIntegerToFloat", [q, matrix, s, scale, z, "", offset], name, own=True)

    def normal(self, x: str, source: str, output: str) -> str:
        """``x`` with each row normalised. Not fused with the sum before it: onnxruntime's operator for both is slow."""
        gain, bias = (self.constant(f"{output}_{part}", self._wheel.array(f"{source}.{part}")) for part in _NORMAL)
        return self.add("LayerNormalization", [x, gain, bias], output, axis=-1, epsilon=_EPSILON)


_NORMAL = ("weight", "bias")


def build(wheel: Wheel) -> onnx.ModelProto:
    """The graph: ``input_ids`` of shape ``(1, tokens)`` to ``state`` of the first token, ``(1, 1, 384)``."""
    graph = Builder(wheel)
    x = _embed(graph, wheel)
    for layer in range(_LAYERS):
        x = _layer(graph, x, layer)
    graph.nodes[-1].output[0] = "state"
    made = helper.make_graph(
        graph.nodes,
        "bge_small_fused",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("state", TensorProto.FLOAT, [1, 1, _SIZE])],
        list(graph.constants.values()),
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_OWN, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=8, producer_name="dateline")


def _embed(graph: Builder, wheel: Wheel) -> str:
    """The sum of the embeddings of the tokens, of their places, and of the only kind of text that there is."""
    source = "embeddings.token_type_embeddings.weight"
    scale, zero = wheel.array(f"{source}_scale"), wheel.array(f"{source}_zero_point")
    kinds = (wheel.array(f"{source}_quantized").astype(np.float32) - zero) * scale
    shape = graph.add("Shape", ["input_ids"], "shape", start=1)
    count = graph.add("Squeeze", [shape], "count")
    places = graph.add("Range", [graph.constant("none", np.int64(0)), count, graph.constant("one", np.int64(1))], "at")
    sides = graph.add("Add", [graph.table(places, "position"), graph.constant("kind", kinds[0])], "sides")
    both = graph.add("Add", [graph.table("input_ids", "word"), sides], "embedded")
    return graph.normal(both, "embeddings.LayerNorm", "x0")


def _layer(graph: Builder, x: str, layer: int) -> str:
    """Attention, then two matrices with GELU between them, each added to what came in."""
    source = f"encoder.layer.{layer}"
    key = graph.product(x, layer, "key", "attention.self.key")
    value = graph.product(x, layer, "value", "attention.self.value")
    if layer == _LAYERS - 1:  # nothing but the first token's state is asked for
        first = [graph.constant(f"first_{part}", np.array([at])) for part, at in zip("bea", (0, 1, 1), strict=True)]
        x = graph.add("Slice", [x, *first], "first")
    query = graph.product(x, layer, "query", "attention.self.query")
    attended = graph.product(_attend(graph, query, key, value, layer), layer, "attention", "attention.output.dense")
    x = graph.normal(
        graph.add("Add", [attended, x], f"sum{layer}"), f"{source}.attention.output.LayerNorm", f"y{layer}"
    )
    wide = graph.product(x, layer, "intermediate", "intermediate.dense")
    narrow = graph.product(graph.add("Gelu", [wide], f"gelu{layer}", own=True), layer, "output", "output.dense")
    return graph.normal(graph.add("Add", [narrow, x], f"total{layer}"), f"{source}.output.LayerNorm", f"x{layer + 1}")


def _attend(graph: Builder, query: str, key: str, value: str, layer: int) -> str:
    """Every head's mean of the values. With one text there is no padding to mask, and the products read the heads
    where they lie: nothing is transposed but what comes out."""
    heads = graph.constant("heads", np.array([-1, _HEADS, _SIZE // _HEADS]))
    q, k, v = (graph.add("Reshape", [part, heads], f"{part}_h") for part in (query, key, value))
    across = {"transBatchA": 1, "transBatchB": 1, "transB": 1, "alpha": 1 / sqrt(_SIZE // _HEADS)}
    scores = graph.add("FusedMatMul", [q, k], f"scores{layer}", own=True, **across)
    shares = graph.add("Softmax", [scores], f"shares{layer}", axis=-1)
    mixed = graph.add("FusedMatMul", [shares, v], f"mixed{layer}", own=True, transBatchB=1)
    back = graph.add("Transpose", [mixed], f"back{layer}", perm=[1, 0, 2])
    return graph.add("Reshape", [back, graph.constant("flat", np.array([1, -1, _SIZE]))], f"attended{layer}")


def main() -> None:
    model = build(Wheel(BGE_SMALL.locate() / "model.onnx"))
    FUSED.parent.mkdir(exist_ok=True)
    FUSED.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{FUSED}: {len(model.graph.node)} operators, {FUSED.stat().st_size} bytes")


if __name__ == "__main__":
    main()
