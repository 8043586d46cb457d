"""Which cards, in which order: the criteria of a search as SQL.

A card's price here is what its row shows: the lowest of its printings' market prices, each from the
best-ranked source that has one.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal, LiteralString

from psycopg.sql import SQL, Composable

from catalog import reads
from pricing.conditions import Meaning

Sort = Literal["relevance", "name", "price", "-price", "number", "newest"]
Row = tuple[Any, ...]
ANY = SQL("true")
UNKNOWN = 1 << 31  # stands behind every price

RANKED = 1_000  # so many matching cards are ranked
SCANNED = 4_000  # and so many are read for a very common word
STARTING = 200  # of the names that begin as typed
WINDOW = 1_000  # prices next in order, in which to look for a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What to look for. Prices in minor units. An empty text or None means any.

    `q` may be anything that docs/search.md allows; `who`, a user's id, is asked for what they own.
    """

    q: str = ""
    game: str = ""
    card_set: str = ""
    rarity: str = ""
    finish: str = ""
    kind: str = ""
    price_min: int | None = None
    price_max: int | None = None
    sort: Sort = "relevance"
    after: str = ""
    limit: int = 48
    who: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The conditions on a card `c`, on those of its printings `p` that count, on its price `v.price`,
    and on any latest price `l` that can be it.
    """

    card: Composable
    printing: Composable
    latest: Composable
    price: Composable | None = None
    has_words: bool = False

    def having(self, tsquery: str) -> "Scope":
        words = SQL("c.words @@ {}::tsquery").format(tsquery)
        return replace(self, card=_all(self.card, words), has_words=True)

    def narrowed(self, meaning: Meaning) -> "Scope":
        """To the cards that meet the conditions of a search as well."""
        bounds = Criteria(price_min=meaning.least, price_max=meaning.most)
        is_priced = not (meaning.least is meaning.most is None)
        price = _all(self.price or ANY, _price(bounds, of="v.price"))
        return Scope(
            card=_all(self.card, *meaning.card),
            printing=_all(self.printing, *meaning.printing),
            latest=_all(self.latest, _price(bounds, of="l.market")),
            price=price if is_priced else self.price,
            has_words=self.has_words or meaning.is_narrow,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """`after` is the condition to stand behind the row with these keys; the last key is the card's id.

    `after_set` is the part of it that a set alone decides.
    """

    by: SQL
    keys: SQL
    after: SQL
    after_set: SQL | None = None
    is_priced: bool = False


def _ascending(*keys: LiteralString, is_priced: bool = False) -> Order:
    listed = ", ".join(keys)
    after = f"({listed}) > ({', '.join(['{}'] * len(keys))})"
    return Order(by=SQL(listed), keys=SQL(listed), after=SQL(after), is_priced=is_priced)


# An unknown price or day stands last, whichever way the known ones are sorted.
ORDERS = {
    "name": _ascending("c.folded", "c.id"),
    # As in a binder, and as one index has it.
    "number": _ascending("c.game_id", "c.card_set_id", "c.number_key", "c.id"),
    "price": _ascending("coalesce(v.price, 1::bigint << 31)", "c.id", is_priced=True),
    "-price": _ascending("coalesce(-v.price, 1::bigint << 31)", "c.id", is_priced=True),
    "newest": Order(
        by=SQL("s.day DESC, s.id DESC, c.number_key, c.id"),
        keys=SQL("s.day::text, s.id, c.number_key, c.id"),
        after=SQL("((s.day, s.id) < ({0}::date, {1}) OR (c.number_key, c.id) > ({2}, {3}))"),
        after_set=SQL("(s.day, s.id) <= ({0}::date, {1})"),
    ),
}

KEYS = """
SELECT (SELECT id FROM catalog_game WHERE slug = %(game)s),
       (SELECT min(s.id) FROM catalog_cardset s JOIN catalog_game g ON g.id = s.game_id
        WHERE s.slug = %(card_set)s AND %(game)s IN ('', g.slug)),
       (SELECT array_agg(r.id) FROM catalog_rarity r JOIN catalog_game g ON g.id = r.game_id
        WHERE r.name = %(rarity)s AND %(game)s IN ('', g.slug)),
       (SELECT array_agg(f.id) FROM catalog_finish f JOIN catalog_game g ON g.id = f.game_id
        WHERE f.name = %(finish)s AND %(game)s IN ('', g.slug)),
       (SELECT array_agg(id) FROM catalog_cardset WHERE NOT is_published)"""

# Of each printing the price of the best-ranked source: rank, id and price in one number, its minimum.
SHOWN: Final = """
shown AS (
    SELECT p.id, p.card_id, min((((o.rank::bigint << 16) + o.id) << 31) + l.market) & 2147483647 AS market
    FROM cards
    JOIN catalog_printing p ON p.card_id = cards.id
    JOIN pricing_priceseries e ON e.printing_id = p.id AND e.condition = '' AND e.grade = ''
    JOIN pricing_source o ON o.id = e.source_id
    JOIN pricing_latestprice l ON l.series_id = e.id AND l.market IS NOT NULL
    WHERE {printing} GROUP BY p.card_id, p.id
)"""
CHEAPEST: Final = ", prices AS (SELECT card_id, min(market) AS price FROM shown GROUP BY card_id)"
PRICES = SQL(SHOWN + CHEAPEST)
NO_PRICES = SQL("prices AS (SELECT 0 AS card_id, 0 AS price WHERE false)")

SETS = SQL("(SELECT id, coalesce(released_on, DATE '0001-01-01') AS day FROM catalog_cardset) s")
IN_ORDER = SQL("""
SELECT c.id, {keys} FROM catalog_card c JOIN {sets} ON s.id = c.card_set_id
WHERE {card} AND {after_set} AND {after} ORDER BY {by} LIMIT {limit}""")
# Set by set, so that a page costs no more than its cards.
BY_SET = SQL("""
SELECT c.id, {keys} FROM (SELECT * FROM {sets} WHERE {after_set} ORDER BY day DESC, id DESC) s
CROSS JOIN LATERAL (
    SELECT c.id, c.number_key FROM catalog_card c
    WHERE c.card_set_id = s.id AND {card} AND {after} ORDER BY c.number_key, c.id LIMIT {limit}
) c
ORDER BY {by} LIMIT {limit}""")
IN_PRICED_ORDER = SQL("""
WITH cards AS (SELECT c.id FROM catalog_card c WHERE {card}{having_latest}), {prices}
SELECT c.id, {keys} FROM catalog_card c JOIN {sets} ON s.id = c.card_set_id
LEFT JOIN prices v ON v.card_id = c.id
WHERE {card} AND {price} AND {after_set} AND {after} ORDER BY {by} LIMIT {limit}""")
HAVING_LATEST = SQL("""
AND c.id IN (
    SELECT p.card_id FROM pricing_latestprice l JOIN pricing_priceseries e ON e.id = l.series_id
    JOIN catalog_printing p ON p.id = e.printing_id WHERE {latest}
)""")
# A card's price is one of its latest prices. So a card whose price lies among the next thousand of them
# is found through these, and the rest of the market need not be read. The last one comes WITH its TIES,
# for the window to have no ragged end.
IN_PRICE_WINDOW = SQL("""
WITH near AS MATERIALIZED (
    SELECT l.series_id, l.market FROM pricing_latestprice l WHERE l.market IS NOT NULL AND {latest}
    ORDER BY l.market{direction} FETCH FIRST {window} ROWS WITH TIES
), cards AS MATERIALIZED (
    SELECT DISTINCT c.id FROM near JOIN pricing_priceseries e ON e.id = near.series_id
    JOIN catalog_printing p ON p.id = e.printing_id JOIN catalog_card c ON c.id = p.card_id WHERE {card}
), {prices}
SELECT c.id, {keys} FROM prices v CROSS JOIN LATERAL (SELECT v.card_id AS id) c
WHERE v.price BETWEEN (SELECT min(market) FROM near) AND (SELECT max(market) FROM near)
AND {price} AND {after} ORDER BY {by} LIMIT {limit}""")

MATCHING = SQL("""
WITH cards AS MATERIALIZED (
    SELECT id, min(place) AS place FROM (
        (SELECT c.id, 1 AS place FROM catalog_card c WHERE {card} AND c.folded = ANY({names}) LIMIT {ranked})
        UNION ALL
        (SELECT c.id, 2 FROM catalog_card c WHERE {card} AND c.folded LIKE {start}
         ORDER BY c.folded, c.id LIMIT {starting})
        UNION ALL
        (SELECT c.id, 3 FROM catalog_card c WHERE {card} AND c.words @@ {tsquery}::tsquery LIMIT {scanned})
    ) found GROUP BY id
), {prices}, best AS (
    SELECT cards.id FROM cards LEFT JOIN prices v ON v.card_id = cards.id
    WHERE {price} ORDER BY cards.place, cards.id DESC LIMIT {ranked}
)
SELECT c.id, c.folded, c.number, s.name, coalesce(s.released_on, DATE '0001-01-01')
FROM best JOIN catalog_card c ON c.id = best.id JOIN catalog_cardset s ON s.id = c.card_set_id""")

PRINTINGS = SQL("""
SELECT p.id FROM catalog_card c JOIN catalog_printing p ON p.card_id = c.id
WHERE {card} AND {printing} LIMIT {limit}""")
# The card's price meets the criteria, and the printing's own does.
PRICED_PRINTINGS = SQL("""
WITH cards AS (SELECT c.id FROM catalog_card c WHERE {card}{having_latest}), {shown}
SELECT v.id FROM (
    SELECT v.id, v.market AS price FROM (
        SELECT id, market, min(market) OVER (PARTITION BY card_id) AS price FROM shown
    ) v WHERE {price}
) v WHERE {price} LIMIT {limit}""")

NAMES = SQL("""
SELECT max(id) FROM (
    SELECT c.id, c.folded FROM catalog_card c WHERE {card} AND c.folded LIKE {start} LIMIT {scanned}
) named GROUP BY folded ORDER BY folded <> {name}, count(*) DESC, folded LIMIT {limit}""")


def scope_of(criteria: Criteria) -> Scope | None:
    """All criteria but the words. None when a game, set, rarity or finish of that name is not there."""
    names = {name: getattr(criteria, name) for name in ("game", "card_set", "rarity", "finish")}
    if not all(map(_is_storable, [*names.values(), criteria.kind])):
        return None
    with reads.cursor() as cursor:
        cursor.execute(KEYS, names)
        game, card_set, rarities, finishes, hidden = keys = cursor.fetchall()[0]
    if any(name and key is None for name, key in zip(names.values(), keys, strict=False)):
        return None
    latest = _all(_given("l.game_id = {}", game), _price(criteria, of="l.market"))
    printing = _given("p.finish_id = ANY({})", finishes)
    printed = SQL("EXISTS (SELECT FROM catalog_printing p WHERE p.card_id = c.id AND {})").format(printing)
    card = _all(
        _given("c.game_id = {}", game),
        _given("c.card_set_id = {}", card_set),
        _given("c.rarity_id = ANY({})", rarities),
        _given("c.kind = {}", criteria.kind or None),
        _given("c.card_set_id <> ALL({})", hidden),
        printed if finishes else ANY,
    )
    is_priced = criteria.price_min is not None or criteria.price_max is not None
    return Scope(card, printing, latest, _price(criteria, of="v.price") if is_priced else None)


def in_order(scope: Scope, *, sort: str, after: Row, limit: int) -> list[Row]:
    """Rows of the card's id and its keys in this order, from behind the row with the keys `after`."""
    order = ORDERS[sort]
    if order.is_priced or scope.price:
        if order.is_priced and not scope.has_words and not (after and after[0] == UNKNOWN):
            rows = _rows(_in_window(scope, order=order, after=after, limit=limit))
            if len(rows) == limit:
                return rows
        return _rows(_query(IN_PRICED_ORDER, scope, order=order, after=after, limit=limit))
    template = BY_SET if sort == "newest" and not scope.has_words else IN_ORDER
    return _rows(_query(template, scope, order=order, after=after, limit=limit))


def _query(template: SQL, scope: Scope, *, order: Order, after: Row, limit: int, **more: Any) -> Composable:
    is_narrowed = scope.price and not scope.has_words
    parts: dict[str, Any] = {
        "sets": SETS,
        "card": scope.card,
        "having_latest": HAVING_LATEST.format(latest=scope.latest) if is_narrowed else SQL(""),
        "prices": PRICES.format(printing=scope.printing),
        "price": scope.price or ANY,
        "keys": order.keys,
        "after": order.after.format(*after) if after else ANY,
        "after_set": order.after_set.format(*after) if after and order.after_set else ANY,
        "by": order.by,
        "limit": limit,
    }
    return template.format(**parts | more)


def _in_window(scope: Scope, *, order: Order, after: Row, limit: int) -> Composable:
    falls = order is ORDERS["-price"]
    start: Composable = ANY
    if after:
        start = _given("l.market <= {}", -after[0]) if falls else _given("l.market >= {}", after[0])
    return _query(
        IN_PRICE_WINDOW,
        scope,
        order=order,
        after=after,
        limit=limit,
        latest=_all(scope.latest, start),
        direction=SQL(" DESC") if falls else SQL(""),
        window=max(WINDOW, 5 * limit),
    )


def matching(scope: Scope, *, tsquery: str, names: list[str], start: str) -> list[Row]:
    """Cards that have the words, at most a thousand: (id, folded name, number, set's name, its day).

    The cards of exactly these names, and names with this start, are always among them.
    """
    return _rows(
        MATCHING.format(
            card=scope.card,
            prices=PRICES.format(printing=scope.printing) if scope.price else NO_PRICES,
            price=scope.price or ANY,
            tsquery=tsquery,
            names=names,
            start=start + "%",
            starting=STARTING,
            scanned=SCANNED,
            ranked=RANKED,
        )
    )


def printings(scope: Scope, *, limit: int) -> list[int]:
    """In no order: the printings of the cards, of a scope with a price those that cost as much."""
    template = PRICED_PRINTINGS if scope.price else PRINTINGS
    is_narrowed = scope.price and not scope.has_words
    query = template.format(
        card=scope.card,
        printing=scope.printing,
        having_latest=HAVING_LATEST.format(latest=scope.latest) if is_narrowed else SQL(""),
        shown=SQL(SHOWN).format(printing=scope.printing),
        price=scope.price or ANY,
        limit=limit,
    )
    return [row[0] for row in _rows(query)]


def names_from(scope: Scope, *, start: str, limit: int) -> list[int]:
    """The newest card of each name with this start: the name itself, then the most reprinted."""
    rows = NAMES.format(card=scope.card, start=start + "%", name=start, scanned=SCANNED, limit=limit)
    return [row[0] for row in _rows(rows)]


def _rows(query: Composable) -> list[Row]:
    with reads.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _price(criteria: Criteria, *, of: LiteralString) -> Composable:
    least = _given(of + " >= {}", criteria.price_min)
    return _all(least, _given(of + " <= {}", criteria.price_max))


def _given(condition: LiteralString, value: Any) -> Composable:
    return ANY if value is None else SQL(condition).format(value)


def _all(*conditions: Composable) -> Composable:
    return SQL(" AND ").join(conditions)


def _is_storable(text: str) -> bool:
    return "\x00" not in text and text.encode(errors="ignore").decode() == text
