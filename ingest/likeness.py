"""Whether two texts are copies of one: wire copies, lightly edited ones, ones cut from the end. It knows no database.

A text is compared by its shingles, the stretches of three words in it. MinHash (by rensa) turns them into a signature,
and the signature into keys, such that texts that share many shingles very likely share a key. Those that do are then
compared in full: the keys propose, they never decide.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "BANDS",
    "SOON",
    "Likeness",
    "Signature",
    "Wording",
    "fingerprint",
    "headlines_alike",
    "is_about",
    "likeness",
    "nearness",
    "recipe",
    "signature",
    "text_number",
    "wording",
]

Likeness = Literal["", "soon", "ever"]
"""Whether two texts are copies of one story: no; if they were published within :data:`SOON` days of each other; or
whenever they were."""
SOON = 1

_RECIPE = 2
"""Is changed with anything below that could group texts otherwise."""

BANDS, _ROWS = 42, 3
"""Keys, and the numbers of a signature that make one: texts that share half of their shingles
have one in common in 99.6 of 100 cases, and texts that share a twentieth in 1 of 200."""
_WORD = re.compile(r"\w+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that write without spaces: each character counts for a word."""
_WORD_OR_SIGN = re.compile(rf"{_DENSE.pattern}|[^\W\u3040-\u30ff\u3400-\u9fff]+")
_NUMBER = re.compile(r"\d[\d.,/:-]*\d|\d")
_FACTOR = 0x9E3779B97F4A7C15

_EDITED, _EDITED_LATER = 0.6, 0.7
"""The least Jaccard similarity of an edited copy, and of one that was published later."""
_NUMBERS, _NAMES = 0.15, 0.12
"""Numbers and names may be less alike than words by so much. A report that comes round, such as the week's prices, has
the words of the one before and other numbers; a copy keeps both."""
_NUMBERS_LATER = 0.9
_RENEWED = 0.1
_AGAIN = 3
_CUT, _CUT_SHARE, _CUT_LATER = 0.9, 0.25, 0.95
"""How much of a copy that was cut must stand in the longer text, and the least Jaccard similarity then."""
_CUT_NUMBERS, _CUT_WORDS, _CUT_MOST = 0.8, 60, 0.85
"""The share of the shorter text's numbers that must stand in the longer one, the least words of the shorter, and the
most of the longer one that it may be: a text that lost less was edited."""
_OPENING = 30
"""A text is cut from its end: of so many words at the beginning of the longer one half must stand in the shorter. A
round-up that holds a whole report begins with something else."""
_ABOUT = 1 / 4
_HEADLINES = 0.6


def recipe() -> str:
    """Names what texts are compared with: another may find other copies."""
    from rensa import RMinHash

    return f"{_RECIPE}.{RMinHash.ALGORITHM_VERSION}"


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """What is compared of a text: its shingles (hashed, sorted, each once), those of its beginning, its numbers, and
    its words with a capital."""

    shingles: NDArray[np.uint64]
    opening: NDArray[np.uint64]
    numbers: frozenset[str]
    names: Counter[str]


def wording(text: str) -> Wording:
    """What is compared of ``text``."""
    import numpy as np

    words = _words(text)
    numbered = np.array([*map(_number, words), *[0] * (3 - len(words))], dtype=np.uint64)
    factor = np.uint64(_FACTOR)
    shingles = (numbered[:-2] * factor + numbered[1:-1]) * factor + numbered[2:]
    return Wording(
        _each_once(shingles),
        _each_once(shingles[: _OPENING - 2]),
        frozenset(_NUMBER.findall(text)),
        Counter(word.casefold() for word in words if word[0].isupper()),
    )


@lru_cache(1 << 16)
def _number(word: str) -> int:
    return zlib.crc32(word.casefold().encode())


def _each_once(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """``numbers`` in order. Faster than ``numpy.unique``, which hashes them first."""
    import numpy as np

    ordered = np.sort(numbers)
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    return np.asarray(ordered[first], dtype=np.uint64)


def _words(text: str) -> list[str]:
    if not text.isascii() and _DENSE.search(text):
        return _WORD_OR_SIGN.findall(text)
    return _WORD.findall(text)


@dataclass(frozen=True, slots=True)
class Signature:
    """The MinHash signature of a text, and that of its headline where the text says nothing of it."""

    text: bytes
    headline: bytes | None

    def listed(self) -> list[int]:
        """The keys that a text is found by, as signed 64-bit numbers."""
        if self.headline is None:
            return _keys(self.text, 0)
        return _keys(self.text, 1) + _keys(self.text, 2, self.headline)

    def wanted(self) -> list[int]:
        """The keys of the texts that this one may be a copy of.

        A text that says nothing of its headline has to have a headline in common with its like too: else all that are
        replaced by one notice would be compared with each other.
        """
        return _keys(self.text, 0) + (_keys(self.text, 1) if self.headline is None else self.listed()[-BANDS:])


def signature(words: Wording, headline: str | None) -> Signature:
    """The signature of a text; ``headline`` is None where the text is about it."""
    import numpy as np

    if headline is None:
        return Signature(_minhash(words.shingles), None)
    stems = sorted(zlib.crc32(stem.encode()) for stem in _stems(headline)) or [0]
    return Signature(_minhash(words.shingles), _minhash(np.array(stems, dtype=np.uint64)))


def _minhash(hashes: NDArray[np.uint64]) -> bytes:
    import numpy as np
    from rensa import RMinHash

    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, [0, len(hashes)], BANDS * _ROWS, 1)
    return np.array(matrix.to_rows()[0], dtype="<u4").tobytes()


def _keys(signature: bytes, kind: int, headline: bytes | None = None) -> list[int]:
    import numpy as np

    columns = np.frombuffer(signature, dtype="<u4").astype(np.uint64).reshape(BANDS, _ROWS).T
    if headline is not None:
        columns = np.concatenate([columns, np.frombuffer(headline, dtype="<u4").reshape(BANDS, _ROWS).T[:2]])
    mixed = np.arange(1, BANDS + 1, dtype=np.uint64) + np.uint64(BANDS * kind)
    for column in columns:
        mixed = (mixed ^ column) * np.uint64(_FACTOR)
        mixed ^= mixed >> np.uint64(29)
    return [int(key) for key in mixed.view(np.int64)]


def nearness(one: bytes, others: Sequence[bytes]) -> list[float]:
    """About the Jaccard similarity of the text with the signature ``one`` to each of the others."""
    import numpy as np

    rows = np.frombuffer(b"".join(others), dtype="<u4").reshape(len(others), -1)
    return [float(share) for share in (rows == np.frombuffer(one, dtype="<u4")).mean(axis=1)]


def likeness(one: Wording, other: Wording) -> Likeness:
    """Whether two texts are copies of one story; it does not matter which comes first."""
    import numpy as np

    short, long = sorted((one, other), key=lambda words: (len(words.shingles), words.shingles.tobytes()))
    shared = len(np.intersect1d(short.shingles, long.shingles, assume_unique=True))
    jaccard = shared / (len(short.shingles) + len(long.shingles) - shared)
    if jaccard == 1.0:
        return "ever"
    if (_own(short, long) and _own(long, short)) or _renewed(short.numbers, long.numbers):
        return ""
    numbers = _shared(short.numbers, long.numbers)
    names = _shared(short.names.keys(), long.names.keys())
    if jaccard >= _EDITED and numbers >= jaccard - _NUMBERS and names >= jaccard - _NAMES:
        return "ever" if jaccard >= _EDITED_LATER and numbers >= _NUMBERS_LATER else "soon"
    return _cut(short, long, shared / len(short.shingles), jaccard)


def _cut(short: Wording, long: Wording, contained: float, jaccard: float) -> Likeness:
    """Whether one text is the other less what stood at its end."""
    import numpy as np

    if contained < _CUT or jaccard < _CUT_SHARE:
        return ""
    if not _CUT_WORDS <= len(short.shingles) <= _CUT_MOST * len(long.shingles):
        return ""
    if short.numbers and len(short.numbers & long.numbers) < _CUT_NUMBERS * len(short.numbers):
        return ""
    if 2 * np.isin(long.opening, short.shingles).sum() < len(long.opening):
        return ""
    return "ever" if contained >= _CUT_LATER and jaccard >= _EDITED_LATER else "soon"


def _own(one: Wording, other: Wording) -> bool:
    """Whether a text names something again and again that the other never does: where both do, they are editions for
    two places."""
    return any(count >= _AGAIN and len(name) > 2 and name not in other.names for name, count in one.names.items())


def _renewed(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether several numbers of a text have others in their place: a correction changes one, the next report many."""
    return min(len(one - other), len(other - one)) > max(1, _RENEWED * min(len(one), len(other)))


def _shared(one: Set[str], other: Set[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def is_about(text: str, title: str, source: str | None) -> bool:
    """Whether a text says anything of its headline. A notice to subscribe, which stands in place of many articles, does
    not, whatever the outlet's name in both."""
    outlet, words = (source or "").casefold(), text.casefold()
    wanted = {stem for stem in _stems(title) if stem not in outlet}
    return sum(stem in words for stem in wanted) >= _ABOUT * len(wanted)


def headlines_alike(one: str, other: str) -> bool:
    """Whether two headlines could stand over one report."""
    if set(_NUMBER.findall(one)) != set(_NUMBER.findall(other)):
        return False
    first, second = _stems(one), _stems(other)
    return _shared(first, second) >= _HEADLINES if first or second else one.split() == other.split()


def _stems(title: str) -> frozenset[str]:
    return frozenset(word[:5] for word in _words(title.casefold()) if len(word) > 3)


def text_number(text: str) -> int:
    """A negative number, the same for texts that have the same words: 62 bits of a hash of them."""
    words = " ".join(_words(text)).casefold() or " ".join(text.split())
    digest = hashlib.sha256(words.encode()).digest()
    return -1 - (int.from_bytes(digest[:8], "big") >> 2)


def fingerprint(text: str, title: str, *, about: bool) -> bytes:
    """What texts have in common that are the same but for white space.

    Args:
        about: whether the text says anything of its headline; where it does not, the headline counts too.
    """
    parts = [" ".join(part.split()) for part in ((text,) if about else (text, title))]
    return hashlib.sha256("\0".join(parts).encode()).digest()[:16]
