"""The short programs in examples/ are short, and run as they stand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from serving import ROOT, served

TOLL = "from nine to eight"


@pytest.fixture(scope="module")
def archive(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(sample_archive, tmp_path_factory.mktemp("examples") / "archive"))


def run(name: str, *arguments: str, **environ: str) -> str:
    """What an example of fewer than fifteen lines prints."""
    path = ROOT / "examples" / name
    assert len(path.read_text("utf-8").splitlines()) < 15
    given = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    }
    result = subprocess.run(
        [sys.executable, "-W", "error", str(path), *arguments],
        cwd=ROOT,
        env={**os.environ, **given, **environ},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.parametrize("name", ["with_langchain.py", "with_haystack.py"])
def test_frameworks_read_the_archive(archive: Path, name: str) -> None:
    said = run(name, DATELINE_ARCHIVE=str(archive))
    assert "Port Averin talks collapse" in said.splitlines()[0]
    assert TOLL in said


def test_a_program_starts_dateline_mcp(archive: Path) -> None:
    assert "[1] “" in run("with_mcp.py", "--archive", str(archive))


def test_openais_client_asks_the_server(archive: Path, tmp_path: Path) -> None:
    with served(archive, tmp_path / "log") as server:
        said = run("with_openai.py", DATELINE_URL=server.url)
    assert TOLL in said
    assert said.splitlines()[-1].split()[0].isdigit()


def test_every_example_is_run_by_a_test() -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    assert [path.name for path in (ROOT / "examples").glob("*.py") if f'"{path.name}"' not in tests] == []
