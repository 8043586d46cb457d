"""Finding cards: by words with typing errors in them, by filters, in any order, page after page."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from catalog import reads, spelling, words
from catalog.grammar import ParseError
from pricing import conditions, cursors, patience, selection
from pricing.conditions import Meaning
from pricing.cursors import BadCursor
from pricing.selection import Criteria, Scope, Sort

__all__ = ["BadCursor", "Criteria", "Found", "ParseError", "Sort", "Suggestion"]
__all__ += ["chosen_from", "find", "printings", "suggest"]

MOST_ON_A_PAGE = 250
PATIENCE = 2_000  # milliseconds for each statement of a search that looks up the prices of every card
TOO_WIDE = "This looks up the prices of too many cards. Add a word, a set or a game."
FEW = 12  # with fewer cards as typed, cards of similar spelling follow them

# How a card matches what was typed, best first.
NAMED, BEGINS, SPELLED, STARTED, CORRECTED = range(5)

SUGGESTED = """
SELECT c.id, c.slug, c.name, c.number, s.name AS set_name, g.name AS game_name
FROM unnest(%s::int[]) WITH ORDINALITY AS wanted(id, place)
JOIN catalog_card c ON c.id = wanted.id
JOIN catalog_cardset s ON s.id = c.card_set_id
JOIN catalog_game g ON g.id = c.game_id ORDER BY wanted.place"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page: `after` is '' on the last one, `corrected` is '' unless another spelling was searched.

    `is_personal` says that the same search finds other cards for others.
    """

    card_ids: list[int]
    after: str = ""
    corrected: str = ""
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    card_id: int
    slug: str
    name: str
    number: str
    set_name: str
    game_name: str


class Hit(NamedTuple):
    """A card and its place among the others: compares as its rank does. `age` is newest first."""

    match: int
    unlike: int
    age: int
    card: int
    folded: str


@dataclass(frozen=True, slots=True)
class Hits:
    """The best cards for what was typed, and the tsquery that stands for it."""

    ranked: list[Hit]
    tsquery: str
    corrected: str = ""


def find(criteria: Criteria) -> Found:
    """One page of the cards that meet the criteria, in at most eight statements, one for each name in them
    and one for each game whose prices changed.

    Raises BadCursor, and ParseError of words that cannot be meant, or that would read too much.

    By relevance a search ends after its best thousand cards, or where prices decide after two thousand;
    every other order goes to the end.
    """
    meaning = conditions.read(criteria.q, game=criteria.game, who=criteria.who)
    if not meaning.is_costly:
        return _found(criteria, meaning=meaning)
    with _patient(criteria):
        return _found(criteria, meaning=meaning)


@contextmanager
def _patient(criteria: Criteria) -> Iterator[None]:
    """Raises ParseError of what would read too much."""
    try:
        with patience.bounded(PATIENCE):
            yield
    except patience.OutOfPatienceError:
        raise ParseError(TOO_WIDE, position=0, length=len(criteria.q)) from None


def chosen_from(text: str, *, limit: int, game: str = "") -> list[int]:
    """The best cards where one is to be chosen; none for words that cannot be meant, as an open quotation."""
    words = text.replace("\x00", "")
    try:
        return find(Criteria(q=words, game=game, limit=limit)).card_ids if words.strip() else []
    except ParseError:
        return []


def _found(criteria: Criteria, *, meaning: Meaning) -> Found:
    after = cursors.read(criteria.after, of=list_name(criteria))
    scope = selection.scope_of(criteria)
    typed = spelling.typed_words(meaning.text)
    if scope is None or (criteria.q.strip() and meaning.is_empty and not typed):
        return Found(card_ids=[], is_personal=meaning.is_personal)
    scope = scope.narrowed(meaning)
    limit = min(max(criteria.limit, 1), MOST_ON_A_PAGE)
    hits = Hits([], "")
    if typed and criteria.sort == "relevance" and scope.is_late:
        hits = _priced(typed, scope=scope, tsquery=meaning.tsquery, after=after, limit=limit)
    elif typed:
        hits = _hits(typed, scope=scope, tsquery=meaning.tsquery)
    if typed and criteria.sort == "relevance":
        rows = [(hit.card, *hit[:4]) for hit in hits.ranked if hit[:4] > after][: limit + 1]
    else:
        sort = criteria.sort if criteria.sort in selection.ORDERS else meaning.order
        scope = scope.having(hits.tsquery) if typed else scope
        rows = selection.in_order(scope, sort=sort, after=after, limit=limit + 1)
    more = cursors.make(rows[limit - 1][1:], of=list_name(criteria)) if len(rows) > limit else ""
    return Found(
        card_ids=[row[0] for row in rows[:limit]],
        after=more,
        corrected=hits.corrected,
        is_personal=meaning.is_personal,
    )


def printings(criteria: Criteria, *, limit: int) -> list[int] | None:
    """The printings of all cards that meet the criteria, in no order and at most so many; for a price those
    that cost as much. None where a game, set, rarity or finish of that name is not there.

    Words find what they find in every order but by relevance. Raises ParseError as `find` does.
    """
    meaning = conditions.read(criteria.q, game=criteria.game, who=criteria.who)
    typed = spelling.typed_words(meaning.text)
    if criteria.q.strip() and meaning.is_empty and not typed:
        return []
    with _patient(criteria):
        scope = selection.scope_of(criteria)
        if scope is None:
            return None
        scope = scope.narrowed(meaning)
        if typed:
            scope = scope.having(_hits(typed, scope=scope, tsquery=meaning.tsquery).tsquery)
        return selection.printings(scope, limit=limit)


def suggest(text: str, *, game: str | None = None, limit: int = 8) -> list[Suggestion]:
    """Cards for the search box, from two letters on: the exact collector number, then names that begin
    as typed, the most reprinted first and each by its newest card, then similar spellings.
    """
    typed = spelling.typed_words(text)
    scope = selection.scope_of(Criteria(game=game or ""))
    start = " ".join(typed)
    if len(start) < 2 or scope is None:
        return []
    numbered = any(map(words.has_digit, typed))
    cards = [] if numbered else selection.names_from(scope, start=start, limit=limit)
    if len(cards) < limit:
        ranked = _hits(typed, scope=scope).ranked
        cards += [hit.card for hit in (ranked if numbered else _one_a_name(ranked, but=cards))]
    return _suggestions(list(dict.fromkeys(cards))[:limit])


def _one_a_name(ranked: Sequence[Hit], *, but: Sequence[int]) -> list[Hit]:
    known = {hit.folded for hit in ranked if hit.card in but}
    return list({hit.folded: hit for hit in reversed(ranked) if hit.folded not in known}.values())[::-1]


def _suggestions(card_ids: list[int]) -> list[Suggestion]:
    with reads.cursor() as cursor:
        cursor.execute(SUGGESTED, [card_ids])
        return [Suggestion(*row) for row in cursor.fetchall()]


def list_name(criteria: Criteria) -> str:
    return repr(replace(criteria, after="", limit=0, who=None))


def _priced(typed: list[str], *, scope: Scope, tsquery: str, after: selection.Row, limit: int) -> Hits:
    """The hits up to the end of a page, for which only the cards that rank first are asked for their prices.

    All are, as by `_hits`, where they are too many to rank.
    """
    text, most = " ".join(typed), selection.SORTED
    wanted = tsquery or spelling.as_typed(typed)
    rows = selection.matching(scope.unpriced(), tsquery=wanted, names=[text], start=text, most=(most, most))
    if len(rows) >= most:
        return _hits(typed, scope=scope, tsquery=tsquery)
    ranked = _ranked(rows, typed=typed)
    met: list[Hit] = []
    for hits in (ranked[: 4 * limit], ranked[4 * limit : 16 * limit], ranked[16 * limit :]):
        behind = sum(hit[:4] > after for hit in met)
        if hits and (behind <= limit or len(met) < FEW):
            found = selection.meeting(scope, cards=[hit.card for hit in hits])
            met += [hit for hit in hits if hit.card in found]
    return _followed(met, typed=typed, scope=scope, tsquery=tsquery)


def _hits(typed: list[str], *, scope: Scope, tsquery: str = "") -> Hits:
    """The cards as typed; where they are few, followed by those of similar spelling."""
    text = " ".join(typed)
    rows = selection.matching(scope, tsquery=tsquery or spelling.as_typed(typed), names=[text], start=text)
    return _followed(_ranked(rows, typed=typed), typed=typed, scope=scope, tsquery=tsquery)


def _followed(exact: list[Hit], *, typed: list[str], scope: Scope, tsquery: str) -> Hits:
    """The cards as typed; where they are few, followed by those of similar spelling.

    Words with a tsquery of their own are joined by `or`: nothing similar is looked for.
    """
    if tsquery or len(exact) >= FEW or not (correction := spelling.correct(typed)):
        return Hits(exact, tsquery or spelling.as_typed(typed))
    wide, names, known = correction.tsquery(), correction.names(), {hit.card for hit in exact}
    rows = selection.matching(scope, tsquery=wide, names=names, start=names[0])
    others = _ranked((row for row in rows if row[0] not in known), typed=typed)
    near = sorted(hit._replace(match=CORRECTED) for hit in others)
    if exact or not near:
        return Hits([*exact, *near], spelling.as_typed(typed))
    best = next(row for row in rows if row[0] == near[0].card)
    return Hits(near, wide, correction.understood(_words_of(best)))


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as every card is compared with it; `name` is the part that is no number."""

    text: str
    name: str
    words: frozenset[str]
    numbers: frozenset[str]


def _ranked(rows: Iterable[selection.Row], *, typed: list[str]) -> list[Hit]:
    text = " ".join(typed)
    name = " ".join(filter(words.is_spelled, typed)) or text
    asked = Typed(text, name, frozenset(typed), frozenset(filter(words.has_digit, typed)))
    return sorted(_hit(row, typed=asked) for row in rows)


def _hit(row: selection.Row, *, typed: Typed) -> Hit:
    card, folded, number, set_name, day = row
    match = _match(typed, folded=folded, number=number)
    return Hit(match, _unlike(typed, folded=folded, set_name=set_name), -day.toordinal(), card, folded)


def _match(typed: Typed, *, folded: str, number: str) -> int:
    if folded == typed.text:
        return NAMED
    has_numbers = typed.numbers and typed.numbers <= words.number_tokens(number)
    if has_numbers or folded.startswith(typed.text + " "):
        return BEGINS
    return SPELLED if typed.words <= set(folded.split()) else STARTED


def _unlike(typed: Typed, *, folded: str, set_name: str) -> int:
    """How far the name, with or without its set's, is from what was typed: 0 to 100."""
    like = max(
        fuzz.ratio(typed.name, folded),
        fuzz.token_sort_ratio(typed.name, folded),
        fuzz.ratio(typed.text, f"{folded} {_folded(set_name)}"),
    )
    return 100 - round(like)


@lru_cache(maxsize=20_000)
def _folded(set_name: str) -> str:
    return words.fold(set_name)


def _words_of(row: selection.Row) -> set[str]:
    _, folded, number, set_name, _ = row
    return {*folded.split(), *words.tokens(set_name), *words.number_tokens(number)}
