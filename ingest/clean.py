"""Make text fit to be stored and quoted. It knows characters and lines; it knows no file format and no language.

What is clean stays as it is, ``clean(clean(x)) == clean(x)``, so an article that leaves the archive comes back byte for
byte.
"""

from __future__ import annotations

import re

__all__ = ["clean", "line", "opening"]

# C1 control characters are nearly always Windows-1252 punctuation that was decoded as Latin-1: \x92 is the apostrophe.
_WINDOWS = {
    code: char
    for code in range(0x80, 0xA0)
    if (char := bytes([code]).decode("cp1252", errors="ignore")) and char.isprintable()
}
_BREAKS = {0x0B: "\n", 0x0C: "\n", 0x2028: "\n", 0x2029: "\n\n"}
_REPAIRED = {chr(code): char for code, char in (_WINDOWS | _BREAKS).items()}
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
_BLANKS = re.compile(r"\n{4,}")
_STOP = re.compile(r"[.!?][”’\"')]*(?= +[“‘\"'(]?[A-Z])")


def clean(text: str) -> str:
    """``text`` with one kind of line end, without characters that cannot be shown, and without needless white space.

    Line ends become ``\\n``; byte order marks, NUL and other control characters, lone surrogates and non-characters go;
    so do spaces at the end of lines and at both ends of the text; more than two blank lines become two.
    """
    text = _UNFIT.sub(lambda match: _REPAIRED.get(match[0], ""), text).replace("\r\n", "\n").replace("\r", "\n")
    text = "\n".join(row.rstrip() for row in text.split("\n"))
    return (_BLANKS.sub("\n\n\n", text) if "\n\n\n\n" in text else text).strip()


def line(text: str) -> str:
    """``text`` as one clean line, every run of white space one space: for titles, names and outlets."""
    return " ".join(clean(text).split())


def opening(text: str, *, length: int = 100) -> str:
    """The beginning of a text, to stand for a headline that is missing.

    Args:
        text: a clean text.
        length: the most characters that it may have, the ellipsis aside.

    Returns:
        the first sentence where it is short enough, else its beginning up to a whole word, with ``…``.
    """
    start = line(text[: 20 * length].split("\n\n", 1)[0])
    if stop := next((m for m in _STOP.finditer(start) if 40 <= m.end() <= length), None):
        return start[: stop.end()]
    if len(start) <= length:
        return start
    cut = start.rfind(" ", length // 2, length + 1)
    return start[: cut if cut > 0 else length].rstrip(" ,;:–—-") + "…"
