"""Derives ``qa/generation/lexicon/words.tsv.gz`` from the files of WordNet 3.0.

    python benchmarks/derive_lexicon.py /usr/share/wordnet

One line a word in small letters: the word, which kinds of word it is (n, v, a, r with the share of each in tenths, by
the counts of WordNet's own tagged texts), words that mean the same, words that are more general, and words of another
kind made from the same stem. A line with "=" is a form that no rule makes, and its word. Two words mean the same
where they share a meaning that is common for both. A word is taken where a tagged text has it or the tokenizer of the
bundled reader knows it whole."""

from __future__ import annotations

import argparse
import gzip
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

_KINDS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
# A meaning is common for a word that has it in a share of its tagged uses, or as the first of all.
_SHARE = 0.2
_SENSES = 3
_GENERAL_STEPS = {"n": 2, "v": 1, "a": 0, "r": 0}
# Above these nothing is said.
_TOO_GENERAL = frozenset(
    "entity abstraction object whole thing matter group relation attribute state act event measure cognition content"
    " part unit artifact substance psychological_feature causal_agent cause be move change make get have do go act"
    " communication message signal quality amount activity action process phenomenon possession happening way property"
    " condition way being collection indication concept idea information power instrumentality".split()
)
_PLAIN = re.compile(r"[a-z][a-z'-]*(?:_[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Synset:
    """A meaning: its words, and what it points to, as (symbol, place, kind, source and target)."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, str, str], ...]


class WordNet:
    """WordNet's files, read."""

    def __init__(self, folder: Path) -> None:
        self.synsets: dict[tuple[str, str], Synset] = {}
        self.senses: dict[tuple[str, str], list[str]] = {}
        for name, kind in _KINDS.items():
            for line in _lines(folder / f"data.{name}"):
                place, synset = _synset(line)
                self.synsets[kind, place] = synset
            for line in _lines(folder / f"index.{name}"):
                fields = line.split()
                self.senses[fields[0], kind] = fields[-int(fields[2]) :]
        self.counts: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for line in (folder / "cntlist.rev").read_text("utf-8").splitlines():
            key, sense, count = line.split()
            word, _, rest = key.partition("%")
            kind = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}[rest[0]]
            self.counts[word, kind][int(sense)] = int(count)

    def total(self, word: str, kind: str) -> int:
        return sum(self.counts.get((word, kind), {}).values())

    def kinds(self, word: str) -> list[str]:
        """The kinds of word that it is in a share of its uses."""
        totals = {kind: self.total(word, kind) + 0.5 for kind in "nvar" if (word, kind) in self.senses}
        return [kind for kind, total in totals.items() if total >= _SHARE * sum(totals.values())]

    def common(self, word: str, kind: str) -> list[str]:
        """The places of the meanings that are common for a word."""
        places = self.senses.get((word, kind), [])[:_SENSES]
        counts, total = self.counts.get((word, kind), {}), self.total(word, kind)
        return [
            place for at, place in enumerate(places, 1) if at == 1 or (total and counts.get(at, 0) >= _SHARE * total)
        ]

    def same(self, word: str, kind: str) -> set[str]:
        return {
            other
            for place in self.common(word, kind)
            for other in self.synsets[kind, place].words
            if other != word and kind in self.kinds(other) and place in self.common(other, kind)
        }

    def general(self, word: str, kind: str) -> set[str]:
        found: set[str] = set()
        level = self.common(word, kind)[:1]
        for _ in range(_GENERAL_STEPS[kind]):
            level = [
                place
                for below in level
                for symbol, place, _, _ in self.synsets[kind, below].pointers
                if symbol in ("@", "@i")
            ]
            for place in level:
                words = self.synsets[kind, place].words
                if not _TOO_GENERAL.isdisjoint(words):
                    continue
                found |= {other for other in words if place in self.common(other, kind)[:1] and other != word}
        return found

    def made_from(self, word: str) -> set[str]:
        """Words of another kind with the same stem, by the links of WordNet: "decide" and "decision", "Swedish" and
        "Sweden"."""
        found = set()
        for kind in "nvar":
            for place in self.common(word, kind):
                synset = self.synsets[kind, place]
                at = {f"{synset.words.index(word) + 1:02x}"} if word in synset.words else set()
                for symbol, target, target_kind, ends in synset.pointers:
                    if symbol in ("+", "\\") and ends[:2] in at:
                        words = self.synsets[target_kind.replace("s", "a"), target].words
                        found.add(words[int(ends[2:], 16) - 1])
        return {other for other in found if other != word}


def _lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text("utf-8").splitlines() if line[0] != " ")


def _synset(line: str) -> tuple[str, Synset]:
    fields = line.split(" | ")[0].split()
    count = int(fields[3], 16)
    words = tuple(re.sub(r"\(.*", "", word).lower() for word in fields[4 : 4 + 2 * count : 2])
    at = 4 + 2 * count
    pointers = tuple(
        (fields[start], fields[start + 1], fields[start + 2], fields[start + 3])
        for start in range(at + 1, at + 1 + 4 * int(fields[at]), 4)
    )
    return fields[0], Synset(words, pointers)


def _kinds(net: WordNet, word: str) -> str:
    """The kinds of a word with their shares in tenths: "n7v3"."""
    totals = {kind: net.total(word, kind) + 0.5 for kind in "nvar" if (word, kind) in net.senses}
    whole = sum(totals.values())
    shares = {kind: round(10 * total / whole) for kind, total in totals.items()}
    return "".join(f"{kind}{min(share, 9)}" for kind, share in shares.items())


def _row(net: WordNet, word: str, table: Set[str]) -> str:
    kinds = net.kinds(word)
    same = {other for kind in kinds for other in net.same(word, kind)}
    general = {other for kind in kinds if kind in "nv" for other in net.general(word, kind)} - same
    made = net.made_from(word) - same
    groups = (",".join(sorted(group & table)) for group in (same, general, made))
    return "\t".join((word, _kinds(net, word), *groups))


def _irregular(folder: Path, table: Set[str]) -> Iterator[str]:
    """Forms that no rule makes ("sold"), with their words."""
    for name in ("noun", "verb", "adj"):
        for line in (folder / f"{name}.exc").read_text("utf-8").splitlines():
            form, *words = line.split()
            if words and words[0] in table and _PLAIN.fullmatch(form) and form not in words:
                yield f"{form}\t={_KINDS[name]}\t{words[0]}"


def main() -> None:
    """Read, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wordnet", type=Path)
    parser.add_argument("--into", type=Path, default=Path("qa/generation/lexicon/words.tsv.gz"))
    given = parser.parse_args()
    net = WordNet(given.wordnet)
    known = json.loads(Path("qa/model/tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    tagged = {word for (word, kind) in net.senses if net.total(word, kind)}
    words = sorted(
        word
        for word in {word for word, _ in net.senses}
        if _PLAIN.fullmatch(word) and (word in tagged or word in known)
    )
    table = set(words)
    rows = [*(_row(net, word, table) for word in words), *_irregular(given.wordnet, table)]
    text = "".join(f"{row}\n" for row in rows)
    into = io.BytesIO()
    with gzip.GzipFile(fileobj=into, mode="wb", mtime=0) as packed:
        packed.write(text.encode())
    given.into.write_bytes(into.getvalue())
    print(f"{len(words)} words, {len(text)} bytes, {len(into.getvalue())} packed")


if __name__ == "__main__":
    main()
