"""The documentation is built without a warning, and what it says runs."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PUBLIC = (
    "ingest",
    "ingest.errors",
    "ingest.settings",
    "qa",
    "qa.answer",
    "qa.haystack",
    "qa.langchain",
    "qa.llama_index",
    "qa.timeline",
)
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when it is imported


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    made = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stdout + made.stderr) == (0, "")
    return folder


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    loaded = re.compile(r"""<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=["']?(?:https?:)?//[^"'> ]+""")
    pages = list(site.glob("**/*.html"))
    assert len(pages) > 6
    assert {page.name: found for page in pages if (found := loaded.findall(page.read_text("utf-8")))} == {}
    styles = site.glob("**/*.css")
    assert not any(re.search(r"(?:@import|url\()\s*[\"']?https?:", style.read_text("utf-8")) for style in styles)


def test_the_page_on_python_has_every_public_name(site: Path) -> None:
    ids = set(re.findall(r'id="([\w.]+)"', (site / "python.html").read_text("utf-8")))
    ids |= set(re.findall(r'id="([\w.]+)"', (site / "integrations.html").read_text("utf-8")))
    named = {f"{owner.__module__}.{owner.__qualname__}" for _, owner in _public() if not isinstance(owner, ModuleType)}
    assert named - {name for name in named if name in ids or _moved(name, ids)} == set()


def _moved(name: str, ids: set[str]) -> bool:
    """Whether a name of a package's inner module stands under the package, which people import it from."""
    package, _, rest = name.rpartition(".")
    return f"{package.rpartition('.')[0]}.{rest}" in ids


def test_every_public_name_is_explained() -> None:
    without = []
    for where, thing in _public():
        if not inspect.getdoc(thing):
            without.append(where)
        if inspect.isclass(thing):
            for name, member in vars(thing).items():
                method = member.__func__ if isinstance(member, classmethod | staticmethod) else member
                is_ours = inspect.isfunction(method) or isinstance(method, property)
                if is_ours and not name.startswith("_") and not inspect.getdoc(getattr(thing, name)):
                    without.append(f"{where}.{name}")
    assert without == []


def _public() -> list[tuple[str, Any]]:
    """The functions and classes that others import, each with where from."""
    found = []
    for place in PUBLIC:
        module = importlib.import_module(place)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                found.append((f"{place}.{name}", thing))
    return found


def test_every_package_says_that_it_is_typed() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} & {"ingest", "qa", "web"}
    assert packages == {"ingest", "qa", "web"}
    assert all((ROOT / name / "py.typed").is_file() for name in packages)


def test_blocks_of_python_compile_and_import_what_there_is() -> None:
    checked = 0
    for page in sorted((ROOT / "docs").glob("*.md")):
        for block in re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            import ast

            tree = compile(block, page.name, "exec", flags=ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("ingest", "qa"):
                    module = importlib.import_module(node.module)
                    assert all(hasattr(module, alias.name) for alias in node.names), (page.name, node.module)
                    checked += 1
    assert checked > 3
