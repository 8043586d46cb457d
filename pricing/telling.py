"""Says which prices changed, in the transaction that changes them: the change feed and sockets pass it on."""

from datetime import date

import numpy as np

from catalog import revisions
from catalog.models import Revision
from pricing import packing
from pricing.models import LatestPrice, PriceSeries, Source
from pricing.packing import Ints

PRICES, CORRECTION = "price", "correction"
NO_ROWS = np.empty((0, packing.COLUMNS), dtype=np.int32)


def prices(source: Source, *, game_id: int, day: date | None, rows: Ints) -> None:
    """`rows` are series, market, low and mid, in minor units with 0 for unknown; none says "something else".

    Of a source whose terms let us keep no history, or show it for some hours only, it is said that prices
    changed, not which: this is kept.
    """
    may_keep = source.keeps_history and source.shown_hours is None
    data = packing.pack_rows(rows) if len(rows) and may_keep else b""
    revisions.add(PRICES, game_id=game_id, source=source.slug, day=day, data=data)


def forget(source: Source) -> None:
    """Takes back which prices were told of: the terms no longer let us keep them."""
    Revision.objects.filter(kind=PRICES, source=source.slug).update(data=b"")


def latest(series: PriceSeries, *, day: date) -> None:
    """Passes on the newest price of a series as it now stands."""
    known = LatestPrice.objects.get(series=series)
    row = [series.pk, known.market or 0, known.low or 0, known.mid or 0]
    prices(series.source, game_id=series.game_id, day=day, rows=np.array([row], dtype=np.int32))


def corrected(series: PriceSeries, *, day: date) -> None:
    """What was said of the series from that day on is another now."""
    revisions.add(CORRECTION, game_id=series.game_id, source=series.source.slug, day=day, ids=[series.pk])
