"""JSON and JSON Lines. It knows how they break off and what surrounds the records in them, not what the fields mean."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from ingest.article import Found, Skipped

from .decode import BREAKING, FAULTS, Unreadable, decode, rows
from .fields import NoText, from_record, key, meaning, writes_day_first
from .item import together

__all__ = ["articles", "read_json", "read_lines"]

_LISTS = "articles items results data docs documents stories news entries records rows posts hits value response graph"
_LIST_KEYS = {name: rank for rank, name in enumerate(_LISTS.split())}
_OPENING = re.compile(r'"([^"\\]{1,40})"\s*:\s*\[\s*(?=[{\]])')
_BETWEEN = re.compile(r"[\s,]*")

# So many records of a file are looked at to see whether its dates have the day or the month first.
_SAMPLE = 200

Record = tuple[str, object]  # Where it stands, and what JSON gave.


def _int(digits: str) -> int | str:
    return int(digits) if len(digits) <= 40 else digits


_DECODER = json.JSONDecoder(parse_int=_int, strict=False)


def read_json(stream: io.BufferedReader, origin: str) -> Iterator[Found | Skipped]:
    """The articles of a JSON file: one object, a list of them, an object that holds such a list, or JSON Lines."""
    return _from_text(decode(stream.read()), origin)


def read_lines(stream: io.BufferedReader, origin: str, *, longest: int = -1) -> Iterator[Found | Skipped]:
    """The articles of a JSON Lines file, line by line. A file that is one long JSON list is read as such.

    Args:
        longest: the most bytes that a line may have, or such a list; -1 for any number.
    """
    lines = rows(stream, longest=longest)
    first = next((row for row in lines if row.strip()), None)
    if first is None:
        raise Unreadable("is empty")
    if first.strip() in ("[", "{"):
        return _from_text(_joined(first, lines, longest), origin)
    # Blank lines before the first record are not counted.
    return articles(_parsed(chain([first], lines), origin))


def _joined(first: str, lines: Iterator[str], longest: int) -> str:
    parts, size = [first], len(first)
    for row in lines:
        parts.append(row)
        size += len(row)
        if 0 <= longest < size:
            raise Unreadable(
                "is one JSON list, not JSON Lines, and too large to be read at once: write a record a line"
            )
    return "".join(parts)


def articles(records: Iterable[Record | Skipped]) -> Iterator[Found | Skipped]:
    """The article in each record. Neighbours that lack a text in the same way are named together."""
    first, records = _sampled(records)
    day_first = writes_day_first(record[1] for record in first if not isinstance(record, Skipped))
    return together(
        record if isinstance(record, Skipped) else _article(*record, day_first) for record in chain(first, records)
    )


def _sampled(records: Iterable[Record | Skipped]) -> tuple[list[Record | Skipped], Iterator[Record | Skipped]]:
    """The first records and the rest. What breaks among the first is raised by the rest, after they were taken in."""
    records = iter(records)
    first: list[Record | Skipped] = []
    try:
        first.extend(islice(records, _SAMPLE))
    except BREAKING as error:
        return first, _broken(error)
    return first, records


def _broken(error: Exception) -> Iterator[Record | Skipped]:
    raise error
    yield


def _article(origin: str, record: object, day_first: bool | None) -> Found | Skipped:
    if not isinstance(record, dict):
        return Skipped(origin, f"is {_kind(record)}, not an object with fields")
    try:
        return Found(from_record(record, day_first=day_first), origin)
    except NoText as error:
        return Skipped(origin, f"{error}; the text is looked for in text, body, content, article, html and the like")
    except Unreadable as error:  # such as a page in a field
        return Skipped(origin, str(error))
    except FAULTS as error:
        return Skipped(origin, f"its fields cannot be read: {type(error).__name__}: {str(error)[:200]}")


def _parsed(lines: Iterable[str], origin: str) -> Iterator[Record | Skipped]:
    for number, row in enumerate(lines, start=1):
        if not (row := row.strip().lstrip("\ufeff")):
            continue
        where = f"{origin}#{number}"
        try:
            value = _DECODER.decode(row)
        except json.JSONDecodeError as error:
            yield Skipped(where, f"line {number} is not complete JSON: {error.msg} (character {error.colno})")
        except RecursionError:
            yield Skipped(where, f"line {number} is nested too deeply")
        else:
            # A whole list on one line.
            yield from (_numbered(value, origin) if isinstance(value, list) and number == 1 else [(where, value)])


def _from_text(text: str, origin: str) -> Iterator[Found | Skipped]:
    text = text.strip().lstrip("\ufeff")
    if not text:
        raise Unreadable("is empty")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and "\n" in text:
            lines = _is_json(text.split("\n", 1)[0])
            return articles(_parsed(text.split("\n"), origin) if lines else _salvaged(text, 0, origin))
        return articles(_salvaged(text, _start(text), origin, broken=error))
    except RecursionError:
        raise Unreadable("is nested too deeply to be read") from None
    return articles(_found(value, origin))


def _is_json(text: str) -> bool:
    try:
        _DECODER.decode(text.strip())
    except (json.JSONDecodeError, RecursionError):
        return False
    return True


def _start(text: str) -> int:
    """Where the records begin in a JSON text that cannot be read whole."""
    if text.startswith("["):
        return 1
    opening = next((m for m in _OPENING.finditer(text) if key(m[1]) in _LIST_KEYS), None)
    return opening.end() if opening else len(text)


def _salvaged(
    text: str, start: int, origin: str, *, broken: json.JSONDecodeError | None = None
) -> Iterator[Record | Skipped]:
    """The complete records up to the place where the JSON breaks off, and that place."""
    position, number = start, 0
    while True:
        position = _end(_BETWEEN.match(text, position), position)
        if position >= len(text) or text[position] in "]}":
            break
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            break
        number += 1
        yield f"{origin}#{number}", value
    if text[position:].strip("]}\n\r\t ,") or (broken and position >= len(text)):
        at = f" at line {broken.lineno}, column {broken.colno} ({broken.msg})" if broken else ""
        complete = f"{number} complete record{'' if number == 1 else 's'} before that place" if number else "nothing"
        yield Skipped(f"{origin}#{number + 1}", f"the JSON breaks off{at}; read: {complete}")


def _end(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise


def _found(value: object, origin: str) -> Iterator[Record | Skipped]:
    """The records in a JSON value that was read whole."""
    if isinstance(value, list):
        return _numbered(value, origin)
    if isinstance(value, dict) and (records := _held(value)) is not None:
        return _numbered(records, origin)
    return iter([(origin, value)])


def _numbered(values: Iterable[object], origin: str) -> Iterator[Record | Skipped]:
    empty = True
    for number, value in enumerate(values, start=1):
        empty = False
        yield f"{origin}#{number}", value
    if empty:
        yield Skipped(origin, "holds an empty list")


def _held(value: dict[str, object], depth: int = 0) -> list[object] | None:
    """The list of records that an object holds; None where the object is itself a record."""
    if depth > 3 or any(meaning(name) in ("text", "html") and isinstance(inner, str) for name, inner in value.items()):
        return None
    for name in sorted((name for name in value if key(name) in _LIST_KEYS), key=lambda name: _LIST_KEYS[key(name)]):
        inner = value[name]
        if isinstance(inner, list) and (not inner or any(isinstance(item, dict) for item in inner)):
            return inner
        if isinstance(inner, dict) and (held := _held(inner, depth + 1)) is not None:
            return held
    if len(value) > 1 and all(isinstance(item, dict) for item in value.values()) and not any(map(meaning, value)):
        return [{"id": name, **item} for name, item in value.items() if isinstance(item, dict)]
    lists = [inner for inner in value.values() if isinstance(inner, list) and inner and isinstance(inner[0], dict)]
    return lists[0] if len(value) == 1 and lists else None


def _kind(value: object) -> str:
    names = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "null")
