"""CPU of a page that lists 100 prices, against the smallest Django view behind the same middleware."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from time import process_time
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from bench.measure import Measure, at_most, show

ROWS = 100
ROUNDS = 60
SET_PAGE = "/games/bench-pages/one-hundred/"
TRIVIAL = "/bench/trivial/"


def run(_: CursorWrapper) -> list[Measure]:
    """Needs the migrations. Its set of 100 printings is rolled back afterwards."""
    from config.urls import urlpatterns  # noqa: PLC0415 -- models load only after django.setup()

    routes = (path(TRIVIAL.lstrip("/"), trivial), *urlpatterns)
    # Plain static addresses: a bench needs no `collectstatic` before it.
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    here = override_settings(
        ROOT_URLCONF=routes,
        ALLOWED_HOSTS=["*"],
        SECURE_SSL_REDIRECT=False,
        STORAGES=settings.STORAGES | plain,
    )
    with here, kept_connection(), transaction.atomic():
        build_set()
        handler = WSGIHandler()
        floor = cpu(lambda: get(handler, TRIVIAL))
        page = cpu(lambda: get(handler, SET_PAGE))
        with override_settings(
            CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        ):
            first = cpu(lambda: get(handler, SET_PAGE))
        transaction.set_rollback(True)
    return [
        Measure(name="pages: CPU of a trivial view", value=floor, unit="ms"),
        Measure(name=f"pages: CPU of a set page with {ROWS} prices", value=page, unit="ms"),
        Measure(name="pages: the same when its list is not kept", value=first, unit="ms"),
        at_most("pages: set page against trivial view", page / floor, "times", 15),
    ]


@contextmanager
def kept_connection() -> Iterator[None]:
    """Django closes a connection in mid-transaction when a request begins; here the transaction is ours."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def trivial(_: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def build_set() -> None:
    from catalog.models import Card, CardSet, Finish, Game, Printing, Rarity  # noqa: PLC0415
    from pricing.models import IngestRun, LatestPrice, PriceChange, PriceSeries, Source  # noqa: PLC0415

    today = datetime.now(UTC).date()
    source = Source.objects.create(slug="bench-pages", name="Bench", currency="USD", rank=1)
    game = Game.objects.create(name="Bench pages", slug="bench-pages")
    shown = CardSet.objects.create(game=game, name="One hundred", slug="one-hundred", released_on=today)
    rarity, finish = (
        Rarity.objects.create(game=game, name="Rare"),
        Finish.objects.create(game=game, name="Holofoil"),
    )
    now = datetime.now(UTC)
    IngestRun.objects.create(
        source=source, adapter="bench", game=game, day=today, status="done", started_at=now, finished_at=now
    )
    card: dict[str, Any] = {"game": game, "card_set": shown, "rarity": rarity, "slug": "a-card", "words": ""}
    for place in range(ROWS):
        number = f"{place:03}"
        made = Card.objects.create(
            name=f"Card {number}", folded=number, number=number, number_key=number, **card
        )
        printing = Printing.objects.create(card=made, finish=finish)
        series = PriceSeries.objects.create(
            printing=printing, source=source, game=game, language="en", currency="USD"
        )
        LatestPrice.objects.create(
            series=series,
            source=source,
            game=game,
            market=1_000 + place,
            low=900,
            mid=1_100,
            changed_on=today,
        )
        changes = [(date(2026, 1, 1), None), (today, 950)]
        PriceChange.objects.bulk_create(
            PriceChange(series=series, day=day, market=1_000 + place, previous_market=old)
            for day, old in changes
        )


def get(
    handler: WSGIHandler, address: str, *, query: str = "", status: str = "200 OK", **headers: str
) -> bytes:
    """One request through all middleware, as a web server sends it. Raises ValueError for another status."""
    answers: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **headers,
    }

    def start(status: str, _headers: object, *_: object) -> Callable[[bytes], object]:
        answers.append(status)
        return io.BytesIO().write

    response = handler(environ, start)
    body = b"".join(response)
    response.close()
    if answers != [status]:
        raise ValueError(f"{address} answered {answers}")
    return body


def cpu(call: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The best of many rounds in ms of this process's CPU time; waiting for the database is not in it."""
    times = []
    for _ in range(rounds):
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times) * 1000


if __name__ == "__main__":
    django.setup()
    with connection.cursor() as its_cursor:
        raise SystemExit(0 if show(run(its_cursor)) else 1)
