"""Plain search: the articles that a few words find, with the place in each where they stand. It answers nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.listing import Selection
from ingest.stored import Scope, StoredPassage
from qa.retrieve import Candidate, rerank, retrieve, search_words

if TYPE_CHECKING:
    from ingest.article import Article, Passage
    from qa.assistant import Assistant

__all__ = ["DEEPEST", "Hit", "Pieces", "best", "newest"]

DEEPEST = 100
"""So many passages a search brings up, best first."""

# A cross-encoder puts these in their order, at about 20 ms each; those after them stay as the two searches ranked them.
_RERANKED = 24
# A passage with none of the words is shown where the cross-encoder finds it to be on the same thing: its logit is above
# 0 for most passages that answer, and below -7 for nearly all that have nothing to do with the question.
_ON_THE_SAME = -2.0
_EXCERPT_WORDS = 56
_EXCERPT_CHARACTERS = 340
# As in the archive's index, so that just those words are set off that it finds.
_TOKENS = "'porter unicode61 remove_diacritics 2'"
_OPEN, _CLOSE = "\ue000", "\ue001"

Pieces = tuple[tuple[str, bool], ...]
"""A text cut where words were found in it; True for those words."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that a search found.

    Attributes:
        start, end: the passage that was found, in characters of the article's text.
        title, excerpt: the headline and a part of the passage, cut where the words stand.
        passages: how many passages of the article were found.
    """

    article: Article
    start: int
    end: int
    title: Pieces
    excerpt: Pieces
    passages: int = 1


def best(assistant: Assistant, words: str, *, scope: Scope | None = None) -> list[Hit]:
    """Articles by how well their best passage fits, in words or in meaning.

    Args:
        words: what is searched for, as it stands: days that it names narrow nothing.
        scope: only articles within it.
    """
    archive = assistant.archive
    found = retrieve(archive, assistant.searcher.encoder, words, keep=DEEPEST, depth=2 * DEEPEST, scope=scope or None)
    reranked = rerank(assistant.reranker, words, found[:_RERANKED])
    ranked = [one for one in reranked if one.lexical_rank or one.relevance >= _ON_THE_SAME]
    ranked += [one for one in found[_RERANKED:] if one.lexical_rank]
    by_article: dict[str, list[Candidate]] = {}
    for candidate in ranked:
        by_article.setdefault(candidate.stored.article.id, []).append(candidate)
    firsts = [some[0].stored for some in by_article.values()]
    counts = [len(some) for some in by_article.values()]
    return _hits(firsts, search_words(words), counts)


def newest(
    assistant: Assistant, words: str, *, scope: Scope | None = None, limit: int = 10, offset: int = 0
) -> tuple[int, list[Hit]]:
    """Articles that have all of the words, the newest first; without words, all articles.

    Args:
        words: in any order and any form; those in double quotes follow each other.

    Returns:
        How many there are in all, and ``limit`` of them after the first ``offset``.
    """
    archive = assistant.archive
    chosen = archive.select(Selection(scope=scope or Scope(), text=words if words.strip() else None))
    articles = chosen.page(limit=limit, offset=offset).articles
    wanted = search_words(words)
    return chosen.count(), _hits([_fitting(archive.passages_of(one.id), one, wanted) for one in articles], wanted)


def _fitting(passages: Sequence[Passage], article: Article, words: Sequence[str]) -> StoredPassage:
    """The passage of an article that has most of the words."""
    stored = [StoredPassage(passage, article) for passage in passages]
    found = _highlighted([("", one.text) for one in stored], words)
    had = [len({piece.lower() for piece, marked in excerpt if marked}) for _, excerpt in found]
    return max(zip(had, range(len(stored), 0, -1), stored, strict=True))[2] if len(stored) > 1 else stored[0]


def _hits(found: Sequence[StoredPassage], words: Sequence[str], counts: Iterable[int] = ()) -> list[Hit]:
    shown = _highlighted([(one.article.title, one.text) for one in found], words)
    return [
        Hit(one.article, one.passage.start, one.passage.end, title, excerpt, passages=count)
        for one, (title, excerpt), count in zip(found, shown, counts or [1] * len(found), strict=True)
    ]


def _highlighted(texts: Sequence[tuple[str, str]], words: Sequence[str]) -> list[tuple[Pieces, Pieces]]:
    """Titles and texts, cut where the words stand as the archive's index finds them: by their stems."""
    shown = [(_plain(title, len(title)), _plain(text, _EXCERPT_CHARACTERS)) for title, text in texts]
    query = " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
    if not query or not texts:
        return shown
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"CREATE VIRTUAL TABLE hits USING fts5 (title, text, tokenize = {_TOKENS})")
        rows = [(at, *pair) for at, pair in enumerate(texts)]
        db.executemany("INSERT INTO hits (rowid, title, text) VALUES (?, ?, ?)", rows)
        matched = db.execute(
            f"SELECT rowid, highlight(hits, 0, '{_OPEN}', '{_CLOSE}'), "
            f"snippet(hits, 1, '{_OPEN}', '{_CLOSE}', '…', {_EXCERPT_WORDS}) FROM hits WHERE hits MATCH ?",
            (query,),
        ).fetchall()
    for at, title, excerpt in matched:
        shown[at] = _pieces(title), _pieces(excerpt)
    return shown


def _plain(text: str, length: int) -> Pieces:
    flat = " ".join(text.split())
    if len(flat) > length:
        flat = f"{flat[: flat.rfind(' ', 0, length)]} …"
    return ((flat, False),)


def _pieces(marked: str) -> Pieces:
    pieces = []
    for part in " ".join(marked.split()).split(_OPEN):
        found, closed, rest = part.partition(_CLOSE)
        pieces += [(found, True), (rest, False)] if closed else [(part, False)]
    return tuple(piece for piece in pieces if piece[0])
