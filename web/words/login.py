"""What the login page says."""

from __future__ import annotations

BRAND = "Dateline"
TITLE = f"Log in · {BRAND}"
HEADING = "Log in to ask this archive"
NAME = "Name"
PASSWORD = "Password"
LOG_IN = "Log in"
TOKEN = "Token"
TOKEN_LIKE = "dln_…"
LOG_IN_WITH_TOKEN = "Log in with a token"
WITH_TOKEN = "With a token instead"
TOO_LONG = "That is too long."
TOO_OFTEN = "That was wrong too often. Try again in {}."
WRONG_TOKEN = "That token is not good."
WRONG_PASSWORD = "That name and password do not go together."
NOBODY = "Nobody can log in here yet. On the machine that this server runs on, {} makes a user."
SECONDS = ("{:,} second", "{:,} seconds")
MINUTES = "{:,} minutes"
