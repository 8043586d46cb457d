"""From titles of listings to our printings: what is certain is accepted, what is not waits for staff.

The judge is that of rows (`catalog.judging`): one printing fits, and nothing the title says contradicts it.
A title says less in order than a row does, so the points of what agrees must reach ACCEPTED_FROM as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from catalog import candidates, doubts, judging, names, numbers, titles, wordings
from catalog.candidates import MOST_NAMED, Game, Titled
from catalog.editions import Certainty, Edition, Editions
from catalog.judging import ALMOST, Match
from catalog.likeness import Card, Said, compare
from catalog.placing import Placed, near
from catalog.spotting import Span
from catalog.titles import Sureness, Title
from catalog.wordings import Role

ACCEPTED_FROM = 70  # points: a name with its set, with its whole number, or with both
POINTS = {"name": 40, "nearly the name": 25, "set": 30, "whole number": 40, "number": 30, "finish": 5}
FEWER = 15  # points of a bare number where names recur


class Listing(NamedTuple):
    """A title with what its place tells: the game's slug, and the printing whose offers were looked for."""

    title: str
    game: str = ""
    expected: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`printing_id` is None unless accepted. `candidates` are printings, best first, for staff to choose.

    `score` is 0 to 100, `reasons` name what agrees; `reason` says why it was not accepted, "" when it was.
    `is_refused` when the title is no listing of one card at all, so that nobody need look.
    """

    title: Title
    printing_id: int | None = None
    candidates: tuple[int, ...] = ()
    score: int = 0
    reasons: tuple[str, ...] = ()
    reason: str = ""
    is_refused: bool = False

    @property
    def is_accepted(self) -> bool:
        return self.printing_id is not None


class Reading(NamedTuple):
    """One way to read a title: which words are the name, and the judge's answer to that."""

    said: Said
    taken: frozenset[int]  # places of the words that the name and the sets are made of
    match: Match
    chosen: Card | None


class Found(NamedTuple):
    """What the database knows for all titles."""

    names: set[tuple[int, str]]
    named: Mapping[tuple[int, str], list[int]]
    numbered: Mapping[tuple[int, str], list[int]]
    cards: Mapping[int, Card]
    years: Mapping[int, int]


def match_titles(listed: Sequence[str | Listing]) -> list[Verdict]:
    """The verdict on each title in the order given, in six statements however many there are."""
    games, sets = candidates.catalogue()
    editions = Editions.of(sets)
    listings = [Listing(one) if isinstance(one, str) else one for one in listed]
    placed = [_placed(one, games=games, editions=editions) for one in listings]
    found = _find(placed)
    return [
        _expected(_verdict(one, nth, found=found), expected=listing.expected)
        for nth, (one, listing) in enumerate(zip(placed, listings, strict=True))
    ]


def is_of(title: str, card: Card, *, printing: int, language: str = "en") -> Verdict:
    """Whether a listing is of that very printing, asking the database nothing.

    For what a search for one card brought: other cards are known only by what contradicts this one.
    """
    read = titles.read(title)
    slug = read.game or card.game
    game = Game(1, card.game, language, card.game)
    edition = Edition(card.card_set, 1, card.set_name, card.set_code)
    spoken = _spoken([game] if card.game.startswith(slug) else [], read)
    placed = Placed.of(read, games=spoken, editions=Editions.of([edition]))
    front = names.read(card.name).front
    known = {(1, text) for text in placed.windows if text == front}
    found = Found(known, {(0, front): [card.key]}, {}, {card.key: card}, {})
    return _expected(_verdict(placed, 0, found=found), expected=printing)


def _placed(listing: Listing, *, games: Sequence[Game], editions: Editions) -> Placed:
    title = titles.read(listing.title, game=listing.game)
    return Placed.of(title, games=_spoken(_games(title.game, games=games), title), editions=editions)


def _games(slug: str, *, games: Sequence[Game]) -> list[Game]:
    """The game, with those of its cards in other languages; all games when the title tells none."""
    return [game for game in games if not slug or game.slug == slug or game.slug.startswith(f"{slug}-")]


def _spoken(games: Sequence[Game], title: Title) -> list[Game]:
    """Those in the title's language; a title in no language can be of any."""
    return [game for game in games if not title.languages or {game.language.split("-")[0]} == title.languages]


# ---- the database ----


def _find(placed: Sequence[Placed]) -> Found:
    known = candidates.known_names(
        {(game.key, text) for one in placed for game in one.games for text in one.windows}
    )
    named = candidates.by_title(
        [titled for nth, one in enumerate(placed) for titled in _titled(one, nth, known=known)]
    )
    numbered = candidates.by_number({place for one in placed for place in _places(one)})
    keys = {key for found in (named, numbered) for cards in found.values() for key in cards}
    cards = candidates.facts(keys)
    return Found(known, named, numbered, cards, candidates.released(card.card_set for card in cards.values()))


def _titled(placed: Placed, nth: int, *, known: set[tuple[int, str]]) -> list[Titled]:
    games = frozenset(game.key for game in placed.games)
    return [
        Titled(nth, text, games, placed.sets, placed.query) for text, _ in placed.known(_texts(placed, known))
    ]


def _texts(placed: Placed, known: set[tuple[int, str]]) -> set[str]:
    return {text for text in placed.windows if any((game.key, text) in known for game in placed.games)}


def _places(placed: Placed) -> list[tuple[int, str]]:
    """Where a card with a misspelled name is looked for: its set and number, if the title tells both."""
    sets = {key for one in placed.spans if not one.is_series for key in one.sets} | placed.promos
    digits = {
        read.digits
        for one in placed.numbers
        if one.sureness >= Sureness.CODED
        for read in numbers.read(one.text)
    }
    return [(card_set, digit) for card_set in sorted(sets) for digit in sorted(digits - {""})]


# ---- the verdict ----


def _verdict(placed: Placed, nth: int, *, found: Found) -> Verdict:
    readings = _readings(placed, nth, found=found)
    best = max(readings, key=_rank, default=None)
    taken = best.taken if best else frozenset()
    if refused := placed.title.refused(without=taken):
        return Verdict(title=placed.title, reason=refused[0].value, is_refused=True)
    if not best:
        return Verdict(title=placed.title, reason=_unread(placed))
    exact = [
        one for one in readings if one.match.printing_id is not None and one.match.score == best.match.score
    ]
    if len({one.match.printing_id for one in exact}) > 1:
        keys = tuple(dict.fromkeys(one.match.printing_id for one in exact if one.match.printing_id))
        return Verdict(
            title=placed.title, candidates=keys, reason=wordings.Refusal.SEVERAL.value, score=ALMOST
        )
    return _weighed(placed, best, found=found)


def _readings(placed: Placed, nth: int, *, found: Found) -> list[Reading]:
    known = placed.known(_texts(placed, found.names))
    readings = [
        _reading(placed, text, span, found.named.get((nth, text), []), found=found) for text, span in known
    ]
    if any(one.match.printing_id for one in readings):
        return readings
    numbered = [found.cards[key] for place in _places(placed) for key in found.numbered.get(place, [])]
    misspelled = [(card, *spelled) for card in numbered if (spelled := near(placed, card))]
    return readings + [
        _reading(placed, text, span, [card.key], found=found) for card, text, span in misspelled
    ]


def _reading(placed: Placed, text: str, span: Span, keys: Sequence[int], *, found: Found) -> Reading:
    cards = _counted(placed, [found.cards[key] for key in keys])
    said = placed.said(text, span, cards=cards, is_cut=len(keys) >= MOST_NAMED)
    match = judging.judge(said, cards)
    chosen = next((card for card in cards for key, _ in card.printings if key == match.printing_id), None)
    spans = (one.span.places for one in placed.spans if not one.span.places & span.places)
    return Reading(said, span.places.union(*spans), match, chosen)


def _counted(placed: Placed, cards: Sequence[Card]) -> list[Card]:
    """Without the cards beyond a set's total, where those are versions of which the title tells none."""
    if placed.numbers or placed.title.values(Role.VERSION):
        return list(cards)
    return [card for card in cards if card.game not in wordings.COUNTED or not _is_beyond(card)] or list(
        cards
    )


def _is_beyond(card: Card) -> bool:
    (number, *_) = numbers.read(card.number) or (None,)
    is_over = bool(number and number.total.isdigit() and int(number.digits or 0) > int(number.total))
    return is_over or bool(number and (number.suffix or number.prefix))


def _rank(reading: Reading) -> tuple[bool, int, int]:
    return (reading.match.printing_id is not None, reading.match.score, len(reading.said.name.front))


def _weighed(placed: Placed, best: Reading, *, found: Found) -> Verdict:
    """An exact match, unless it is worth too few points or something beside it speaks against it."""
    match = best.match
    made = Verdict(
        title=placed.title,
        candidates=match.candidates,
        score=match.score,
        reasons=match.reasons,
        reason=match.reason,
    )
    if match.printing_id is None or best.chosen is None:
        if not match.candidates and best.said.number_text:
            made = replace(made, reason=_unnumbered(best.said))
        return replace(made, score=min(match.score, ALMOST))
    score, reasons = _score(best.said, best.chosen)
    weighed = replace(made, score=score, reasons=reasons)
    year = found.years.get(best.chosen.card_set)
    doubt = doubts.of(doubts.Choice(placed, best.said, best.chosen, best.taken, year))
    if not doubt and score < ACCEPTED_FROM:
        doubt = f"The title tells too little to be sure of {best.chosen} ({best.chosen.set_name})."
    if doubt:
        return replace(weighed, reason=doubt, score=min(score, ALMOST))
    return replace(weighed, printing_id=match.printing_id)


def _score(said: Said, card: Card) -> tuple[int, tuple[str, ...]]:
    """Points for what agrees, at most 100."""
    likeness = compare(said, card)
    is_whole = any(one.total or len(one.prefix) > 1 for one in said.number)
    recurs = card.game.split("-")[0] in wordings.NAMES_RECUR and said.certainty is Certainty.UNSAID
    number = "whole number" if is_whole else "number"
    agreed = {
        "name" if likeness.name is names.Alike.SAME else "nearly the name": likeness.is_named,
        number: likeness.is_numbered,
        # A sealed product's name has its set in it.
        "set": card.kind == "sealed" or (likeness.in_set and said.certainty is not Certainty.UNSAID),
        "finish": bool(said.finish),
    }
    points = POINTS | ({"number": FEWER} if recurs else {})
    reasons = tuple(reason for reason, holds in agreed.items() if holds)
    return min(sum(points[reason] for reason in reasons), 100), reasons


def _expected(verdict: Verdict, *, expected: int | None) -> Verdict:
    """Accepted only as the printing that was looked for."""
    if expected is None or verdict.printing_id in {None, expected}:
        return verdict
    return replace(
        verdict,
        printing_id=None,
        candidates=(verdict.printing_id or 0,),
        reason="The title is of another printing.",
    )


def _unnumbered(said: Said) -> str:
    place = f" in {said.set_text}" if said.set_text else ""
    return f"The catalogue has no “{said.name_text}” with number {said.number_text}{place}."


def _unread(placed: Placed) -> str:
    """Why no card was found at all."""
    title = placed.title
    if not placed.games and title.languages:
        spoken = " and ".join(wordings.LANGUAGE_NAMES.get(one, one) for one in sorted(title.languages))
        return f"The listing is of a {spoken} card; the catalogue has none."
    return "No card of the catalogue is named in the title."
