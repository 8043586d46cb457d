"""What keeps the staff's lists of hundreds of thousands of rows quick: no full count, no full scan."""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.utils.functional import cached_property

from catalog import reads, spelling
from catalog.models import Card


class EstimatedPaginator(Paginator[Any]):
    """Counts no further than `exact` rows.

    Behind them the whole table is as long as PostgreSQL estimates; a filtered list ends there, and says
    so by its round number: whoever needs more filters more.
    """

    exact = 10_000

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin's lists are nothing else
        counted = rows.order_by().values("pk")[: self.exact].count()
        if counted < self.exact or rows.query.where:
            return counted
        return max(counted, estimated_rows(rows.model))


def estimated_rows(model: type[models.Model]) -> int:
    """The table's length as of its last ANALYZE; -1 before the first (documentation of pg_class)."""
    table = model._meta.db_table  # noqa: SLF001 -- documented API
    with reads.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        (rows,) = cursor.fetchone() or (0,)
    return int(rows)


class AllWords(SearchQuery):
    """The words as PostgreSQL's own notation for a tsquery, which its parsers would take apart."""

    template = "%(expressions)s::tsquery"


def cards_named(text: str, *, among: QuerySet[Card]) -> QuerySet[Card]:
    """The cards that have all the words; the last one may be the beginning of a longer word."""
    typed = spelling.typed_words(text)
    return among.filter(words=AllWords(spelling.as_typed(typed))) if typed else among.none()
