"""Words that tell who speaks: verbs of saying, those who speak, and what only looks like a name."""

from __future__ import annotations

import re

__all__ = [
    "ADVERB",
    "CAP",
    "DETERMINERS",
    "DOCUMENT",
    "HAS_HEAD",
    "HEAD",
    "MORE",
    "NAME",
    "NOBODY",
    "NO_NAME",
    "PERSONAL",
    "PREFIX",
    "PRONOUNS",
    "SAY",
    "SHOWN",
    "THING",
    "UP",
    "either",
]


def either(words: str) -> str:
    """A pattern for any of some words, the longest first."""
    return "|".join(sorted(words.split(), key=len, reverse=True))


# Verbs that give on somebody's words by themselves, and those that do so with a quotation, "that" or a comma.
SAY = (
    "said says say added adds insisted insists stated argued argues claimed claims stressed tweeted wrote explained"
    " noted"
)
MORE = (
    "announced warned warns admitted acknowledged confirmed predicted recalled recalls remarked replied responded"
    " reported suggested testified continued concluded declared asserted alleged maintained contended believes believe"
    " joked quipped lamented complained cautioned emphasised emphasized revealed observed asked exclaimed shouted"
    " whispered texted posted mused reiterated read reads estimated estimates promised vowed pledged conceded noted"
    " told tells quoted thinks writes explains notes stresses alleges testifies predicts admits asserts"
    " maintains contends recalls acknowledges suggests confirms agreed agrees cited"
)
SHOWN = "found finds showed shows suggested suggests concluded revealed indicated indicates estimated estimates"
ADVERB = (
    "also later then previously earlier reportedly repeatedly publicly has have had did still once again often"
    " recently however simply only long first further initially finally subsequently all both meanwhile"
)
UP = "A-ZÀ-ÖØ-ÞĆČĎĐĞĢĪİĶĹĽŁŃŇŌŐŒŘŚŞŠŤŪŮŰŹŻŽ"
_TITLES = (
    r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Maj|Capt|Sgt|Det|Insp|Supt|Rev|Hon|St|Sir|Cmdr|Adm|Atty|Jr|Sr)\."
)
CAP = rf"(?:{_TITLES}|[{UP}]\.(?:[{UP}]\.)*|[{UP}][\w'’&-]*)"
_LINK = r"(?:(?:of|for|and|the|on|de|la|le|du|van|von|der|den|bin|ibn|al|el|da|di|dos|del|y|&|to|in|at) ){1,3}"
NAME = rf"{CAP}(?: (?:{_LINK})?{CAP})*"
_SPEAKERS = either(
    "police officer official authority spokesman spokeswoman spokesperson spokespeople ministry minister government"
    " company firm court prosecutor lawyer attorney solicitor barrister union agency department witness resident"
    " researcher scientist doctor medic expert analyst economist organiser organizer report statement study mayor"
    " president chairman chairwoman chair director manager secretary source newspaper network broadcaster magazine"
    " website outlet paper board councillor senator governor lawmaker legislator congressman congresswoman judge"
    " justice jury coroner investigator detective inspector sheriff chief commissioner commission committee panel"
    " charity group organisation organization association federation campaigner activist critic supporter opponent"
    " protester neighbour neighbor relative family mother father brother sister son daughter wife husband widow parent"
    " uncle aunt cousin friend colleague teacher professor student historian author writer actor actress singer"
    " musician artist coach player captain goalkeeper striker team club league bank airline operator owner founder"
    " chief executive ceo boss leader head deputy vice adviser advisor aide ambassador diplomat envoy general colonel"
    " commander soldier army military navy force forces pentagon kremlin palace household regulator watchdog"
    " firefighter rescuer paramedic hospital school university college embassy consulate party campaign administration"
    " bureau office service institute centre center foundation documents document complaint indictment affidavit"
    " filing lawsuit records record data survey poll pollster letter email memo release post tweet transcript"
    " announcer commentator columnist critic reviewer curator farmer pilot driver owner worker employee employees"
    " staff team volunteer pastor priest bishop imam pope king queen prince princess duke duchess suspect defendant"
    " victim survivor patient customer user passenger shareholder investor insurer trader broker retailer"
    " manufacturer maker developer engineer astronomer biologist physicist geologist meteorologist forecaster"
    " forecasters epidemiologist pediatrician psychologist designer architect producer director screenwriter publisher"
    " editor journalist reporter correspondent photographer host presenter woman man boy girl teenager people"
    " authors caller operator dispatcher guard warden ranger keeper negotiator mediator arbitrator delegate figure"
    " estimate count census minutes notice report reports account version statement website page law rules"
)
HEAD = (
    rf"(?:{_SPEAKERS})(?:s|es)?|authorities|ministries|agencies|companies|families|charities|parties|studies"
    r"|universities"
)
HAS_HEAD = re.compile(rf"\b(?:{HEAD})\b", re.IGNORECASE)
DOCUMENT = re.compile(
    r"\b(?:stud(?:y|ies)|reports?|survey|poll|data|investigation|review|analysis|researchers?|documents?"
    r"|records|figures|audit)\b",
    re.IGNORECASE,
)
PRONOUNS = (
    "who which that what whoever i we you it they he she there this these those some many most others another one ones"
    " nobody everyone everybody anyone someone none few several both all neither each"
)
NOBODY = re.compile(
    rf"\b(?:{either(PRONOUNS)}|is|are|was|were|be|been|being|not|never|reportedly|allegedly|would|could"
    rf"|should|will|can"
    r"|may|might|must|has|have|had)\b"
)
NO_NAME = frozenset(
    "the a an his her its their our my your but and so yet then when while as after before if although though since"
    " because despite during following monday tuesday wednesday thursday friday saturday sunday january february march"
    " april may june july august september october november december today yesterday tonight tomorrow however"
    " meanwhile still also instead later earlier in on at by for from with here now asked speaking read more photo"
    " image video caption once like until unless according again just even".split()
)
DETERMINERS = frozenset("the a an his her its their our my your".split())
THING = re.compile(
    r"(?i:the|its|their|a|an) (?:[\w’'-]+ ){0,3}[\w’'-]+(?: (?:of|in|at|for|from) (?:[\w’'-]+ ){0,2}[A-Z][\w’'-]+)?"
)
PERSONAL = re.compile(r"(?i:(he|she))$")
PREFIX = re.compile(
    r"(?i:but|and|so|yet|still|however|meanwhile|also|instead|then|later|earlier|afterwards?|today|yesterday|last|this"
    r"|on|in|at|by|from|for|during|following|after|before|when|while|as|since|despite|although|though|if|asked|speaking"
    r"|responding|writing|addressing|appearing|testifying|referring|until|with|to|once|now|overnight|early|late"
    r"|announcing|explaining|describing|citing|two|three|a (?:day|week|month|year)|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday|separately|additionally|finally|ultimately|nevertheless|nonetheless|indeed|under|over"
    r"|per|because|unlike|like|among|even|through)\b"
    r"|[A-Z][a-z]+ing\b"
)
