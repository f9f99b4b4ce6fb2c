"""Which persons an article names, and whom "he" or "she" means at some place in it. In doubt: nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.question.words import looks_like_person, names

__all__ = ["Person", "full_name", "persons", "spoken_of"]

_MALE = re.compile(
    r"(?i:\b(?:mr|sir|lord|king|prince|duke|chairman|spokesman|businessman|congressman|actor|father|son|brother|husband"
    r"|uncle|widower|man|boy|councilman|policeman|fireman)\b)"
)
_FEMALE = re.compile(
    r"(?i:\b(?:mrs|ms|miss|dame|lady|queen|princess|duchess|chairwoman|spokeswoman|businesswoman|congresswoman|actress"
    r"|mother|daughter|sister|wife|aunt|widow|woman|girl|councilwoman|policewoman|midwife)\b)"
)
_TITLE = re.compile(
    r"(?i:\b(?:mr|mrs|ms|miss|dr|prof|professor|sir|dame|president|minister|mayor|senator|sen|rep|gov|governor|judge"
    r"|justice|chief|captain|capt|sgt|sergeant|lt|det|insp|detective|inspector|secretary|councillor|coach|ceo|founder"
    r"|director|chairman|chairwoman|spokesman|spokeswoman|spokesperson|analyst|lawyer|attorney|actor|actress|singer"
    r"|author|king|queen|prince|princess|commissioner|sheriff|general|gen|col|colonel|chancellor|lawmaker"
    r"|representative|deputy|driver|farmer|goalkeeper|striker|defender|midfielder|teacher|researcher"
    r"|scientist|economist"
    r"|manager|officer|ambassador|bishop|pope|pastor|rabbi|imam)\.?\s+$)"
)
_AFTER = re.compile(
    r",? (?:who\b|\(?\d\d\b|said\b|says\b|told\b|added\b)"
    r"|, (?:the|an?|his|her|its|their|[\w’'-]+['’]s) (?:[\w’'-]+ ){0,4}(?:head|chief|president|director"
    r"|minister|mayor|judge|chair\w*|leader"
    r"|spokes\w+|professor|analyst|lawyer|attorney|author|founder|owner|manager|coach|secretary|officer|executive"
    r"|\w+(?:ologist|ician|ist|ant))\b"
)
_PLACE = re.compile(
    r"\b(?:Point|Head|Hill|Hills|Bay|Beach|Valley|Creek|Springs|Falls|Forest|Square|Gardens?|Market|Mall|Canyon"
    r"|Heights|Coast|Harbou?r|Port|Highway|Plaza|Hotel|Woods|Ridge|Grove|Field|Cove|Pass|Rock|Sea|Ocean|Desert"
    r"|New|Los|San|Santa|Las|El|Saint|Fort|Mount|Lake|Cape|Supreme|White|Red|Black|Republican|Democratic|Hong"
    r"|Sri|Saudi|Puerto|Costa|Prime|Google|Facebook|Twitter|Microsoft|Amazon|Netflix)\b"
)
# What stands before a bare surname at the beginning of a sentence or in a headline, and is no first name.
_COMMON = frozenset(
    "The A An And But So When While After Before As If In On At For From With By To Of That Then Since Although Though"
    " Yet Still Also Both Neither Like Unlike Former Republican Democratic Republicans Democrats Monday Tuesday"
    " Wednesday Thursday Friday Saturday Sunday Is Was Did Does Has Had Will Would Could Should Can Who What Why How"
    " Where Team Says Said Asked Meanwhile However Because During Despite Under Over Not No Nor Or".split()
)
_LAST_WORD = re.compile(r"\b([A-Z][\w’'-]+) $")
_SUFFIX = frozenset(("jr", "sr", "ii", "iii", "iv"))


@dataclass(frozen=True, slots=True)
class Person:
    """A person as an article first names them in full; ``gender`` is "he", "she" or "" by the words around the name.

    ``has_namesake`` is set where others bear the surname, so that it alone may mean any of them.
    """

    name: str
    start: int
    gender: str = ""
    has_namesake: bool = False

    @property
    def surname(self) -> str:
        """The last word of the name."""
        words = [word for word in self.name.split() if word.lower().rstrip(".") not in _SUFFIX]
        return words[-1] if words else self.name


def persons(text: str) -> list[Person]:
    """The persons whom ``text`` names in full, in order, each once. A name counts where something else says that it is
    a person's: a title, an age, a role behind it, or its last word alone elsewhere."""
    found: dict[str, Person] = {}
    for name in names(text):
        words = _untitled(name.text.split(" of ")[0])
        if len(words.split()) > 2 and re.search(
            r"(?:er|or|ary|ent|an) (?:of|for) (?:the )?$", text[: name.start][-20:]
        ):
            words = " ".join(words.split()[-2:])  # "Commissioner for Refugees Jon Ek"
        if not 2 <= len(words.split()) <= 4 or not looks_like_person(words) or _PLACE.search(words) or words in found:
            continue
        end = name.start + name.text.find(words) + len(words)
        before, after = text[max(0, name.start - 30) : name.start], text[end : end + 50]
        person = Person(words, name.start, _gender(name.text, before, after))
        titled = not name.text.startswith(words) or _TITLE.search(before) is not None
        if titled or _AFTER.match(after) or _stands_alone(person, text):
            found[words] = person
    return [
        replace(person, gender=person.gender or _by_pronouns(person, text), has_namesake=_has_namesake(person, text))
        for person in found.values()
    ]


def _has_namesake(person: Person, text: str) -> bool:
    """Whether somebody else of that surname is named: there is another first name before it."""
    given = person.name.split()[-2]
    places = re.finditer(rf"{re.escape(person.surname)}(?![\w-])", text)
    found = [_LAST_WORD.search(text[max(0, match.start() - 30) : match.start()]) for match in places]
    before = {match[1] for match in found if match}
    return bool({word for word in before if word != given and not _TITLE.fullmatch(word + " ")} - _COMMON)


_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s)[^.!?\n]*)*")
_PRONOUN = re.compile(r"\b(?:(he|him|his)|(she|her))\b")


def _by_pronouns(person: Person, text: str) -> str:
    """The gender of a person by the pronouns that follow the name in its sentences; "" where they differ."""
    counts = [0, 0]
    for match in re.finditer(rf"(?<!\w){re.escape(person.surname)}(?![\w-])", text):
        rest = _SENTENCE.match(text, match.end())
        for pronoun in _PRONOUN.finditer(rest[0] if rest else ""):
            counts[0 if pronoun[1] else 1] += 1
    male, female = counts
    return "he" if male > 3 * female else "she" if female > 3 * male else ""


def _stands_alone(person: Person, text: str) -> bool:
    """Whether the surname is used without the name before it, as news does with persons after the first mention."""
    given = person.name.split()[-2]
    surname = rf"(?<!{re.escape(given)}\s)(?<![\w’'-]){re.escape(person.surname)}"
    return re.search(rf"{surname}(?:['’]s)?(?= [a-z]|, )", text) is not None


def _untitled(name: str) -> str:
    """``name`` without titles at its beginning: "Mayor Anna Holm" is Anna Holm."""
    words = name.split()
    titles = [at for at, word in enumerate(words[:-1]) if _TITLE.fullmatch(word.rstrip(".") + " ")]
    return " ".join(words[titles[-1] + 1 :] if titles else words)


def _gender(name: str, before: str, after: str) -> str:
    courtesy = re.search(r"(?:Mr|Mrs|Ms)\. $", before)
    around = f"{courtesy[0] if courtesy else re.split('[,.]', before)[-1]} {name}"
    role = re.match(r", (?:\d+, )?(?:the|a|an) ([\w -]{2,24})", after)
    around += f" {role[1]}" if role else ""
    male, female = _MALE.search(around), _FEMALE.search(around)
    return "" if bool(male) == bool(female) else "he" if male else "she"


def full_name(words: str, known: Sequence[Person]) -> str:
    """``words`` with a bare surname completed, where the article names one person of that name in full."""
    bare = re.sub(r"^(?:Mr|Mrs|Ms|Miss|Dr)\.? ", "", words)
    if " " in bare:
        return words
    fitting = [person for person in known if person.surname == bare]
    return fitting[0].name if len(fitting) == 1 and not fitting[0].has_namesake else words


def spoken_of(sentence: str, known: Sequence[Person]) -> list[Person]:
    """The persons among ``known`` whom a sentence names, in full or by surname, in the order in which it does.

    A surname that several bear gives a person without a name.
    """
    found: list[tuple[int, Person]] = []
    for person in known:
        match = re.search(rf"(?<!\w){re.escape(person.name)}(?!\w)", sentence)
        if match is None:
            match = re.search(rf"(?<!\w){re.escape(person.surname)}(?![\w-])", sentence)
            person = replace(person, name="") if person.has_namesake else person
        if match and not any(at == match.start() for at, _ in found):
            found.append((match.start(), person))
    return [person for _, person in sorted(found, key=lambda item: item[0])]
