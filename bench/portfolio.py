"""A collection of 10,000 lots: its value now, its value on each day of a year, and why that changed.

Its prices live through the year as real ones do: the day's changes are recorded by the real ledger, closed
months are packed. It has a game and a person of its own, and is made once.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from django.db.backends.utils import CursorWrapper
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bench.measure import Measure, at_most, best
from bench.prices import Walk
from catalog.models import Card, CardSet, Finish, Game, Printing
from collections_app import collecting, explanations, lots, snapshots, valuation
from collections_app.models import Collection, ValueSnapshot
from pricing import history, ledger
from pricing.models import IngestRun, PriceSeries, Source

LOTS = 10_000
YEAR = 365
NAME = "bench-portfolio"
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PLAIN_SUM = """
SELECT sum(lot.quantity * l.market) FROM collections_app_lot lot
JOIN pricing_latestprice l ON l.series_id = lot.series_id WHERE lot.collection_id = %s"""


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    owned = _collection(cursor)
    today = datetime.now(UTC).date()
    yield from _totals(cursor, owned)
    ValueSnapshot.objects.filter(collection=owned).delete()
    seconds = best(partial(snapshots.fill, owned.pk), rounds=1) / 1000
    yield at_most(f"portfolio: {YEAR} days of {LOTS:,} lots made anew", seconds, "s", 10)
    cursor.execute("VACUUM ANALYZE collections_app_valuesnapshot")
    yield from _series(owned)
    for days in (30, YEAR):
        explained = partial(
            explanations.explain, [owned.pk], since=today - timedelta(days=days), until=today, currency="USD"
        )
        yield Measure(name=f"portfolio: {days} days explained", value=best(explained), unit="ms")
    yield from _page(owned)


def _totals(cursor: CursorWrapper, owned: Collection) -> Iterator[Measure]:
    totals = best(lambda: valuation.totals([owned.pk], currency="USD"))
    plain = best(lambda: cursor.execute(PLAIN_SUM, [owned.pk]))
    yield at_most(f"portfolio: value of {LOTS:,} lots", totals, "ms", 100)
    yield Measure(
        name="portfolio: value against a plain sum of the same rows", value=totals / plain, unit="times"
    )
    for name, read in (
        ("a page of lots by value", partial(valuation.lot_rows, sort="-value")),
        ("how the value is spread", valuation.allocation),
        ("best and worst", valuation.best_and_worst),
    ):
        yield Measure(
            name=f"portfolio: {name}", value=best(partial(read, [owned.pk], currency="USD")), unit="ms"
        )


def _series(owned: Collection) -> Iterator[Measure]:
    """A chart of a year against looking up the same rows by their keys."""
    until = datetime.now(UTC).date()
    since = until - timedelta(days=YEAR)
    chart = best(lambda: snapshots.series([owned.pk], since=since, until=until, currency="USD"), rounds=20)
    keys = ValueSnapshot.objects.filter(collection=owned, day__gte=since, day__lte=until)
    look_up = best(lambda: list(keys.values_list()), rounds=20)
    yield Measure(name=f"portfolio: {YEAR} days by their keys", value=look_up, unit="ms")
    yield at_most(f"portfolio: {YEAR} days of a chart against that", chart / look_up, "times", 4)


def _page(owned: Collection) -> Iterator[Measure]:
    client = Client()
    client.force_login(owned.owner)
    address = reverse("collections:value", args=[owned.pk])
    with override_settings(STORAGES=PLAIN_FILES, ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        yield Measure(
            name="portfolio: the page of its value", value=best(partial(client.get, address)), unit="ms"
        )


def _collection(cursor: CursorWrapper) -> Collection:
    found = Collection.objects.filter(owner__email=f"{NAME}@example.org").select_related("owner").first()
    if found:
        return found
    _live(series=_series_of_all(), days=YEAR + 10)
    owner = User.objects.create_user(f"{NAME}@example.org")
    owned = collecting.create(owner, collecting.Facts(name="Ten thousand"))
    chance, today = np.random.default_rng(1), datetime.now(UTC).date()
    printings = Printing.objects.filter(card__game__slug=NAME).order_by("id").values_list("pk", flat=True)
    lots.add_many(owned, [_facts(pk, chance=chance, today=today) for pk in printings])
    cursor.execute("VACUUM ANALYZE")
    return owned


def _facts(printing: int, *, chance: np.random.Generator, today: Any) -> lots.Facts:
    return lots.Facts(
        printing_id=printing,
        quantity=int(chance.integers(1, 5)),
        language="en",
        currency="USD",
        acquired_on=today - timedelta(days=int(chance.integers(0, YEAR + 1))),
        condition=str(chance.choice(["NM", "LP", "MP"])),
        unit_cost=int(chance.integers(10, 5_000)) if chance.random() < 0.9 else None,
    )


def _series_of_all() -> list[int]:
    """A game of as many cards as there will be lots, each with one printing and one price."""
    game = Game.objects.create(name="Bench portfolio", slug=NAME)
    card_set = CardSet.objects.create(game=game, name="Ten thousand", slug="ten-thousand")
    finish = Finish.objects.create(game=game, name="Normal")
    source = Source.objects.get(slug="tcgplayer")
    numbers = [f"{place:05}" for place in range(LOTS)]
    cards = Card.objects.bulk_create(
        Card(
            game=game,
            card_set=card_set,
            name=f"Card {n}",
            slug="card",
            folded=f"card {n}",
            number=n,
            number_key=n,
        )
        for n in numbers
    )
    printings = Printing.objects.bulk_create(Printing(card=card, finish=finish) for card in cards)
    made = PriceSeries.objects.bulk_create(
        PriceSeries(printing=printing, source=source, game=game, language="en", currency="USD")
        for printing in printings
    )
    return [series.pk for series in made]


def _live(*, series: list[int], days: int) -> None:
    """Some days of prices up to today, packed each month as the worker does."""
    source, game = Source.objects.get(slug="tcgplayer"), Game.objects.get(slug=NAME)
    walk = Walk(np.array(series, dtype=np.int32), seed=1)
    today = datetime.now(UTC).date()
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        run = IngestRun(source=source, adapter="bench", game=game, day=day, started_at=timezone.now())
        ledger.record(run, day=day, listed=walk.day())
        run.status, run.finished_at = "done", timezone.now()
        run.save()
        walk.step()
        if day.day == 1:
            history.pack_closed(day)
