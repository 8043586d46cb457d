import json
from base64 import b64encode
from itertools import count
from typing import Any

import pytest
from django_redis import get_redis_connection
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.http import Answer, Door, DoorPolicy
from integrations.oauth import ClientCredentials
from integrations.tests.conftest import OpenDoor
from integrations.tests.crowd import crowd, together
from integrations.tests.marketplace import Marketplace, Request, Response

LIFETIME = 1_209_599


@pytest.fixture(autouse=True)
def _issue_tokens(market: Marketplace) -> None:
    numbers = count(1)

    def issue(_: Request) -> Response:
        token = {"access_token": f"token-{next(numbers)}", "token_type": "bearer", "expires_in": LIFETIME}
        return Response(body=json.dumps(token).encode())

    market.routes["/token"] = issue


def _credentials(market_url: str, *, door: Door, client_id: str = "public") -> ClientCredentials:
    return ClientCredentials(
        door=door, url=f"{market_url}/token", client_id=client_id, client_secret="private"
    )


def _answer(status: int) -> Answer:
    return Answer(status=status, body=b"", etag="", last_modified="", not_modified=False)


def test_one_token_serves_until_it_expires(market: Marketplace, open_door: OpenDoor) -> None:
    tokens = {_credentials(market.url, door=open_door()).token() for _ in range(3)}
    assert tokens == {"token-1"}
    assert market.requests[0].body == (
        b"grant_type=client_credentials&client_id=public&client_secret=private"
    )
    assert market.hits["/token"] == 1


def test_a_token_is_given_up_five_minutes_before_it_expires(market: Marketplace, open_door: OpenDoor) -> None:
    credentials = _credentials(market.url, door=open_door())
    credentials.token()
    assert get_redis_connection("default").ttl(credentials._key) in {LIFETIME - 300, LIFETIME - 301}


def test_other_keys_have_another_token(market: Marketplace, open_door: OpenDoor) -> None:
    door = open_door()
    assert _credentials(market.url, door=door).token() == "token-1"
    assert _credentials(market.url, door=door, client_id="other").token() == "token-2"


def test_a_refused_token_is_renewed_once(market: Marketplace, open_door: OpenDoor) -> None:
    sent: list[str] = []

    def send(token: str) -> Answer:
        sent.append(token)
        return _answer(401 if token == "token-1" else 200)

    credentials = _credentials(market.url, door=open_door())
    assert credentials.authorised(send).status == 200
    assert sent == ["token-1", "token-2"]
    assert credentials.token() == "token-2"
    assert market.hits["/token"] == 2


def test_a_fresh_token_that_is_refused_too_is_a_permanent_error(
    market: Marketplace, open_door: OpenDoor
) -> None:
    with pytest.raises(MarketError, match="a fresh token is refused") as caught:
        _credentials(market.url, door=open_door()).authorised(lambda _: _answer(401))
    assert caught.value.permanent is True
    assert market.hits["/token"] == 2


def test_a_late_refusal_does_not_throw_the_new_token_away(market: Marketplace, open_door: OpenDoor) -> None:
    credentials = _credentials(market.url, door=open_door())

    def send(token: str) -> Answer:
        if token == "token-1":  # meanwhile another process has renewed it
            get_redis_connection("default").set(credentials._key, "token-of-another")
            return _answer(401)
        return _answer(200)

    assert credentials.authorised(send).status == 200
    assert credentials.token() == "token-of-another"
    assert market.hits["/token"] == 1


def test_wrong_keys_are_a_permanent_error_that_does_not_show_them(
    market: Marketplace, open_door: OpenDoor
) -> None:
    market.misbehave("/token", "status", status=401)
    with pytest.raises(MarketError, match="status 401") as caught:
        _credentials(market.url, door=open_door()).token()
    assert caught.value.permanent is True
    assert "private" not in f"{caught.value} {_credentials(market.url, door=open_door())!r}"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": "", "expires_in": 60},
        {"access_token": "a\r\nX-Injected: 1", "expires_in": 60},
        {"access_token": "fine"},
        {"access_token": "fine", "expires_in": 0},
        {"access_token": "fine", "expires_in": "60"},
        {"access_token": 7, "expires_in": 60},
    ],
)
def test_a_token_answer_without_a_usable_token_is_refused(
    market: Marketplace, open_door: OpenDoor, answer: dict[str, Any]
) -> None:
    market.routes["/token"] = lambda _: Response(body=json.dumps(answer).encode())
    with pytest.raises(MarketError, match="The token answer"):
        _credentials(market.url, door=open_door()).token()


def test_whoever_waits_too_long_for_another_process_gives_up_for_now(
    market: Marketplace, open_door: OpenDoor
) -> None:
    credentials = ClientCredentials(
        door=open_door(), url=f"{market.url}/token", client_id="a", client_secret="b", lock_seconds=0.1
    )
    with (
        get_redis_connection("default").lock(f"{credentials._key}:lock", timeout=5),
        pytest.raises(MarketError, match="fetching a token for too long") as caught,
    ):
        credentials.token()
    assert caught.value.permanent is False


def test_without_redis_no_token_is_asked_for(
    market: Marketplace, open_door: OpenDoor, settings: Settings
) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }
    with pytest.raises(MarketError, match="Redis cannot be reached") as caught:
        _credentials(market.url, door=open_door()).token()
    assert (caught.value.permanent, market.hits["/token"]) == (False, 0)


def _fetch_token(argument: str) -> str:
    url, slug = argument.split("|")
    door = Door(DoorPolicy(slug=slug, min_interval=0.0, deadline=5, max_bytes=10_000))
    together()
    return _credentials(url, door=door).token()


def test_several_processes_fetch_one_token(market: Marketplace, slug: str) -> None:
    assert crowd(_fetch_token, size=3, argument=f"{market.url}|{slug}") == ["token-1"] * 3
    assert market.hits["/token"] == 1


def test_keys_may_go_in_the_header_with_a_scope(market: Marketplace, open_door: OpenDoor) -> None:
    credentials = ClientCredentials(
        door=open_door(),
        url=f"{market.url}/token",
        client_id="App:Id",
        client_secret="private",
        scope="https://api.example/scope",
        basic=True,
    )
    assert credentials.token() == "token-1"
    [sent] = market.requests
    assert sent.body == b"grant_type=client_credentials&scope=https%3A%2F%2Fapi.example%2Fscope"
    assert sent.headers["Authorization"] == f"Basic {b64encode(b'App%3AId:private').decode()}"


def test_each_scope_has_a_token_of_its_own(market: Marketplace, open_door: OpenDoor) -> None:
    def token(scope: str) -> str:
        return ClientCredentials(
            door=open_door(), url=f"{market.url}/token", client_id="a", client_secret="b", scope=scope
        ).token()

    assert [token("one"), token("two"), token("one")] == ["token-1", "token-2", "token-1"]
