"""The network: everything that Dateline asks of other machines goes through here. Nothing of it runs by itself.

web.py       from an address to articles: what the pipeline uses
client.py    one request, with redirects, retries and limits (limits.py)
safe.py      which addresses may be asked
dial.py      connections to the very addresses that were checked
inflate.py   compressed answers        pace.py    how fast a host is asked
robots.py    robots.txt                memory.py  what was fetched, and what came of it
pages.py     what an answer holds      feeds.py, sitemaps.py   what leads to pages
follow.py    many pages at a time
"""

from __future__ import annotations

from ingest.fetch.limits import Limits
from ingest.fetch.safe import is_url
from ingest.fetch.web import Done, Known, Web

__all__ = ["Done", "Known", "Limits", "Web", "is_url"]
