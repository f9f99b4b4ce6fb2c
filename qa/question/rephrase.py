"""The same question in other words: a verb of two words for the one that news writes ("called in": "summoned")."""

from __future__ import annotations

import re

__all__ = ["rephrased"]

# Each verb, then the one that stands for it, in the same forms: present, "-s", past, participle, "-ing".
_VERBS = """
    call-in calls-in called-in called-in calling-in: summon summons summoned summoned summoning
    call-up calls-up called-up called-up calling-up: conscript conscripts conscripted conscripted conscripting
    call-off calls-off called-off called-off calling-off: cancel cancels cancelled cancelled cancelling
    step-down steps-down stepped-down stepped-down stepping-down: resign resigns resigned resigned resigning
    stand-down stands-down stood-down stood-down standing-down: resign resigns resigned resigned resigning
    lay-off lays-off laid-off laid-off laying-off: dismiss dismisses dismissed dismissed dismissing
    let-go lets-go let-go let-go letting-go: dismiss dismisses dismissed dismissed dismissing
    put-off puts-off put-off put-off putting-off: postpone postpones postponed postponed postponing
    push-back pushes-back pushed-back pushed-back pushing-back: postpone postpones postponed postponed postponing
    hold-up holds-up held-up held-up holding-up: delay delays delayed delayed delaying
    set-up sets-up set-up set-up setting-up: establish establishes established established establishing
    turn-down turns-down turned-down turned-down turning-down: reject rejects rejected rejected rejecting
    throw-out throws-out threw-out thrown-out throwing-out: reject rejects rejected rejected rejecting
    kick-out kicks-out kicked-out kicked-out kicking-out: expel expels expelled expelled expelling
    shut-down shuts-down shut-down shut-down shutting-down: close closes closed closed closing
    close-down closes-down closed-down closed-down closing-down: shut shuts shut shut shutting
    pull-out pulls-out pulled-out pulled-out pulling-out: withdraw withdraws withdrew withdrawn withdrawing
    back-out backs-out backed-out backed-out backing-out: withdraw withdraws withdrew withdrawn withdrawing
    give-up gives-up gave-up given-up giving-up: surrender surrenders surrendered surrendered surrendering
    hand-over hands-over handed-over handed-over handing-over: surrender surrenders surrendered surrendered surrendering
    break-out breaks-out broke-out broken-out breaking-out: start starts started started starting
    go-up goes-up went-up gone-up going-up: rise rises rose risen rising
    go-down goes-down went-down gone-down going-down: fall falls fell fallen falling
    go-off goes-off went-off gone-off going-off: explode explodes exploded exploded exploding
    blow-up blows-up blew-up blown-up blowing-up: explode explodes exploded exploded exploding
    pull-down pulls-down pulled-down pulled-down pulling-down: demolish demolishes demolished demolished demolishing
    tear-down tears-down tore-down torn-down tearing-down: demolish demolishes demolished demolished demolishing
    knock-down knocks-down knocked-down knocked-down knocking-down: fell fells felled felled felling
    wipe-out wipes-out wiped-out wiped-out wiping-out: destroy destroys destroyed destroyed destroying
    look-into looks-into looked-into looked-into looking-into: examine examines examined examined examining
    find-out finds-out found-out found-out finding-out: discover discovers discovered discovered discovering
    lock-up locks-up locked-up locked-up locking-up: jail jails jailed jailed jailing
    take-over takes-over took-over taken-over taking-over: acquire acquires acquired acquired acquiring
    buy-out buys-out bought-out bought-out buying-out: acquire acquires acquired acquired acquiring
    bring-in brings-in brought-in brought-in bringing-in: introduce introduces introduced introduced introducing
    roll-out rolls-out rolled-out rolled-out rolling-out: launch launches launched launched launching
    pass-away passes-away passed-away passed-away passing-away: die dies died died dying
    own-up owns-up owned-up owned-up owning-up: admit admits admitted admitted admitting
    rule-out rules-out ruled-out ruled-out ruling-out: exclude excludes excluded excluded excluding
    carry-out carries-out carried-out carried-out carrying-out: conduct conducts conducted conducted conducting
    make-up makes-up made-up made-up making-up: invent invents invented invented inventing
    run-over runs-over ran-over run-over running-over: hit hits hit hit hitting
    track-down tracks-down tracked-down tracked-down tracking-down: find finds found found finding
    let-off lets-off let-off let-off letting-off: spare spares spared spared sparing
"""


def _forms() -> dict[str, list[str]]:
    """What may stand for each form: "put off" is the present, the past and the participle."""
    forms: dict[str, list[str]] = {}
    for line in _VERBS.strip().splitlines():
        phrases, words = (side.split() for side in line.split(":"))
        for phrase, word in zip(phrases, words, strict=True):
            forms.setdefault(phrase.replace("-", " "), []).append(word)
    return forms


_FORMS = _forms()
# "called in London" calls nobody in: the verb ends the question or its clause, or a preposition goes on.
_END = (
    r"(?=\s*(?:$|[?.!,;]|(?:and|or|by|for|on|after|before|because|over|to|when|during|from|last|this|yesterday"
    r"|today)\b))"
)
_BEING = re.compile(r"\b(?:is|are|was|were|be|been|being|has|have|had|get|got)\b", re.IGNORECASE)
_PHRASE = re.compile(rf"\b(?P<phrase>{'|'.join(sorted(_FORMS, key=len, reverse=True))})\b{_END}", re.IGNORECASE)


def rephrased(question: str) -> tuple[str, str, str] | None:
    """``question`` with its first verb of two words in one, and the two; None if it has none.

    "When were they called in?" gives "When were they summoned?", "called in" and "summoned".
    """
    found = _PHRASE.search(question)
    if found is None:
        return None
    words = _FORMS[" ".join(found["phrase"].lower().split())]
    word = words[-1 if _BEING.search(question[: found.start()]) else 0]
    return f"{question[: found.start()]}{word}{question[found.end() :]}", found["phrase"], word
