"""Prices of the real market's size on top of `bench.market`: 550,000 series, 40 % of which move each day."""

from datetime import date, timedelta

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from pricing.ledger import AMOUNTS, Day
from pricing.models import PriceSeries, Source
from pricing.packing import Ints

SERIES = 550_000
MOVING = 0.4
TODAY = date(2026, 11, 20)

PRINTINGS = """
INSERT INTO catalog_printing (card_id, finish_id)
SELECT c.id, f.id FROM catalog_card c JOIN catalog_finish f ON f.game_id = c.game_id AND f.name = 'Normal'
UNION ALL
SELECT * FROM (
    SELECT c.id, f.id FROM catalog_card c JOIN catalog_finish f ON f.game_id = c.game_id AND f.name = 'Foil'
    ORDER BY md5(c.id::text) LIMIT %s
) foils"""
SERIES_OF_ALL = """
INSERT INTO pricing_priceseries (printing_id, source_id, game_id, condition, grade, language, currency)
SELECT p.id, %s, c.game_id, '', '', 'en', 'USD'
FROM catalog_printing p JOIN catalog_card c ON c.id = p.card_id ORDER BY p.id"""
EXTERNAL_IDS = """
INSERT INTO catalog_externalid (source, kind, external_id, card_id)
SELECT 'tcgplayer', 'card', id::text, id FROM catalog_card"""
SET_IDS = """
INSERT INTO catalog_externalid (source, kind, external_id, card_set_id)
SELECT 'tcgplayer', 'set', id::text, id FROM catalog_cardset"""


def load(series: int = SERIES) -> None:
    """Gives every card a printing and a series, and some a second one."""
    if PriceSeries.objects.exists():
        return
    source = Source.objects.get(slug="tcgplayer")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_card")
        (cards,) = cursor.fetchone() or (0,)
        cursor.execute(PRINTINGS, [series - cards])
        cursor.execute(SERIES_OF_ALL, [source.pk])
        cursor.execute(EXTERNAL_IDS)
        cursor.execute(SET_IDS)
        cursor.execute("ANALYZE")


class Walk:
    """A random walk of a game's prices. Unknown amounts (0) stay unknown, as most direct lows are."""

    def __init__(self, series: Ints, *, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self.series = series
        self.market = np.clip(np.exp(self._random.normal(5, 1.6, len(series))), 5, 5_000_000).astype(np.int32)

    def step(self) -> None:
        moves = self._random.random(len(self.series)) < MOVING
        factor = np.where(moves, np.exp(self._random.normal(0, 0.06, len(self.series))), 1.0)
        moved = np.maximum((self.market * factor).astype(np.int32), 5)
        self.market = np.where(moves & (moved == self.market), moved + 1, moved).astype(np.int32)

    def day(self) -> Day:
        market = self.market
        low, mid, high = (market * share for share in (0.8, 1.1, 3.0))
        unknown = np.zeros(len(market))
        prices = np.stack([market, low, mid, high, unknown], axis=1).astype(np.int32)
        assert prices.shape[1] == len(AMOUNTS)
        return Day(series=self.series, prices=prices)


def series_by_game() -> dict[int, Ints]:
    rows = PriceSeries.objects.order_by("id").values_list("game_id", "id")
    pairs: NDArray[np.int32] = np.array(list(rows), dtype=np.int32)
    return {int(game): pairs[pairs[:, 0] == game, 1] for game in np.unique(pairs[:, 0])}


def day_before(days: int) -> date:
    return TODAY - timedelta(days=days)
