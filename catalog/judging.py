"""The verdict on a row: the one printing it means, those it may mean, or why it means none.

An exact match is never a guess: one printing fits, and nothing the row says contradicts it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from catalog import finishes, names, numbers, refusals
from catalog.editions import Certainty
from catalog.likeness import Card, Likeness, Said, Version, compare

MOST_CANDIDATES = 10
ALMOST = 99  # the most points of a match that is not exact


class Verdict(StrEnum):
    EXACT = "exact"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`printing_id` is None unless exact; `card_id` is known also where only the printing is open.

    `candidates` are printings, best first: also "did you mean".

    `reason` is "" when exact, else what a collector reads. `score` is 0 to 100 for the best candidate, and
    `reasons` name what of it agrees.
    """

    verdict: Verdict
    printing_id: int | None = None
    card_id: int | None = None
    candidates: tuple[int, ...] = ()
    reason: str = ""
    score: int = 0
    reasons: tuple[str, ...] = ()


def judge(said: Said, cards: Sequence[Card]) -> Match:
    likely = sorted((compare(said, card) for card in cards), key=_likelihood)
    known = [one for one in likely if one.has_id]
    if known:
        return _by_id(said, known, likely=likely)
    fits = [one for one in likely if not one.against]
    best = [one for one in fits if _rank(said, one) == _rank(said, fits[0])] if fits else []
    if best and not _is_claimed(said, best[0], likely=likely):
        return _printing(said, best)
    return _contradicted(said, likely)


def _likelihood(one: Likeness) -> tuple[int | bool, ...]:
    """Sorts the likeliest first, whether it fits or not."""
    return (
        len(one.against), not one.in_set, -one.name, -one.number, one.version, not one.same_rarity,
    )  # fmt: skip


def _rank(said: Said, one: Likeness) -> tuple[int | bool, ...]:
    """Of cards that fit, those of the lowest rank are meant.

    With a number, or on a sealed product, no word about the version means the plain one. Without a number
    it means nothing: many apps never tell.
    """
    is_plain_told = bool(said.number) or one.card.kind == "sealed"
    version = one.version if is_plain_told or one.version is not Version.OPEN else Version.SAME
    return (-one.number, -one.name, version, bool(said.rarity) and not one.same_rarity)


def _is_claimed(said: Said, best: Likeness, *, likely: Sequence[Likeness]) -> bool:
    """Whether what the best has only nearly, name or number, is another card's very own."""
    if best.name is names.Alike.NEAR and any(one.name is names.Alike.SAME for one in likely):
        return True
    if not said.number or best.number is numbers.Alike.SAME:
        return False
    return any(one.in_set and one.number is numbers.Alike.SAME and not one.is_named for one in likely)


def _by_id(said: Said, known: Sequence[Likeness], *, likely: Sequence[Likeness]) -> Match:
    """A product id decides the card, unless the row's name is another card's."""
    named = [one for one in known if one.is_named or not said.name.whole]
    if not named:
        reason = refusals.wrong_product(said, known[0].card)
        return _ambiguous(said, [*known, *(one for one in likely if one.is_named)], reason=reason)
    if len(named) > 1:
        return _ambiguous(said, named, reason=refusals.several([one.card for one in named]))
    return _printing(said, named)


def _printing(said: Said, best: Sequence[Likeness]) -> Match:
    """Exact when one printing is left of the cards that fit."""
    fitting = [_fitting(said, one.card) for one in best]
    keys = [key for found in fitting for key in found]
    if len(best) > 1 and (len(keys) != 1 or not said.finish):
        return _ambiguous(said, best, reason=refusals.several([one.card for one in best]))
    chosen = next((one for one, found in zip(best, fitting, strict=True) if found), best[0])
    if len(keys) == 1:
        score, reasons = _score(said, chosen)
        return Match(
            verdict=Verdict.EXACT,
            printing_id=keys[0],
            card_id=chosen.card.key,
            candidates=(keys[0],),
            score=score,
            reasons=reasons,
        )
    several, none = refusals.several_printings(chosen.card, keys), refusals.no_printing(said, chosen.card)
    open_one = _ambiguous(said, best, reason=several if keys else none)
    return replace(open_one, card_id=chosen.card.key) if len(best) == 1 else open_one


def _contradicted(said: Said, likely: Sequence[Likeness]) -> Match:
    """Cards of the row's set that have its name or its number are candidates; others are only near."""
    if said.certainty is Certainty.UNSAID:
        meant = [one for one in likely if one.is_named]
    else:
        meant = [one for one in likely if one.in_set and (one.is_named or one.is_numbered)]
    if not meant:
        return _refused(said, likely, reason=refusals.no_card(said))
    return _ambiguous(said, meant, reason=refusals.contradiction(said, meant))


def _ambiguous(said: Said, likely: Sequence[Likeness], *, reason: str) -> Match:
    candidates = _candidates(said, likely)
    score, reasons = _score(said, likely[0])
    verdict = Verdict.AMBIGUOUS if candidates else Verdict.UNMATCHED
    return Match(
        verdict=verdict, candidates=candidates, reason=reason, score=min(score, ALMOST), reasons=reasons
    )


def _refused(said: Said, near: Sequence[Likeness], *, reason: str) -> Match:
    score, reasons = _score(said, near[0]) if near else (0, ())
    return Match(
        verdict=Verdict.UNMATCHED,
        candidates=_candidates(said, near),
        reason=reason,
        score=min(score, ALMOST),
        reasons=reasons,
    )


def _candidates(said: Said, likely: Sequence[Likeness]) -> tuple[int, ...]:
    keys: dict[int, None] = {}
    for one in likely[:MOST_CANDIDATES]:
        keys.update(dict.fromkeys(_fitting(said, one.card) or [key for key, _ in one.card.printings]))
    return tuple(keys)[:MOST_CANDIDATES]


def _fitting(said: Said, card: Card) -> tuple[int, ...]:
    if card.kind == "sealed" and len(card.printings) == 1:
        return (card.printings[0][0],)
    return finishes.fitting(said.finish, printings=card.printings)


def _score(said: Said, one: Likeness) -> tuple[int, tuple[str, ...]]:
    """Points for what agrees, at most 100: a product id alone is worth as much as a set and a number."""
    is_numbered, is_sure = one.is_numbered, said.certainty is Certainty.SURE
    finish = bool(said.finish) and len(_fitting(said, one.card)) == 1
    place = "set and number" if one.in_set and is_numbered else "set" if one.in_set else "number"
    name = "name" if one.name is names.Alike.SAME else "nearly the name"
    agreed = {
        "same product id": 55 * one.has_id,
        place: (25 if is_sure else 15) * one.in_set
        + {numbers.Alike.SAME: 30, numbers.Alike.CLOSE: 20}.get(one.number, 0),
        name: {names.Alike.SAME: 35, names.Alike.NEAR: 20}.get(one.name, 0),
        "finish": 10 * finish,
    }
    return min(sum(agreed.values()), 100), tuple(reason for reason, points in agreed.items() if points)
