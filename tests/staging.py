"""Servers in states that are worth looking at: empty, full of all sorts, with a slow language model, with a login."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from serving import ROOT, Served, served
from slow_model import Model, model

from ingest import ingest
from ingest.archive import Archive
from qa.answer import Answer, ArticleRef, Citation, Searched
from web.access import passwords
from web.access.store import Store
from web.conversations import Conversations

LONG_TITLE = (
    "Harbour authority, shipping inspectorate and island council disagree for the third time this year over who pays "
    "for the replacement of the ferry terminal’s Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten"
    "gesellschaft building, and when"
)
_HARBOUR = (
    "The harbour authority said on Monday that the terminal would be rebuilt by autumn. The council disagrees about "
    "the cost.\n\nA spokeswoman put it at {} million crowns. The inspectorate will decide next week.\n\n"
    "The terminal was closed in March after cracks had been found in two of its pillars."
)
_RTL = (
    "המעבורת טבעה ביום ראשון סמוך לאי. שבעה בני אדם נהרגו באסון המעבורת, אמרה המשטרה.\n\n"
    "עשרים נוסעים ניצלו בידי סירות דייגים."
)


@dataclass(frozen=True)
class World:
    """Servers, and what is needed to bring them into some state."""

    empty: Served
    full: Served
    writing: Served
    guarded: Served
    model: Model
    cited: str  # the id of a conversation whose answer has forty citations


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """The servers, each over an archive of its own."""
    ingest(ROOT / "examples" / "articles", archive=folder / "samples")
    shutil.copytree(folder / "samples", folder / "writing")
    (folder / "guarded").mkdir()
    with closing(Store(folder / "guarded")) as store:
        passwords.set_password(store, "ada", "a long password", frozenset({"ask", "read"}))
    cited = _filled(folder / "samples", folder / "more.jsonl")
    with ExitStack() as stack:
        slow = stack.enter_context(model())
        environ = {"DATELINE_LLM": slow.setting, "DATELINE_QUESTIONS_AT_ONCE": "1", "DATELINE_QUESTIONS_WAITING": "0"}

        def server(name: str, **more: str) -> Served:
            return stack.enter_context(served(folder / name, folder / f"{name}.log", environ=more))

        yield World(server("empty"), server("samples"), server("writing", **environ), server("guarded"), slow, cited)


def _filled(archive: Path, file: Path) -> str:
    """Add an article with two versions and a long title, one that is read from the right, and many conversations."""
    for cost in (31, 44):
        harbour = {"id": "harbour", "title": LONG_TITLE, "text": _HARBOUR.format(cost), "source": "Harbour Gazette"}
        hebrew = {"id": "rtl", "title": "אסון המעבורת: שבעה הרוגים", "text": _RTL, "source": "עיתון הנמל"}
        more = {"published": "2025-05-05", "authors": ["Ina Holt", "Per Aas"]}
        articles = [one | more | {"url": f"https://gazette.example/{one['id']}"} for one in (harbour, hebrew)]
        file.write_text("".join(json.dumps(one) + "\n" for one in articles), encoding="utf-8")
        ingest(file, archive=archive)
    with Archive.open(archive) as held, closing(Conversations(archive)) as kept:
        answer = _forty(held)
        for number in range(300):
            kept.append("local", None, f"Conversation {number} about {LONG_TITLE}", answer)
        return kept.append("local", None, answer.question, answer)[0]


def _forty(held: Archive) -> Answer:
    """An answer that cites each of forty articles."""
    citations = []
    for number, article in enumerate(held.articles(limit=40), 1):
        end = article.text.find(". ") + 1 or len(article.text)
        citations.append(Citation(number, article.text[:end], 0, end, 0.9, ArticleRef.of(article)))
    lines = [f"{' '.join(one.quote.split())} [{one.number}]" for one in citations]
    text = "\n".join(" ".join(lines[at : at + 5]) for at in range(0, len(lines), 5))
    question = "What was in the news?"
    searched = Searched(len(citations), "2025-01-01", "2025-12-31")
    return Answer(question, True, text, 0.9, tuple(citations), question, searched=searched)
