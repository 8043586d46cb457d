"""How much of each set somebody owns, what the rest costs, and a wish list of what is missing.

Only single cards count, and only lots of owned collections of which a copy is left. A card counts as owned in
any finish, a printing (the "master set") in its own. What is missing costs its market price as every page
shows it, in the viewer's currency at today's rate; what has no price, or no rate, is counted, never 0.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction

from accounts.models import User
from catalog.models import Card, CardSet, Finish
from collections_app import lots
from collections_app.models import Collection
from collections_app.rows import ChecklistRow, FinishProgress, SetProgress
from pricing.models import Source
from pricing.queries import DAYS, SHOWN, Row, rows
from pricing.rates import Rates, rounded

BASE, MASTER = "base", "master"
SORTS = {"name": "Name", "-percent": "Most complete", "cost": "Cheapest to complete"}

# `id` is the printing whose price is asked for: none of what is owned. `cost` only orders prices of several
# currencies; sums are made of exact fractions.
PRICED = f"""
WITH {DAYS}, rate AS (
    SELECT * FROM unnest(%(currencies)s::text[], %(factors)s::numeric[]) AS r(currency, factor)
), held AS (
    SELECT lot.printing_id, bool_or(k.kind = 'owned') AS is_owned, bool_or(k.kind = 'wish') AS is_wished
    FROM collections_app_lot lot JOIN collections_app_collection k ON k.id = lot.collection_id
    WHERE k.owner_id = %(owner)s AND lot.quantity > 0 GROUP BY lot.printing_id
), chosen AS (
    SELECT id FROM catalog_cardset WHERE id = %(set)s
    UNION
    SELECT c.card_set_id FROM held JOIN catalog_printing p ON p.id = held.printing_id
    JOIN catalog_card c ON c.id = p.card_id AND c.kind = 'single'
    JOIN catalog_cardset s ON s.id = c.card_set_id AND s.is_published
    WHERE held.is_owned AND %(set)s::int IS NULL
), printing AS (
    SELECT c.card_set_id AS set_id, c.id AS card_id, p.id AS printing_id, coalesce(f.name, '') AS finish,
           coalesce(held.is_owned, false) AS is_owned, coalesce(held.is_wished, false) AS is_wished,
           CASE WHEN held.is_owned THEN NULL ELSE p.id END AS id
    FROM chosen JOIN catalog_card c ON c.card_set_id = chosen.id AND c.kind = 'single'
    LEFT JOIN catalog_printing p ON p.card_id = c.id
    LEFT JOIN catalog_finish f ON f.id = p.finish_id
    LEFT JOIN held ON held.printing_id = p.id
), priced AS (
    SELECT p.set_id, p.card_id, p.printing_id, p.finish, p.is_owned, p.is_wished, rate.currency,
           CASE WHEN rate.factor IS NOT NULL THEN shown.market END AS market,
           shown.market * rate.factor AS cost
    FROM printing p {SHOWN} LEFT JOIN rate ON rate.currency = shown.currency AND rate.factor IS NOT NULL
)"""  # noqa: S608 -- built of our own constants

# A card of the base set is its owned printing, else the one that costs least.
PROGRESS = f"""{PRICED}, piece AS (
    SELECT * FROM (
        SELECT DISTINCT ON (card_id) set_id, true AS is_base, '' AS finish, is_owned, market, currency
        FROM priced ORDER BY card_id, is_owned DESC, cost, priced.finish
    ) base
    UNION ALL
    SELECT set_id, false, finish, is_owned, market, currency FROM priced WHERE printing_id IS NOT NULL
)
SELECT s.id AS set_id, s.name, s.slug, s.code, g.name AS game_name, g.slug AS game_slug, s.released_on,
       piece.is_base, piece.finish, coalesce(piece.currency, '') AS currency, count(*)::int AS total,
       (count(*) FILTER (WHERE is_owned))::int AS owned,
       (count(*) FILTER (WHERE NOT is_owned AND market IS NULL))::int AS unpriced,
       coalesce(sum(market), 0)::bigint AS cost
FROM piece JOIN catalog_cardset s ON s.id = piece.set_id JOIN catalog_game g ON g.id = s.game_id
GROUP BY s.id, g.id, piece.is_base, piece.finish, piece.currency
ORDER BY lower(s.name), s.id, piece.finish"""  # noqa: S608 -- built of our own constants

MISSING = f"""{PRICED}
SELECT printing_id, card_id, finish, is_owned, is_wished FROM priced JOIN catalog_card c ON c.id = card_id
WHERE printing_id IS NOT NULL ORDER BY c.number_key, c.name, c.id, cost, finish"""  # noqa: S608 -- our own

CHECKLIST = f"""
WITH {DAYS}, held AS (
    SELECT lot.printing_id, coalesce(sum(lot.quantity) FILTER (WHERE k.kind = 'owned'), 0)::int AS owned,
           coalesce(sum(lot.quantity) FILTER (WHERE k.kind = 'wish'), 0)::int AS wished
    FROM collections_app_lot lot JOIN collections_app_collection k ON k.id = lot.collection_id
    WHERE k.owner_id = %s GROUP BY lot.printing_id
)
SELECT p.id AS printing_id, c.id AS card_id, c.slug, c.name, c.number, c.kind, coalesce(r.name, '') AS rarity,
       f.name AS finish, coalesce(held.owned, 0) AS owned, coalesce(held.wished, 0) AS wished, shown.market,
       coalesce(shown.currency, 'USD') AS currency
FROM catalog_card c
JOIN catalog_printing p ON p.card_id = c.id
JOIN catalog_finish f ON f.id = p.finish_id
LEFT JOIN catalog_rarity r ON r.id = c.rarity_id
LEFT JOIN held ON held.printing_id = p.id
{SHOWN}
WHERE c.card_set_id = %s
ORDER BY c.number_key, c.name, c.id, f.name"""  # noqa: S608 -- built of our own constants


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Pieces of a set that are alike: of one goal, finish and price currency ("" without a price)."""

    set_id: int
    name: str
    slug: str
    code: str
    game_name: str
    game_slug: str
    released_on: date | None
    is_base: bool
    finish: str
    currency: str
    total: int
    owned: int
    unpriced: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printing:
    printing_id: int
    card_id: int
    finish: str
    is_owned: bool
    is_wished: bool


def sets(owner: User, *, currency: str, sort: str = "name") -> list[SetProgress]:
    """Every set of which a card is owned, in an order of SORTS; three statements."""
    factors = _factors(currency)
    parts = _read(_Part, PROGRESS, owner=owner, factors=factors)
    found = [
        _progress(list(group), currency=currency, factors=factors)
        for _, group in groupby(parts, key=attrgetter("set_id"))
    ]
    return sorted(found, key=_order(sort))


def of_set(owner: User, card_set: CardSet, *, currency: str) -> SetProgress:
    """One set, also where nothing of it is owned; three statements."""
    factors = _factors(currency)
    parts = _read(_Part, PROGRESS, owner=owner, factors=factors, card_set=card_set)
    return _progress(parts or [_nothing(card_set)], currency=currency, factors=factors)


def published(game_slug: str, slug: str) -> CardSet:
    """Raises CardSet.DoesNotExist."""
    return CardSet.objects.select_related("game").get(game__slug=game_slug, slug=slug, is_published=True)


def finishes(card_set: CardSet) -> list[str]:
    """Those its single cards come in."""
    found = Finish.objects.filter(printings__card__card_set=card_set, printings__card__kind=Card.Kind.SINGLE)
    return list(found.distinct().order_by("name").values_list("name", flat=True))


def checklist(owner: User, set_id: int) -> list[ChecklistRow]:
    """Every printing of a set, sealed products too, in the order of its numbers; one statement."""
    return rows(ChecklistRow, CHECKLIST, [owner.pk, set_id])


@transaction.atomic
def wish_for_missing(wish: Collection, card_set: CardSet, *, goal: str) -> int:
    """Puts what its owner has neither in a collection nor on a wish list on this one; how many printings.

    `goal` "base" wants each card in its lowest-priced finish, "master" every printing, a finish its own.
    """
    Collection.objects.select_for_update().get(pk=wish.pk)  # asked twice at once, it still adds once
    owner = wish.owner
    found = _read(_Printing, MISSING, owner=owner, factors=_factors(owner.currency), card_set=card_set)
    facts = [
        lots.Facts(
            printing_id=key,
            quantity=1,
            language=card_set.game.language,
            currency=owner.currency,
            acquired_on=lots.today(),
        )
        for key in _missing(found, goal=goal)
    ]
    return len(lots.add_many(wish, facts)) if facts else 0


def _missing(found: Iterable[_Printing], *, goal: str) -> list[int]:
    if goal == BASE:
        cards = [list(group) for _, group in groupby(found, key=attrgetter("card_id"))]
        return [card[0].printing_id for card in cards if not any(p.is_owned or p.is_wished for p in card)]
    left = [printing for printing in found if not printing.is_owned and not printing.is_wished]
    return [printing.printing_id for printing in left if goal in {MASTER, printing.finish}]


def _factors(currency: str) -> dict[str, Fraction]:
    """Of every currency a source speaks: what its minor unit is worth today."""
    spoken = set(Source.objects.values_list("currency", flat=True))
    rates = Rates.load(sorted({*spoken, currency}))
    today = datetime.now(UTC).date()
    known = {each: rates.factor(each, currency, day=today) for each in sorted(spoken)}
    return {each: factor for each, factor in known.items() if factor is not None}


def _read(
    kind: type[Row],
    sql: str,
    *,
    owner: User,
    factors: dict[str, Fraction],
    card_set: CardSet | None = None,
) -> list[Row]:
    decimals = [Decimal(factor.numerator) / Decimal(factor.denominator) for factor in factors.values()]
    params = {"owner": owner.pk, "set": card_set.pk if card_set else None}
    return rows(kind, sql, params | {"currencies": list(factors), "factors": decimals})


def _nothing(card_set: CardSet) -> _Part:
    """A set without cards."""
    return _Part(
        set_id=card_set.pk,
        name=card_set.name,
        slug=card_set.slug,
        code=card_set.code,
        game_name=card_set.game.name,
        game_slug=card_set.game.slug,
        released_on=card_set.released_on,
        is_base=True,
        finish="",
        currency="",
        total=0,
        owned=0,
        unpriced=0,
        cost=0,
    )


def _progress(parts: Sequence[_Part], *, currency: str, factors: dict[str, Fraction]) -> SetProgress:
    printings: dict[str, list[_Part]] = defaultdict(list)
    for part in parts:
        if not part.is_base:
            printings[part.finish].append(part)
    first = parts[0]
    return SetProgress(
        set_id=first.set_id,
        name=first.name,
        slug=first.slug,
        code=first.code,
        game_name=first.game_name,
        game_slug=first.game_slug,
        released_on=first.released_on,
        currency=currency,
        base=_sum([part for part in parts if part.is_base], factors=factors),
        master=_sum([part for part in parts if not part.is_base], factors=factors),
        finishes=tuple(_sum(of, finish=finish, factors=factors) for finish, of in printings.items()),
    )


def _sum(parts: Iterable[_Part], *, factors: dict[str, Fraction], finish: str = "") -> FinishProgress:
    added = list(parts)
    cost = sum((part.cost * factors[part.currency] for part in added if part.currency), Fraction(0))
    return FinishProgress(
        finish=finish,
        owned=sum(part.owned for part in added),
        total=sum(part.total for part in added),
        cost_to_complete=rounded(cost),
        unpriced=sum(part.unpriced for part in added),
    )


def _order(sort: str) -> Callable[[SetProgress], Any]:
    """Equals stay in the order of their names; costs known only in part come last."""
    if sort == "-percent":
        return lambda found: -Fraction(found.base.owned, found.base.total)
    if sort == "cost":
        return lambda found: (found.base.unpriced > 0, found.base.cost_to_complete)
    return lambda found: found.name.lower()
