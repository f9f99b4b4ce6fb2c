"""Question files: JSON Lines, one question a line with what is known of its answer. Names vary; what they say does not.

| what | names |
|-|-|
| the question | ``question``, ``query`` |
| its answer, or several that are as good; null or none: there is no answer | ``answer``, ``answers`` |
| whether there is one, where the answer does not tell | ``answerable``, ``is_impossible`` |
| articles that answer, by address, id or headline | ``gold``, ``gold_urls``, ``gold_ids``, ``gold_titles`` |
| the day it was asked | ``asked``, ``asked_on``, ``date`` |
| questions and answers before it | ``history``, ``messages`` |
| the follow-up as a person would complete it | ``rewrite``, ``standalone_question`` |
| further strings of a full answer, and strings of an outdated one | ``also``, ``outdated`` |
| a name and a kind | ``id``, ``kind``, ``type`` |

Capitals make no difference, and other names are passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.errors import InputError
from qa.answer import ArticleRef
from qa.evaluation.words import plain
from qa.question.kinds import expects

__all__ = ["Gold", "Question", "read_questions"]

_SHOWN_ERRORS = 5
_FILE_NAME = re.compile(r"\S+\.[A-Za-z0-9]{2,5}(?:#\d+)?")


@dataclass(frozen=True, slots=True)
class Gold:
    """Articles that answer: by address, by id or headline, or by the name of a file. An answer does not say which file
    an article came from, so a question with such a name is judged by its answer's words alone."""

    urls: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.urls or self.names) and not self.files

    def __len__(self) -> int:
        return len(self.urls) + len(self.names) + len(self.files)

    def has(self, article: ArticleRef) -> bool:
        """Whether ``article`` is one of them."""
        if article.url and _address(article.url) in map(_address, self.urls):
            return True
        return article.id in self.names or plain(article.title) in map(plain, self.names)


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what is known of its answer.

    Attributes:
        text: as it is asked.
        answers: strings of which each is the answer; empty when there is none, or when only articles are known.
        answerable: whether the archive holds an answer.
        asked: the day (ISO 8601) that it was asked on, "" if unknown.
        gold: articles that answer.
        history: the questions and answers before it, oldest first.
        rewrite: the question as it would be asked without the history; "" if unknown.
        also: strings that a full answer holds besides.
        outdated: strings that an earlier report would answer with.
        kind: what its file says of it; "" if nothing.
        place: the file and line that it stands in.
    """

    text: str
    answers: tuple[str, ...] = ()
    answerable: bool = True
    id: str = ""
    kind: str = ""
    asked: str = ""
    gold: Gold = field(default_factory=Gold)
    history: tuple[tuple[str, str], ...] = ()
    rewrite: str = ""
    also: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    place: str = ""

    @property
    def expects(self) -> str:
        """What kind of answer its words ask for."""
        return expects(self.rewrite or self.text)

    def to_dict(self) -> dict[str, Any]:
        """The question as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Question:
        """What ``to_dict()`` made ``data`` of.

        Raises:
            KeyError, TypeError: ``data`` is no question.
        """
        gold = {name: tuple(value) for name, value in data["gold"].items()}
        lists = {name: tuple(data[name]) for name in ("answers", "also", "outdated")}
        history = tuple((asked, said) for asked, said in data["history"])
        return cls(**{**data, **lists, "gold": Gold(**gold), "history": history})


def read_questions(*files: str | Path, limit: int | None = None, kind: str | None = None) -> tuple[Question, ...]:
    """The questions of ``files``, in their order.

    Args:
        files: JSON Lines, in UTF-8.
        limit: only so many of each file.
        kind: only those of this kind, by what the file says or by what the words ask for.

    Raises:
        InputError: a file cannot be read, or a line is no question; the message names each with its file and line.
    """
    found: list[Question] = []
    wrong: list[str] = []
    for file in files:
        some = []
        for place, line in _lines(Path(file)):
            try:
                some.append(_question(line, place))
            except ValueError as error:
                wrong.append(f"{place}: {error}")
        found += [one for one in some if kind in (None, one.kind, one.expects)][:limit]
    if wrong:
        more = f"; and {len(wrong) - _SHOWN_ERRORS} more" if len(wrong) > _SHOWN_ERRORS else ""
        raise InputError("; ".join(wrong[:_SHOWN_ERRORS]) + more)
    if not found:
        where = ", ".join(map(str, files))
        raise InputError(f"there is no question {f'of kind {kind!r} ' if kind else ''}in {where}")
    return tuple(found)


def _lines(path: Path) -> list[tuple[str, str]]:
    """The lines of a file with where they stand, blank ones left out.

    Raises:
        InputError: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    return [(f"{path}:{number}", line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _question(line: str, place: str) -> Question:
    """One line as a question.

    Raises:
        ValueError: it is none; the message says what is wrong with it.
    """
    try:
        data = json.loads(line)
    except ValueError as error:
        raise ValueError(f"this is not JSON ({error}); a question file has one JSON object a line") from None
    if not isinstance(data, dict):
        raise ValueError(f'{_short(data)} is not a JSON object such as {{"question": "...", "answer": "..."}}')
    row = {str(name).lower(): value for name, value in data.items() if value is not None}
    text = _text(row, "question", "query")
    if not text:
        raise ValueError('it has no "question"')
    answers, gold = _answers(row), _gold(row)
    return Question(
        text=text,
        answers=answers,
        answerable=_answerable(row, bool(answers or len(gold))),
        id=_text(row, "id", "qid"),
        kind=_text(row, "kind", "type", "category"),
        asked=_day(_text(row, "asked", "asked_on", "date")),
        gold=gold,
        history=_history(_first(row, "history", "messages")),
        rewrite=_text(row, "rewrite", "standalone_question", "standalone"),
        also=_strings(row, "also"),
        outdated=_strings(row, "outdated"),
        place=place,
    )


def _first(row: Mapping[str, Any], *names: str) -> Any:
    return next((row[name] for name in names if name in row), None)


def _text(row: Mapping[str, Any], *names: str) -> str:
    value = _first(row, *names)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return "" if value is None else str(value)
    if not isinstance(value, str):
        raise ValueError(f"{names[0]!r} is {_short(value)}, and should be a text")
    return " ".join(value.split())


def _strings(row: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Texts under the first of ``names`` that is there: one, or a list. Empty ones are left out."""
    value = _first(row, *names)
    values = value if isinstance(value, list) else [] if value is None else [value]
    texts = [_text({names[0]: item.get("text") if isinstance(item, dict) else item}, names[0]) for item in values]
    return tuple(dict.fromkeys(text for text in texts if text))


def _answers(row: Mapping[str, Any]) -> tuple[str, ...]:
    value = _first(row, "answer", "answers")
    if isinstance(value, dict):  # SQuAD's {"text": [...], "answer_start": [...]}
        row = {"answer": value.get("text")}
    answers = _strings(row, "answer", "answers")
    if wordless := [answer for answer in answers if not plain(answer)]:
        raise ValueError(f"the answer {wordless[0]!r} holds no word or number to look for")
    return answers


def _answerable(row: Mapping[str, Any], known: bool) -> bool:
    said = row["answerable"] if "answerable" in row else row.get("is_impossible")
    if said is None:
        return known
    if not isinstance(said, bool):
        raise ValueError(f"'answerable' is {_short(said)}, and should be true or false")
    answerable = said if "answerable" in row else not said
    if not answerable and _answers(row):
        raise ValueError("it is said not to be answerable, and has an answer: leave one of them out")
    return answerable


def _gold(row: Mapping[str, Any]) -> Gold:
    urls, names = list(_strings(row, "gold_urls", "urls")), list(_strings(row, "gold_ids", "ids"))
    names += _strings(row, "gold_titles", "titles")
    files = []
    for name in _strings(row, "gold"):
        if "://" in name:
            urls.append(name)
        elif _FILE_NAME.fullmatch(name):
            files.append(name)
        else:
            names.append(name)
    return Gold(tuple(urls), tuple(names), tuple(files))


def _day(said: str) -> str:
    if not said:
        return ""
    from ingest.dates import parse_date

    if (day := parse_date(said)) is None:
        raise ValueError(f"'asked' is {said!r}, which is no date: write it like 2024-03-19")
    return day[:10]


def _history(value: Any) -> tuple[tuple[str, str], ...]:
    """Questions and answers: pairs, one after the other in a flat list, or messages with role and content."""
    if value is None:
        return ()
    turns = _said(value) if isinstance(value, list) else None
    if turns is None or len(turns) % 2:
        raise ValueError(
            f"'history' is {_short(value)}, and should be a list of [question, answer] pairs, oldest first"
        )
    return tuple(zip(turns[::2], turns[1::2], strict=True))


def _said(items: Sequence[Any]) -> list[str] | None:
    """What was said, in turn; None when ``items`` is no talk."""
    said: list[Any] = []
    for item in items:
        if isinstance(item, dict) and "content" in item:
            said.append(item["content"])
        elif isinstance(item, dict):
            said += [item.get("question"), item.get("answer", item.get("text"))]
        elif isinstance(item, list | tuple) and len(item) == 2:
            said += item
        else:
            said.append(item)
    return said if all(isinstance(words, str) for words in said) else None


def _address(url: str) -> str:
    """An address by which two ways of writing it are the same: without scheme, ``www.``, fragment and last slash."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # "http://[": as it stands
        return url
    host = (parts.netloc or "").lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}{f'?{parts.query}' if parts.query else ''}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
