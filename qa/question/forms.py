"""The forms of questions that ask for something other than a fact: how people word them. It decides nothing."""

from __future__ import annotations

import re

__all__ = [
    "CLOSING",
    "COUNT",
    "DATES",
    "GREETING",
    "HAPPENED",
    "HAVE_ON",
    "HELP",
    "HERE",
    "HOW_OFTEN",
    "IN_THE_NEWS",
    "LATEST",
    "LISTED",
    "OPENING",
    "SECTIONS",
    "SOURCES",
    "TOLD",
    "WHAT_HAPPENED",
    "WHAT_YOU_HAVE",
]


def _form(*ways: str, then: str = "") -> re.Pattern[str]:
    """A pattern of several ways to say a thing, each followed by ``then``."""
    return re.compile(f"(?:{'|'.join(ways)}){then}", re.IGNORECASE)


_TOPIC = r"\s+(?P<topic>.+)"
HERE = r"(?:(?:in|from) (?:here|there|(?:the|your|this) (?:archives?|collection|database|library)))"
"""Where the articles are."""
_ARTICLES = (
    r"(?:(?:news )?articles?|(?:news )?stor(?:y|ies)|news items?|headlines?|pieces?|reports?|texts?|coverage|news)"
)
_YOUR = (
    r"(?:do you (?:have|hold|cover|use|know of)|have you got|are (?:there|available)|is there"
    rf"|(?:is|are) {HERE})"
)
_ON = (
    r"(?:about|on|regarding|concerning|covering|(?:that |which )?(?:mention(?:s|ing)?|deal(?:s|ing)? with|covers?"
    r"|talk(?:s|ing)? about|are about|is about|refer(?:s|ring)? to|names?))"
)
_PRINTED = r"(?:published|written|printed)"
_ARCHIVE = r"(?:the|your|this) (?:archive|collection|database)"

# ---- what stands around a question

OPENING = re.compile(
    r"^\W*(?:(?:please|so|and|ok|okay|well|(?:can|could|would|will) you(?: please)?|i(?:['’]d| would) like (?:you )?to"
    r"|i want (?:you )?to)\b[\s,]*)+(?=\w)",
    re.IGNORECASE,
)
CLOSING = re.compile(r"[\s,]*\b(?:please|thanks|thank you|so far|to date|for me)$", re.IGNORECASE)

# ---- to whoever answers

GREETING = _form(
    "hello",
    "hi",
    "hey",
    "hiya",
    "howdy",
    "greetings",
    "good (?:morning|afternoon|evening|day)",
    "thanks(?: a lot)?",
    "many thanks",
    "thank you",
    "cheers",
    "bye",
    "goodbye",
    "how are you(?: doing)?",
    then=r"(?:[\s,!.]+(?:there|dateline|everyone|all|again|very much|so much|you))*",
)
HELP = _form(
    "help(?: me)?",
    r"\?+",
    "what can (?:you|i|this|one) (?:do|ask|answer|help(?: me)? with)(?: you| here| for me| about)*",
    "what (?:should|could|may) i ask(?: you)?",
    "what (?:are|is) (?:you|this|dateline)(?: for| about)?",
    "who are you",
    "how (?:do|does|can|should) (?:you|this|it|i|dateline) (?:work|use (?:you|this|it|dateline))",
    "what (?:kinds?|sorts?|types?) of questions (?:can|do|should) (?:you|i) (?:ask|answer)(?: you)?",
    "what do you do",
    "how can you help(?: me)?",
    "introduce yourself",
    "tell me about yourself",
)

# ---- about the archive

SOURCES = _form(
    r"(?:what|which|who|list (?:all )?(?:the|your)?)\s*(?:are |is )?(?:your |the )?"
    "(?:outlets?|sources?|newspapers?|papers|publications?|publishers?|news sites?)"
    r"(?:(?:\s+(?:or|and) (?:outlets?|sources?|newspapers?))?"
    rf"\s+(?:{_YOUR}|{HERE}|do the articles come from|can you search)(?:\s+{HERE})?)?",
    "where (?:do|does) (?:your|the) (?:articles|news|stories|information) come from",
)
SECTIONS = _form(
    r"(?:what|which|list (?:all )?(?:the|your)?)\s*(?:are |is )?(?:your |the )?sections?"
    rf"(?:\s+(?:{_YOUR}|{HERE}|can you search)(?:\s+{HERE})?)?",
)
DATES = _form(
    "(?:what|which) (?:dates?|days?|period|times?|years?|months?|time ?span|time ?frame|date range)"
    rf"\s+(?:{_YOUR}|does {_ARCHIVE} cover|(?:is|are) covered)(?:\s+{HERE})?",
    f"how far back (?:do you go|does {_ARCHIVE} go)",
    "how (?:recent|old|up[- ]to[- ]date|current) (?:are you|(?:is|are) (?:your|the) (?:news|articles|archive|stories))",
    r"what(?:['’]s| is| are) (?:your|the) (?:newest|latest|oldest|earliest|most recent|first|last)"
    rf" {_ARTICLES}(?:\s+(?:you have|{HERE}))?",
)
WHAT_YOU_HAVE = _form(
    rf"what(?: {_ARTICLES}| topics?| subjects?| events?| else| all)?\s+{_YOUR}(?:\s+{HERE})?",
    rf"what(?:['’]s| is) {HERE}",
    f"what does {_ARCHIVE} (?:have|hold|contain|cover)",
    f"how (?:big|large) is {_ARCHIVE}",
    f"(?:show|list|give)(?: me)?(?: all)?(?: the| your)? {_ARTICLES}",
)
HAVE_ON = _form(
    rf"what(?: (?:else|{_ARTICLES}))?\s+(?:{_YOUR}|does {_ARCHIVE} (?:have|hold|contain|say))\s+{_ON}",
    r"(?:do you have|have you got|have you|is there|are there|got|has the archive(?: got)?)\s+"
    rf"(?:anything|something|any {_ARTICLES}|{_ARTICLES}|any information|information|any)(?:\s+{HERE})?\s+{_ON}",
    f"(?:what|which) {_ARTICLES} (?:are (?:there )?|do you have |{HERE} )?{_ON}",
    f"any (?:articles|stories|reports|coverage) {_ON}",
    "(?:show|list|find|get|give)(?: me)?(?: all| some| the| any)* (?:articles?|stories|headlines|reports)"
    f" (?:you have )?{_ON}",
    "(?:do|did) you (?:cover|report on)",
    then=_TOPIC,
)
COUNT = _form(
    "how many",
    r"(?:what(?:['’]s| is) )?the number of",
    "count(?: all)?(?: the)?",
    then=(
        rf" {_ARTICLES}(?P<rest>(?:\s+{_YOUR}|\s+(?:were|have been|are) {_PRINTED}|\s+{HERE}|\s+there are|\s+you have)*"
        rf"(?:(?:\s+(?:are|were|come))?\s+(?P<on>{_ON}|from|by|of|in the)\s+(?P<topic>.+?))?"
        rf"(?:\s+(?:{_YOUR}|{HERE}|there are|you have|(?:were|have been) {_PRINTED}))*)"
    ),
)
HOW_OFTEN = _form(
    "how often",
    "how many times",
    then=(
        " (?:is|was|are|were|has|have|do|does|did) (?P<topic>.+?) (?:been )?"
        "(?:mentioned|named|come up|appear|reported on|in the news|covered)"
        f"(?: {HERE}| in (?:the|your) {_ARTICLES})?"
    ),
)

# ---- overviews

_RECENT = "(?:latest|newest|most recent)(?: (?:news|developments?|word|reports?))?"
LATEST = _form(
    rf"what(?:['’]s| is| are| was)?(?: there)? (?:new|the {_RECENT}|the news|news|happening|going on)",
    "(?:any|the|show me the|tell me the|give me(?: the)?) (?:news|new developments|latest(?: news)?|updates?)",
    "latest(?: news)?",
    "(?:update|catch) me(?: up)?",
    "any(?:thing)? new",
    then=rf"\s+(?:about|on|with|from|in|at|of|around|regarding|concerning){_TOPIC}",
)
_SUMMARY = "(?:summary|timeline|overview|recap|chronology|history|rundown)"
TOLD = _form(
    "(?:tell|inform|brief) me(?: more| all| everything| something| a bit)? (?:about|on)",
    "(?:summari[sz]e|recap|outline|sum up)"
    "(?: (?:the )?(?:story|news|events|coverage|articles) (?:of|about|on|around))?",
    f"(?:give|show|write)(?: me)?(?: a| an| the)? (?:short |brief |quick )?{_SUMMARY} (?:of|about|on|for)",
    f"(?:a |the )?{_SUMMARY} (?:of|about|on|for)",
    r"what(?:['’]s| is| was) the (?:story|timeline|chronology|background) (?:of|behind|with|on|about)",
    "what (?:do|can) (?:you|we) (?:know|say|tell(?: me)?) (?:about|of|on)",
    "what (?:is|was) (?:known|said|reported|written) about",
    "how did(?= .+ (?:unfold|develop|evolve|play out)$)",
    r"what(?:['’]s| is| has been| was) (?:all )?(?:happening|going on) (?:with|in|at|around)",
    "walk me through",
    then=r"\s+(?P<topic>.+?)(?:\s+(?:unfold|develop|evolve|play out))?",
)
HAPPENED = _form(
    r"what(?:['’]s|\s+(?:has|had|all))?(?: else)?\s+happened\s+(?P<to>to|with|in|at|during|on|around)", then=_TOPIC
)
WHAT_HAPPENED = re.compile(
    r"^(?:(?:for )?(?:me|us) )?what (?:has |had |is |was )?(?:been )?(?:happen(?:ed|ing)|going on|known|said|reported)"
    r" (?:to|with|in|at|about|on) ",
    re.IGNORECASE,
)
"""Before a topic: "Summarise what happened to ..."."""
_NEWS = "(?:news|events|headlines|stories|news stories)"
IN_THE_NEWS = _form(
    r"what(?:['’]s|\s+(?:is|was|has|else))?\s+"
    "(?:happen(?:ed|ing)?|been happening|in the news|new|going on|the news|reported)",
    f"what (?:are|were) the (?:main |top |biggest |latest )?{_NEWS}",
    f"(?:give|show|tell)(?: me)? the (?:latest |top |main )?{_NEWS}",
    "(?:top |main )?(?:news|headlines)",
    f"summari[sz]e (?:the )?{_NEWS}",
    then=r"(?:\s+(?:of|from|on|in|for|during))?",
)

# ---- lists

LISTED = re.compile(
    r"^\W*(?:please\s+)?(?:list\s+|name\s+(?:all|the|some|two|three|four|five)\s"
    r"|who (?:are|were) (?:all )?the (?:\w+\s){0,2}?[a-z]+s\b"
    r"|(?:what|which) (?:are|were) (?:all )?the (?:\w+\s){0,2}?[a-z]+s\b)",
    re.IGNORECASE,
)
