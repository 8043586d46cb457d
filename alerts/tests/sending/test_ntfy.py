from email.header import decode_header, make_header

import pytest

from accounts.models import User
from alerts.sending import ntfy
from alerts.tests import hostile, letters
from alerts.tests.letters import send
from alerts.tests.receiver import Receiver


@pytest.mark.django_db
def test_the_topic_gets_the_message(receiver: Receiver, alice: User) -> None:
    send(receiver.channel(alice, "ntfy"))
    (request,) = receiver.requests
    assert request.headers["Title"] == "Charizard 4/102 (Holofoil): $95.00"
    assert request.headers["Click"] == "https://cards.example/alerts/3/"
    assert request.headers["Tags"] == "flower_playing_cards"
    assert "Authorization" not in request.headers
    assert request.body.decode().splitlines() == [
        "Before: $120.00",
        "2 Mar 2026, TCGplayer",
        "https://cards.example/cards/7/charizard/",
    ]


@pytest.mark.django_db
def test_a_token_is_sent_along(receiver: Receiver, alice: User) -> None:
    send(receiver.channel(alice, "ntfy", secrets={"token": "tk_secret"}))
    assert receiver.requests[0].headers["Authorization"] == "Bearer tk_secret"


@pytest.mark.parametrize("name", hostile.NAMES)
def test_whatever_a_name_is_the_header_is_one_line_of_ascii(name: str) -> None:
    about = letters.named(name)
    written = ntfy.header(about.title)
    assert written.isascii()
    assert written.isprintable()
    if written != about.title:
        assert str(make_header(decode_header(written))) == about.title


@pytest.mark.django_db
@pytest.mark.parametrize("name", hostile.NAMES)
def test_and_it_arrives(receiver: Receiver, alice: User, name: str) -> None:
    send(receiver.channel(alice, "ntfy"), letters.named(name))
    assert len(receiver.requests) == 1


def test_a_long_digest_stays_a_message() -> None:
    about = letters.message(*(letters.item("🔥" * 100) for _ in range(50)))
    body = ntfy.body_of(about)
    assert 4000 < len(body) <= 4096
    assert body.decode().endswith("…")
