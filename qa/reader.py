"""The reader: a model that has learned which words of a passage answer a question, and when none do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ingest.article import Span
from ingest.models import BundledModel, OnnxModel
from ingest.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.stored import StoredPassage

__all__ = ["MODEL", "BundledReader", "PassageReading", "Reader", "SentenceReading", "load_reader"]

MODEL = BundledModel(
    "Dateline's reader (int8)",
    str(Path(__file__).parent / "model"),
    "5c1d1f149a0564075e140fa64e556d627f34d9360450aae062380b1e74931e26",
    "dateline",
    "pip install --force-reinstall dateline",
)
_MAX_TOKENS = 320
# No answer that is worth marking is longer, in tokens.
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """The best answer in one sentence.

    Attributes:
        sentence: the sentence, in characters of the article's text.
        answer: the words in it that answer, likewise.
        score: their log probability: that an answer begins and ends there, rather than elsewhere in the passage or
            nowhere. At most 0.
        margin: their logits less those of "no answer".
    """

    sentence: Span
    answer: Span
    score: float
    margin: float


@dataclass(frozen=True, slots=True)
class PassageReading:
    """What the reader says of one passage.

    Attributes:
        sentences: the sentences that it read, in order.
        relevance: whether the passage is about the question: a logit, as cross-encoders give it.
        answerable: whether it answers the question: a logit.
    """

    sentences: tuple[SentenceReading, ...]
    relevance: float
    answerable: float


class Reader(Protocol):
    """Reads passages.

    Attributes:
        name: what people call it.
    """

    name: str

    def read(self, question: str, passages: Sequence[StoredPassage]) -> list[PassageReading]:
        """What each of ``passages`` says to ``question``, in their order."""
        ...


class BundledReader:
    """A span reader of 12 layers (Devlin et al. 2019 with the SQuAD 2.0 heads; weights from MiniLM, Wang et al. 2020).

    It is trained by ``benchmarks/train_reader.py``; its model card lies beside the weights.

    Raises:
        ModelError: the model's files are missing or changed.
    """

    name = MODEL.name

    def __init__(self, *, threads: int = 0, folder: Path | None = None) -> None:
        self._model = OnnxModel(folder or MODEL.locate(), threads=threads, max_tokens=_MAX_TOKENS)

    def read(self, question: str, passages: Sequence[StoredPassage]) -> list[PassageReading]:
        """See :class:`Reader`. Question and passage together are read up to 320 tokens, the same words once."""
        places: dict[str, list[int]] = {}
        for place, stored in enumerate(passages):
            places.setdefault(stored.text, []).append(place)
        encodings = self._model.tokenize([(question, text) for text in places], offsets=True)
        texts = list(places)
        found: dict[int, PassageReading] = {}
        for members, outputs in self._model.run(encodings, batch_tokens=_MAX_TOKENS):
            for row, member in enumerate(members):
                logits = _Logits(encodings[member], outputs[0][row], outputs[1][row])
                for place in places[texts[member]]:
                    sentences = tuple(logits.sentences(passages[place]))
                    found[place] = PassageReading(sentences, float(outputs[3][row]), float(outputs[2][row]))
        return [found[place] for place in range(len(passages))]


class _Logits:
    """The logits of one question and passage, where spans are looked for."""

    def __init__(self, encoding: Any, start: NDArray[np.float32], end: NDArray[np.float32]) -> None:
        import numpy as np

        first = encoding.type_ids.index(1)
        last = len(encoding.ids) - 1
        self._offsets = encoding.offsets[first:last]
        self._start, self._end = start[first:last].astype(np.float64), end[first:last].astype(np.float64)
        self._nothing = float(start[0] + end[0])
        everything = (np.append(self._start, start[0]), np.append(self._end, end[0]))
        self._total = sum(float(np.logaddexp.reduce(logits)) for logits in everything)

    def sentences(self, stored: StoredPassage) -> Iterator[SentenceReading]:
        """The best span of each sentence, as places in the article."""
        import numpy as np

        shift = stored.passage.start
        begins = np.array([begin for begin, _ in self._offsets]) + shift
        for sentence in stored.passage.sentences:
            low, high = np.searchsorted(begins, sentence).tolist()
            if low == high:
                continue  # beyond what was read
            scores = self._start[low:high, None] + self._end[None, low:high]
            scores[~_allowed(high - low)] = -np.inf
            best = int(scores.argmax())
            start, end = divmod(best, high - low)
            # One token can reach over the end of a sentence, where only a control character parts two.
            end_at = min(self._offsets[low + end][1] + shift, sentence.end)
            answer = Span(self._offsets[low + start][0] + shift, end_at)
            score = float(scores.flat[best])
            yield SentenceReading(sentence, answer, score - self._total, score - self._nothing)


def _allowed(count: int) -> NDArray[np.bool_]:
    """Which (start, end) of ``count`` tokens are spans of allowed length."""
    import numpy as np

    apart = np.arange(count)[None, :] - np.arange(count)[:, None]
    return (apart >= 0) & (apart < _LONGEST)


def load_reader(settings: Settings) -> Reader:
    """The reader that comes with Dateline.

    Raises:
        ModelError: it cannot be loaded.
    """
    return BundledReader(threads=settings.threads)
