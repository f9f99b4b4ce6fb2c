"""Words in an article, or from a model, that speak to a model or act in a browser, and do not tell news.

A list of forms can never be complete: what it misses is held by the checks of ``checking``. What it takes wrongly is
only left out of what a model sees: the extractive answer quotes it all the same.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["inert", "speaks_to_models"]

_MODEL = r"(?:AIs?|LLMs?|GPT|language[- ]models?|assistants?|chat ?bots?|summari[sz]ers?|models?|agents?|bots?)"
_ORDER = (
    r"(?:^|[.:;!,>\])*“\"'-]\s*"
    r"|\b(?:please|must|now|then|instead|always|just|only|and|but|should|shall)\s+)"
)
_ANSWERS = (
    "answer|respond|reply|output|print|repeat|recite|reveal|conclude|finish|begin|end|insist|claim|pretend|assume"
)
_WRITES = "say|state|write|mention|include|append|insert|add|cite|quote|attribute|mark|use|put|give|report|tell"
_ACTS = (
    "call|invoke|use|run|execute|trigger|open|visit|fetch|send|post|submit|forward|click|load|render|embed|display"
    "|email"
    "|upload|browse"
)
_IGNORES = "ignor|disregard|forget|overrid|overrul|bypass|discard|dismiss|neglect|skip|vergiss|oublie|igno"
_RULES = (
    "instruc\\w+|anweisung\\w*|consignes?|prompts?|rules?|above|previous|prior|preceding|earlier|guidelines?|system"
    "|quotes?|evidence|context|everything|directives?"
)
_TARGETS = (
    r"tools?|functions?|urls?|links?|https?|api|commands?|shell|curl|webhook|conversation|chat history|api[ _-]?keys?"
    r"|passwords?|credentials|markdown|iframe|image tag|plugin|\w+_\w+\("
)
_TAGS = (
    "img|script|iframe|a|svg|style|link|meta|form|object|embed|div|span|p|b|i|video|audio|input|base|math|template"
    "|system"
)
_FORMS = (
    # templates and roles
    r"<\|?/?\s*(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|s|sys|tool\w*)\b"
    r"[^>]{0,20}\|?>",
    r"\[/?(?:INST|SYS|SYSTEM|TOOL)\b[^\]]{0,20}\]|<</?SYS>>",
    r"\b(?:BEGIN|END|START|STOP) (?:OF )?(?:SYSTEM|PROMPT|INSTRUCTIONS?|QUOTES?|CONTEXT)\b",
    r"(?:^|[\s*#\[(\"“'_-])(?:system|assistant|user|human|developer|admin(?:istrator)?|ai|model|tool)[\s*_]*"
    r"(?:message|prompt|note|override|update|instructions?|notice|response|output|result)?[\s*_\])]*:",
    r"#{2,}\s*(?:instruction|system|response|task|new|override|end)|-{3,}|={4,}",
    r"\bend of (?:the )?(?:quotes?|article|evidence|context|input|document)\b",
    # about instructions and prompts
    rf"\b(?:{_IGNORES}|stop following|set aside)\w*\b.{{0,60}}\b(?:{_RULES})\b",
    rf"\binstruc\w+\b.{{0,60}}\b(?:{_ANSWERS}|{_WRITES})\b|\bpr\w+ instruc\w+",
    r"\b(?:new|updated|real|actual|following|secret|hidden|these|this|your|my|original|initial|system) "
    r"(?:instructions?|prompts?|directives?|orders to)\b",
    r"\bprompt injection\b|\bjail ?break|\b(?:developer|DAN|god) mode\b|\bunrestricted\b.{0,30}\bmode\b|\bthe user\b",
    # to a model
    rf"\b(?:you are|you['’]re|act as|pretend|role-?play|behave as|as an?)\b.{{0,15}}\b(?:an? "
    rf"|the )?(?:now )?{_MODEL}\b",
    rf"\b(?:note|attention|message|memo|notice|instructions?|warning|dear|hey|hello|listen|summary|TL;?DR)\b,?"
    rf"(?: (?:to|for))?(?: (?:the|any|all|every))? ?{_MODEL}\b|\b(?:for|to) (?:the |any |all )?{_MODEL}\s*:",
    rf"\b{_MODEL}\b.{{0,40}}\b(?:must|should|shall|are to|is to|need to|has to|have to|reading this|read this"
    r"|summari[sz]ing|processing|please|are required|(?:its|their) (?:answers?|responses?|reply))\b",
    rf"\b(?:if|when) you(?: are|['’]re)?\b.{{0,30}}\b(?:{_MODEL}|reading|summari[sz]|answer|asked|respond)",
    # orders
    rf"{_ORDER}(?:{_ANSWERS})\b.{{0,40}}(?:\b(?:with|that|only|exactly|following|words?|phrase|question|user|reader"
    r"|answer|as|your|in|to be)\b|:|[\"“'])",
    rf"{_ORDER}(?:{_WRITES})\b.{{0,40}}(?:\b(?:exactly|the following|(?:in|to) (?:your|the|every) (?:answer|response"
    rf"|reply"
    r"|summary)|instead|source \d|quote \d|citation|at the end|word for word|verbatim|only|in bold|in capital)\b"
    r"|\[\d+\]|:\s|[\"“'])",
    rf"(?:^|[.!?:;,]\W*|\b(?:and|but|then|please)\s+)(?:{_WRITES}|{_ANSWERS})\s+(?:that|it)\b",
    rf"{_ORDER}(?:do not|don['’]t|never) (?:mention|cite|tell|reveal|use|quote|answer|say|write|show)\b",
    r"\byou (?:must|should|shall|will now|are to|have to|need to|may now|are required|are instructed|are ordered)\b",
    r"\b(?:the|your) (?:\w+ )?(?:correct|right|true|real|only|final|required|expected) (?:answer|response|reply)\b",
    r"\banswer\s*(?:is)?\s*:|\b(?:every|each|your) (?:answers?|responses?|reply)\b",
    # tools, links, code
    rf"\b(?:{_ACTS})\b.{{0,50}}\b(?:{_TARGETS})",
    rf"<\s*/?\s*(?:{_TAGS})\b|!\[[^\]]*\]|\]\s*\(\s*\S|\bjavascript:|\bdata:\w+/|\bon(?:error|load|click)\s*=",
    r"\{\{|\}\}|\$\{|```|<!--",
    r"\b(?:function|tool)_?(?:call|use|name|result)\b|\"(?:name|arguments|role|content|tool|function)\"\s*:",
    r"\bcite (?:this|it|that|as|source)\b|\b(?:sources?|citations?|quotes?) \[\d+\]",
    r"\[\d+\]\s*(?:confirms?|says?|states?|proves?|shows?)\b",
    r"[A-Za-z0-9+/=_-]{48,}|(?:\b[0-9a-f]{2}[ :]){12,}|(?:%[0-9A-F]{2}){6,}|(?:\\u[0-9a-f]{4}){4,}|&(?:lt|gt|#x?\w+);",
)
_SPEAKS = re.compile("|".join(f"(?:{form})" for form in _FORMS), re.IGNORECASE)
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\U000e0000-\U000e007f]")


def speaks_to_models(text: str) -> bool:
    """Whether ``text`` gives orders to a model, plays a part in a conversation with one, or holds code or hidden
    characters."""
    words = " ".join(text.split())
    if len(_UNSEEN.findall(words)) > 2:
        return True
    return _SPEAKS.search(unicodedata.normalize("NFKC", _UNSEEN.sub("", words))) is not None


_COMMENT = re.compile(r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)?|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\]\d][^\]]*)\](?:\([^)]*\)?|\[[^\]]*\])")
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>?")
_ADDRESS = re.compile(r"(?:\b[a-z][a-z0-9+.-]*:/?/|\bwww\.|\bmailto:|\bjavascript:|\bdata:)\S*", re.IGNORECASE)
_MARKS = re.compile(r"`+|\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|~~|^\s*(?:#{1,6}|>+|[-+•]|\d{1,2}[.)])\s+", re.MULTILINE)


def inert(text: str) -> str:
    """A model's words as plain text on one line: no HTML, no Markdown, no address, no hidden character. Markers such as
    ``[2]`` stay."""
    text = _UNSEEN.sub("", text)
    for pattern, instead in (
        (_COMMENT, " "),
        (_IMAGE, " "),
        (_LINK, r"\1"),
        (_TAG, " "),
        (_ADDRESS, " "),
        (_MARKS, ""),
    ):
        text = pattern.sub(instead, text)
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
