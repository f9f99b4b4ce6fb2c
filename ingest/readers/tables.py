"""CSV, TSV and Parquet. It knows delimiters, quotes and rows that do not fit, not what the columns mean."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from ingest.article import Found, Skipped

from .decode import Unreadable, rows, seekable
from .fields import meaning
from .records import Record, articles

__all__ = ["read_parquet", "read_table"]

_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_FIELD = 2**31 - 1
_ROWS = 64


def read_table(stream: io.BufferedReader, origin: str) -> Iterator[Found | Skipped]:
    """The articles of a table whose first row names its columns, one a row."""
    lines = _Lines(rows(stream))
    head = next((row for row in lines if row.strip()), None)
    if head is None:
        raise Unreadable("is empty")
    if head.lower().startswith("sep=") and head.strip()[4:] in _DELIMITERS:  # Excel says the delimiter so.
        delimiter, head = head.strip()[4], next(lines, "")
    else:
        delimiter = _delimiter(head)
    names = _split(head, delimiter)
    if not any(meaning(name) in ("text", "html") for name in names):
        raise Unreadable(_no_text(names, "first row is"))
    # The limit of the csv module is for the whole process; articles are longer than its 128 kB.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    spaced = delimiter != "\t" and f"{delimiter} " in head
    table = csv.reader(lines, delimiter=delimiter, skipinitialspace=spaced)
    return articles(_records(lines, table, names, delimiter=delimiter, origin=origin))


def read_parquet(stream: io.BufferedReader, origin: str) -> Iterator[Found | Skipped]:
    """The articles of a Parquet file, one a row, read some rows at a time (extra ``parquet``)."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise Unreadable("is a Parquet file, which needs one more library: pip install 'dateline[parquet]'") from None
    try:
        table = pyarrow.parquet.ParquetFile(seekable(stream))
    except pyarrow.ArrowException as error:
        raise Unreadable(f"is no Parquet file that can be read: {str(error)[:200]}") from None
    names = [name for name in table.schema_arrow.names if meaning(name)]
    if not any(meaning(name) in ("text", "html") for name in names):
        raise Unreadable(_no_text(table.schema_arrow.names, "columns are"))
    return articles(_batches(table, names, origin))


def _batches(table: Any, names: list[str], origin: str) -> Iterator[Record | Skipped]:
    import pyarrow

    number = 0
    try:
        for batch in table.iter_batches(batch_size=_ROWS, columns=names, use_threads=False):
            for record in batch.to_pylist():
                number += 1
                yield f"{origin}#{number}", {name: _plain(value) for name, value in record.items()}
    except pyarrow.ArrowException as error:
        yield Skipped(f"{origin}#{number + 1}", f"the rows from here on cannot be read: {str(error)[:200]}")


def _plain(value: object) -> object:
    """A cell as JSON would have it: moments as text, bytes that are text as such."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _no_text(names: Iterable[str], are: str) -> str:
    shown = ", ".join(name.strip()[:40] for name in list(names)[:12])
    return f"has no column with a text; its {are}: {shown}. Name one text, body, content or html"


class _Lines:
    """The lines that the csv reader asks for, and how many quotation marks have gone by since ``quotes`` was reset."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self.number, self.quotes = iter(lines), 0, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        row = next(self._lines).replace("\0", "")
        self.number += 1
        self.quotes += row.count('"')
        return row


def _delimiter(head: str) -> str:
    """The delimiter that gives the most column names that are known, and of several, the most columns."""

    def fit(delimiter: str) -> tuple[int, int]:
        names = _split(head, delimiter)
        return sum(meaning(name) is not None for name in names), len(names)

    return max(_DELIMITERS, key=fit)


def _split(head: str, delimiter: str) -> list[str]:
    head = head.replace("\r", " ").replace("\n", " ")
    return [name.strip() for name in next(csv.reader([head], delimiter=delimiter, skipinitialspace=True), [])]


def _records(
    lines: _Lines, table: Iterator[list[str]], names: list[str], *, delimiter: str, origin: str
) -> Iterator[Record | Skipped]:
    number = 0
    while True:
        lines.quotes, start = 0, lines.number + 1
        try:
            row = next(table, None)
        except csv.Error as error:
            number += 1
            yield Skipped(f"{origin}#{number}", f"line {start} cannot be read: {error}")
            continue
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        number += 1
        yield _record(row, names, delimiter, f"{origin}#{number}", start=start, unclosed=lines.quotes % 2 == 1)


def _record(
    row: list[str], names: list[str], delimiter: str, where: str, *, start: int, unclosed: bool
) -> Record | Skipped:
    if unclosed and "\n" in row[-1].rstrip("\n"):
        return Skipped(where, f"a quotation mark is opened on line {start} or after it and never closed")
    while len(row) > len(names) and not row[-1].strip():
        row = row[:-1]
    if len(row) > len(names):
        if meaning(names[-1]) != "text":
            return Skipped(
                where, f"line {start} has {len(row)} cells for {len(names)} columns; is a {delimiter!r} not in quotes?"
            )
        last = len(names) - 1
        row = [*row[:last], delimiter.join(row[last:])]
    return where, dict(zip(names, row, strict=False))
