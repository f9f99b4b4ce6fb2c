"""Files that are nearly right: the seeds with damage done to them, each made from a number alone."""

from __future__ import annotations

import gzip
import lzma
import random

from fuzz.seeds import SEEDS, tar_of, zip_of

__all__ = ["LONGEST", "damaged"]

_TOKENS = [
    *(
        b"\0",
        b"\xff\xff\xff\xff",
        b"\x80\0\0\0",
        b"\r\n",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"%00",
        b"../",
        b"\xe9",
    ),
    *(
        b"<",
        b">",
        b"</p>",
        b"<p>",
        b"<!--",
        b"]]>",
        b"<![CDATA[",
        b"&#x10ffff;",
        b"&amp;",
        b"<html>",
        b'<a href="',
        b"<title>",
    ),
    *(
        b'{"text":',
        b"[",
        b"]",
        b'"',
        b"\\ud800",
        b"1e999",
        b"-1",
        b"99999999999999999999",
        b"null",
        b",",
        b";",
        b"\t",
        b"---\n",
    ),
    *(
        b"Content-Type: ",
        b"Content-Length: ",
        b"boundary=",
        b"=?utf-8?b?",
        b"From - ",
        b"multipart/mixed",
        b"charset=utf-16",
    ),
    *(b"2022-13-45", b"Date: ", b"(Photo by ", b"Pictured: ", b"/AP\n\n", b"More: ", b"LONDON (AP) \xe2\x80\x94 "),
    *(
        b"obj",
        b"stream",
        b"/Length 99999",
        b"/Kids[3 0 R 3 0 R]",
        b"endobj",
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
    ),
]
LONGEST = 200_000
"""Bytes that a file has at most, unless told."""
_NAMES = list(SEEDS)
_MADE = {name: make() for name, make in SEEDS.items()}


def damaged(number: int, *, seed: int = 0, longest: int = LONGEST) -> tuple[str, bytes]:
    """The name and the content of the file of that number; the same ones each time.

    Args:
        longest: where it is more than usual, a piece of the file is repeated until it has so many bytes.
    """
    dice = random.Random(f"{seed} {number}")
    name = _NAMES[number % len(_NAMES)]
    if dice.random() < 0.5 and (inner := _within(name, dice)) is not None:
        return name, inner[:LONGEST]
    return name, _grown(_mutated(_MADE[name], dice)[:LONGEST], longest, dice)


def _grown(data: bytes, longest: int, dice: random.Random) -> bytes:
    if longest <= LONGEST or not data:
        return data
    start = dice.randrange(len(data))
    piece = data[start : start + dice.choice((1, 3, 8, 40, 300, 5000))]
    times = (longest - len(data)) // len(piece)
    return data[:start] + piece * times + data[start:]


def _within(name: str, dice: random.Random) -> bytes | None:
    """A sound package around a damaged content, or None for what is no package."""
    if name == "a.docx":
        body = _mutated(_part("word/document.xml"), dice)
        return zip_of({"word/document.xml": body})
    if name == "a.zip":
        other = dice.choice(_NAMES)
        inner = f"{_odd(dice)}{other}"
        return zip_of({inner: _mutated(_MADE[other], dice), "b.txt": _MADE["a.txt"]})
    if name in ("a.tar", "a.tar.gz"):
        other = dice.choice(_NAMES)
        return tar_of(
            {f"{_odd(dice)}{other}": _mutated(_MADE[other], dice)}, mode="w:gz" if name.endswith("gz") else "w"
        )
    if name.endswith(".gz"):
        return gzip.compress(_mutated(_MADE[name.removesuffix(".gz")], dice), 1)
    if name.endswith(".xz"):
        return lzma.compress(_mutated(_MADE[name.removesuffix(".xz")], dice), preset=0)
    return None


def _odd(dice: random.Random) -> str:
    return dice.choice(["", "x/", "/", "../", "a/../../", "\\\\", "é/", " ", "#7/", "\n"])


def _part(name: str) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(_MADE["a.docx"])) as document:
        return document.read(name)


def _mutated(data: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 1, 2, 3, 5, 9))):
        data = _once(data, dice)
    return data


def _once(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(data) + 1)
    end = min(len(data), start + dice.choice((1, 1, 2, 4, 16, 64, 1000)))
    piece, before, after = data[start:end], data[:start], data[end:]
    kind = dice.randrange(10)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + piece * dice.choice((2, 3, 50, 1000)) + after
    if kind == 2:
        return before + bytes(byte ^ (1 << dice.randrange(8)) for byte in piece) + after
    if kind == 3:
        return before + dice.randbytes(len(piece)) + after
    if kind == 4:
        return before
    if kind == 5:
        other = _MADE[dice.choice(_NAMES)]
        cut = dice.randrange(len(other) + 1)
        return before + other[cut : cut + dice.choice((8, 100, 2000))] + after
    if kind == 6:
        return before + dice.choice(_TOKENS) * dice.choice((1, 1, 2, 5000)) + after
    if kind == 7:
        return after + before
    return before + dice.choice(_TOKENS) + piece + after
