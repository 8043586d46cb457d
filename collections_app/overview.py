"""Small reads of the pages: what a collection is worth at a glance, what is in it, what somebody owns."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Sum

from accounts.models import User
from catalog import reads
from collections_app.lots import IDENTITY
from collections_app.models import Collection, ImportBatch, ImportRow, Lot
from pricing.rates import Rates, rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a collection holds: `value` of all copies with a price, `missing` of them without one."""

    quantity: int = 0
    missing: int = 0
    value: int = 0


class Priced(NamedTuple):
    """Copies whose prices are in one currency, "" without a price."""

    currency: str
    copies: int
    unpriced: int
    amount: int


class Shelf(NamedTuple):
    """A set that occurs in some collections."""

    game: str
    game_name: str
    set: str
    set_name: str


WORTH = """
SELECT lot.collection_id, coalesce(s.currency, ''), sum(lot.quantity)::int,
       coalesce(sum(lot.quantity) FILTER (WHERE l.market IS NULL), 0)::int,
       coalesce(sum(lot.quantity * round(l.market * lot.percent / 100)), 0)::bigint
FROM collections_app_lot lot
LEFT JOIN pricing_priceseries s ON s.id = lot.series_id
LEFT JOIN pricing_latestprice l ON l.series_id = lot.series_id
WHERE lot.collection_id = ANY(%s) AND lot.quantity > 0
GROUP BY 1, 2"""
SHELVES = """
SELECT DISTINCT g.slug, g.name, cs.slug, cs.name
FROM collections_app_lot lot
JOIN catalog_printing p ON p.id = lot.printing_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
JOIN catalog_game g ON g.id = c.game_id
WHERE lot.collection_id = ANY(%s) AND lot.quantity > 0 ORDER BY 2, 4"""
LOSS = """
SELECT count(*) FILTER (WHERE quantity > 0)::int, coalesce(sum(quantity), 0)::int,
       count(*) FILTER (WHERE photo <> '')::int,
       (SELECT count(*) FROM collections_app_sale WHERE collection_id = %(pk)s)::int,
       (SELECT count(*) FROM collections_app_importbatch WHERE collection_id = %(pk)s)::int,
       (SELECT count(*) FROM collections_app_report WHERE collection_id = %(pk)s)::int
FROM collections_app_lot WHERE collection_id = %(pk)s"""


def worth(collection_ids: Sequence[int], *, currency: str) -> dict[int, Worth]:
    """Of each collection, in two statements. A price whose exchange rate is unknown counts as missing."""
    with reads.cursor() as cursor:
        cursor.execute(WORTH, [list(collection_ids)])
        found = cursor.fetchall()
    rates = Rates.load({currency, *(row[1] for row in found if row[1])})
    rows: dict[int, list[Priced]] = defaultdict(list)
    for pk, *row in found:
        rows[pk].append(Priced(*row))
    return {pk: _worth(rows[pk], rates=rates, currency=currency) for pk in collection_ids}


def _worth(rows: Iterable[Priced], *, rates: Rates, currency: str) -> Worth:
    today, value, quantity, missing = datetime.now(UTC).date(), Fraction(0), 0, 0
    for row in rows:
        worth = rates.convert(row.amount, row.currency, currency, day=today) if row.currency else Fraction(0)
        quantity += row.copies
        missing += row.unpriced if worth is not None else row.copies
        value += worth or 0
    return Worth(quantity=quantity, missing=missing, value=rounded(value))


def shelves(collection_ids: Sequence[int]) -> list[Shelf]:
    """The sets of which something is held, by game and name."""
    with reads.cursor() as cursor:
        cursor.execute(SHELVES, [list(collection_ids)])
        return [Shelf(*row) for row in cursor.fetchall()]


def shows_demo(collection_ids: Sequence[int]) -> bool:
    """Whether a price of something held is a demonstration."""
    held = Lot.objects.filter(collection_id__in=list(collection_ids), quantity__gt=0)
    return held.filter(series__source__is_demo=True).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What goes with a collection that is deleted."""

    lots: int
    copies: int
    photos: int
    sales: int
    imports: int
    reports: int


def loss(collection: Collection) -> Loss:
    with reads.cursor() as cursor:
        cursor.execute(LOSS, {"pk": collection.pk})
        row = cursor.fetchone()
    names = ("lots", "copies", "photos", "sales", "imports", "reports")
    return Loss(**dict(zip(names, row, strict=True)))


def owned(owner: User, printing_id: int) -> int:
    """How many copies of a printing somebody has, wish lists left out."""
    held = Lot.objects.filter(collection__owner=owner, collection__kind=Collection.Kind.OWNED)
    return held.filter(printing_id=printing_id).aggregate(copies=Sum("quantity"))["copies"] or 0


def alike(lot: Lot) -> int:
    """How many copies its collection holds that are like those of the lot, with its own."""
    same = {name: getattr(lot, name) for name in IDENTITY}
    held = Lot.objects.filter(collection_id=lot.collection_id, **same)
    return held.aggregate(copies=Sum("quantity"))["copies"] or 0


def waiting(owner: User) -> int:
    """How many rows of imported files wait in the tray."""
    rows = ImportRow.objects.filter(batch__collection__owner=owner, lot=None, is_dismissed=False)
    return rows.filter(batch__status=ImportBatch.Status.DONE).count()
