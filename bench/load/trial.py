"""A sync and its alerts, begun before parts are killed: what must be there in the end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path

import numpy as np
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from alerts import evaluation
from alerts.models import Alert, AlertEvent, Delivery
from alerts.tests import factories as waiting
from bench import prices
from bench.layout import write_day
from bench.load import crowd
from bench.measure import Measure, at_least, at_most
from catalog.models import Game
from collections_app.models import Lot
from integrations.tests.marketplace import Marketplace, Request, Response
from pricing import worker
from pricing.models import IngestRun, LatestPrice, PriceSeries

GAME = "pokemon"
ALERTS = 300
HOOK = "/hook"
DAY = prices.day_before(crowd.BEGINNING - 1)
EVE = datetime.combine(prices.day_before(crowd.BEGINNING), time(21), UTC)  # alerts heed what comes after it


@dataclass
class Trial:
    """`received` counts the messages by their id."""

    walk: prices.Walk
    received: Counter[str] = field(default_factory=Counter)
    began_at: datetime = EVE

    @classmethod
    def prepare(cls, walks: dict[int, prices.Walk], *, outside: Marketplace, folder: Path) -> "Trial":
        """The next day of a game lies at its source, and alerts wait for what it will say."""
        game = Game.objects.get(slug=GAME)
        trial = cls(walk=walks[game.pk])
        before = trial.walk.market
        trial.walk.step()
        folder.mkdir()
        write_day(folder, walks={game.pk: trial.walk}, day=DAY)
        outside.root = folder
        outside.routes[HOOK] = trial.receive
        rising = np.flatnonzero(trial.walk.market > before)[:ALERTS]
        trial.watch(rising, address=outside.url + HOOK)
        return trial

    def watch(self, rising: np.ndarray, *, address: str) -> None:
        """An alert for each of these series, at the very price that it will rise to."""
        owner = User.objects.create_user("waits@example.org")
        hook = waiting.channel(owner, "webhook", address=address)
        printings = dict(PriceSeries.objects.values_list("pk", "printing_id"))
        thresholds = {printings[int(self.walk.series[at])]: int(self.walk.market[at]) for at in rising}
        facts = {"owner": owner, "kind": "above", "currency": "USD", "timing": "urgent"}
        made = Alert.objects.bulk_create(
            Alert(printing_id=printing, threshold=threshold, **facts)
            for printing, threshold in thresholds.items()
        )
        hook.alerts.set(made)
        evaluation.catch_up(now=EVE)
        connection.close()  # it will be killed with the server

    def receive(self, request: Request) -> Response:
        self.received[request.headers["webhook-id"]] += 1
        return Response(body=b"ok")

    def begin(self) -> None:
        self.began_at = timezone.now()
        worker.ask("pricing.sync", "tcgcsv", GAME)

    def is_over(self) -> bool:
        sent = Delivery.objects.filter(status="sent").count()
        is_recorded = IngestRun.objects.filter(game__slug=GAME, day=DAY, status="done").exists()
        return is_recorded and sent == ALERTS and not Delivery.objects.filter(status="pending").exists()

    def measures(self, written: set[str]) -> Iterator[Measure]:
        held = dict(Lot.objects.exclude(notes="").values_list("notes").annotate(Count("pk")))
        lost = [tag for tag in written if tag not in held]
        twice = [tag for tag in written if held.get(tag, 0) > 1]
        yield at_least("lots that the site said it had written", len(written), "lots", 1)
        yield at_most("of these lost", len(lost), "lots", 0)
        yield at_most("of these there twice", len(twice), "lots", 0)
        runs = IngestRun.objects.filter(game__slug=GAME, started_at__gte=self.began_at)
        yield at_least("runs of the sync that were cut off", runs.filter(status="failed").count(), "runs", 1)
        done = runs.get(status="done")
        assert done.finished_at
        finished = done.finished_at - self.began_at
        yield Measure(
            name="from the request of the sync to its end", value=finished.total_seconds(), unit="s"
        )
        yield at_most("prices of the synced game that are not its source's", self.wrong(), "prices", 0)
        events = AlertEvent.objects.count()
        yield at_most("alerts without exactly one event", abs(events - ALERTS), "alerts", 0)
        ids = {str(key) for key in Delivery.objects.values_list("pk", flat=True)}
        yield at_most(
            "messages that did not arrive, or are nobody's", len(ids ^ set(self.received)), "messages", 0
        )
        again = self.received.total() - len(self.received)
        yield at_most("messages that came again, under their first id", again, "messages", 4)

    def wrong(self) -> int:
        said = dict(zip(self.walk.series.tolist(), self.walk.market.tolist(), strict=True))
        known = dict(LatestPrice.objects.filter(series__in=said).values_list("series", "market"))
        return sum(known.get(series) != price for series, price in said.items())
