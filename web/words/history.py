"""What is said of conversations that are kept, of what can be done with an answer, and in a document made of them."""

from __future__ import annotations

CONVERSATIONS = "Conversations"
NEW = "New"
FIND = "Search your conversations"
NONE = "What you ask is kept here, to be read, searched and taken up again."
DROPPED = ("Dropped {:,} day after the last question.", "Dropped {:,} days after the last question.")
NONE_HAS = "None of your conversations has “{}”."
OLDER = "Show older ones"
TODAY = "Today"
YESTERDAY = "Yesterday"
WEEK = "The week before"

MENU = "What to do with {}"
RENAME = "Rename"
SAVE_AS = {"md": "Save as Markdown", "html": "Save as web page", "json": "Save as JSON"}
DELETE = "Delete"

THIS_ANSWER = "This answer"
COPY = "Copy"
COPY_MARKDOWN = "Copy as Markdown"
COPY_LINK = "Copy link"
GOOD = "Good answer"
BAD = "Bad answer"
SEND = "Send"
NO_QUESTION = "This conversation has no question number {}."

ASKED_ON = "Asked on {}"
BETWEEN = "{}, {} to {}"
OPEN_AGAIN = "Open it again"
SOURCES = "Sources"
ALSO_IN = "Also in: {}"
MADE_WITH = "Made with Dateline. Every quote stands word for word in the article that is named."

SCRIPTS = {
    "name": "Name of the conversation",
    "deleteTitle": "Delete this conversation?",
    "deleteLead": "“{}” is deleted for good. Answers that you rated stay with the ratings.",
    "delete": DELETE,
    "deleted": "Deleted.",
    "copied": "Copied",
    "whatIsGood": "What is good about it? (optional)",
    "whatIsWrong": "What is wrong with it? (optional)",
    "rated": "Rated. You can add a comment.",
    "withdrawn": "Rating withdrawn.",
    "thanks": "Thank you.",
}
