"""What orchestrators ask, and what staff and visitors see of the same."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django_redis import get_redis_connection
from pytest_django import Settings

from accounts.models import User
from config import state
from config.task_metrics import SENT_AT
from pricing.tests.factories import RunFactory
from pricing.tests.market import DAY

ClientFor = Callable[[User], Client]
ELSEWHERE = "203.0.113.9"
TOKEN = "t" * 32


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    state.forget()
    yield
    state.forget()


@pytest.fixture
def token(settings: Settings) -> dict[str, Any]:
    settings.METRICS_TOKEN = TOKEN
    return {"headers": {"Authorization": f"Bearer {TOKEN}"}, "REMOTE_ADDR": ELSEWHERE}


def parts(client: Client, **asked: Any) -> dict[str, str]:
    """The verdicts; asks anew."""
    state.forget()
    told = client.get("/readyz", **asked).json()["parts"]
    return {name: part["verdict"] for name, part in told.items()}


def break_redis(settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}


def break_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """For connections that are made from now on."""
    away = {**connections.settings["default"], "HOST": "/nowhere"}
    monkeypatch.setitem(connections.settings, "default", away)


def test_a_process_says_that_it_lives_and_looks_at_nothing(client: Client, settings: Settings) -> None:
    """Without a database (this test may use none), Redis, a known host name or HTTPS."""
    settings.SECURE_SSL_REDIRECT = True
    break_redis(settings)
    answer = client.get("/healthz", headers={"Host": "10.1.2.3"}, REMOTE_ADDR=ELSEWHERE)
    assert (answer.status_code, answer.content) == (200, b"alive\n")
    assert "Set-Cookie" not in answer
    assert client.post("/healthz").status_code == 405


@pytest.fixture
def own_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests sent may wait in the real ones."""
    monkeypatch.setattr(state, "QUEUES", ["of this test"])


@pytest.mark.usefixtures("own_queue")
@pytest.mark.django_db(transaction=True)
def test_a_site_in_order_is_ready_and_tells_strangers_no_more(
    client: Client, token: dict[str, Any], carla: User, bob: User, client_for: ClientFor
) -> None:
    assert {"database", "migrations", "redis", "queue of this test"} <= parts(client).keys()
    stranger = {"REMOTE_ADDR": ELSEWHERE, "headers": {"Host": "10.1.2.3"}}
    answer = client.get("/readyz", **stranger)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()) == (200, {"verdict": "ready"})
    assert client.get("/readyz", headers={"Host": "evil.example"}).json() == {"verdict": "ready"}
    assert "parts" in client.get("/readyz", **token).json()
    told = [client_for(user).get("/readyz", REMOTE_ADDR=ELSEWHERE).json() for user in (bob, carla)]
    assert ["parts" in one for one in told] == [False, True]


@pytest.mark.django_db(transaction=True)
def test_without_its_database_a_process_is_unfit_and_says_so_in_time(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_database(monkeypatch)
    began = time.monotonic()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["database"]["verdict"]) == (503, "unfit")
    scraped = client.get("/metrics", headers={"Host": "localhost"})
    assert scraped.status_code == 200
    assert 'part_up{part="database"} 0.0' in scraped.content.decode()
    assert 'part_up{part="redis"} 1.0' in scraped.content.decode()
    assert time.monotonic() - began < 6


@pytest.mark.django_db(transaction=True)
def test_a_missing_migration_makes_unfit_and_is_named(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("alerts", "0001_initial")
    try:
        answer = client.get("/readyz")
    finally:
        recorder.record_applied("alerts", "0001_initial")
    assert answer.status_code == 503
    assert answer.json()["parts"]["migrations"]["detail"] == "missing: alerts.0001_initial"


@pytest.mark.django_db(transaction=True)
def test_the_site_serves_on_without_redis(client: Client, settings: Settings) -> None:
    break_redis(settings)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["verdict"]) == (200, "degraded")
    assert answer.json()["parts"]["redis"]["verdict"] == "degraded"
    assert 'part_up{part="redis"} 0.0' in client.get("/metrics").content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_old_task_and_late_prices_are_named(client: Client, carla: User, client_for: ClientFor) -> None:
    run = RunFactory.create(source__fresh_hours=48, day=DAY)
    place = f"{run.source.slug} {run.game.slug}"
    redis: Any = get_redis_connection("default")
    old = json.dumps({"headers": {SENT_AT: time.time() - 5000}})
    redis.rpush("market", old)
    try:
        found = parts(client)
        state.forget()
        page = client_for(carla).get("/admin/status/").content.decode()
    finally:
        redis.lrem("market", 0, old)
    assert (found["queue market"], found[place]) == ("degraded", "degraded")
    assert f'<th scope="row">{place}</th><td><strong>degraded</strong></td>' in page


@pytest.mark.django_db
def test_everybody_sees_how_fresh_the_prices_are(client: Client) -> None:
    late = RunFactory.create(source__fresh_hours=48, day=DAY)
    demo = RunFactory.create(source__is_demo=True, source__fresh_hours=48, day=DAY)
    page = client.get("/status/")
    rows = page.content.decode().split("<tr>")[2:]
    assert [late.source.name in row for row in rows] == [True, False]
    assert [">late<" in row for row in rows] == [True, False]
    assert demo.source.name in rows[1]
    assert f"{late.finished_at:%Y-%m-%d %H:%M}" in rows[0]
    assert "no-store" in page["Cache-Control"]
