"""Finding cards: by words with typing errors in them, by filters, in any order, page after page."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from rapidfuzz import fuzz

from catalog import reads, spelling, words
from catalog.grammar import ParseError
from pricing import conditions, cursors, patience, selection
from pricing.conditions import Meaning
from pricing.cursors import BadCursor
from pricing.selection import Criteria, Scope, Sort

__all__ = ["BadCursor", "Criteria", "Found", "ParseError", "Sort", "Suggestion"]
__all__ += ["find", "printings", "suggest"]

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
    """One page of the cards that meet the criteria, in at most six statements and one for each name in them.

    Raises BadCursor, and ParseError of words that cannot be meant, or that would read too much.

    By relevance a search ends after its best thousand cards; every other order goes to the end.
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


def _found(criteria: Criteria, *, meaning: Meaning) -> Found:
    after = cursors.read(criteria.after, of=list_name(criteria))
    scope = selection.scope_of(criteria)
    typed = spelling.typed_words(meaning.text)
    if scope is None or (criteria.q.strip() and meaning.is_empty and not typed):
        return Found(card_ids=[], is_personal=meaning.is_personal)
    scope = scope.narrowed(meaning)
    limit = min(max(criteria.limit, 1), MOST_ON_A_PAGE)
    hits = _hits(typed, scope=scope, tsquery=meaning.tsquery) if typed else Hits([], "")
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


def _hits(typed: list[str], *, scope: Scope, tsquery: str = "") -> Hits:
    """The cards as typed; where they are few, followed by those of similar spelling.

    Words with a tsquery of their own are joined by `or`: nothing similar is looked for.
    """
    text, is_joined = " ".join(typed), bool(tsquery)
    tsquery = tsquery or spelling.as_typed(typed)
    rows = selection.matching(scope, tsquery=tsquery, names=[text], start=text)
    exact = {row[0]: _hit(row, typed=typed) for row in rows}
    if is_joined or len(exact) >= FEW or not (correction := spelling.correct(typed)):
        return Hits(sorted(exact.values()), tsquery)
    wide = correction.tsquery()
    names = correction.names()
    rows = selection.matching(scope, tsquery=wide, names=names, start=names[0])
    near = sorted(_hit(row, typed=typed)._replace(match=CORRECTED) for row in rows if row[0] not in exact)
    if exact or not near:
        return Hits([*sorted(exact.values()), *near], tsquery)
    best = next(row for row in rows if row[0] == near[0].card)
    return Hits(near, wide, correction.understood(_words_of(best)))


def _hit(row: selection.Row, *, typed: list[str]) -> Hit:
    card, folded, number, set_name, day = row
    match = _match(typed, folded=folded, number=number)
    return Hit(match, _unlike(typed, folded=folded, set_name=set_name), -day.toordinal(), card, folded)


def _match(typed: list[str], *, folded: str, number: str) -> int:
    text = " ".join(typed)
    if folded == text:
        return NAMED
    numbers = set(filter(words.has_digit, typed))
    if folded.startswith(text + " ") or (numbers and numbers <= words.number_tokens(number)):
        return BEGINS
    return SPELLED if set(typed) <= set(folded.split()) else STARTED


def _unlike(typed: list[str], *, folded: str, set_name: str) -> int:
    """How far the name, with or without its set's, is from what was typed: 0 to 100."""
    text = " ".join(typed)
    name = " ".join(word for word in typed if words.is_spelled(word)) or text
    like = max(
        fuzz.ratio(name, folded),
        fuzz.token_sort_ratio(name, folded),
        fuzz.ratio(text, f"{folded} {words.fold(set_name)}"),
    )
    return 100 - round(like)


def _words_of(row: selection.Row) -> set[str]:
    _, folded, number, set_name, _ = row
    return {*folded.split(), *words.tokens(set_name), *words.number_tokens(number)}
