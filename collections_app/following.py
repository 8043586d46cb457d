"""How what people own follows when staff merge cards: the copies are the same, the card is another row."""

from collections.abc import Collection as Several

from django.db import connection
from django.db.models import Count, QuerySet

from catalog import following
from catalog.models import Printing
from collections_app import repricing
from collections_app.models import ImportRow, Lot

MOVE = """
UPDATE {table} r SET printing_id = pair.kept
FROM unnest(%s::int[], %s::int[]) AS pair(gone, kept) WHERE r.printing_id = pair.gone"""


class Holdings(following.Follower):
    def count(self, printings: QuerySet[Printing], *, sets: Several[int]) -> list[str]:  # noqa: ARG002
        found = Lot.objects.filter(printing__in=printings)
        counted = found.aggregate(lots=Count("pk"), collections=Count("collection", distinct=True))
        return [f"{counted['lots']:,} lots in {counted['collections']:,} collections"]

    def merge(self, pairs: following.Pairs) -> None:
        """The prices of both may value the lots of either from now on."""
        columns = [list(pairs), list(pairs.values())]
        with connection.cursor() as cursor:
            for model in (Lot, ImportRow):
                cursor.execute(MOVE.format(table=model._meta.db_table), columns)  # noqa: SLF001 -- documented API
        _move_candidates(pairs)
        held = Lot.objects.filter(printing__in=pairs.values())
        repricing.choose(held.values_list("pk", flat=True))


def _move_candidates(pairs: following.Pairs) -> None:
    """What the owner of a file may still choose between."""
    waiting = ImportRow.objects.filter(verdict=ImportRow.Verdict.AMBIGUOUS, lot=None)
    rows = list(waiting.filter(candidates__overlap=list(pairs)))
    for row in rows:
        row.candidates = list(dict.fromkeys(pairs.get(pk, pk) for pk in row.candidates))
    ImportRow.objects.bulk_update(rows, ["candidates"], batch_size=1000)


def begin() -> None:
    following.register(Holdings())
