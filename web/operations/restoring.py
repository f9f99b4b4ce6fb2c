"""``POST /api/v1/restore``: an archive put back from a backup while the server runs, for ``dateline restore``."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse

from ingest.errors import DatelineError

if TYPE_CHECKING:
    from web.service import Service

__all__ = ["add_restoring"]

logger = logging.getLogger(__name__)


class _Restore(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: Path
    keep_access: bool = False


def add_restoring(app: FastAPI, service: Service) -> None:
    """Add the route to ``app``. It names a file of this machine, so only who can read server.json may use it."""

    @app.post("/api/v1/restore", include_in_schema=False, dependencies=[Depends(service.access.needs("admin"))])
    def restore(wanted: _Restore, request: Request) -> StreamingResponse:
        if request.state.principal.name != "local":
            raise HTTPException(403, "Only a command on the server's own machine can restore its archive.")
        request.state.told = {"file": str(wanted.file)}
        return StreamingResponse(_restored(service, wanted), media_type="application/json")


def _restored(service: Service, wanted: _Restore) -> Iterator[str]:
    """Blanks while it lasts, so that nobody gives up on it, and then what came of it."""
    said: dict[str, Any] = {}

    def work() -> None:
        from ingest.backup import replace

        try:
            contents = replace(service.assistant.archive, wanted.file, keep_access=wanted.keep_access)
            said.update(articles=contents.articles, made=contents.made)
        except DatelineError as error:
            said["error"] = str(error)
        except Exception:
            logger.exception("the backup %s could not be restored", wanted.file)
            said["error"] = "Something broke in the server. What happened stands in its log."

    thread = threading.Thread(target=work, name="restore")
    thread.start()
    while thread.is_alive():
        yield " "
        thread.join(1)
    yield json.dumps(said)
