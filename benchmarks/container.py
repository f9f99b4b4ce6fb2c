"""The steps of the Dockerfile, run as commands, where there is no container engine.

    python benchmarks/container.py [--keep FOLDER]

The files that .dockerignore lets through are copied to a folder of their own, the RUN steps of the first stage are run
there, and then ENTRYPOINT and CMD with the image's environment: as a user who may write to /archive and /tmp alone,
when this runs as root. The server has to refuse to start before there is a user, and to pass its HEALTHCHECK with one.
The steps of the second stage that make users and folders are left out: they would change this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_USER = 10001
_PORT = 7861
_SECONDS = 120


@dataclass(frozen=True)
class Step:
    """An instruction of a Dockerfile."""

    name: str
    words: str


def steps_of(text: str) -> list[Step]:
    """The instructions in a Dockerfile, in their order."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [Step(*line.split(None, 1)) for line in joined.splitlines() if line.strip()]  # type: ignore[arg-type]


def stages_of(steps: list[Step]) -> list[list[Step]]:
    """The instructions of each stage."""
    stages: list[list[Step]] = []
    for step in steps:
        if step.name == "FROM":
            stages.append([])
        else:
            stages[-1].append(step)
    return stages


def copied(steps: list[Step], here: Path, there: Path) -> None:
    """Do the COPY steps that take files from the checkout."""
    for step in steps:
        *names, target = shlex.split(step.words)
        for name in names:
            place = there / target.rstrip("/") / Path(name).name if target.endswith("/") else there / target
            place.parent.mkdir(parents=True, exist_ok=True)
            if (here / name).is_dir():
                shutil.copytree(here / name, place, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
            else:
                shutil.copy(here / name, place)


def environment(stage: list[Step], paths: dict[str, str]) -> dict[str, str]:
    """The environment that a stage's ENV steps make, with its paths as they are here."""
    found: dict[str, str] = {"PATH": os.environ["PATH"]}
    for step in stage:
        if step.name == "ENV":
            for pair in shlex.split(step.words):
                name, _, value = pair.partition("=")
                found[name] = placed(value.replace("$PATH", found["PATH"]), paths)
    return found


def placed(words: str, paths: dict[str, str]) -> str:
    """``words`` with the image's paths as they are here."""
    known = "|".join(re.escape(path) for path in paths)
    return re.sub(rf"(?<![\w/.])({known})(?![\w.-])", lambda found: paths[found[1]], words)


def main() -> None:
    """Run the steps, and print what came of it as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="a folder for what is made, kept afterwards")
    kept = parser.parse_args().keep
    folder = Path(kept or tempfile.mkdtemp(prefix="dateline-image-", dir="/tmp")).absolute()
    try:
        print(json.dumps(tried(folder), indent=1))
    finally:
        if not kept:
            shutil.rmtree(folder)


def tried(folder: Path) -> dict[str, object]:
    """What came of the steps, run in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    paths = {"/opt/dateline": f"{folder}/opt", "/archive": f"{folder}/archive", "/tmp": f"{folder}/tmp"}
    build, final = stages_of(steps_of((ROOT / "Dockerfile").read_text(encoding="utf-8")))
    source = folder / "source"
    copied([step for step in build if step.name == "COPY"], ROOT, source)
    began = time.monotonic()
    for step in build:
        if step.name == "RUN" and "pip install --no-cache-dir" not in step.words:  # uv itself: it is here already
            subprocess.run(placed(step.words, paths), shell=True, cwd=source, check=True, stdout=sys.stderr)
    seconds = time.monotonic() - began
    for name in ("archive", "tmp"):
        (folder / name).mkdir(exist_ok=True)  # a RUN step may have made it
        if os.geteuid() == 0:
            os.chown(folder / name, _USER, _USER)
    size = sum(path.lstat().st_size for path in (folder / "opt").rglob("*") if not path.is_symlink())
    packages = sorted(path.name for path in (folder / "opt").glob("lib/python*/site-packages/torch*"))
    env = {**environment(final, paths), "DATELINE_PORT": str(_PORT)}
    return {
        "build_seconds": round(seconds),
        "mib": round(size / 2**20),
        "torch": packages,
        **served(final, env, folder),
    }


def served(final: list[Step], env: dict[str, str], folder: Path) -> dict[str, object]:
    """Whether the server refuses to start without a user, and is healthy with one."""
    by_name = {step.name: step.words for step in final}
    entry, serve = json.loads(by_name["ENTRYPOINT"]), json.loads(by_name["CMD"])
    health = json.loads(by_name["HEALTHCHECK"].partition("CMD")[2])
    health = [word.replace(":7860", f":{_PORT}") for word in health]

    def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            as_user([*entry, *words]), env=env, cwd=folder / "archive", input=given, capture_output=True, text=True
        )

    refused = run(*serve)
    added = run("user", "add", "ada", given="seven quiet herons\n")
    began = time.monotonic()
    with (folder / "tmp" / "log").open("w") as log:
        server = subprocess.Popen(as_user([*entry, *serve]), env=env, cwd=folder / "archive", stdout=log, stderr=log)
    try:
        while (healthy := subprocess.run(as_user(health), env=env, capture_output=True).returncode == 0) is False:
            if server.poll() is not None or time.monotonic() - began > _SECONDS:
                raise RuntimeError((folder / "tmp" / "log").read_text())
            time.sleep(0.5)
        seconds = time.monotonic() - began
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(30)
    written = sorted(path.name for path in (folder / "archive").iterdir())
    return {
        "refuses_without_user": refused.returncode == 1 and "dateline user add NAME" in refused.stderr,
        "user_added": added.returncode == 0,
        "healthy": healthy,
        "seconds_to_health": round(seconds, 1),
        "stops_with": code,
        "archive": written,
    }


def as_user(command: list[str]) -> list[str]:
    """``command`` as the image's user, where we may become it."""
    if os.geteuid() or not shutil.which("setpriv"):
        return command
    return ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups", "--no-new-privs", *command]


if __name__ == "__main__":
    main()
