"""What holds for every answer of the API: docs/conventions.md."""

import gzip
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from celery import current_app
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory
from django_redis import get_redis_connection
from pytest_django import Settings

from accounts import keys
from accounts.models import User
from accounts.tests.api import errors
from catalog.tests.factories import CardFactory, GameFactory
from config import deprecations, logs, rates, requestids
from config.answers import AnswerMiddleware
from config.deprecations import Deprecated
from config.rates import Caller

pytestmark = pytest.mark.django_db
GAMES = "/api/v1/games/"


@pytest.fixture
def limits(settings: Settings) -> None:
    settings.API_CALLS_PER_MINUTE = {"address": 3, "person": 4, "key": 5}


@pytest.fixture
def redis_down(settings: Settings) -> Iterator[None]:
    """A Redis address at which nobody listens."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    yield
    caches["default"]._memory.clear()  # type: ignore[attr-defined]


class TestLimits:
    @pytest.mark.usefixtures("limits")
    def test_the_last_call_is_told_that_none_is_left_and_the_next_is_refused(self, client: Client) -> None:
        answers = [client.get(GAMES) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        left = [answer["RateLimit"].partition(";t=")[0] for answer in answers]
        assert left == ['"address";r=2', '"address";r=1', '"address";r=0', '"address";r=0']
        assert answers[0]["RateLimit-Policy"] == '"address";q=3;w=60'
        assert answers[3].json()["type"].endswith("/too-many-calls/")
        assert answers[3]["Retry-After"] == answers[3]["RateLimit"].partition(";t=")[2]
        assert 0 < int(answers[3]["Retry-After"]) <= 60

    @pytest.mark.usefixtures("limits")
    def test_keys_people_and_addresses_count_for_themselves(
        self, alice: User, client_for: Callable[[User], Client]
    ) -> None:
        _, secret = keys.make(alice, name="x", scopes=["account:read"])
        with_key = Client(headers={"Authorization": f"Bearer {secret}"})
        elsewhere = Client(REMOTE_ADDR="203.0.113.9")
        told = [one.get(GAMES)["RateLimit"] for one in (with_key, client_for(alice), Client(), elsewhere)]
        assert [one.partition(";t=")[0] for one in told] == [
            '"key";r=4',
            '"person";r=3',
            '"address";r=2',
            '"address";r=2',
        ]

    @pytest.mark.usefixtures("limits")
    def test_a_bad_key_counts_for_its_address(self) -> None:
        guesses = [Client(headers={"Authorization": f"Bearer tcg_{n}"}).get(GAMES) for n in range(4)]
        assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]

    @pytest.mark.parametrize("address", ["", "nowhere"])
    @pytest.mark.usefixtures("limits")
    def test_who_has_no_address_is_not_counted(self, address: str) -> None:
        answer = Client(REMOTE_ADDR=address).get(GAMES)
        assert (answer.status_code, "RateLimit" in answer) == (200, False)

    def test_of_many_at_once_exactly_as_many_as_allowed_pass(self, settings: Settings) -> None:
        settings.API_CALLS_PER_MINUTE = {"address": 100}
        caller = Caller("address", "at once")
        with ThreadPoolExecutor(16) as pool:
            counted = list(pool.map(lambda _: rates.count(caller), range(150)))
        assert sorted(one.calls for one in counted if one) == list(range(1, 151))
        assert sum(not one.is_over for one in counted if one) == 100

    def test_the_window_ends(self) -> None:
        caller = Caller("address", "short")
        rates.count(caller)
        get_redis_connection("default").pexpire(caches["default"].make_key("calls:address:short"), 1)
        time.sleep(0.01)
        counted = rates.count(caller)
        assert counted
        assert (counted.calls, counted.seconds) == (1, 60)

    @pytest.mark.usefixtures("limits", "redis_down")
    def test_without_redis_every_call_passes(self) -> None:
        answers = [Client().get(GAMES) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200] * 4
        assert "RateLimit" not in answers[0]

    def test_pages_that_cost_are_limited_by_address_and_person(
        self, settings: Settings, alice: User, client_for: Callable[[User], Client]
    ) -> None:
        settings.COSTLY_PAGES_PER_MINUTE = 2
        answers = [Client().get("/search/?q=x") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[2]["Retry-After"]) <= 60
        assert "Too many requests" in answers[2].content.decode()
        assert client_for(alice).post("/account/data/download/").status_code == 200

    def test_what_is_too_large_is_not_even_read(self, client: Client) -> None:
        for address in (GAMES, "/accounts/login/"):
            assert client.post(address, CONTENT_LENGTH=str(33 * 2**20)).status_code == 413

    @pytest.mark.usefixtures("limits")
    def test_pages_are_not_counted(self, client: Client) -> None:
        assert "RateLimit" not in client.get("/methodology/")


class TestConditions:
    def test_what_is_known_is_not_sent_again(self, client: Client) -> None:
        first = client.get(GAMES)
        again = client.get(GAMES, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert "RateLimit" in again
        GameFactory.create(slug="new-game")
        assert client.get(GAMES, headers={"If-None-Match": first["ETag"]}).status_code == 200

    def test_a_time_that_is_known_counts_too(self) -> None:
        def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse("{}", headers={"Last-Modified": "Mon, 23 Nov 2026 12:00:00 GMT"})

        assert answered(view, If_Modified_Since="Mon, 23 Nov 2026 12:00:00 GMT").status_code == 304
        assert answered(view, If_Modified_Since="Mon, 23 Nov 2026 11:59:59 GMT").status_code == 200


class TestFields:
    def test_of_a_list_its_results_have_what_is_asked(self, client: Client) -> None:
        GameFactory.create(slug="a-game", name="A game")
        found = client.get(GAMES, {"fields": "slug, name"}).json()
        assert found.keys() == {"results"}
        assert {"slug": "a-game", "name": "A game"} in found["results"]

    def test_inside_of_an_object(self, client: Client) -> None:
        card = CardFactory.create()
        found = client.get(f"/api/v1/cards/{card.pk}/", {"fields": "id,set.slug,set.code"}).json()
        assert found == {"id": card.pk, "set": {"slug": card.card_set.slug, "code": card.card_set.code}}
        whole = client.get(f"/api/v1/cards/{card.pk}/", {"fields": "set,set.slug"}).json()
        assert whole["set"].keys() > {"slug", "code"}

    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ("slug,colour", "There is no field “colour”. Known are slug, name, language."),
            ("name.first", "There is no field “name.first”. Known are none inside name."),
        ],
    )
    def test_a_field_that_is_not_there_is_named(self, client: Client, fields: str, complaint: str) -> None:
        GameFactory.create()
        assert errors(client.get(GAMES, {"fields": fields})) == {"fields": complaint}


class TestRequestIds:
    @pytest.mark.parametrize("path", [GAMES, "/methodology/", "/api/v1/cards/424242/", "/nothing/"])
    def test_every_answer_has_one(self, path: str, client: Client) -> None:
        one, other = client.get(path)["X-Request-Id"], client.get(path)["X-Request-Id"]
        assert requestids.SANE.fullmatch(one)
        assert one != other
        mine = "0a1b2c3d-mine"
        assert client.get(path, headers={"X-Request-Id": mine})["X-Request-Id"] == mine

    @pytest.mark.parametrize("sent", ["short", "x" * 65, "a b c d e f", "<script>alert"])
    def test_one_that_is_not_sane_is_replaced(self, sent: str, client: Client) -> None:
        assert client.get(GAMES, headers={"X-Request-Id": sent})["X-Request-Id"] != sent

    def test_problems_and_the_log_name_it(self, client: Client) -> None:
        answer = client.get("/api/v1/cards/424242/")
        assert answer.json()["request_id"] == answer["X-Request-Id"]
        record = logging.makeLogRecord({})
        logs.ContextFilter().filter(record)
        assert record.__dict__["request_id"] == answer["X-Request-Id"]

    def test_the_worker_takes_it_over(self, client: Client) -> None:
        seen: list[str] = []

        @current_app.task(name="tests.seen")
        def task() -> None:
            seen.append(requestids.current())

        headers: dict[str, Any] = {}
        mine = client.get(GAMES)["X-Request-Id"]
        requestids._send_along(headers=headers)
        task.apply(headers=headers)
        assert headers["request_id"] == mine
        assert (seen, requestids.current()) == ([mine], "-")


class TestOtherOrigins:
    FROM = {"Origin": "https://elsewhere.example"}

    def test_may_read_without_cookies(self, client: Client) -> None:
        answer = client.get(GAMES, headers=self.FROM)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        exposed = answer["Access-Control-Expose-Headers"]
        assert {"ETag", "Link", "RateLimit", "X-Request-Id"} <= set(exposed.split(", "))

    def test_may_send_a_key_but_change_nothing(self, client: Client) -> None:
        asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        answer = client.options("/api/v1/collections/", headers=self.FROM | asked)
        assert "authorization" in answer["Access-Control-Allow-Headers"]
        assert answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert "Access-Control-Allow-Credentials" not in answer

    def test_pages_are_not_for_them(self, client: Client) -> None:
        assert "Access-Control-Allow-Origin" not in client.get("/methodology/", headers=self.FROM)


class TestTheRest:
    def test_an_address_that_goes_says_so(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        gone = Deprecated(
            since=datetime(2026, 1, 1, tzinfo=UTC),
            sunset=datetime(2027, 1, 1, tzinfo=UTC),
            see="https://example.org/why",
        )
        monkeypatch.setattr(deprecations, "DEPRECATED", {"api/v1/games/": gone})
        answer = client.get(GAMES)
        assert answer["Deprecation"] == "@1767225600"
        assert answer["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
        assert answer["Link"] == '<https://example.org/why>; rel="deprecation"'
        assert "Deprecation" not in client.get("/api/v1/sources/")

    def test_the_next_page_is_linked(self) -> None:
        from_view = {"next": "https://testserver/api/v1/x/?page=2", "results": []}

        def view(request: HttpRequest) -> HttpResponse:
            response = JsonResponse(from_view)
            response.data = from_view  # type: ignore[attr-defined]
            return response

        assert answered(view)["Link"] == '<https://testserver/api/v1/x/?page=2>; rel="next"'

    def test_what_is_public_is_compressed_and_nothing_else(
        self, alice: User, client_for: Callable[[User], Client]
    ) -> None:
        for number in range(5):
            GameFactory.create(slug=f"game-{number}")
            keys.make(alice, name="x" * 80, scopes=["account:read"])
        zipped = {"Accept-Encoding": "gzip"}
        public = Client().get(GAMES, headers=zipped)
        assert public["Content-Encoding"] == "gzip"
        assert gzip.decompress(public.content) == Client().get(GAMES).content
        private = client_for(alice).get("/api/v1/keys/", headers=zipped)
        assert len(private.content) > 500
        assert "Content-Encoding" not in private


def answered(view: Callable[[HttpRequest], HttpResponse], **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return AnswerMiddleware(view)(RequestFactory().get("/api/v1/x/", headers=named))
