"""The tables of an archive's SQLite file, and how they came to be: one migration after the other."""

from __future__ import annotations

import sqlite3

from ingest.errors import RecipeMismatch

__all__ = ["current", "migrate"]

_FIRST = """
CREATE TABLE recipe (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE articles (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    identity TEXT NOT NULL UNIQUE,      -- what makes another article the same one: its URL, its file, ...
    content TEXT NOT NULL,              -- SHA-256 of all that the outlet wrote
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    url TEXT,
    source TEXT,
    authors TEXT NOT NULL,              -- a JSON list
    published TEXT,                     -- ISO 8601, a day or a moment
    day TEXT,                           -- the day of it where it was published, for filters
    updated TEXT,
    language TEXT,
    date_note TEXT NOT NULL,
    added TEXT NOT NULL                 -- when this text came in, UTC
) STRICT;
CREATE INDEX articles_by_day ON articles (day);
CREATE INDEX articles_by_source ON articles (source);
CREATE INDEX articles_by_content ON articles (content);

CREATE TABLE versions (                 -- what an article said before
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    content TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    published TEXT,
    updated TEXT,
    added TEXT NOT NULL,
    replaced TEXT NOT NULL,
    PRIMARY KEY (article, content)
) STRICT;

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice: the vector index may lag behind
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    sentences BLOB NOT NULL,                -- starts and ends, 32-bit, little-endian, from the article's start
    indexed INTEGER NOT NULL DEFAULT 0      -- 1 once the vector index has it
) STRICT;
CREATE INDEX passages_by_article ON passages (article);
CREATE INDEX passages_to_index ON passages (id) WHERE indexed = 0;

CREATE TABLE embeddings (
    passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    vector BLOB NOT NULL                    -- float16, little-endian
) STRICT;

CREATE TABLE dropped (                      -- passages that the vector index has still to forget
    passage INTEGER PRIMARY KEY
) STRICT;

CREATE VIEW passage_source AS
    SELECT passages.id AS id, articles.title AS title,
           substr(articles.text, passages.start + 1, passages."end" - passages.start) AS body
    FROM passages JOIN articles ON articles.number = passages.article;
CREATE VIRTUAL TABLE passage_words USING fts5 (
    title, body, content = 'passage_source', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE files (                        -- what was read, so that an unchanged file is not read again
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,              -- nanoseconds
    skipped TEXT NOT NULL                   -- a JSON list of [origin, reason]
) STRICT;
CREATE TABLE file_articles (
    path TEXT NOT NULL REFERENCES files ON DELETE CASCADE,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (path, article)
) STRICT;
CREATE INDEX file_articles_by_article ON file_articles (article);
"""

_SECOND = """
ALTER TABLE articles ADD COLUMN section TEXT;
ALTER TABLE articles ADD COLUMN description TEXT;
ALTER TABLE articles ADD COLUMN place TEXT;                     -- its dateline's
ALTER TABLE articles ADD COLUMN captions TEXT NOT NULL DEFAULT '[]';    -- a JSON list of [start, end], in characters

-- A version of the first form knew but its words and dates; what it does not know is NULL.
ALTER TABLE versions ADD COLUMN url TEXT;
ALTER TABLE versions ADD COLUMN source TEXT;
ALTER TABLE versions ADD COLUMN authors TEXT;
ALTER TABLE versions ADD COLUMN language TEXT;
ALTER TABLE versions ADD COLUMN date_note TEXT;
ALTER TABLE versions ADD COLUMN section TEXT;
ALTER TABLE versions ADD COLUMN description TEXT;
ALTER TABLE versions ADD COLUMN place TEXT;
ALTER TABLE versions ADD COLUMN captions TEXT;
"""

_THIRD = """
ALTER TABLE articles ADD COLUMN wording INTEGER;    -- NULL until it is known which story the article belongs to
ALTER TABLE articles ADD COLUMN story INTEGER;      -- articles that are copies of each other have the same
CREATE INDEX articles_by_wording ON articles (wording, day);
CREATE INDEX articles_by_story ON articles (story, published, id);

CREATE TABLE wordings (                             -- texts that articles have, each once
    number INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL UNIQUE,
    text BLOB NOT NULL,                             -- its MinHash signature
    headline BLOB                                   -- that of its headline, for a text that says nothing of it
) STRICT;
CREATE TABLE wording_keys (                         -- what wordings that are alike very likely have in common
    key INTEGER NOT NULL,
    wording INTEGER NOT NULL,
    PRIMARY KEY (key, wording)
) STRICT, WITHOUT ROWID;
CREATE TABLE alike (                                -- copies, each pair both ways round
    one INTEGER NOT NULL,
    other INTEGER NOT NULL,
    ever INTEGER NOT NULL,                          -- 0 for those that must have come out about the same day
    headlines INTEGER NOT NULL,                     -- 1 for those that must have like headlines
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE TABLE story_recipe (value TEXT NOT NULL) STRICT;     -- what they were found with

ALTER TABLE files ADD COLUMN digest BLOB;           -- BLAKE2 of its bytes, NULL where it is not known
"""

_FOURTH = """
CREATE INDEX articles_by_section ON articles (section);     -- its column stands behind the texts, which are long
"""

_MIGRATIONS = (_FIRST, _SECOND, _THIRD, _FOURTH)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the tables to this version's form.

    Raises:
        RecipeMismatch: a newer Dateline made them.
    """
    version = _version(db)
    if version > len(_MIGRATIONS):
        raise RecipeMismatch(
            f"the archive was made by a newer version of Dateline (its tables have version {version}, this one knows "
            f"{len(_MIGRATIONS)}): install the newer version to open it"
        )
    for number, script in enumerate(_MIGRATIONS[version:], version + 1):
        # executescript commits what it finds open, so the script brings its own transaction.
        db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")


def current(db: sqlite3.Connection) -> bool:
    """Whether the tables have this version's form."""
    return _version(db) == len(_MIGRATIONS)


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)
