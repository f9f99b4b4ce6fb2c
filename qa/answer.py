"""What an answer is: sentences, each with citations that cut exact quotes out of dated articles; or an abstention.

Only values and their rendering: nothing here searches or decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from qa.days import written

if TYPE_CHECKING:
    from ingest.article import Article

__all__ = [
    "ABSTENTION",
    "Answer",
    "AnswerSpan",
    "ArticleRef",
    "Citation",
    "Claim",
    "Disagreement",
    "Filters",
    "Ignored",
    "Kind",
    "ResolvedDate",
    "RetrievedPassage",
    "Searched",
    "Step",
    "Writing",
    "abstention",
]


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """What a citation says of its article. Dates are ISO 8601, None when unknown."""

    id: str
    title: str
    url: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None

    @classmethod
    def of(cls, article: Article) -> ArticleRef:
        """What is said of ``article``."""
        return cls(
            id=article.id,
            title=article.title,
            url=article.url,
            source=article.source,
            authors=article.authors,
            published=article.published,
        )


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A time expression in a quote and the day (ISO 8601) that it means, reckoned from the article's date.

    ``start`` and ``end`` are characters of the article's text, like those of the citation.
    """

    text: str
    start: int
    end: int
    resolved: str


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The very words of a quote that answer, ``article.text[start:end] == text``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote that stands word for word in an article: ``article.text[start:end] == quote``.

    Attributes:
        number: what ``[n]`` in the answer's text refers to, counted from 1.
        score: how sure the reader is that the quote bears on the question, 0 to 1.
        dates: the time expressions in the quote, resolved.
        also_in: other articles that carry the same words.
        answer: the words in the quote that answer; None when the whole quote does, as to "why?".
        attribution: who says so ("police", "Jane Doe"), when the article gives it on as somebody's words; else "".
    """

    number: int
    quote: str
    start: int
    end: int
    score: float
    article: ArticleRef
    dates: tuple[ResolvedDate, ...] = ()
    also_in: tuple[ArticleRef, ...] = ()
    answer: AnswerSpan | None = None
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one side of a disagreement says: the words (``"34"``), the number of the citation that has them, and whether
    it is the latest report."""

    value: str
    citation: int
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Different figures, names or dates for the same thing, oldest report first; ``about`` says for what."""

    about: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage that was retrieved, ``text == article.text[start:end]``, with its score from the reranker (0 to 1) and
    its ranks (counted from 1) in the dense and in the lexical search, None where that search did not bring it up."""

    id: int
    article: ArticleRef
    start: int
    end: int
    text: str
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None


Ignored = Literal["days", "sections"]
"""What a question may name that a search is narrowed to, unless it is told to narrow nothing."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the search was narrowed to: days (ISO 8601, both inclusive), outlets and sections. None and () mean no
    limit. What is ``ignored`` narrows nothing even where the question names it."""

    published_from: str | None = None
    published_to: str | None = None
    sources: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched: how many articles, and the first and last day among them (ISO 8601, None if undated).

    ``from`` is a Python keyword, so the fields are called ``first`` and ``last``; the JSON says ``from`` and ``to``.
    """

    articles: int
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done, while an answer is being made: ``name`` for programs, ``message`` for people.

    Attributes:
        text: of "write", a sentence that a language model wrote and that was checked, with its markers; "" when it has
            only begun. Only the Answer that comes last is final: "withdraw" says that the quotes take the place of all
            such sentences.
    """

    name: Literal["understand", "retrieve", "read", "write", "withdraw"]
    message: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a language model did for an answer, and what it cost.

    Attributes:
        model: what it is called.
        sentences: how many it wrote; of those ``shown``, ``mended`` got another quote than it cited, and ``cut`` were
            borne out by none.
        calls: how often it was asked.
        prompt_tokens, completion_tokens: what it read and wrote; ``cached_tokens`` of what it read were at hand.
        estimated: whether tokens were reckoned from characters, because its provider does not count them.
        failed: why it was of no use; "" when it was.
    """

    model: str
    sentences: int = 0
    shown: int = 0
    mended: int = 0
    cut: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False
    failed: str = ""


Kind = Literal["fact", "compound", "comparison", "yes-no", "list", "overview", "archive"]
"""What kind of question was answered; "archive" is one about the archive itself, or a greeting."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or an abstention (``answered`` is False, ``text`` says so and what was searched).

    Attributes:
        question: as it was asked.
        text: the answer's sentences with their markers ``[n]``; ``[n]`` resolves to ``citations[n-1]``.
        confidence: a calibrated probability that the citations answer the question, 0 to 1.
        standalone_question: the question as it was searched for, follow-ups completed from the history.
        notes: what the reader of the answer should know, a sentence each.
        kind: what kind of question it was taken for.
        reasons: of an abstention, why there is no answer, a sentence each.
        disagreements: where the citations contradict each other.
        passages: what was retrieved, best first.
        timings: milliseconds, by step, and ``total``.
        writing: what a language model did for it; None when none was asked. Its ``mode`` is "generative" only when the
            text is the model's.
    """

    question: str
    answered: bool
    text: str
    confidence: float
    citations: tuple[Citation, ...] = ()
    standalone_question: str = ""
    mode: Literal["extractive", "generative"] = "extractive"
    notes: tuple[str, ...] = ()
    passages: tuple[RetrievedPassage, ...] = ()
    filters: Filters = field(default_factory=Filters)
    searched: Searched = field(default_factory=lambda: Searched(0))
    timings: Mapping[str, float] = field(default_factory=dict)
    kind: Kind = "fact"
    reasons: tuple[str, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    writing: Writing | None = None

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values: the contract of the command line, of REST and of other tools."""
        data: dict[str, Any] = _listed(asdict(self))
        data["standalone_question"] = self.standalone_question or self.question
        data["searched"] = {
            "articles": self.searched.articles,
            "from": self.searched.first,
            "to": self.searched.last,
        }
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """The answer that ``to_dict()`` made ``data`` of, as it arrives over REST. Unknown names are left out.

        Raises:
            KeyError, TypeError: ``data`` is no answer.
        """
        values = _known(cls, data)
        searched = data["searched"]
        return cls(
            **values
            | {
                "citations": tuple(_citation(item) for item in data["citations"]),
                "passages": tuple(_passage(item) for item in data["passages"]),
                "notes": tuple(data["notes"]),
                "filters": Filters(**_known(Filters, data["filters"])),
                "searched": Searched(searched["articles"], searched["from"], searched["to"]),
                "disagreements": tuple(_disagreement(item) for item in data.get("disagreements", ())),
                "writing": Writing(**_known(Writing, data["writing"])) if data.get("writing") else None,
            }
        )

    def to_markdown(self) -> str:
        """The answer's text, with its citations as footnotes of title, outlet, day, link and quote.

        Words from articles are escaped, so that none of them can act as Markdown or HTML.
        """
        lines = [_escape(self.text)]
        for citation in self.citations:
            article = citation.article
            about = ", ".join(part for part in (article.source, (article.published or "")[:10]) if part)
            title = _escape(article.title or "Untitled")
            if article.url and article.url.startswith(("http://", "https://")):
                title = f"[{title}](<{article.url.replace('<', '%3C').replace('>', '%3E')}>)"
            quote = _escape(" ".join(citation.quote.split()))
            lines.append(f"[{citation.number}] {title}{f' ({_escape(about)})' if about else ''}: “{quote}”")
        return "\n\n".join(lines)


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ``data`` that are fields of ``kind``, lists as tuples."""
    names = {field.name for field in fields(kind)}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items() if name in names}


def _reference(data: Mapping[str, Any]) -> ArticleRef:
    return ArticleRef(**_known(ArticleRef, data))


def _citation(data: Mapping[str, Any]) -> Citation:
    return Citation(
        **_known(Citation, data)
        | {
            "article": _reference(data["article"]),
            "dates": tuple(ResolvedDate(**_known(ResolvedDate, item)) for item in data["dates"]),
            "also_in": tuple(_reference(item) for item in data["also_in"]),
            "answer": AnswerSpan(**_known(AnswerSpan, data["answer"])) if data.get("answer") else None,
        }
    )


def _disagreement(data: Mapping[str, Any]) -> Disagreement:
    claims = tuple(Claim(**_known(Claim, item)) for item in data["claims"])
    return Disagreement(**_known(Disagreement, data) | {"claims": claims})


def _passage(data: Mapping[str, Any]) -> RetrievedPassage:
    return RetrievedPassage(**_known(RetrievedPassage, data) | {"article": _reference(data["article"])})


ABSTENTION = "The articles do not answer this."
"""The first words of every abstention."""

_NAMED = 3


def abstention(searched: Searched, reasons: Sequence[str] = (), filters: Filters | None = None) -> str:
    """What is said in place of an answer: that there is none, why, and what was searched."""
    if not searched.articles:
        return " ".join((ABSTENTION, *(reasons or ("There was no article to search.",))))
    articles = "1 article" if searched.articles == 1 else f"{searched.articles:,} articles"
    days = ""
    if searched.first and searched.last:
        first, last = written(searched.first), written(searched.last)
        days = f" of {first}" if first == last else f", {first} to {last}"
    outlets = f" from {_several(filters.sources)}" if filters and filters.sources else ""
    sections = f" in the section {_several(filters.sections)}" if filters and filters.sections else ""
    return " ".join((ABSTENTION, *reasons, f"Searched: {articles}{outlets}{sections}{days}."))


def _several(names: Sequence[str]) -> str:
    """Names one after the other, the first few of many."""
    shown = [*names[:_NAMED], *([f"{len(names) - _NAMED:,} more"] if len(names) > _NAMED else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _listed(value: Any) -> Any:
    """Tuples to lists, all the way down, as JSON has them."""
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    return value


def _escape(text: str) -> str:
    """``text`` with Markdown's and HTML's signs made inert."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "\\`*_{}#|~$":
        escaped = escaped.replace(sign, "\\" + sign)
    return escaped.replace("](", "]\\(").replace("![", "!\\[")
