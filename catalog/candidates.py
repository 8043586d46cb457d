"""What the database knows of the cards that rows may mean: each read is one statement for all rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from catalog import names, reads, spelling, words
from catalog.editions import Edition
from catalog.likeness import Card
from catalog.spelling import Correction

Key = TypeVar("Key")
MOST_NAMED = 500  # cards of one name; of what is cut off there, nobody can say that it fits alone
MOST_NEAR = 10  # cards for one misspelled name
MOST_SAMPLED = 5  # names that go on behind a text, of which one may be a version of it
MOST_MISSPELLED = 200  # names that are looked for by their spelling in one call

SETS = """
SELECT g.id, g.slug, g.language, g.name, s.id, s.name, s.code
FROM catalog_game g LEFT JOIN catalog_cardset s ON s.game_id = g.id ORDER BY g.id, s.id"""
PRODUCTS = """
SELECT e.source, e.external_id, e.card_id FROM unnest(%s::text[], %s::text[]) AS said(source, key)
JOIN catalog_externalid e ON e.source = said.source AND e.external_id = said.key AND e.kind = 'card'"""
# Only the cards of the sets in question are read. The digits are those that catalog.numbers compares: the
# last ones before the total.
NUMBERED = r"""
WITH near AS MATERIALIZED (
    SELECT id, card_set_id,
           ltrim(substring(split_part(split_part(number, '/', 1), '_', 1) FROM '(\d+)\D*$'), '0') AS digits
    FROM catalog_card WHERE card_set_id = ANY(%s) AND number ~ '\d'
)
SELECT said.card_set, said.digits, near.id FROM unnest(%s::int[], %s::text[]) AS said(card_set, digits)
JOIN near ON near.card_set_id = said.card_set AND near.digits = ltrim(said.digits, '0') ORDER BY near.id"""
# A longer name begins with the one asked for: a back face or what tells versions apart follows.
WITHIN = "(said.card_set = 0 OR card_set_id = said.card_set) AND (said.game = 0 OR game_id = said.game)"
NAMED = f"""
SELECT said.game, said.card_set, said.name, c.id
FROM unnest(%s::int[], %s::int[], %s::text[]) AS said(game, card_set, name)
JOIN LATERAL (
    (SELECT id, folded FROM catalog_card WHERE folded = said.name AND {WITHIN} LIMIT %s)
    UNION ALL
    (SELECT id, folded FROM catalog_card
     WHERE folded >= said.name || ' ' AND folded < said.name || '!' AND {WITHIN} LIMIT %s)
) c ON true ORDER BY c.folded, c.id"""  # noqa: S608 -- built of our own constants
# Which texts are names of cards: the name itself, or what stands before the words for its version. Digits
# sort before letters, so the few names read are those with a number behind.
KNOWN = """
SELECT said.game, said.name, c.name
FROM unnest(%s::int[], %s::text[]) AS said(game, name)
JOIN LATERAL (
    (SELECT name FROM catalog_card WHERE folded = said.name AND game_id = said.game LIMIT 1)
    UNION ALL
    (SELECT name FROM catalog_card
     WHERE folded >= said.name || ' ' AND folded < said.name || '!' AND game_id = said.game
     ORDER BY folded LIMIT %s)
) c ON true"""
TITLED_PLACE = """game_id = ANY(said.games::int[]) AND (card_set_id = ANY(said.sets::int[])
    OR words @@ said.numbers::tsquery OR said.sets IS NULL AND said.numbers IS NULL)"""
TITLED = f"""
SELECT said.nth, said.name, c.id
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS said(nth, name, games, sets, numbers)
JOIN LATERAL (
    (SELECT id, folded FROM catalog_card WHERE folded = said.name AND {TITLED_PLACE} LIMIT %s)
    UNION ALL
    (SELECT id, folded FROM catalog_card
     WHERE folded >= said.name || ' ' AND folded < said.name || '!' AND {TITLED_PLACE} LIMIT %s)
) c ON true ORDER BY c.folded, c.id"""  # noqa: S608 -- built of our own constants
RELEASED = """
SELECT id, extract(year FROM released_on)::int FROM catalog_cardset
WHERE id = ANY(%s) AND released_on IS NOT NULL"""
# OFFSET keeps the limit from the planner: it would hope for an early end and read every card.
NEAR = """
SELECT said.place, c.id FROM unnest(%s::int[], %s::int[], %s::text[]) AS said(place, game, query)
JOIN LATERAL (
    SELECT id FROM (
        SELECT id FROM catalog_card WHERE words @@ said.query::tsquery
        AND (said.game = 0 OR game_id = said.game) OFFSET 0
    ) found LIMIT %s
) c ON true ORDER BY c.id"""
FACTS = """
SELECT c.id, g.slug, c.card_set_id, s.name, s.code, c.name, c.number, c.kind, coalesce(r.name, ''),
       printed.ids, printed.finishes, known.sources, known.ids
FROM catalog_card c JOIN catalog_game g ON g.id = c.game_id JOIN catalog_cardset s ON s.id = c.card_set_id
LEFT JOIN catalog_rarity r ON r.id = c.rarity_id
CROSS JOIN LATERAL (
    SELECT array_agg(p.id ORDER BY f.name) AS ids, array_agg(f.name::text ORDER BY f.name) AS finishes
    FROM catalog_printing p JOIN catalog_finish f ON f.id = p.finish_id WHERE p.card_id = c.id
) printed
CROSS JOIN LATERAL (
    SELECT array_agg(e.source::text) AS sources, array_agg(e.external_id::text) AS ids
    FROM catalog_externalid e WHERE e.card_id = c.id
) known
WHERE c.id = ANY(%s)"""


class Game(NamedTuple):
    key: int
    slug: str
    language: str
    name: str


class Place(NamedTuple):
    """Where a name is looked for; 0 is any game, or any set."""

    game: int
    card_set: int
    name: str


class Titled(NamedTuple):
    """A name in a title, and where its card may be."""

    nth: int
    name: str
    games: frozenset[int]
    sets: frozenset[int]
    numbers: str | None  # a tsquery


def catalogue() -> tuple[list[Game], list[Edition]]:
    rows = _rows(SETS, [])
    games = list(dict.fromkeys(Game(*row[:4]) for row in rows))
    return games, [Edition(row[4], row[0], row[5], row[6]) for row in rows if row[4]]


def by_product(ids: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The card of each (source, id at the source) that the catalogue knows."""
    asked = sorted(ids)
    rows = _rows(PRODUCTS, [[source for source, _ in asked], [key for _, key in asked]])
    return {(source, key): card for source, key, card in rows}


def by_number(places: Collection[tuple[int, str]]) -> dict[tuple[int, str], list[int]]:
    """The cards of each (set, digits of a collector number)."""
    asked = sorted(places)
    sets, digits = [card_set for card_set, _ in asked], [number for _, number in asked]
    return _grouped(((row[0], row[1]), row[2]) for row in _rows(NUMBERED, [sorted(set(sets)), sets, digits]))


def by_name(places: Collection[Place]) -> dict[Place, list[int]]:
    """The cards of each place whose name is, or begins with, the folded one; at most MOST_NAMED of each."""
    asked = sorted(places)
    columns = [list(column) for column in zip(*asked, strict=True)] or [[], [], []]
    rows = _rows(NAMED, [*columns, MOST_NAMED, MOST_NAMED])
    return _grouped((Place(*row[:3]), row[3]) for row in rows)


def known_names(asked: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those of the (game, folded text) that are names of cards there, versions left aside."""
    places = sorted(asked)
    rows = _rows(KNOWN, [[game for game, _ in places], [name for _, name in places], MOST_SAMPLED])
    return {(game, text) for game, text, name in rows if text == _plain(name)}


def _plain(name: str) -> str:
    read = names.read(name)
    return read.front if read.variants or read.number or len(read.faces) > 1 else words.fold(name)


def by_title(asked: Sequence[Titled]) -> dict[tuple[int, str], list[int]]:
    """The cards of each (title, name) that are in one of its sets or have its number; at most MOST_NAMED.

    Without sets and number it is all cards of the name.
    """
    columns = [list(column) for column in zip(*asked, strict=True)] or [[], [], [], [], []]
    columns[2:4] = [[_array(keys) for keys in column] for column in columns[2:4]]
    return _grouped(((row[0], row[1]), row[2]) for row in _rows(TITLED, [*columns, MOST_NAMED, MOST_NAMED]))


def released(sets: Iterable[int]) -> dict[int, int]:
    """The year in which each set came out, where it is known."""
    return dict(_rows(RELEASED, [sorted(set(sets))]))


def _array(keys: Collection[int]) -> str | None:
    """As PostgreSQL writes an array, for one within a column of arrays; None for an empty one."""
    return "{" + ",".join(map(str, sorted(keys))) + "}" if keys else None


def by_spelling(asked: Sequence[Place]) -> dict[Place, list[int]]:
    """Cards with names spelled nearly so, for the first MOST_MISSPELLED; two statements."""
    places = sorted(set(asked))[:MOST_MISSPELLED]
    typed = {place: spelling.typed_words(place.name) for place in places}
    vocabulary = spelling.near({word for found in typed.values() for word in found})
    readings = {place: _reading(found, vocabulary=vocabulary) for place, found in typed.items()}
    queries = [(nth, place.game, readings[place]) for nth, place in enumerate(places) if readings[place]]
    columns = [list(column) for column in zip(*queries, strict=True)] or [[], [], []]
    return _grouped((places[row[0]], row[1]) for row in _rows(NEAR, [*columns, MOST_NEAR]))


def facts(keys: Iterable[int]) -> dict[int, Card]:
    return {row[0]: _card(row) for row in _rows(FACTS, [sorted(set(keys))])}


def _card(row: tuple[Any, ...]) -> Card:
    key, game, card_set, set_name, set_code, name, number, kind, rarity, *lists = row
    printings, finishes, sources, ids = (column or [] for column in lists)
    return Card(
        key=key,
        game=game,
        card_set=card_set,
        set_name=set_name,
        set_code=set_code,
        name=name,
        number=number,
        kind=kind,
        rarity=rarity,
        printings=tuple(zip(printings, finishes, strict=True)),
        ids=frozenset(zip(sources, ids, strict=True)),
    )


def _reading(typed: Sequence[str], *, vocabulary: dict[str, list[str]]) -> str:
    """The tsquery for what was meant; "" when a word is near to none."""
    places = [vocabulary[word] if words.is_spelled(word) else [word] for word in typed]
    return Correction([places]).tsquery() if places and all(places) else ""


def _grouped(rows: Iterable[tuple[Key, int]]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for key, card in rows:
        found[key].append(card)
    return found


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with reads.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
