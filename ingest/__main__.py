"""``python -m ingest PATH...``: put articles into the archive."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ingest.console import STOPPED, addressed, guarded, run_ingest


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Put news articles into the archive.")
    parser.add_argument(
        "targets", nargs="+", metavar="PATH|URL", help="a file, a folder, a quoted glob, or a web address"
    )
    parser.add_argument("--archive", type=Path, metavar="DIR", help="the archive's folder")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    parser.add_argument(
        "--allow-private", action="store_true", default=None, help="fetch from this machine and private networks too"
    )
    parser.add_argument("--limit", type=int, metavar="PAGES", help="pages to fetch from one feed or sitemap")
    parser.add_argument(
        "--ray", metavar="ADDRESS", help="read and encode over a Ray cluster, by default the one on this machine"
    )
    parser.add_argument("--quiet", "-q", action="store_true", help="show no progress")
    given = parser.parse_args(addressed(sys.argv[1:]))
    with guarded(stopped=STOPPED):
        return run_ingest(
            given.targets,
            archive=given.archive,
            quiet=given.quiet,
            to_json=given.json,
            allow_private=given.allow_private,
            max_links=given.limit,
            ray=given.ray,
        )


if __name__ == "__main__":
    raise SystemExit(main())
