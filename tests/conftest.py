"""What all tests share: no way out to the network, no settings of the machine's, an archive of the sample articles."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Gradio, chromadb and huggingface_hub read these once, when they are first imported.
os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1"}
for name in [name for name in os.environ if name.startswith("DATELINE_")]:
    del os.environ[name]

# How long one example takes says more about the machine's other work than about the code. CI repeats the same examples.
settings.register_profile(
    "dateline",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("dateline")

# A test run in the background inherits an ignored SIGINT, and so would the processes that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

EXAMPLES = Path(__file__).parent.parent / "examples" / "articles"


def _refuse_the_outside(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: look-ups of names and connections go to this machine only, whoever asks for them."""
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # a string or bytes is the path of a Unix socket
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host and host != "localhost" and not _is_local(host):
        raise PermissionError(f"a test tried to reach {host!r}: tests stay on this machine")


def _is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == socket.gethostname()
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_refuse_the_outside)


@pytest.fixture(scope="session", autouse=True)
def _home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads the settings or touches the archive of the person who runs it, in this process or in a child."""
    home = tmp_path_factory.mktemp("home")
    os.environ |= {"XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data")}


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the sample articles, made once with the real models. For reading: a test that writes copies it."""
    from ingest import ingest

    folder = tmp_path_factory.mktemp("archive") / "samples"
    ingest(EXAMPLES, archive=folder)
    return folder
