"""How well follow-ups are completed, on dialogues whose questions a person rewrote to stand alone (CANARD).

    python benchmarks/followups.py PATH        # canard.jsonl.xz, or the same uncompressed

Each line has ``History`` (title, section, then question, answer, ...), ``Question`` and ``Rewrite``. Measured are
the content words that the person's rewrite adds to the question (recall and precision over all questions together),
and how many of the questions that the person left as they were, up to case and punctuation, we leave too. The rules
were tuned on every second dialogue in the order of their ids; the others are reported beside them.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qa.question import standalone

_FUNCTION_WORDS = frozenset(
    "a an the of in on at to for with from by and or but is are was were be been being am do does did has have"
    " had he she it they them him his her hers its their theirs what which who whom whose when where why how"
    " that this these those there then than as if so not no any some other others else about into after before"
    " during since until aside besides addition also too i me my you your we us our can could will would shall"
    " should may might must s t".split()
)


@dataclass(frozen=True)
class Score:
    questions: int
    recall: float
    precision: float
    untouched: int
    left_alone: int

    def __str__(self) -> str:
        kept = self.left_alone / self.untouched if self.untouched else 0.0
        return (
            f"{self.questions:5d} questions   recall {self.recall:.3f}   precision {self.precision:.3f}"
            f"   left alone {kept:.3f} ({self.left_alone} of {self.untouched})"
        )


def read(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    text = (lzma.decompress(data) if path.suffix == ".xz" else data).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def content(text: str) -> frozenset[str]:
    words = (re.sub(r"['’]s?$", "", word) for word in re.findall(r"\w+(?:['’.&-]\w+)*", text.lower()))
    return frozenset(words) - _FUNCTION_WORDS


def bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def complete(row: dict[str, Any]) -> str:
    history: Sequence[str] = row["History"]
    return standalone(row["Question"], list(zip(history[::2], history[1::2], strict=False))).text


def score(rows: Iterable[dict[str, Any]]) -> Score:
    hits = added = wanted = untouched = left_alone = questions = 0
    for row in rows:
        ours = complete(row)
        asked = content(row["Question"])
        gold, mine = content(row["Rewrite"]) - asked, content(ours) - asked
        hits, added, wanted = hits + len(gold & mine), added + len(mine), wanted + len(gold)
        if bare(row["Question"]) == bare(row["Rewrite"]):
            untouched += 1
            left_alone += bare(ours) == bare(row["Question"])
        questions += 1
    return Score(questions, hits / max(1, wanted), hits / max(1, added), untouched, left_alone)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure follow-up questions.")
    parser.add_argument("path", type=Path, help="canard.jsonl.xz")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print every N-th question with its completion"
    )
    arguments = parser.parse_args()
    rows = read(arguments.path)
    tuned = set(sorted({row["QuAC_dialog_id"] for row in rows})[::2])
    began = time.process_time()
    print("tuned on ", score(row for row in rows if row["QuAC_dialog_id"] in tuned))
    print("others   ", score(row for row in rows if row["QuAC_dialog_id"] not in tuned))
    print("all      ", score(rows))
    print(
        f"{1000 * (time.process_time() - began) / (2 * max(1, len(rows))):.2f} ms of processor time a question,"
        " its history replayed"
    )
    for row in rows[:: arguments.show] if arguments.show else ():
        print(
            f"\n{row['History'][-2:]}\n  asked   {row['Question']}\n"
            f"  person  {row['Rewrite']}\n  ours    {complete(row)}"
        )


if __name__ == "__main__":
    main()
