"""A day of visitors over 100,000 cards while prices come in: what is kept, how fast, and whether it is right.

Which addresses are asked follows Zipf's law. Each is asked as often as on a day of VISITS requests, but only
every PART-th by its place is asked at all, and counts for the visits of its neighbours, on the average more
popular ones. What is kept of one touches no other, so the hit rate is that of the whole day, or less (spatial
sampling: Waldspurger et al., "Efficient MRC Construction with SHARDS", FAST 2015): the
greater PART, the less. The clock is simulated, and nothing else.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any
from unittest.mock import patch

import time_machine
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.db.backends.utils import CursorWrapper
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from bench import market, pages, prices
from bench.measure import Measure, at_least, at_most, milliseconds, p95
from catalog import keeping, words
from catalog.models import Card, CardSet, Game
from pricing import ledger, movers
from pricing.models import IngestRun, Source

CARDS = 100_000
SERIES = 120_000
VISITS = 5_000_000  # of a day: 58 a second
PART = 100
EXPONENT = 1.1
CHECKED = 0.1  # of the answers are compared with what is made of the database at that moment
SEED = 20_261_127
HOURS = 24
DAY = datetime(2026, 11, 20, tzinfo=UTC)
INGESTS = (1.2, 3.4, 5.6, 7.8, 9.9, 12.3, 14.1, 16.7, 19.2, 22.4)  # hours; each of the next game
EDITS = 24  # corrected names of cards
PASSES, OFTEN = 5, 200  # of the answers whose CPU is measured
UNCOUNTED = {"address": 0, "person": 0, "key": 0}  # calls of the API: one address asks for all visitors
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
TRIVIAL = "/bench/trivial/"
LISTS = ("/", "/movers/", "/api/v1/movers/", "/api/v1/games/", "/search/", "/methodology/")

Addresses = list[str]
Keep = Callable[..., bytes | None]


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    """Needs the migrations; fills the database when it is empty."""
    from config.urls import urlpatterns  # noqa: PLC0415 -- models load only after django.setup()

    market.load(CARDS)
    prices.load(SERIES)
    words.index_all()
    walks = {game: prices.Walk(series, seed=game) for game, series in prices.series_by_game().items()}
    for back in (2, 1):
        for game in walks:
            ingest(walks, game=game, back=back)
    cursor.execute("VACUUM ANALYZE")
    routes = (path(TRIVIAL.lstrip("/"), pages.trivial), *urlpatterns)
    with override_settings(
        ROOT_URLCONF=routes,
        STORAGES=PLAIN,
        ALLOWED_HOSTS=["*"],
        SECURE_SSL_REDIRECT=False,
        API_CALLS_PER_MINUTE=UNCOUNTED,
        COSTLY_PAGES_PER_MINUTE=0,
    ):
        yield from replayed(walks)
        yield from searches()
        yield from conditional()


def ingest(walks: dict[int, prices.Walk], *, game: int, back: int) -> None:
    """The day so many days before the last, as an ingest writes it once its files are read."""
    source, day = Source.objects.get(slug="tcgplayer"), prices.day_before(back)
    walks[game].step()
    run = IngestRun.objects.create(
        source=source, adapter="files", game_id=game, day=day, started_at=timezone.now()
    )
    ledger.record(run, day=day, listed=walks[game].day())
    run.status, run.finished_at, run.rows = "done", timezone.now(), len(walks[game].series)
    run.save()
    movers.rank(source, game=Game.objects.get(pk=game))


@dataclass
class Kind:
    """Requests of one kind: their share of all, and the addresses by popularity, of which a part is asked."""

    share: float
    addresses: Addresses
    asked: Addresses = field(init=False)
    weights: list[float] = field(init=False)
    visits: float = field(init=False)
    counts: list[float] = field(init=False)  # for how many visits one of each address stands

    def __post_init__(self) -> None:
        of_all = [(place + 1) ** -EXPONENT for place in range(len(self.addresses))]
        places = range(min(PART // 2, len(of_all) - 1), len(of_all), PART)
        self.asked = [self.addresses[place] for place in places]
        self.weights = [of_all[place] for place in places]
        self.visits = VISITS * self.share * sum(self.weights) / sum(of_all)
        starts = [PART * turn for turn in range(len(places))]
        ends = [*starts[1:], len(of_all)]
        self.counts = [
            sum(of_all[start:end]) / own for start, end, own in zip(starts, ends, self.weights, strict=True)
        ]


def kinds() -> list[Kind]:
    drawn = random.Random(SEED)
    cards = list(Card.objects.values_list("id", "slug", "folded"))
    drawn.shuffle(cards)
    sets = [f"{game}/{slug}/" for game, slug in CardSet.objects.values_list("game__slug", "slug")]
    drawn.shuffle(sets)
    names = list(dict.fromkeys(folded.replace(" ", "+") for _, _, folded in cards))[:20_000]
    return [
        Kind(0.25, [f"/cards/{key}/{slug}/" for key, slug, _ in cards]),
        Kind(0.10, [f"/api/v1/cards/{key}/" for key, _, _ in cards]),
        Kind(0.05, [f"/api/v1/cards/{key}/history/" for key, _, _ in cards]),
        Kind(0.15, [f"/games/{place}" for place in sets]),
        Kind(0.05, [f"/api/v1/sets/{place}" for place in sets]),
        Kind(0.15, [f"/search/?q={name}" for name in names]),
        Kind(0.05, [f"/api/v1/search/?q={name}" for name in names]),
        Kind(0.10, [f"/search/suggest/?q={name[:4]}" for name in names]),
        Kind(0.10, [*LISTS, *(f"/games/{slug}/" for slug in Game.objects.values_list("slug", flat=True))]),
    ]


def day() -> list[tuple[float, str, float]]:
    """When (in hours) which address is asked, and for how many visits that stands."""
    drawn = random.Random(SEED)
    visits = [
        (drawn.uniform(0, HOURS), address, stands_for)
        for kind in kinds()
        for address, stands_for in drawn.choices(
            list(zip(kind.asked, kind.counts, strict=True)), kind.weights, k=round(kind.visits)
        )
    ]
    return sorted(visits)


@dataclass
class Tally:
    hits: float = 0  # of the visits of the whole day
    visits: float = 0
    asked: int = 0
    checked: int = 0
    stale: list[str] = field(default_factory=list)
    kept_ms: list[float] = field(default_factory=list)
    made_ms: list[float] = field(default_factory=list)
    was_hit: bool = False

    def watch(self, keep: Keep) -> Keep:
        """The outermost call of a request is the last to say whether it was a hit."""

        def watched(
            subject: keeping.Subject, *, make: Callable[[], bytes | None], **named: Any
        ) -> bytes | None:
            made: list[bytes | None] = []

            def making() -> bytes | None:
                made.append(make())
                return made[0]

            found = keep(subject, make=making, **named)
            self.was_hit = not made
            return found

        return watched


def replayed(walks: dict[int, prices.Walk]) -> Iterator[Measure]:
    caches["default"].clear()
    tally, client, drawn = Tally(), Client(), random.Random(SEED)
    visits, changes = day(), turns(walks)
    with (
        time_machine.travel(DAY, tick=False) as clock,
        patch.object(keeping, "keep", tally.watch(keeping.keep)),
    ):
        for at, address, stands_for in visits:
            clock.move_to(DAY + timedelta(hours=at))
            while changes and changes[0][0] <= at:
                changes.pop(0)[1]()
            visit(tally, client, address, stands_for=stands_for, is_checked=drawn.random() < CHECKED)
    yield from results(tally)


def turns(walks: dict[int, prices.Walk]) -> list[tuple[float, Callable[[], None]]]:
    """What changes during the day: prices of two days of each game, and names of the cards that are asked."""
    games = list(walks)
    found: list[tuple[float, Callable[[], None]]] = [
        (at, partial(ingest, walks, game=games[place % len(games)], back=0 - place // len(games)))
        for place, at in enumerate(INGESTS)
    ]
    edits = [(HOURS * (place + 0.5) / EDITS, partial(edit, place)) for place in range(EDITS)]
    return sorted([*found, *edits], key=lambda turn: turn[0])


def edit(place: int) -> None:
    card = Card.objects.order_by("id")[place * 100]
    Card.objects.filter(pk=card.pk).update(name=f"{card.name} (corrected)")


def visit(tally: Tally, client: Client, address: str, *, stands_for: float, is_checked: bool) -> None:
    tally.was_hit = False
    spent, content = timed(client, address)
    tally.asked += 1
    tally.visits += stands_for
    tally.hits += stands_for * tally.was_hit
    if is_checked:
        was_hit = tally.was_hit
        with without_keeping():
            anew, now = timed(client, address)
        tally.checked += 1
        tally.stale += [address] * (content != now)
        if was_hit:
            tally.kept_ms.append(spent)
            tally.made_ms.append(anew)


def timed(client: Client, address: str) -> tuple[float, bytes]:
    answers: list[bytes] = []
    spent = milliseconds(lambda: answers.append(client.get(address).content))
    return spent, answers[0]


@contextmanager
def without_keeping() -> Iterator[None]:
    with patch.object(keeping, "keep", lambda _, *, make, **__: make()):
        yield


def results(tally: Tally) -> Iterator[Measure]:
    yield Measure(name="caching: requests that are replayed", value=tally.asked, unit="")
    yield Measure(name="caching: visits of the day that these stand for", value=tally.visits, unit="")
    yield at_least("caching: hit rate", 100 * tally.hits / tally.visits, "%", 80)
    yield Measure(name="caching: an answer that is kept, median", value=median(tally.kept_ms), unit="ms")
    yield Measure(name="caching: the same answers made anew, median", value=median(tally.made_ms), unit="ms")
    faster = sum(tally.made_ms) / sum(tally.kept_ms)
    yield at_least("caching: kept answers are faster, all together", faster, "times", 5)
    yield Measure(name="caching: answers compared with the database", value=tally.checked, unit="")
    yield at_most("caching: of them stale", len(tally.stale), "", 0)


def searches() -> Iterator[Measure]:
    """Search pages that nobody asked before, by names of cards."""
    client = Client()
    names = Card.objects.order_by("-id").values_list("folded", flat=True)[:20_000:100]
    with without_keeping():
        times = [timed(client, f"/search/?q={name}")[0] for name in names]
    yield at_most(f"caching: search page of {len(times)} names, made anew (p95)", p95(times[1:]), "ms", 50)


def conditional() -> Iterator[Measure]:
    """CPU of "you have it already" against the smallest view behind the same middleware."""
    handler = WSGIHandler()
    card = Card.objects.order_by("id")[50]
    addresses = {"set page": "/games/pokemon/set-0/", "card page": card.get_absolute_url()}
    addresses |= {"search page": "/search/?game=pokemon", "API's set": "/api/v1/sets/pokemon/set-0/"}
    asks: dict[str, Callable[[], object]] = {"trivial": partial(pages.get, handler, TRIVIAL)}
    for name, address in addresses.items():
        asks[name] = partial(not_modified, handler, address, tag=Client().get(address)["ETag"])
    # In turn, so that whatever else the machine does meets all alike.
    found = [{name: pages.cpu(ask, rounds=OFTEN) for name, ask in asks.items()} for _ in range(PASSES)]
    best = {name: min(one[name] for one in found) for name in asks}
    floor = best.pop("trivial")
    yield Measure(name="caching: CPU of a trivial view", value=floor, unit="ms")
    for name, spent in best.items():
        yield at_most(f"caching: 304 of a {name} against a trivial view", spent / floor, "times", 2)


def not_modified(handler: WSGIHandler, address: str, *, tag: str) -> None:
    address, _, query = address.partition("?")
    asked = {"HTTP_IF_NONE_MATCH": tag, "HTTP_HOST": "testserver", "QUERY_STRING": query}
    pages.get(handler, address, status="304 Not Modified", **asked)
