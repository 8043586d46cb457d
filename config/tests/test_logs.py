"""What stands in the log, and what never does."""

import json
import logging.config
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client

from accounts import keys
from accounts.models import User
from alerts.delivering import drain
from alerts.tests.outbox import delivery
from alerts.tests.receiver import PATH, receiving
from config import logs
from conftest import PASSWORD

ELSEWHERE = "203.0.113.9"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """All of it, as JSON, down to what only developers read."""
    told, wanted = StringIO(), logs.logging_of(form="json", level="DEBUG")
    wanted["handlers"]["console"]["stream"] = told
    logging.config.dictConfig(wanted)
    yield told
    logging.config.dictConfig(settings.LOGGING)


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def sign_in(client: Client, user: User, password: str) -> int:
    form = {"login": user.email, "password": password}
    return client.post("/accounts/login/", form, REMOTE_ADDR=ELSEWHERE).status_code


def test_nothing_personal_and_no_secret_stands_in_it(
    log: StringIO, alice: User, settings: Any, client: Client
) -> None:
    """Signing in, with success and without; calls with a key; a link from a mail; a webhook that fails."""
    _, secret = keys.make(alice, name="mine", scopes=["account:read"])
    assert sign_in(client, alice, "not her password") == 200
    assert sign_in(client, alice, PASSWORD) == 302
    client.post("/accounts/password/reset/", {"email": alice.email})
    client.get("/accounts/password/reset/key/1-letmein4711letmein/")
    client.get("/cards/none/?q=what+alice+seeks", headers={"Referer": "https://x.example/private"})
    for header in (secret, "tcg_00000000_wrongwrongwrong"):
        client.get("/api/v1/account/", headers={"Authorization": f"Bearer {header}"})
    with receiving(settings) as receiver:
        receiver.says(500)
        delivery(receiver.channel(alice))
        assert drain() == 1
        away = receiver.channel(alice, address="http://127.0.0.1:1/hook/secret-of-another?token=abcdef")
    delivery(away)
    drain()
    fault = RuntimeError(f"POST {away.address} for {alice.email} from {ELSEWHERE}, key {secret}")
    logging.getLogger("alerts").error("Somebody logs an error as it came: %s", alice, exc_info=fault)
    text = log.getvalue()
    assert "RuntimeError" in text
    assert {"account_login", "account_reset_password_from_key"} <= {
        line.get("endpoint") for line in lines(log)
    }
    session = client.cookies["sessionid"].value
    secrets = [
        alice.email,
        "alice@",
        PASSWORD,
        "not her",
        secret,
        secret[-20:],
        "wrongwrong",
        session,
        "letmein",
    ]
    for never in (*secrets, ELSEWHERE, PATH, "secret-of-another", "abcdef", "alice+seeks", "private"):
        assert never not in text, never


def test_each_request_has_one_line_with_its_endpoint(log: StringIO, client: Client, db: None) -> None:
    answer = client.get("/api/v1/games/", {"fields": "slug"})
    (line,) = [line for line in lines(log) if line["logger"] == "access"]
    assert (line["method"], line["endpoint"], line["status"]) == ("GET", "api:games", 200)
    assert (line["request_id"], line["level"]) == (answer["X-Request-Id"], "INFO")
    assert line["ms"] > 0
    client.get("/healthz")
    assert len(lines(log)) == 1


def test_a_line_of_a_task_has_its_id_and_name(log: StringIO) -> None:
    @current_app.task(name="tests.says")
    def says() -> None:
        logging.getLogger("pricing").warning("something")

    done = says.apply()
    (line,) = [line for line in lines(log) if line["message"] == "something"]
    assert (line["task"], line["task_id"]) == ("tests.says", done.id)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("GET https://u:pw@hooks.example/T0/B1?x=1 no", "GET https://hooks.example/… no"),
        (
            "Max retries exceeded with url: /services/T0/B1 (Caused",
            "Max retries exceeded with url: … (Caused",
        ),
        ("to alice@mail.example.org.", "to [e-mail]."),
        ("{'token': 'abc', \"api_key\": \"x-1\"}", "{'token': '[secret]', \"api_key\": \"[secret]\"}"),
        ("from 192.0.2.7 and 2001:db8::7", "from [address] and [address]"),
        ("at 19:21:11,023 of 127.0.0.1 in a::b", "at 19:21:11,023 of 127.0.0.1 in a::b"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [secret]"),
        ("status 503: 2 of 3 tokens", "status 503: 2 of 3 tokens"),
    ],
)
def test_what_a_finished_line_still_holds_is_hidden(said: str, left: str) -> None:
    assert logs.hide(said) == left


def test_a_wrong_host_is_refused_and_fills_no_log(log: StringIO, client: Client, db: None) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert [(line["logger"], line["status"]) for line in lines(log)] == [("access", 400)]
