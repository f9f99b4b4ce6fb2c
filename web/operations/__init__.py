"""What those who run a server look at: its logs, its figures, its traces.

requests.py   every request: its id, how long it took, who sent it
logs.py       log lines as text or as JSON
metrics.py    figures for Prometheus
traces.py     spans for OpenTelemetry
restoring.py  an archive put back from a backup while the server runs
"""

from __future__ import annotations

from web.operations.metrics import Metrics, add_metrics
from web.operations.requests import Requests
from web.operations.traces import Tracer

__all__ = ["Metrics", "Requests", "Tracer", "add_metrics"]
