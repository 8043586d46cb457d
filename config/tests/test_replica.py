"""A real streaming replica: it is read from, never behind one's own writes, never missed when it is away."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from pytest_django import Settings
from redis.exceptions import RedisError

from accounts.models import User
from catalog import reads
from catalog.models import Game
from collections_app.models import Collection
from config.database import replica
from local.instance import Instance, throwaway
from local.postgres import standby

ClientFor = Callable[[User], Client]
MIDDLEWARE = "config.database.middleware.ReplicaMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"


class Standby:
    """The replica of the tests, which can be held, killed and started again."""

    def __init__(self, instance: Instance, *, of: str) -> None:
        self._instance = instance
        self._of = of
        self._running = ExitStack()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> str:
        return str(self._instance.sockets)

    def start(self) -> None:
        self.process = self._running.enter_context(standby(self._instance, of=self._of))

    def kill(self) -> None:
        assert self.process
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self._running.close()

    def ask(self, question: str) -> Any:
        with psycopg.connect(host=self.folder, port=5432, user="postgres", autocommit=True) as connection:
            return (connection.execute(question.encode()).fetchone() or (None,))[0]

    @contextmanager
    def held(self) -> Iterator[None]:
        """It receives what is written, and does not show it."""
        self.ask("SELECT pg_wal_replay_pause()")
        until("paused", lambda: self.ask("SELECT pg_get_wal_replay_pause_state()"))
        try:
            yield
        finally:
            self.ask("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            (written,) = cursor.fetchone() or ("",)
        until(True, lambda: self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{written}'"))
        replica.watch.forget()


def until(wanted: Any, ask: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while ask() != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def running(django_db_setup: None) -> Iterator[Standby]:
    primary = connections["default"].get_connection_params()["host"]
    with throwaway("test") as instance:
        made = Standby(instance, of=primary)
        made.start()
        yield made
        made.stop()


@pytest.fixture
def second(
    transactional_db: None, running: Standby, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Standby]:
    """The site with a replica, as DATABASE_REPLICA_URL makes it."""
    given = connections["default"].settings_dict
    Game.objects.get_or_create(slug="pokemon", defaults={"name": "Pokémon"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            connections.databases, "replica", given | {"OPTIONS": given["OPTIONS"] | {"host": running.folder}}
        )
        patch.setattr(connections["replica"], "ensure_connection", ensure_replica)
        settings.DATABASE_ROUTERS = ["config.database.routing.Router"]
        place = settings.MIDDLEWARE.index(AUTHENTICATION) + 1
        settings.MIDDLEWARE = [*settings.MIDDLEWARE[:place], MIDDLEWARE, *settings.MIDDLEWARE[place:]]
        monkeypatch.setattr(replica, "watch", replica.Watch())
        running.catch_up()
        yield running
        connections["replica"].close()
        del connections["replica"]


def ensure_replica() -> None:
    """As Django does; its test case lets in only databases that were there before it."""
    connection = connections["replica"]
    if connection.connection is None:
        with connection.wrap_database_errors:
            connection.connect()


@contextmanager
def noted() -> Iterator[list[str]]:
    """The databases that are asked for what is shown, in turn."""
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        connection: BaseDatabaseWrapper = context["connection"]
        if "catalog_" in sql or "collections_app_" in sql:
            asked.append(connection.alias)
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for alias in ("default", "replica"):
            stack.enter_context(connections[alias].execute_wrapper(note))
        yield asked


def names(client: Client) -> list[str]:
    return [game["name"] for game in client.get("/api/v1/games/").json()["results"]]


def create(client: Client, name: str) -> None:
    made = client.post("/api/v1/collections/", {"name": name}, content_type="application/json")
    assert made.status_code == 201, made.content


def listed(client: Client) -> list[str]:
    return [one["name"] for one in client.get("/api/v1/collections/").json()["results"]]


def test_what_is_shown_is_read_from_the_replica_and_kept_under_its_own_generation(
    second: Standby, client: Client
) -> None:
    """An answer of a replica that is behind is not handed to those who ask the primary, nor the reverse."""
    with noted() as asked:
        assert client.get("/games/pokemon/").status_code == 200
    assert set(asked) == {"replica"}
    before = names(client)
    with second.held():
        Game.objects.create(name="Zebra", slug="zebra")
        caught = second.ask("SELECT pg_last_wal_replay_lsn()::text")
        assert names(client) == before  # of a moment before, whole
        with reads.begun_at(reads.PRIMARY), pytest.MonkeyPatch.context() as patch:
            patch.setattr(replica, "serves", lambda _: False)
            assert names(client) == [*before, "Zebra"]
        assert names(client) == before
        assert second.ask("SELECT pg_last_wal_replay_lsn()::text") == caught
    second.catch_up()
    assert names(client) == [*before, "Zebra"]


def test_own_writes_are_seen_at_once_and_by_others_when_the_replica_has_them(
    second: Standby, alice: User, bob: User, client_for: ClientFor
) -> None:
    mine, theirs = client_for(alice), client_for(bob)
    assert listed(mine) == listed(theirs) == []  # which also notes when they were last seen: a write
    second.catch_up()
    with second.held():
        create(mine, "Binder")
        with noted() as asked:
            assert listed(mine) == ["Binder"]
            assert listed(theirs) == []
        assert set(asked) == {"default", "replica"}
    second.catch_up()
    with noted() as asked:
        assert listed(mine) == ["Binder"]
    assert set(asked) == {"replica"}


def test_one_that_is_too_far_behind_is_left_alone(
    second: Standby, client: Client, settings: Settings
) -> None:
    settings.REPLICA_MAX_LAG = 0
    with second.held():
        Game.objects.create(name="Zebra", slug="zebra")
        replica.watch.forget()
        assert "Zebra" in names(client)
    with noted() as asked:
        client.get("/games/pokemon/")
    assert set(asked) == {"default"}  # it rests, and is not looked at for each request


def test_killed_in_the_middle_answers_go_on_and_it_is_used_again_when_it_is_back(
    second: Standby, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "LOOKED", 60.0)  # so that no look comes between, however slow the machine
    assert client.get("/games/pokemon/").status_code == 200
    second.kill()
    try:
        with noted() as asked:
            assert client.get("/games/pokemon/").status_code == 200
        assert (asked[0], asked[-1]) == ("replica", "default")
        with noted() as asked:
            assert client.get("/games/pokemon/").status_code == 200
        assert set(asked) == {"default"}
    finally:
        second.stop()
        second.start()
    second.catch_up()
    with noted() as asked:
        assert client.get("/games/pokemon/").status_code == 200
    assert set(asked) == {"replica"}


def test_a_transaction_and_what_follows_it_read_the_primary(second: Standby) -> None:
    with reads.begun_at(reads.REPLICA):
        assert Game.objects.all().db == "replica"
        Collection.objects.filter(pk=0).delete()
        assert Game.objects.all().db == "default"


def test_without_redis_those_who_may_have_written_read_the_primary(
    second: Standby, alice: User, client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    assert replica.serves(str(alice.pk))
    assert replica.serves(None)
    monkeypatch.setattr(replica, "get_redis_connection", out_of_reach)
    assert not replica.serves(str(alice.pk))
    assert replica.serves(None)


def out_of_reach(_alias: str) -> Any:
    raise RedisError
