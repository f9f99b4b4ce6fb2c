"""What the page says: every sentence and label of its own, in one place."""

from __future__ import annotations

from qa.answer import ABSTENTION

__all__ = [
    "ABSTAINED",
    "ASK",
    "SHORTCUTS",
    "for_scripts",
]

# --- asking ----------------------------------------------------------------------------------------------------------

ASK = "Ask"
QUESTION = "Your question"
PLACEHOLDER = "Ask about the news in this archive"
LOG_OUT = "Log out"
NEW = "New conversation"
CONVERSATION = "Conversation"
START = "What would you like to know?"
LEAD = "Answers come in the articles’ own words, each with its source. What the archive does not say stays unanswered."
EXAMPLES = "For example"
LATEST = "Latest in the archive"
EMPTY = "The archive is empty"
TO_ADD = "Add articles"
EMPTY_LEAD = "Add articles from a terminal, then reload this page."
EMPTY_OR = "Or add them from a terminal, then reload this page."
EMPTY_FORMS = "A file, a folder or a pattern will do: plain text, Markdown, HTML, JSON, JSON Lines or CSV."
LEAVES = (
    "Answers are written by {}, which does not run on Dateline’s own machine. Your question goes there, with up to "
    "eight quotes, their days and outlets; with a follow-up, also the last four questions and answers. Nothing else "
    "does, and not who asks."
)
LEAVES_IN_SHORT = "Questions, quotes and earlier turns go to {}"
STAYS = "Answers are written by {} on Dateline’s own machine: nothing leaves it."
NO_ARTICLES = "No articles yet"

FAILED = "That did not work"
BROKEN = "Something broke while the answer was made. What happened stands in the server’s log; please ask again."
BUSY = "Too many questions are being answered just now. Please ask again in {} s."
NOT_KEPT = "This answer is not kept with your conversations: {}"
ABSTAINED = ABSTENTION
NEAREST_BELOW = "The passages that come nearest are listed, in case one of them helps."
TO_SEARCH = "Search the archive for these words"
NOTES = "Notes"
DIFFER = "Reports differ"
LATEST_REPORT = "latest"
STEPS = "Steps"
WRITTEN_BY = "; written by {} from the quotes, each sentence checked"

# --- what is searched ------------------------------------------------------------------------------------------------

SEARCHED = "What was searched"
FILTER = "Filter"
NARROW = "Search other days or outlets"
FILTER_TITLE = "What to search"
FILTER_DAYS = "Published"
FILTER_FROM = "From"
FILTER_TO = "Until"
FILTER_OUTLETS = "Outlets"
FILTER_APPLY = "Apply"
FILTER_CLEAR = "Clear"
CANCEL = "Cancel"
ALL_DAYS = "All days"
CHANGE = "Change: {}"
REMOVE = "Remove: {}"

# --- sources and the reader ------------------------------------------------------------------------------------------

UNTITLED = "Untitled article"
SOURCES_HERE = "The sources of an answer appear here, each with its exact words."
NO_SOURCES = "No sources"
OF_THE_ARCHIVE = "This was asked of the archive itself, not of an article."
NEAREST = "Nearest passages"
NEAREST_WHY = "They share words or meaning with the question, but none of them answers it."
NOTHING_NEAR = "Nothing in the archive comes near this question."
NOT_ANSWERED = "This question was not answered."
ALSO_IN = "Also in"
SAID_BY = "Said by {}"
READ = "Read the article"
ORIGINAL = "Original page"
GONE = "This article is no longer in the archive, so its words cannot be shown."
MOVED = "This article has changed: the quoted words no longer stand there. Ask again."
CHANGED_SINCE = "The article has changed since this search."
READER = "Article"
BACK = "Sources"
CLOSE = "Close the article"
PREVIOUS = "Previous citation"
NEXT = "Next citation"
BY = "By {}"
PUBLISHED = "Published {}"
UPDATED = "updated {}"
VERSIONS = "How this article changed"
CHANGED_ON = "Changed on {}"
FIRST_HELD = "First held on {}"

# --- over time -------------------------------------------------------------------------------------------------------

OVER_TIME = "Articles with these words, over time"
OVER_TIME_HINT = "Choose a bar to ask of those days only"
COURSE = "Course of events"
NO_COURSE = "No course of events can be made out of these articles."

# --- help ------------------------------------------------------------------------------------------------------------

HELP = "Keyboard shortcuts"
SHORTCUTS = (
    ("/", "Write a question"),
    ("j  or  →", "Next citation"),
    ("k  or  ←", "Previous citation"),
    ("Esc", "Close what is open, else clear the question"),
    ("n", "New conversation"),
    ("?", "This help"),
)


def for_scripts() -> dict[str, str]:
    """What the page's scripts say."""
    return {
        "lost": "Dateline does not answer. Is it still running? Start it again and reload this page.",
        "status": "The server answered with {}.",
        "question": QUESTION,
        "ask": ASK,
        "loading": "Opening the article …",
        "read": READ,
        "citation": "Citation {} of {}",
        "allDays": ALL_DAYS,
        "since": "Since {}",
        "until": "Until {}",
        "remove": REMOVE,
        "retry": "Try again",
    }
