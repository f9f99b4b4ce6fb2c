"""English words of closed classes, and the forms of be, have and do."""

from __future__ import annotations

__all__ = ["BE", "DO", "HAVE", "KNOWN", "PARTICLES"]

_CLOSED = {
    "D": "the a an this that these those my your his her its our their some any every each all both no another such"
    " many much most more several few fewer less either neither half enough what",
    "P": "i me he him she it we us they them himself herself itself themselves who whom everyone everybody someone"
    " somebody nobody anyone anybody nothing something anything everything one others those none",
    "A": "is are was were be been being am has have had having do does did 's",
    "M": "may might can could will would shall should must cannot",
    "-": "not never n't",
    "C": "and or but nor & yet",
    "S": "that because if unless although though while whereas when whether since until after before as once than so"
    " where why how lest",
    "W": "who which whose whom",
    "I": "of in on at to for from with by about into over under between among against during without within through"
    " across near behind beyond despite toward towards upon off out up down along around above below outside inside"
    " amid per via as like unlike since until after before including following alongside onto throughout regarding"
    " concerning because except besides ahead according",
    "R": "also very just only still even again too now then there here soon already ever once almost nearly about"
    " however meanwhile later earlier away back together instead well ago rather quite so far no longer first"
    " currently recently not both together apparently long once ago perhaps maybe",
}

KNOWN: dict[str, str] = {}

for _kind, _words in _CLOSED.items():
    for _word in _words.split():
        KNOWN.setdefault(_word, "")
        KNOWN[_word] += _kind

BE = frozenset("is are was were be been being am".split())

HAVE = frozenset("has have had having".split())

DO = frozenset("do does did".split())

PARTICLES = frozenset("up down out off over away back on in".split())
