"""What another price would do to people's holdings, and how many people hold a card."""

from collections.abc import Mapping, Sequence

from catalog import reads
from pricing import formats
from pricing.consequences import Consequence, Move

NAME = "collections"
# Half a minor unit goes away from zero, as what a copy costs is rounded everywhere (pricetags.UNIT).
HELD = """
SELECT count(DISTINCT lot.collection_id)::int, coalesce(sum(lot.quantity), 0)::bigint,
       coalesce(sum(lot.quantity * (round(%(now)s::numeric * lot.percent / 100)
                                    - round(%(was)s::numeric * lot.percent / 100))), 0)::bigint
FROM collections_app_lot lot WHERE lot.series_id = %(series)s AND lot.quantity > 0"""
HOLDERS = """
SELECT lot.printing_id, count(DISTINCT c.owner_id)::int
FROM collections_app_lot lot JOIN collections_app_collection c ON c.id = lot.collection_id
WHERE lot.printing_id = ANY(%s) AND lot.quantity > 0 GROUP BY lot.printing_id"""


def foresee(move: Move) -> Consequence:
    """How many copies in how many collections are valued by the price, and by how much more or less."""
    with reads.cursor() as cursor:
        prices = {"now": move.now or 0, "was": move.was or 0, "series": move.series.pk}
        cursor.execute(HELD, prices)
        collections, copies, change = cursor.fetchone() or (0, 0, 0)
    return Consequence(name=NAME, count=collections, said=_said(move, collections, copies, change))


def _said(move: Move, collections: int, copies: int, change: int) -> str:
    if not collections:
        return "No collection is valued by it."
    where = f"{copies:,} {'copy' if copies == 1 else 'copies'} in {collections:,} "
    where += "collection" if collections == 1 else "collections"
    sign = "+" if change > 0 else ""
    when = f"from {move.day} until {move.until}" if move.until else f"from {move.day} on"
    return f"{where}: {sign}{formats.money(change, move.series.currency)} in value {when}."


def holders(printing_ids: Sequence[int]) -> Mapping[int, int]:
    """By printing, how many people own it or wish for it."""
    with reads.cursor() as cursor:
        cursor.execute(HOLDERS, [list(printing_ids)])
        return dict(cursor.fetchall())
