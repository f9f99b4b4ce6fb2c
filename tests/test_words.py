"""All that the page says stands in ``web/words``: nothing is said in what makes its HTML, its scripts or its styles."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from web import words

WEB = Path(__file__).parent.parent / "web"
_EXPORT = WEB / "conversations" / "export.py"
PYTHON = sorted([*(WEB / "render").glob("*.py"), *(WEB / "page").glob("*.py"), WEB / "access" / "login.py", _EXPORT])
SCRIPTS = sorted((WEB / "look").glob("*.js"))
STYLES = sorted((WEB / "look").glob("*.css"))

# Where an expression stands in an f-string: no letter, and nothing that markup is made of.
HOLE = "\N{REPLACEMENT CHARACTER}"
SAID_IN = re.compile(r'\b(?:alt|aria-description|aria-label|aria-valuetext|placeholder|summary|title)="([^"]*)"')
CODE = re.compile(r"<(code|script)\b[^>]*>.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[^<>]*>?|^[^<>]*(?:\"|/)>")
FIELD = re.compile(r"\{\w*\}")
MARKUP = re.compile(r"</?[a-z]")
WORD = re.compile(r"[^\W\d_]{2,}")
SPOKEN = re.compile(r"\b[A-Z][a-z]+\b|[a-z]+ [a-z]+ [a-z]+")
LITERAL = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`")
COMMENT = re.compile(r"(?m)^\s*//.*$|\s// .*$")

# What browsers, HTTP and Gradio call things, where a word of ours would look the same.
KNOWN = set(
    "ArrowDown ArrowLeft ArrowRight ArrowUp End Enter Escape Files Home Retry After Source Sans Pro Tab".split()
)
# A header that tells browsers what to fetch.
LINK = re.compile(r"<[^<>]*>(?:; \w+(?:=\w+)?)+")
# Told to whoever reads the log or the code, never to a reader of the page.
UNSEEN_CALLS = {"RuntimeError", "debug", "exception", "info", "warning", "error", "compile", "add_argument"}


def test_no_word_of_the_page_stands_beside_its_words() -> None:
    told = {str(path.relative_to(WEB)): list(said(path.read_text(encoding="utf-8"))) for path in PYTHON}
    assert len(told) > 20
    assert {path: found for path, found in told.items() if found} == {}


def test_no_script_says_a_word_of_its_own() -> None:
    told = {path.name: list(said_by_script(path.read_text(encoding="utf-8"))) for path in SCRIPTS}
    assert len(told) > 5
    assert {name: found for name, found in told.items() if found} == {}


def test_no_stylesheet_says_a_word_of_its_own() -> None:
    told = {path.name: said_by_style(path.read_text(encoding="utf-8")) for path in STYLES}
    assert len(told) > 5
    assert {name: found for name, found in told.items() if found} == {}


@pytest.mark.parametrize(
    "source",
    [
        "x = '<p>hello</p>'",
        "x = f'<p class=\"a\">{y} found</p>'",
        "x = f'<b>{y}</b> and {z} more'",
        "x = '<input placeholder=\"search\">'",
        "x = f'<a aria-label=\"Remove {y}\">×</a>'",
        "x = ' title=\"of the page\"'",
        "x = 'Try again'",
        "x = f'{n} of them here'",
        "def f():\n    'A docstring.'\n    return 'Removed'",
        "html('x', 'Nothing was found')",
        "raise HTTPException(404, 'that is not here any more')",
    ],
)
def test_word_in_python_is_seen(source: str) -> None:
    assert list(said(source))


@pytest.mark.parametrize(
    "source",
    [
        "'The docstring of a module.'",
        "def f():\n    '''A docstring.'''\n    return f'<p class=\"no words\">{words.HERE}</p>'",
        "x = f'<span style=\"--from:{y}%\">×</span>'",
        "logger.exception('the question %r could not be answered', x)",
        "x = f' data-day=\"{y}\"'",
        "x = '<pre><code>dateline ingest path/to/articles</code></pre>'",
    ],
)
def test_what_nobody_reads_is_passed_over(source: str) -> None:
    assert list(said(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        'button.textContent = "Try";',
        "say(`${n} are to be shown`);",
        'throw new Error("that was not found");',
        'const a = find("#x"); // a remark\nconst b = "Copied";',
    ],
)
def test_word_in_a_script_is_seen(source: str) -> None:
    assert list(said_by_script(source))


def test_word_in_a_style_is_seen() -> None:
    assert said_by_style('a::before { content: "Caption: "; }') == ["Caption: "]
    assert said_by_style('a::before { content: "✓" / ""; b: attr(data-x) }') == []


def test_scripts_use_the_words_that_they_are_given() -> None:
    """Each sentence for the scripts is said by one of them, and none asks for one that is not there."""
    given = words.for_scripts()
    source = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    assert json.loads(json.dumps(given)) == given
    for name, said in given.items():
        if isinstance(said, str):
            assert re.search(rf"\b(?:words|datelineWords)\.{name}\b", source), name
            continue
        for inner in said:
            assert re.search(rf"\b{inner}\b", source), (name, inner)
    asked = set(re.findall(r"\b(?:window\.)?(?:words|datelineWords)\.(\w+)", source)) - {"value"}
    assert asked <= set(given), asked - set(given)


def test_every_sentence_has_its_braces_closed() -> None:
    modules = (words, words.adding, words.archive, words.history, words.login, words.search)
    for module in modules:
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str):
                assert list(Formatter().parse(value)) or not value, name


# --- how words are found ---------------------------------------------------------------------------------------------


def said(source: str) -> Iterator[str]:
    """The words that Python code would show to somebody, each with its line."""
    tree = ast.parse(source)
    unseen = {id(node) for node in _documentation(tree)}
    for call in ast.walk(tree):
        name = getattr(call.func, "attr", getattr(call.func, "id", "")) if isinstance(call, ast.Call) else ""
        if name in UNSEEN_CALLS:
            unseen |= {id(node) for node in ast.walk(call)}
    for node in ast.walk(tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.JoinedStr):
            unseen |= {id(part) for part in node.values if isinstance(part, ast.Constant)}
            unseen |= {id(inner) for part in node.values for inner in _formats(part)}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = FIELD.sub(HOLE, node.value)
        else:
            continue
        yield from (f"{node.lineno}: {word}" for word in shown(text))


def shown(text: str) -> list[str]:
    """The words of a string that reach a reader: those of its elements and of attributes that are read out."""
    text = LINK.sub(" ", text)
    found = [word for value in SAID_IN.findall(text) for word in WORD.findall(value)]
    if MARKUP.search(text):
        return found + WORD.findall(TAG.sub(" ", CODE.sub(" ", text)))
    return found + [word for word in SPOKEN.findall(_without_attributes(text)) if not set(word.split()) <= KNOWN]


def _without_attributes(text: str) -> str:
    return re.sub(r'[\w-]+="[^"]*"', " ", text)


def _documentation(tree: ast.AST) -> Iterator[ast.AST]:
    """The docstrings, stylesheets, and all that only says what type something has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        if isinstance(node, ast.AnnAssign):
            yield from ast.walk(node.annotation)
        if isinstance(node, ast.Assign) and {getattr(one, "id", "") for one in node.targets} & {"__all__", "_STYLE"}:
            yield from ast.walk(node)


def _formats(part: ast.AST) -> Iterator[ast.AST]:
    """What says how an expression is written in an f-string."""
    if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
        yield from ast.walk(part.format_spec)


def said_by_script(source: str) -> Iterator[str]:
    """The words in a script's strings."""
    for literal in LITERAL.findall(COMMENT.sub("", source)):
        text = re.sub(r"\$\{[^{}]*\}", HOLE, literal[1:-1])
        if [word for word in SPOKEN.findall(text) if not set(word.split()) <= KNOWN]:
            yield text


def said_by_style(source: str) -> list[str]:
    """The words that a stylesheet puts on the page."""
    return [text for text in re.findall(r'content:\s*"([^"]*)"', source) if WORD.search(text)]
