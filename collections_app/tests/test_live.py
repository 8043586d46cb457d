"""Sockets over the real server: each gets each change of what it follows exactly once."""

import asyncio
import json
import random
import socket as sockets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from websockets.asyncio.client import connect as open_socket
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State
from websockets.uri import parse_uri

from accounts import keys
from accounts.models import User
from catalog.models import Printing
from collections_app.live import consumer
from collections_app.tests import factories
from collections_app.tests.live_server import LiveServer, Socket, socket
from pricing import feed
from pricing.tests.market import Shop, later

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # uvicorn still speaks through the older interface of websockets.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:uvicorn", "ignore::DeprecationWarning:websockets"),
]
FIRST = {"1": 1_000, "2": 2_000, "3": 3_000}


@pytest.fixture
def live(shop: Shop) -> Iterator[LiveServer]:
    """The server, over a market of one day."""
    shop.says(FIRST)
    server = LiveServer()
    server.start()
    yield server
    server.stop()


def printing(shop: Shop, product: str) -> Printing:
    return shop.series(product).printing


def amounts(heard: list[dict[str, Any]]) -> list[str]:
    return [one["market"]["amount"] for one in heard if one["type"] == "price"]


def test_a_price_is_told_once_it_is_committed(live: LiveServer, shop: Shop) -> None:
    wanted = printing(shop, "1")
    with socket(live) as alice:
        assert alice.follows(printings=[wanted.pk])["type"] == "subscribed"
        shop.says(FIRST | {"1": 1_100, "2": 2_100}, day=later(1))
        (told,) = alice.hears_until(str(feed.newest()))
        assert told | {"at": "", "id": ""} == {
            "id": "",
            "type": "price",
            "at": "",
            "game": shop.game.slug,
            "printing_id": wanted.pk,
            "card_id": wanted.card_id,
            "source": shop.source.slug,
            "condition": "",
            "grade": "",
            "language": "en",
            "day": later(1).isoformat(),
            "market": {"amount": "11.00", "currency": "USD"},
            "low": None,
            "mid": None,
        }


def test_a_whole_set_is_followed(live: LiveServer, shop: Shop) -> None:
    card_set = printing(shop, "1").card.card_set
    with socket(live) as reader:
        reader.follows(sets=[f"{shop.game.slug}/{card_set.slug}"])
        shop.says({"1": 1_100, "2": 2_100, "3": 3_100}, day=later(1))
        assert amounts(reader.hears_until(str(feed.newest()))) == ["11.00", "21.00", "31.00"]


def test_a_collection_is_followed_with_what_joins_it_later(live: LiveServer, shop: Shop, alice: User) -> None:
    binder = factories.collection(alice)
    factories.lot(binder, printing(shop, "1"))
    with socket(live, by=alice) as reader:
        reader.follows(collections=[binder.pk])
        factories.lot(binder, printing(shop, "3"))
        shop.says({"1": 1_100, "2": 2_100, "3": 3_100}, day=later(1))
        assert amounts(reader.hears_until(str(feed.newest()))) == ["11.00", "31.00"]


def test_bob_nobody_and_a_page_of_another_site_cannot_follow_alices_collection(
    live: LiveServer, alice: User, bob: User
) -> None:
    binder = factories.collection(alice)
    for who, origin in ((bob, None), (None, None), (alice, "https://evil.example")):
        with socket(live, by=who, origin=origin) as reader:
            told = reader.follows(collections=[binder.pk])
            assert (told["type"], told["status"]) == ("problem", 400)
            assert told["detail"] == f"You have no collection {binder.pk}."
    with socket(live, by=alice, origin=live.address.replace("ws:", "http:").removesuffix("/live/")) as reader:
        assert reader.follows(collections=[binder.pk])["type"] == "subscribed"


def test_a_program_follows_a_collection_with_a_key_that_may_read_it(
    live: LiveServer, alice: User, bob: User
) -> None:
    binder = factories.collection(alice)
    for owner, scopes, answer in (
        (alice, ["collections:read"], "subscribed"),
        (alice, ["alerts:read"], "problem"),
        (bob, ["collections:read"], "problem"),
    ):
        _, secret = keys.make(owner, name="Watcher", scopes=scopes)
        with socket(live, key=secret) as reader:
            assert reader.follows(collections=[binder.pk])["type"] == answer
    with socket(live, key="tcg_no_such_key") as reader, pytest.raises(ConnectionClosed) as closed:
        hear_all(reader)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4005


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ("no json", "Send {"),
        ("[]", "Send {"),
        ("[" * 60_000, "Send {"),
        ({"type": "dance"}, "Send {"),
        ({"type": "subscribe"}, "Name printings, sets or collections."),
        ({"type": "subscribe", "cards": [1]}, "There is no “cards” here"),
        ({"type": "subscribe", "printings": 1}, "“printings” is a list of up to 2000."),
        ({"type": "subscribe", "printings": [True]}, "whole numbers"),
        ({"type": "subscribe", "printings": [2**31]}, "whole numbers"),
        ({"type": "subscribe", "printings": [1] * 2_001}, "“printings” is a list of up to 2000."),
        ({"type": "subscribe", "sets": ["base"]}, "A set is named such as"),
        ({"type": "subscribe", "sets": ["a/\x00"]}, "A set is named such as"),
        ({"type": "subscribe", "sets": ["a/\ud800"]}, "A set is named such as"),
        ({"type": "subscribe", "sets": [{}]}, "A set is named such as"),
        ({"type": "subscribe", "sets": ["pokemon/atlantis"]}, "There is no set “pokemon/atlantis”."),
        ({"type": "subscribe", "printings": [1], "since": "x"}, "is no cursor"),
        ({"type": "subscribe", "printings": [1], "since": 5}, "is no cursor"),
    ],
)
def test_what_cannot_be_understood_is_said_and_the_socket_stays(
    live: LiveServer, shop: Shop, said: object, detail: str
) -> None:
    with socket(live) as reader:
        reader.says(said)
        told = reader.hears()
        assert (told["type"], told["status"]) == ("problem", 400)
        assert detail in told["detail"]
        assert reader.follows(printings=[printing(shop, "1").pk])["type"] == "subscribed"


def test_a_cursor_that_is_not_kept_is_said_to_be_gone(live: LiveServer, shop: Shop) -> None:
    with socket(live) as reader:
        told = reader.follows(printings=[printing(shop, "1").pk], since=str(feed.newest().position + 5))
        assert (told["type"], told["status"]) == ("problem", 410)


def test_an_end_of_the_subscription_is_an_end(live: LiveServer, shop: Shop) -> None:
    with socket(live) as reader:
        reader.follows(printings=[printing(shop, "1").pk])
        reader.says({"type": "unsubscribe"})
        assert reader.hears()["type"] == "unsubscribed"
        shop.says({"1": 1_100}, day=later(1))
        with pytest.raises(TimeoutError):
            reader.hears(within=0.5)


@pytest.mark.parametrize(
    ("messages", "code"), [(["x"] * 61, 4004), ([b"bytes"], 4002), (["x" * (64 * 1024 + 1)], 4002)]
)
def test_who_says_too_much_is_sent_away(live: LiveServer, messages: list[str | bytes], code: int) -> None:
    def talk(reader: Socket) -> None:
        for message in messages:
            reader.says(message)
        hear_all(reader)

    with socket(live) as reader, pytest.raises(ConnectionClosed) as closed:
        talk(reader)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == code


def test_too_many_sockets_of_one_address_are_sent_away(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "MOST_SOCKETS", 1)
    with socket(live), socket(live) as second, pytest.raises(ConnectionClosed) as closed:
        second.hears()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4001


DAYS = 6


def test_two_hundred_sockets_get_each_change_once_through_reconnects(live: LiveServer, shop: Shop) -> None:
    """Each breaks off at a random moment and goes on from the last cursor it was given."""
    wanted, since = printing(shop, "1").pk, str(feed.newest())

    async def follow(seed: int, last: str) -> list[str]:
        heard: list[str] = []
        cursor, breaks_at = since, random.Random(seed).randint(1, DAYS - 1)
        while len(heard) < DAYS:
            async with open_socket(live.address) as opened:
                wish = {"type": "subscribe", "printings": [wanted], "since": cursor}
                await opened.send(json.dumps(wish))
                async for text in opened:
                    said = json.loads(text)
                    cursor = said["cursor"]
                    heard += amounts(said.get("changes", []))
                    if len(heard) >= breaks_at:
                        breaks_at = DAYS
                        break
        return heard

    async def everybody() -> list[list[str]]:
        readers = [asyncio.create_task(follow(seed, since)) for seed in range(200)]
        for day in range(1, DAYS + 1):
            await asyncio.sleep(0.3)
            await asyncio.to_thread(_brings, shop, day)
        return await asyncio.wait_for(asyncio.gather(*readers), 60)

    expected = [f"{10 + day}.00" for day in range(1, DAYS + 1)]
    assert asyncio.run(everybody()) == [expected] * 200


def _brings(shop: Shop, day: int) -> None:
    shop.says(FIRST | {"1": 1_000 + 100 * day}, day=later(day))
    connection.close()  # the thread's own


def test_a_slow_reader_does_not_slow_the_others_and_is_sent_away(
    live: LiveServer, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes nothing of nine megabytes, more than the kernel holds for it, and learns why when it does."""
    monkeypatch.setattr(consumer, "TAKE_WITHIN", 1.0)
    many = {str(n): 1_000 + n for n in range(1, 2_001)}
    shop.says(many, day=later(1))
    card_set = printing(shop, "1").card.card_set
    name = f"{shop.game.slug}/{card_set.slug}"
    slow = Deaf(live)
    with socket(live) as quick:
        slow.says({"type": "subscribe", "sets": [name]})
        quick.follows(sets=[name])
        for day in range(2, 10):
            shop.says({key: price + day for key, price in many.items()}, day=later(day))
        assert len(quick.hears_until(str(feed.newest()), within=20)) == 8 * 2_000
        time.sleep(1.5)  # longer than it may take nothing
    assert slow.is_told_at_last() == 4003


def hear_all(reader: Socket) -> None:
    while True:
        reader.hears()


class Deaf:
    """A socket that takes in no more than a few kilobytes, and then nothing until it is asked."""

    def __init__(self, live: LiveServer) -> None:
        uri = parse_uri(live.address)
        self._ear = sockets.socket()
        self._ear.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        self._ear.connect((uri.host, uri.port))
        self._ear.settimeout(10)
        self._protocol = ClientProtocol(uri)
        self._protocol.send_request(self._protocol.connect())
        self._send()
        while self._protocol.state is not State.OPEN:
            self._protocol.receive_data(self._ear.recv(1))

    def says(self, said: object) -> None:
        self._protocol.send_text(json.dumps(said).encode())
        self._send()

    def is_told_at_last(self) -> int:
        """The code with which it is sent away, once it takes what was sent."""
        self._ear.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 2**20)
        while self._protocol.close_rcvd is None:
            self._protocol.receive_data(self._ear.recv(2**20))
            self._protocol.events_received()
        self._ear.close()
        return int(self._protocol.close_rcvd.code)

    def _send(self) -> None:
        self._ear.sendall(b"".join(self._protocol.data_to_send()))
