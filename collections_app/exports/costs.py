"""What was paid, for files that have one currency for all."""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min

from collections_app.exports.amounts import written
from collections_app.models import Collection, Lot
from pricing.rates import Rates, rounded

Cost = Callable[[Any], str]


def in_currency_of(collection: Collection) -> Cost:
    """Gives the unit cost of a lot in the owner's currency, at the rate of the day it was acquired; or ""."""
    target = collection.owner.currency
    known = Lot.objects.filter(collection=collection).exclude(unit_cost=None)
    facts = known.aggregate(
        currencies=ArrayAgg("currency", distinct=True, default=[]), since=Min("acquired_on")
    )
    rates = Rates.load({*facts["currencies"], target}, since=facts["since"])

    def cost(lot: Any) -> str:
        if lot.unit_cost is None:
            return ""
        amount = rates.convert(lot.unit_cost, lot.currency, target, day=lot.acquired_on)
        return "" if amount is None else written(rounded(amount), target)

    return cost
