"""What the tests of reading and choosing share: two small articles, and how they are read."""

from __future__ import annotations

from ingest.article import Article
from ingest.split import split
from ingest.stored import StoredPassage
from qa.confidence import confidence
from qa.read import Reading, weigh
from qa.reader import BundledReader
from qa.retrieve import Candidate

FERRY = """\
The ferry Marigold ran aground off Corrin Head on Monday night. Nobody was hurt.

Captain Ines Dorval, 51, said that the radar had failed. She was relieved of her command on Tuesday.

The rescue cost 84,000 crowns, the harbour authority said. Tourists watched it from the pier."""
MUSEUM = "The museum of knots opened a new wing. It shows four hundred knots. The mayor was not invited."


def candidates(*texts: str) -> list[Candidate]:
    """The passages of some articles, unread; their ids are a1, a2, ..."""
    found = []
    for number, text in enumerate(texts, 1):
        article = Article(text=text, title="", published="2025-03-04", id=f"a{number}")
        found += [Candidate(StoredPassage(passage, article), 1.0, 1, None) for passage in split(text)]
    return found


def read(reader: BundledReader, question: str, *texts: str) -> Reading:
    """What some articles say to a question."""
    unread = candidates(*texts)
    readings = reader.read(question, [one.stored for one in unread])
    found = [
        Candidate(one.stored, one.fused, one.dense_rank, one.lexical_rank, reading.relevance, reading)
        for one, reading in zip(unread, readings, strict=True)
    ]
    evidence = tuple(weigh(question, found))
    return Reading(question, evidence, confidence(question, evidence))
