"""Schemathesis over the whole OpenAPI document: requests that fit it and others, with a token and without."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from serving import ROOT, served

from web.access import tokens
from web.access.principal import ALL_SCOPES
from web.access.store import Store

_PHASES = "examples,coverage,fuzzing"


def test_every_route_keeps_to_the_document(sample_archive: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(sample_archive, archive)
    store = Store(archive)
    token = tokens.create(store, "all", ALL_SCOPES)
    store.close()
    unlimited = {"DATELINE_REQUESTS_PER_MINUTE": "0", "DATELINE_QUESTIONS_PER_MINUTE": "0"}
    with served(archive, tmp_path / "log", environ=unlimited) as server:
        # Its checks send the same without a token, and with one that is none, and expect a 401.
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "tests" / "schemathesis.toml")),
            *("run", f"{server.url}/api/v1/openapi.json", "--phases", _PHASES),
            *("--header", f"Authorization: Bearer {token}", "--no-color"),
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Selected: 24/25" in done.stdout
        assert "Traceback" not in server.said()
