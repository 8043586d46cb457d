"""Which cards, in which order: the criteria of a search as SQL.

A card's price here is what its row shows: the lowest of its printings' market prices, each from the
best-ranked source that has one.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal, LiteralString

from psycopg.sql import SQL, Composable

from catalog import reads
from pricing import standing
from pricing.conditions import Among, Meaning

Sort = Literal["relevance", "name", "price", "-price", "number", "newest"]
Row = tuple[Any, ...]
ANY = SQL("true")
UNKNOWN = 1 << 31  # stands behind every price

RANKED = 1_000  # so many matching cards are ranked
SCANNED = 4_000  # and so many are read for a very common word
SORTED = 2_000  # so many are ranked before their prices are asked for
STARTING = 200  # of the names that begin as typed
WINDOWS = (4, 32)  # so many times a page are the prices next in order, in which to look for it


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
    """The conditions on a card `c`, `late` being those that read its prices, and on those of its printings
    `p` that count; the bounds of its price in minor units, and the game whose prices these are, None for any.
    """

    card: Composable
    printing: Composable
    late: tuple[Composable, ...] = ()
    among: Among | None = None
    game: int | None = None
    least: int | None = None
    most: int | None = None
    has_words: bool = False

    @property
    def is_priced(self) -> bool:
        return not (self.least is self.most is None)

    @property
    def every(self) -> Composable:
        """All conditions on a card."""
        return _all(self.card, *self.late)

    @property
    def is_late(self) -> bool:
        """Whether prices decide."""
        return self.is_priced or bool(self.late)

    def unpriced(self) -> "Scope":
        """All cards of which the prices decide."""
        return replace(self, late=(), least=None, most=None)

    @property
    def price(self) -> Composable:
        """The condition on the card's price `v.price`."""
        return _all(_given("v.price >= {}", self.least), _given("v.price <= {}", self.most))

    @property
    def latest(self) -> Composable:
        """The condition on any latest price `l` that can be it."""
        bounds = (_given("l.market >= {}", self.least), _given("l.market <= {}", self.most))
        return _all(_given("l.game_id = {}", self.game), *bounds)

    def having(self, tsquery: str) -> "Scope":
        words = SQL("c.words @@ {}::tsquery").format(tsquery)
        return replace(self, card=_all(self.card, words), has_words=True)

    def narrowed(self, meaning: Meaning) -> "Scope":
        """To the cards that meet the conditions of a search as well."""
        return replace(
            self,
            card=_all(self.card, *meaning.card),
            printing=_all(self.printing, *meaning.printing),
            late=meaning.late,
            among=meaning.among,
            least=max(_known(self.least, meaning.least), default=None),
            most=min(_known(self.most, meaning.most), default=None),
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
# A card's price is one of its latest prices. So a card that comes next by price is found through these
# (pricing.standing), and the rest of the market need not be read.
IN_PRICE_WINDOW = SQL("""
WITH cards AS MATERIALIZED (
    SELECT c.id FROM catalog_card c WHERE c.id = ANY({near}::int[]) AND {card}
), {prices}
SELECT c.id, {keys} FROM prices v CROSS JOIN LATERAL (SELECT v.card_id AS id) c
WHERE ({keys}) <= ({last_price}, {last_card}) AND {price} AND {after} ORDER BY {by} LIMIT {limit}""")

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

MEETING = SQL("""
WITH cards AS MATERIALIZED (
    SELECT c.id FROM catalog_card c WHERE c.id = ANY({cards}::int[]) AND {late}
), {prices}
SELECT cards.id FROM cards LEFT JOIN prices v ON v.card_id = cards.id WHERE {price}""")

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
    return Scope(card, printing, game=game, least=criteria.price_min, most=criteria.price_max)


def in_order(scope: Scope, *, sort: str, after: Row, limit: int) -> list[Row]:
    """Rows of the card's id and its keys in this order, from behind the row with the keys `after`."""
    order = ORDERS[sort]
    if order.is_priced or scope.is_priced:
        if order.is_priced and not scope.has_words and not (after and after[0] == UNKNOWN):
            for times in WINDOWS:
                rows = _in_window(scope, order=order, after=after, limit=limit, count=times * limit)
                if rows is not None:
                    return rows
        return _rows(_query(IN_PRICED_ORDER, scope, order=order, after=after, limit=limit))
    template = BY_SET if sort == "newest" and not scope.has_words else IN_ORDER
    return _rows(_query(template, scope, order=order, after=after, limit=limit))


def _query(template: SQL, scope: Scope, *, order: Order, after: Row, limit: int, **more: Any) -> Composable:
    is_narrowed = scope.is_priced and not scope.has_words
    parts: dict[str, Any] = {
        "sets": SETS,
        "card": scope.every,
        "having_latest": HAVING_LATEST.format(latest=scope.latest) if is_narrowed else SQL(""),
        "prices": PRICES.format(printing=scope.printing),
        "price": scope.price,
        "keys": order.keys,
        "after": order.after.format(*after) if after else ANY,
        "after_set": order.after_set.format(*after) if after and order.after_set else ANY,
        "by": order.by,
        "limit": limit,
    }
    return template.format(**parts | more)


def _in_window(scope: Scope, *, order: Order, after: Row, limit: int, count: int) -> list[Row] | None:
    """The page, if the next prices lead to all of it: so many, or all that are within the bounds."""
    near = standing.near(
        scope.game,
        least=scope.least,
        most=scope.most,
        falls=order is ORDERS["-price"],
        behind=(after[0], after[1]) if after else None,
        count=count,
    )
    window = {"near": near.cards, "last_price": near.last[0], "last_card": near.last[1]}
    query = _query(IN_PRICE_WINDOW, scope, order=order, after=after, limit=limit, **window)
    rows = _rows(query) if near.cards else []
    return rows if len(rows) == limit or (near.is_all and scope.is_priced) else None


def matching(
    scope: Scope, *, tsquery: str, names: list[str], start: str, most: tuple[int, int] = (SCANNED, RANKED)
) -> list[Row]:
    """Cards that have the words: (id, folded name, number, set's name, its day).

    At `most` so many are read, and the second number of them returned.

    The cards of exactly these names, and names with this start, are always among them.
    """
    return _rows(
        MATCHING.format(
            card=scope.every,
            prices=PRICES.format(printing=scope.printing) if scope.is_priced else NO_PRICES,
            price=scope.price,
            tsquery=tsquery,
            names=names,
            start=start + "%",
            starting=STARTING,
            scanned=most[0],
            ranked=most[1],
        )
    )


def meeting(scope: Scope, *, cards: list[int]) -> set[int]:
    """Those of the cards whose prices meet the conditions."""
    query = MEETING.format(
        cards=scope.among(cards) if scope.among else cards,
        late=_all(ANY, *scope.late),
        prices=PRICES.format(printing=scope.printing) if scope.is_priced else NO_PRICES,
        price=scope.price,
    )
    return {row[0] for row in _rows(query)}


def printings(scope: Scope, *, limit: int) -> list[int]:
    """In no order: the printings of the cards, of a scope with a price those that cost as much."""
    template = PRICED_PRINTINGS if scope.is_priced else PRINTINGS
    is_narrowed = scope.is_priced and not scope.has_words
    query = template.format(
        card=scope.every,
        printing=scope.printing,
        having_latest=HAVING_LATEST.format(latest=scope.latest) if is_narrowed else SQL(""),
        shown=SQL(SHOWN).format(printing=scope.printing),
        price=scope.price,
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


def _known(*bounds: int | None) -> list[int]:
    return [bound for bound in bounds if bound is not None]


def _given(condition: LiteralString, value: Any) -> Composable:
    return ANY if value is None else SQL(condition).format(value)


def _all(*conditions: Composable) -> Composable:
    return SQL(" AND ").join(conditions)


def _is_storable(text: str) -> bool:
    return "\x00" not in text and text.encode(errors="ignore").decode() == text
