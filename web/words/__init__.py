"""What the page says: every sentence and label of its own, in one place. Other views' have a module each.

search.py     the plain search             history.py    conversations that are kept, and deeds with an answer
archive.py    the archive at a glance      login.py      the login page
adding.py     adding articles
"""

from __future__ import annotations

from qa.answer import ABSTENTION
from web.words import adding, archive, history, login, search

__all__ = ["ABSTAINED", "ASK", "SHORTCUTS", "adding", "archive", "for_scripts", "history", "login", "search"]

# --- anywhere --------------------------------------------------------------------------------------------------------

# One, and any other number.
ARTICLES = ("{:,} article", "{:,} articles")
CONVERSATIONS = ("{:,} conversation", "{:,} conversations")
OUTLETS = ("{:,} outlet", "{:,} outlets")
MORE_OUTLETS = ("{:,} more outlet", "{:,} more outlets")
PASSAGES = ("{:,} passage", "{:,} passages")
QUESTIONS = ("{:,} question", "{:,} questions")
SOURCES = ("{:,} source", "{:,} sources")

NAME = "Dateline"
VIEWS = "Views"
UNDATED = "undated"

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
ASK_AGAIN = "Ask again"
QUEUED = "Your question waits for its turn …"
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
SEARCHED_IN = "Searched {}"
TOOK = " in {:.1f} seconds"
WRITTEN_BY = "; written by {} from the quotes, each sentence checked"

# --- what is searched ------------------------------------------------------------------------------------------------

SEARCHED = "What was searched"
FILTER = "Filter"
NARROW = "Search other days, outlets or sections"
FILTER_TITLE = "What to search"
FILTER_DAYS = "Published"
FILTER_FROM = "From"
FILTER_TO = "Until"
FILTER_OUTLETS = "Outlets"
FILTER_SECTIONS = "Sections"
FILTER_APPLY = "Apply"
FILTER_CLEAR = "Clear"
CANCEL = "Cancel"
ALL_DAYS = "All days"
ALL_SECTIONS = "All sections"
IN_SECTION = "Section: {}"
SINCE = "Since {}"
UNTIL = "Until {}"
CHANGE = "Change: {}"
REMOVE = "Remove: {}"

# --- sources and the reader ------------------------------------------------------------------------------------------

UNTITLED = "Untitled article"
SOURCES_HERE = "The sources of an answer appear here, each with its exact words."
NO_SOURCES = "No sources"
OF_THE_ARCHIVE = "This was asked of the archive itself, not of an article."
SOURCE = "Source {}"
BACK_TO = "Back to {} in the answer"
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
DATE_FROM = "date from the {}"
UPDATED = "updated {}"
CAPTION = "Caption: "
IN_OUTLETS = "Also in {}"
VERSIONS = "How this article changed"
CHANGED_ON = "Changed on {}"
FIRST_HELD = "First held on {}"

# --- over time -------------------------------------------------------------------------------------------------------

OVER_TIME = "Articles with these words, over time"
OVER_TIME_HINT = "Choose a bar to ask of those days only"
COURSE = "Course of events"
NO_COURSE = "No course of events can be made out of these articles."

# --- what is not there any more --------------------------------------------------------------------------------------

ARTICLE_GONE = "This article is no longer in the archive. Ask again to see what is."

# --- help ------------------------------------------------------------------------------------------------------------

HELP = "Keyboard shortcuts"
CLOSE_HELP = "Close"
OR = "or"
SHORTCUTS = (
    ("/", "Write a question"),
    ("j  or  →", "Next citation"),
    ("k  or  ←", "Previous citation"),
    ("Esc", "Close what is open, else clear the question"),
    ("n", "New conversation"),
    ("?", "This help"),
)


def for_scripts() -> dict[str, str | dict[str, str]]:
    """What the page's scripts say; those of the other views under the view's name."""
    return {
        "lost": "Dateline does not answer. Is it still running? Start it again and reload this page.",
        "status": "The server answered with {}.",
        "question": QUESTION,
        "ask": ASK,
        "queued": QUEUED,
        "loading": "Opening the article …",
        "read": READ,
        "citation": "Citation {} of {}",
        "since": SINCE,
        "until": UNTIL,
        "section": IN_SECTION,
        "remove": REMOVE,
        "retry": "Try again",
        "moment": "One moment…",
        "cancel": CANCEL,
        "archive": archive.SCRIPTS,
        "adding": adding.SCRIPTS,
        "history": history.SCRIPTS,
    }
