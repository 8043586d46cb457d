"""How the answers of receivers are judged, whatever the kind of channel."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from accounts.models import User
from alerts.models import Channel
from alerts.sending.calling import call
from alerts.tests.letters import refusal, send
from alerts.tests.receiver import Receiver
from integrations.tests.marketplace import Marketplace, Response

pytestmark = pytest.mark.django_db
KINDS = ("webhook", "discord", "slack", "ntfy")
GONE = {"webhook": {410}, "discord": {404, 410}, "slack": {404, 410}, "ntfy": set[int]()}


@pytest.fixture(params=KINDS)
def channel(request: pytest.FixtureRequest, receiver: Receiver, alice: User) -> Channel:
    return receiver.channel(alice, request.param)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_2xx_is_taken(receiver: Receiver, channel: Channel, status: int) -> None:
    receiver.says(status, body=b"thank you" if status != 204 else b"")
    answer = send(channel)
    assert (answer.code, answer.text) == (status, "thank you" if status != 204 else "")
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_a_receiver_in_trouble_is_asked_again(receiver: Receiver, channel: Channel, status: int) -> None:
    receiver.says(status, body=b"busy")
    error = refusal(channel)
    assert (error.permanent, error.gone, error.code, str(error)) == (False, False, status, "busy")
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [304, 400, 401, 403, 404, 405, 410, 413, 422])
def test_a_receiver_that_refuses_is_not_asked_again_unless_it_is_a_program_being_replaced(
    receiver: Receiver, channel: Channel, status: int
) -> None:
    receiver.says(status)
    error = refusal(channel)
    is_gone = status in GONE[channel.kind]
    assert (error.permanent, error.gone) == (is_gone or channel.kind != "webhook", is_gone)


def test_a_receiver_that_nobody_runs_may_run_again(receiver: Receiver, alice: User) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = refusal(receiver.channel(alice, address=f"http://127.0.0.1:{port}/hook/secret"))
    assert (error.permanent, error.code) == (False, None)
    assert "secret" not in str(error)


def test_a_broken_connection_is_tried_again(receiver: Receiver, alice: User) -> None:
    receiver.market.misbehave("*", "reset")
    assert not refusal(receiver.channel(alice)).permanent


def test_an_address_that_may_not_be_called_is_refused_for_good(
    receiver: Receiver, alice: User, settings: Settings
) -> None:
    settings.ALLOWED_NETWORKS = []
    assert refusal(receiver.channel(alice)).permanent
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("9" * 50, 999_999_999.0),
        ("-1", None),
        ("soon", None),
        ("", None),
    ],
)
def test_how_long_a_receiver_wants_to_be_left_alone(
    receiver: Receiver, alice: User, said: str, seconds: float | None
) -> None:
    receiver.says(429, Retry_After=said)
    assert refusal(receiver.channel(alice)).retry_after == seconds


def test_it_may_name_a_moment(receiver: Receiver, alice: User) -> None:
    channel, moment = receiver.channel(alice), datetime.now(UTC) + timedelta(hours=1)
    receiver.says(503, Retry_After=format_datetime(moment, usegmt=True))
    assert refusal(channel).retry_after == pytest.approx(3600, abs=30)
    receiver.says(503, Retry_After=format_datetime(moment - timedelta(days=1), usegmt=True))
    assert refusal(channel).retry_after == 0.0


def test_an_answer_is_kept_as_a_line_that_a_database_can_hold(receiver: Receiver, alice: User) -> None:
    receiver.says(200, body=b"\x00\xff\xfe<b>so\r\nmuch</b>\x1b[31m " + b"x" * 1000)
    text = send(receiver.channel(alice)).text
    assert text.startswith("\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}<b>so much</b> [31m xxx")
    assert len(text) == 500


def test_a_token_goes_to_no_other_host(settings: Settings, receiver: Receiver) -> None:
    settings.ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    with Marketplace() as other:
        receiver.answers = [Response(status=307, headers={"Location": f"{other.url}/elsewhere"})]
        other.routes["/elsewhere"] = lambda _: Response()
        call(receiver.url, body=b"x", headers={"Authorization": "Bearer t"}, private={"Authorization"})
        assert "Authorization" in receiver.requests[0].headers
        assert "Authorization" not in other.requests[0].headers
