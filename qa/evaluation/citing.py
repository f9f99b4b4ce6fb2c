"""Whether the sentences of an answer are borne out by the quotes that they cite: citation recall and precision in
the manner of ALCE (Gao et al. 2023), with a cross-encoder as the judge, and a plain count of words beside it.

The judge's weakness: it was trained to tell whether a text is relevant to a question, not whether it entails a
sentence. It sees another subject at once, and a wrong figure or a "not" hardly. So the words are counted too: a figure,
a name, or many words that the quotes do not have. Neither is the verifier that sentences went through before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ingest.sentences import sentences
from qa.answer import Answer
from qa.telling import stems

__all__ = ["BORNE_FROM", "Judge", "citing"]

Judge = Callable[[str, Sequence[str]], Sequence[float]]
"""How well each of some texts goes with a sentence: logits."""

BORNE_FROM = 3.0
"""The logit from which quotes bear a sentence out."""

_MARKERS = re.compile(r"((?:\s*\[\d+\])+)")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][\w’'-]+")
# So many of the telling words of a sentence have to stand in its quotes.
_SHARED = 0.75


def citing(answer: Answer, judge: Judge) -> Mapping[str, float]:
    """Of an answer, by name: ``citing.recall``, ``citing.precision`` and ``citing.unsupported``; nothing of an
    abstention, or of an answer without citations."""
    if not answer.answered or not answer.citations:
        return {}
    told = list(_told(answer.text))
    quotes = {citation.number: citation.quote for citation in answer.citations}
    recalled, precise, cited, loose = 0, 0, 0, 0
    for sentence, numbers in told:
        texts = [quotes[number] for number in numbers if number in quotes]
        borne = bool(texts) and _borne(sentence, " ".join(texts), judge)
        recalled += borne
        loose += not texts or not _words_there(sentence, " ".join(texts))
        for at in range(len(texts)):
            others = " ".join(texts[:at] + texts[at + 1 :])
            cited += 1
            needed = not (others and _borne(sentence, others, judge))
            precise += borne and (needed or _borne(sentence, texts[at], judge))
    if not told:
        return {}
    found = {"citing.recall": recalled / len(told), "citing.unsupported": loose / len(told)}
    return found | ({"citing.precision": precise / cited} if cited else {})


def _told(text: str) -> Iterator[tuple[str, list[int]]]:
    """The statements of an answer and the numbers behind each: the last sentence before a marker carries it, with those
    before it that have none."""
    for row in text.split("\n"):
        pieces = _MARKERS.split(row)
        for said, markers in zip(pieces[::2], pieces[1::2], strict=False):
            if said.strip(" .,"):
                yield said.strip(), [int(number) for number in re.findall(r"\d+", markers)]
        for span in sentences(pieces[-1]) if len(pieces) == 1 else ():
            yield span.cut(pieces[-1]), []


def _borne(sentence: str, text: str, judge: Judge) -> bool:
    return judge(sentence, [text])[0] >= BORNE_FROM


def _words_there(sentence: str, text: str) -> bool:
    """Whether figures, names and most telling words of a sentence stand in a text."""
    flat = text.lower()
    if any(digits not in flat for digits in re.findall(r"\d+", sentence)):
        return False
    if any(name.lower() not in flat for name in _NAME.findall(sentence)):
        return False
    mine = stems(sentence)
    return len(mine & stems(text)) >= _SHARED * len(mine)
