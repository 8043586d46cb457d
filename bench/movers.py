"""Movers and card pages at the size of the real market: what the server spends on them."""

from collections.abc import Iterator
from functools import partial

from django.db.backends.utils import CursorWrapper
from django.test import Client, override_settings

from bench import ingest, market, prices
from bench.measure import Measure, at_most, best, milliseconds, p95
from catalog.models import Card, Game
from pricing import movers
from pricing.models import Mover, PriceDay, Source

LIMIT = 50  # ms
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    market.load()
    prices.load()
    if not PriceDay.objects.exists():
        list(ingest.run(cursor))
    source = Source.objects.get(slug="tcgplayer")
    ranked = sum(milliseconds(partial(movers.rank, source, game=game)) for game in Game.objects.all())
    scan = best(lambda: _scan(cursor))
    yield Measure(name="ranking all movers of the market", value=ranked, unit="ms")
    yield Measure(name="ranking / reading every latest price once", value=ranked / scan, unit="x")
    with override_settings(STORAGES=PLAIN, ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        yield from _pages()


def _scan(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT sum(market) FROM pricing_latestprice")


def _pages() -> Iterator[Measure]:
    client = Client()
    for address in ("/movers/", "/movers/?window=1&floor=2000", "/movers/?game=magic&direction=down"):
        times = [milliseconds(partial(client.get, address)) for _ in range(20)]
        yield at_most(f"{address} (p95)", p95(times[1:]), "ms", LIMIT)
    moving = Mover.objects.values_list("series__printing__card", flat=True)[:60]
    cards = [card.get_absolute_url() for card in Card.objects.filter(pk__in=list(moving))]
    times = [milliseconds(partial(client.get, address)) for address in cards]
    yield at_most(f"card page of {len(cards)} cards (p95)", p95(times[1:]), "ms", LIMIT)
