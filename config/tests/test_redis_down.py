"""Redis stops in mid-use: every page and endpoint answers as before, only slower."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from accounts.models import User
from catalog.models import Game
from collections_app.tests.factories import collection, lot
from local.instance import Instance
from local.valkey import valkey
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
# Ends the session, asks for a password first, starts what only a worker goes on with, or says what is down.
LEFT_OUT = ("admin/", "accounts/", "ebay/", "metrics", "readyz", "static", "media")
# What differs from call to call: tokens of forms, and what our log calls a call.
TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|"request_id":"[^"]*"')


@pytest.fixture
def stop_redis(settings: Settings) -> Iterator[Callable[[], None]]:
    """A Valkey of this test's own, and what stops it."""
    instance = Instance("test-redis-down")
    with ExitStack() as stack:
        stack.enter_context(instance.held())
        stack.callback(instance.remove)
        running = stack.enter_context(ExitStack())
        url = running.enter_context(valkey(instance, durable=False))
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
        yield running.close


@pytest.fixture
def arguments(db: None, alice: User) -> dict[str, object]:
    """What stands for the arguments of addresses: things of Alice's, and cards with prices."""
    shop = Shop(source=SourceFactory.create(), game=Game.objects.get(slug="pokemon"))
    shop.says({"1": 1_000, "2": 2_000})
    shop.says({"1": 1_100, "2": 2_000}, day=later(1))
    printing = shop.series("1").printing
    own = lot(collection(alice), printing)
    return {
        "game_slug": shop.game.slug,
        "set_slug": printing.card.card_set.slug,
        "slug": printing.card.slug,
        "kind": "not-found",
        "collections": own.collection_id,
        "lots": own.pk,
        "cards": printing.card_id,
        "printings": printing.pk,
    }


def addresses(arguments: dict[str, object]) -> list[str]:
    return sorted(path for path in set(_walk(get_resolver(), "", arguments)) if not path.startswith(LEFT_OUT))


def _walk(resolver: URLResolver, start: str, arguments: dict[str, object]) -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = start + str(entry.pattern).lstrip("^").removesuffix("\\Z")
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route, arguments)
        elif isinstance(entry, URLPattern) and "(?" not in route:
            yield _filled(route, arguments)


def _filled(route: str, arguments: dict[str, object]) -> str:
    """`pk` stands for a thing of the kind that is named before it."""

    def argument(match: re.Match[str]) -> str:
        kind = route[: match.start()].rstrip("/").rpartition("/")[2]
        return str(arguments.get(match[1], arguments.get(kind, 1)))

    return ARGUMENT.sub(argument, route)


def read(client: Client, paths: list[str]) -> dict[str, tuple[int, bytes]]:
    found = {path: client.get(f"/{path}") for path in paths}
    return {path: (answer.status_code, TOKENS.sub(b"", answer.getvalue())) for path, answer in found.items()}


def test_every_address_answers_as_before(
    stop_redis: Callable[[], None],
    arguments: dict[str, object],
    alice: User,
    client_for: Callable[[User], Client],
) -> None:
    paths = addresses(arguments)
    assert len(paths) > 80
    readers = [Client(), client_for(alice)]
    before = [read(reader, paths) for reader in readers]
    assert max(status for answers in before for status, _ in answers.values()) < 500
    assert [sum(status == 200 for status, _ in answers.values()) > 20 for answers in before] == [True, True]
    stop_redis()
    began = time.monotonic()
    for reader, answers in zip(readers, before, strict=True):
        again = read(reader, paths)
        assert {path: status for path, (status, _) in again.items()} == {
            path: status for path, (status, _) in answers.items()
        }
        assert [path for path in paths if again[path] != answers[path]] == []
    assert time.monotonic() - began < 60
