"""What the tests of the page share: one browser, one server over the sample articles, and the page, for each file.

A file that wants them says ``pytest_plugins = ["paging"]``. One whose server is another defines ``archive``,
``environ`` or ``server`` itself; the rest goes by that.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from serving import Served, chromium, opened, served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def archive(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the sample articles, which may be written to."""
    return shutil.copytree(sample_archive, tmp_path_factory.mktemp("page") / "archive")


@pytest.fixture(scope="module")
def environ() -> dict[str, str]:
    """What the server's environment says beside what is there."""
    return {}


@pytest.fixture(scope="module")
def server(archive: Path, environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over ``archive``."""
    with served(archive, tmp_path_factory.mktemp("log") / "log", environ=environ) as server:
        yield server


@pytest.fixture
def page(browser: Browser, server: Served) -> Iterator[Page]:
    """The page on a desk, ready for a question. Fails if it asked another host for anything, or complained."""
    with opened(browser, server.url) as page:
        yield page
