"""``/embed/dateline-ask.js``: one script that puts "ask this archive" on any page. See docs/embed.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["SCRIPT", "add_embed"]

SCRIPT = Path(__file__).parent / "dateline-ask.js"


def add_embed(app: FastAPI) -> None:
    """Add the script to ``app``."""
    from fastapi.responses import FileResponse

    @app.get("/embed/dateline-ask.js", include_in_schema=False)
    def script() -> FileResponse:
        return FileResponse(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "public, max-age=3600"})
