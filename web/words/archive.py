"""What the archive at a glance says, and what is said when an article is removed."""

from __future__ import annotations

LABEL = "Archive"
TITLE = "The archive"
EMPTY_LEAD = "What there is will be shown here."
STORIES = "{:,} stories, copies counted once"
UNDATED = "No article shows a date, so none can be placed in time."
PER = {
    "day": "Articles per day",
    "week": "Articles per week",
    "month": "Articles per month",
    "year": "Articles per year",
}
MOST = {"day": "at most {:,} a day", "week": "at most {:,} a week", "month": "at most {:,} a month",
        "year": "at most {:,} a year"}  # fmt: skip
WITHOUT_DATE = "{} without a date"
A_BAR = "A bar leads to its articles."
OUTLETS = "Outlets"
NO_OUTLETS = "No article names its outlet."
LATEST = "Latest additions"
CAME_IN = "came in on {}"
WIDEST = "Stories with most copies"
IN_OUTLETS = "{}: {}"
MORE = "{} and {:,} more"
UNNAMED = "unnamed"

ONLY_READ = "The archive can be read, but not written to."
GROUPING = "In good order; the stories of {:,} articles are still to be found."
WELL = "In good order."
WELL_WITH = "In good order, made searchable with {}."

REMOVE = "Remove"
REMOVE_IT = "Remove {}"
GONE = "This article is not in the archive any more."

SCRIPTS = {
    "removeTitle": "Remove this article?",
    "removeLead": "“{}” is taken out of the archive with all its versions. "
    "Answers that quote it can no longer show it.",
    "remove": REMOVE,
    "removedIt": "Removed: {}",
    "removed": "Removed.",
}
