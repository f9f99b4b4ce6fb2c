"""Whether each verb has the force that it has in the quote."""

from __future__ import annotations

from qa.generation.bearing.pairing import Pairing
from qa.generation.bearing.prepositions import kindred
from qa.generation.grammar.model import Clauses, Verb
from qa.generation.grammar.operators import operators, tense_fits
from qa.generation.grammar.saying import lemma

__all__ = ["force_kept"]


def force_kept(pairing: Pairing) -> str:
    said, told = pairing.said, pairing.told
    for at, verb in said.verbs.items():
        if lemma(said.words[at].low) == "be" or at not in pairing.pairs:
            continue
        why = f"“{said.words[at].text}” is no verb in its quote"
        fitting = set()
        for one in pairing.pairs[at]:
            if told.words[one].low == "according":
                fitting.add(one)
            elif one in told.verbs:
                if reason := _weaker(said, verb, told, told.verbs[one]):
                    why = reason
                else:
                    fitting.add(one)
        if not fitting:
            return why
        pairing.pairs[at] = fitting
    return next(
        filter(None, (_being(pairing, verb) for at, verb in said.verbs.items() if lemma(said.words[at].low) == "be")),
        "",
    )


def _being(pairing: Pairing, verb: Verb) -> str:
    """Why "is" says more than the quote: it has to be as certain, and no later, as where the quote has it. Where the
    quote has "X, the mayor," it may only be plain."""
    said, told = pairing.said, pairing.told
    here = operators(said, verb.at)
    about = {word for word, head in said.links if head == verb.at} | verb.subjects
    places = {place for word in about for place in pairing.pairs.get(word, ())}
    theirs = [
        other
        for at, other in told.verbs.items()
        if lemma(told.words[at].low) == "be"
        and (places & other.subjects or any((place, at) in told.links for place in places))
    ]
    if not theirs:
        return f"“{said.words[verb.at].text}” is said with {', '.join(sorted(here))}" if here - {"said"} else ""
    reasons = [_weaker(said, verb, told, other) for other in theirs]
    return "" if "" in reasons or not all(reasons) else reasons[0]


def _weaker(said: Clauses, mine: Verb, told: Clauses, theirs: Verb) -> str:
    """Why a verb says more than the quote's."""
    word = said.words[mine.at].text
    here, there = operators(said, mine.at), operators(told, theirs.at)
    if "said" in there - here:
        return "it leaves out who says so"
    if here != there:
        return f"“{word}” is said with {', '.join(sorted(here ^ there))} in one of the two only"
    if not tense_fits(mine, theirs):
        return f"“{word}” is {theirs.phrase.tense} in its quote, not {mine.phrase.tense}"
    if mine.mark and mine.mark != theirs.mark and not kindred(mine.mark, theirs.mark):
        return f"“{mine.mark} … {word}” is not in its quote"
    return ""
