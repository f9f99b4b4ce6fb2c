"""Many pages, the hosts beside one another and the pages of one host in turn."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import urlsplit

from ingest.fetch.client import Fetched
from ingest.fetch.problem import FetchError

__all__ = ["follow"]

Link = TypeVar("Link")

# Answers that wait to be read: a page has 10 MB at most.
_AHEAD = 4


def follow(
    links: Sequence[Link],
    get: Callable[[Link], Fetched],
    *,
    url: Callable[[Link], str],
    hosts: int,
    stopped: threading.Event,
) -> Iterator[tuple[Link, Fetched | FetchError]]:
    """Fetch what ``links`` lead to, and give each with what came of it, as it comes.

    Args:
        links: what is to be fetched; those of one host are fetched in this order.
        get: fetches one.
        url: the address of one.
        hosts: how many hosts are asked at the same time.
        stopped: ends it.
    """
    by_host: dict[str, list[Link]] = {}
    for link in links:
        by_host.setdefault(_host(url(link)), []).append(link)
    came: queue.Queue[tuple[Link, Fetched | FetchError | BaseException]] = queue.Queue(_AHEAD)
    given_up = threading.Event()

    def fetch(several: Sequence[Link]) -> None:
        for link in several:
            if stopped.is_set() or given_up.is_set():
                return
            came_of_it: Fetched | BaseException
            try:
                came_of_it = get(link)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the thread that waits for the answer raises it
                came_of_it = error
            _hand_over(came, (link, came_of_it), given_up)

    with ThreadPoolExecutor(hosts, thread_name_prefix="dateline-fetch") as pool:
        jobs = [pool.submit(fetch, several) for several in by_host.values()]
        try:
            # In this order: a job that is done hands nothing over any more.
            while not (all(job.done() for job in jobs) and came.empty()):
                try:
                    link, got = came.get(timeout=0.1)
                except queue.Empty:
                    continue
                if not isinstance(got, Fetched | FetchError):
                    raise got
                yield link, got
        finally:
            given_up.set()


def _hand_over(came: queue.Queue[Link], item: Link, given_up: threading.Event) -> None:
    while not given_up.is_set():
        try:
            came.put(item, timeout=0.2)
            return
        except queue.Full:
            continue


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
