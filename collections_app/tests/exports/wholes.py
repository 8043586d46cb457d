"""Random collections, and what of them has to come back from a file."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from accounts.models import User
from catalog.models import Printing
from collections_app import sales
from collections_app.models import LARGEST_AMOUNT, Collection, Lot
from collections_app.sales import Terms
from collections_app.tests import factories

FIRST = date(2020, 2, 29)
LAST = date(2026, 3, 2)
TRICKY = st.sampled_from(
    ["=1+1", "  @x", "'", '"', "a\nb", "\r", "\t", " ", "“é”", "😀", ",", ";", "\u2028", "{}"]
)
LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NOTES = st.lists(TRICKY | LETTERS, max_size=4).map("".join)
AMOUNTS = st.none() | st.sampled_from([0, 1, 1234, LARGEST_AMOUNT])
CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "DEM"])
GRADINGS = st.sampled_from(
    [
        {"condition": "NM"},
        {"condition": "DMG"},
        {"condition": "", "grader": "PSA", "grade": "10"},
        {"condition": "", "grader": "BGS", "grade": "9.5"},
    ]
)
SALES = st.fixed_dictionaries(
    {
        "quantity": st.integers(1, 4),
        "days": st.integers(0, 900),
        "currency": CURRENCIES,
        "unit_price": AMOUNTS,
        "fees": st.integers(0, 500),
        "notes": NOTES,
        "method": st.sampled_from(["lot", "fifo"]),
    }
)
LOTS = st.fixed_dictionaries(
    {
        "printing": st.integers(0, 2),
        "facts": st.fixed_dictionaries(
            {
                "quantity": st.integers(1, 5),
                "language": st.sampled_from(["en", "zh-TW", "qya"]),
                "currency": CURRENCIES,
                "acquired_on": st.dates(FIRST, LAST),
                "unit_cost": AMOUNTS,
                "notes": NOTES,
            }
        ),
        "grading": GRADINGS,
        "sales": st.lists(SALES, max_size=2),
    }
)
COLLECTIONS = st.lists(LOTS, max_size=5)


def built(owner: User, said: Sequence[Any], *, printings: Sequence[Printing]) -> Collection:
    collection = factories.collection(owner, shows_cost=True)
    for one in said:
        lot = factories.lot(collection, printings[one["printing"]], **one["facts"], **one["grading"])
        for sale in one["sales"]:
            _sell(lot, **sale)
    return collection


def _sell(lot: Lot, *, days: int, method: Any, **terms: Any) -> None:
    """As far as there are copies left to sell."""
    day = lot.acquired_on + timedelta(days=days)
    held = Lot.objects.get(pk=lot.pk).quantity
    if held:
        terms["quantity"] = min(terms["quantity"], held)
        sales.sell(lot, Terms(sold_on=day, **terms), method=method)


def lots_of(collection: Collection) -> list[tuple[Any, ...]]:
    names = ("printing_id", "condition", "grader", "grade", "language", "quantity", "disposed")
    return list(collection.lots.order_by("id").values_list(*names, *MORE))


MORE = ("unit_cost", "currency", "acquired_on", "notes")


def sales_of(collection: Collection) -> list[Any]:
    """Each sale with what it took of which lot, the lots counted in their order."""
    places = {
        pk: place for place, pk in enumerate(collection.lots.order_by("id").values_list("pk", flat=True))
    }
    return sorted(
        (
            *(sale.sold_on, str(sale.unit_price), sale.fees, sale.currency, sale.notes),
            sorted((places[one.lot_id], one.quantity) for one in sale.disposals.all()),
        )
        for sale in collection.sales.prefetch_related("disposals")
    )
