"""Staff correct a recorded market price: everywhere it stands, on record, and told to the apps above."""

from datetime import date

from django.db import transaction

from accounts.models import User
from pricing import movers, rewriting, telling
from pricing.consequences import Move
from pricing.formats import money
from pricing.models import LatestPrice, PriceChange, PriceCorrection, PriceSeries
from pricing.review import ABSURD
from pricing.rewriting import Markets
from pricing.signals import announce


class CannotCorrectError(Exception):
    """The price cannot be corrected like this; the message says why."""


@transaction.atomic
def correct(
    series: PriceSeries, *, day: date, market: int | None, by: User, reason: str = ""
) -> PriceCorrection:
    """Makes `market` the price of the change on `day`, as if the source had said so; low and mid stay.

    In minor units of the series' currency, None for unknown. A change that moves nothing any more stays one.
    Raises CannotCorrectError as `check` does.
    """
    known = check(series, day=day, market=market)
    was, known[day] = known[day], market
    following = next((changed for changed in known if changed > day), None)
    rewriting.in_changes(series, day=day, amounts={"market": market})
    if following:
        PriceChange.objects.filter(series_id=series.pk, day=following).update(previous_market=market)
    _show(series, known)
    telling.latest(series, day=day)
    rewriting.in_vectors(series, market=market, since=day, until=following)
    announce(series.game, day=day)
    # Derived: should this fail, the next sync makes it good. (Django cannot name a partial that failed.)
    transaction.on_commit(lambda: movers.rank(series.source, game=series.game), robust=True)
    return rewriting.note(series, day=day, was=was, now=market, by=by, reason=reason)


def supposed(series: PriceSeries, *, day: date, market: int | None) -> Move:
    """What `correct` would change. Raises CannotCorrectError as `check` does."""
    known = check(series, day=day, market=market)
    following = next((changed for changed in known if changed > day), None)
    return Move(series=series, day=day, was=known[day], now=market, until=following)


def check(series: PriceSeries, *, day: date, market: int | None) -> Markets:
    """The market prices of the series by the day of their change, if this one can be corrected.

    No sync changes that until the transaction ends. Raises CannotCorrectError for an amount that no price can
    be, for a day without a change, and for the price it has.
    """
    if market is not None and not 0 < market <= ABSURD:
        least, most = money(1, series.currency), money(ABSURD, series.currency)
        raise CannotCorrectError(f"A price is at least {least} and at most {most}.")
    rewriting.wait_for_sync(series)
    known = rewriting.markets(series)
    if day not in known:
        since = max((changed for changed in known if changed < day), default=None)
        raise CannotCorrectError(
            f"It did not change on {day}: correct its price of {since}, which held that day."
            if since
            else f"No price of {day} is known."
        )
    if known[day] == market:
        raise CannotCorrectError("This is the price it has already.")
    return known


def _show(series: PriceSeries, known: Markets) -> None:
    *_, newest = known.values()
    LatestPrice.objects.filter(series=series).update(
        market=newest, previous_market=rewriting.before_last_move(known)
    )
