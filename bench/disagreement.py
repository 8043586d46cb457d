"""Where sources disagree, at the size of the real market: a second source of every product, a month long."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import numpy as np
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from bench import market, prices
from bench.measure import Measure, at_most, best, milliseconds
from catalog.models import Game
from pricing import disagreement, packing
from pricing.models import PriceDay, PriceSeries, Source
from pricing.observations import WINDOW

LIMIT = 50  # ms
SECOND = """
INSERT INTO pricing_priceseries (printing_id, source_id, game_id, condition, grade, language, currency)
SELECT printing_id, %s, game_id, '', '', language, currency FROM pricing_priceseries WHERE source_id = %s
ON CONFLICT DO NOTHING"""


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    market.load()
    prices.load()
    first = Source.objects.get(slug="tcgplayer")
    second, _ = Source.objects.get_or_create(slug="second", defaults={"name": "Second", "currency": "USD"})
    cursor.execute(SECOND, [second.pk, first.pk])
    games = list(Game.objects.all())
    for source in (first, second):
        for game in games:
            _remember(source, game=game)
    printings = PriceSeries.objects.filter(source=second).count()
    spent = sum(milliseconds(partial(disagreement.rank, game)) for game in games)
    yield Measure(name="printings at two sources", value=printings, unit="")
    yield Measure(name="looking for the disagreements of all games", value=spent, unit="ms")
    yield Measure(name="for each 1,000 printings", value=spent / max(1, printings / 1000), unit="ms")
    yield at_most("the 50 worst of all games", best(lambda: disagreement.worst(50)), "ms", LIMIT)


def _remember(source: Source, *, game: Game) -> None:
    """A month of days up to today, as the ledger packs them."""
    series = np.array(
        PriceSeries.objects.filter(source=source, game=game).order_by("id").values_list("id", flat=True),
        dtype=np.int32,
    )
    walk, today = prices.Walk(series, seed=source.pk), timezone.now().date()
    days = []
    for ago in range(WINDOW, -1, -1):
        data = packing.pack_day(series, walk.market)
        day = today - timedelta(days=ago)
        days.append(PriceDay(source=source, game=game, day=day, size=len(series), data=data))
        walk.step()
    PriceDay.objects.filter(source=source, game=game).delete()
    PriceDay.objects.bulk_create(days)
