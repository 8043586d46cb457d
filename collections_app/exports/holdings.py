"""The lots of collections with everything a file says of them: one statement however many there are."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Concat, JSONObject

from catalog.models import ExternalId
from collections_app.models import Disposal, Lot

CHUNK = 1000  # lots in memory at once
HELD = Q(quantity__gt=0)
RAW = Q(grader="")
MAGIC = Q(printing__card__game__slug="magic")
JOINED = (
    "collection",
    "printing__finish",
    "printing__card__card_set",
    "printing__card__game",
    "printing__card__rarity",
)


# The copies of a whole sale, over all its lots.
OF_SALE = Disposal.objects.filter(sale=OuterRef("sale")).values("sale").annotate(copies=Sum("quantity"))
# What sources call the card, such as tcgplayer:42350.
TICKETS = (
    ExternalId.objects.filter(card=OuterRef("printing__card"))
    .order_by("source", "id")
    .values_list(Concat("source", Value(":"), "external_id"))
)
SOLD = (
    Disposal.objects.filter(lot=OuterRef("pk"))
    .order_by("sale__sold_on", "sale_id")
    .values_list(
        JSONObject(
            sale="sale_id",
            quantity="quantity",
            of=Subquery(OF_SALE.values("copies")),
            sold_on="sale__sold_on",
            unit_price="sale__unit_price",
            fees="sale__fees",
            currency="sale__currency",
            notes="sale__notes",
        )
    )
)


def read(collection_ids: Sequence[int], *, only: Q | None = None) -> Iterator[Any]:
    """Lots with `tickets` and `sold`, by collection in the order they were made; never all in memory."""
    found = Lot.objects.filter(only or Q(), collection__in=collection_ids).select_related(*JOINED)
    found = found.defer("printing__card__words", "printing__card__details")
    described = found.annotate(tickets=ArraySubquery(TICKETS), sold=ArraySubquery(SOLD))
    return described.order_by("collection_id", "id").iterator(chunk_size=CHUNK)


def ticket(lot: Any, source: str) -> str:
    """What the source calls the card; "" when it does not know it."""
    named = (one.partition(":") for one in lot.tickets)
    return next((external_id for known, _, external_id in named if known == source), "")
