"""What is said where articles are added."""

from __future__ import annotations

LABEL = "Add"
TITLE = "Add articles"
LEAD = (
    "What you add can be asked about at once. An article that is there already is not added twice; one that has "
    "changed is brought up to date."
)
WAYS = "What to add"
FILES = "Files"
ADDRESS = "Web address"
TEXT = "Text"
DROP = "Drop files here"
OR_CHOOSE = "or choose them"
KINDS = "Plain text, Markdown, web pages, JSON, CSV, feeds, mail, PDF, Word, and archives of these; up to {:,} MB each"
URL = "Address"
URL_LIKE = "https://…"
URL_HINT = "An article, a feed (RSS or Atom) or a sitemap. Of a feed the newest articles are fetched, a page a second."
ADD = "Add"
HEADLINE = "Headline"
PUBLISHED = "Published on"
OUTLET = "Outlet"
BODY = "Text"
NO_DATE = "Without a date an article is left out of searches by date."
ADDED = "What was added"
FORGET = "Clear the list"

ADDING = "Adding {}"
FOUND = "{} found"
READING = "Reading"
READ = "Read"
ENCODE = "Make searchable"
ENCODED = "{:,} of {:,} passages"

COUNTS = {"added": "{:,} added", "updated": "{:,} updated", "unchanged": "{:,} unchanged", "skipped": "{:,} skipped"}
NOTHING = "Nothing was found to take in"
TOOK = "in {:.1f} s"
HAS_IT = "The archive has it already, word for word."
MORE = "and {:,} more"
LEFT_OUT = "Left out"
DOUBTFUL = "Taken in, with a remark"

READ_ONLY = "The archive cannot be written to, so nothing can be added or removed."
SWITCHED_OFF = "Adding and removing is switched off on this page. Whoever runs the server can do it for you."
NOT_ALLOWED = "Only someone who has logged in with the right to write can add or remove articles here."
UNKNOWN = "That is no longer known: the server was started again. Look in the archive."
MANY_FILES = "{:,} files"
STOPPED = "The server was stopped; what was stored stays. Add it again to finish."
TOO_LARGE = (
    "{!r} is larger than {:,} MiB, the limit here: split it, or ask whoever runs this server to raise max_file_mb"
)
EMPTY_FILE = "{!r} is empty"
TOO_MANY = "there are {:,} files; add 1 to {:,} at a time"
NOT_ARRIVED = "a file that was to be added has not arrived, or was added a moment ago: choose it again"
NOT_TAKEN = "{!r} could not be taken in: {}"
NO_ADDRESS = "{!r} is no web address, such as https://news.example/story"

SCRIPTS = {
    "send": "Send",
    "files": MANY_FILES.replace(":,", ""),
    "notSent": "“{}” could not be sent. Is Dateline still running?",
    "notTaken": "“{}” was not taken: the server answered with {}.",
    "done": "Done.",
}
