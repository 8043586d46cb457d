"""How prices follow when staff merge cards: a series belongs to the printing that stays.

What is kept by series (changes, packed history, day vectors, reviews, corrections) needs no change. Two
series that differ in nothing but their printing can only become one when one of them never had a price.
"""

from collections.abc import Collection

from django.db import connection
from django.db.models import QuerySet

from catalog import following
from catalog.curation import CannotCurateError
from catalog.models import Printing
from pricing.models import PriceSeries

BUSY = "SELECT name FROM pricing_source WHERE NOT pg_try_advisory_xact_lock(id, %s)"


def ever_priced(series: str) -> str:
    """SQL: whether anything was ever said of this series."""
    tables = ("latestprice", "pricechange", "pricehistory", "pricereview", "pricecorrection")
    found = (
        f"EXISTS (SELECT FROM pricing_{table} x WHERE x.series_id = {series}.id)"  # nosec B608 -- our own names
        for table in tables
    )
    return f"({' OR '.join(found)})"


# The series on both sides of each pair that would be one.
TWINS = """
FROM unnest(%s::int[], %s::int[]) AS pair(gone, kept)
JOIN pricing_priceseries g ON g.printing_id = pair.gone
JOIN pricing_priceseries k ON k.printing_id = pair.kept
    AND (k.source_id, k.condition, k.grade, k.language, k.currency)
      = (g.source_id, g.condition, g.grade, g.language, g.currency)"""
OBJECTIONS = f"""
SELECT pair.gone, c.name, f.name, o.name {TWINS}
JOIN catalog_printing p ON p.id = pair.gone JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_finish f ON f.id = p.finish_id JOIN pricing_source o ON o.id = g.source_id
WHERE {ever_priced("g")} AND {ever_priced("k")} ORDER BY c.name, f.name, o.rank"""
EMPTY = f"SELECT CASE WHEN {ever_priced('g')} THEN k.id ELSE g.id END {TWINS}"
MOVE = """
UPDATE pricing_priceseries s SET printing_id = pair.kept
FROM unnest(%s::int[], %s::int[]) AS pair(gone, kept) WHERE s.printing_id = pair.gone"""


class Prices(following.Follower):
    def hold(self, game_id: int) -> None:
        """A sync knows series and printings by heart while it runs; none begins before the act is over."""
        with connection.cursor() as cursor:
            cursor.execute(BUSY, [game_id])
            busy = [name for (name,) in cursor.fetchall()]
        if busy:
            raise CannotCurateError(f"A sync of {' and '.join(busy)} is running. Try again when it is done.")

    def objections(self, pairs: following.Pairs) -> dict[int, str]:
        with connection.cursor() as cursor:
            cursor.execute(OBJECTIONS, _columns(pairs))
            return {
                printing: f"“{card}” ({finish}) has prices on both sides at {source}, which tells them apart."
                for printing, card, finish, source in cursor.fetchall()
            }

    def count(self, printings: QuerySet[Printing], *, sets: Collection[int]) -> list[str]:  # noqa: ARG002
        return [f"{PriceSeries.objects.filter(printing__in=printings).count():,} price series"]

    def merge(self, pairs: following.Pairs) -> None:
        with connection.cursor() as cursor:
            cursor.execute(EMPTY, _columns(pairs))
            PriceSeries.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()]).delete()
            cursor.execute(MOVE, _columns(pairs))


def _columns(pairs: following.Pairs) -> list[list[int]]:
    return [list(pairs), list(pairs.values())]


def begin() -> None:
    following.register(Prices())
