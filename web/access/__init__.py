"""Who may do what.

principal.py  who a request comes from, as a value
store.py      access.db: tokens, users, sessions
tokens.py     making tokens, and telling good ones
passwords.py  users' passwords
proxies.py    what a reverse proxy says of a request
limits.py     how often one caller may come
access.py     telling who it is, and guarding routes by scope
login.py      the login page
load.py       how much is worked on at once, how large and slow a request may be
audit.py      who did what when
"""

from __future__ import annotations

from web.access.access import Access, Caller, session_of
from web.access.principal import ALL_SCOPES, LOCAL, READING, Principal, Scope, principal_of

__all__ = ["ALL_SCOPES", "LOCAL", "READING", "Access", "Caller", "Principal", "Scope", "principal_of", "session_of"]
