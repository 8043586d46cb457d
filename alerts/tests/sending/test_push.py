"""Push messages, read as a browser reads them: with its private key, and nobody else can."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import http_ece
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django import Settings

from accounts.models import User
from alerts.models import Channel
from alerts.sending import push
from alerts.tests import hostile, letters
from alerts.tests.letters import ID, refusal, send
from alerts.tests.receiver import Receiver
from alerts.wording import line

pytestmark = pytest.mark.django_db
AUTH = b"sixteen bytes !!"
SMALLEST_LIMIT = 4096  # bytes that every push service takes (RFC 8030, 7.2)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def browser() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def channel(
    receiver: Receiver, alice: User, browser: ec.EllipticCurvePrivateKey, settings: Settings
) -> Channel:
    settings.VAPID_PRIVATE_KEY = push.new_key()
    settings.VAPID_SUBJECT = "mailto:staff@cards.example"
    point = browser.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secrets = {"p256dh": encoded(point), "auth": encoded(AUTH)}
    return receiver.channel(alice, "push", secrets=secrets)


def read(receiver: Receiver, browser: ec.EllipticCurvePrivateKey) -> Any:
    body = receiver.requests[-1].body
    assert len(body) <= SMALLEST_LIMIT
    return json.loads(http_ece.decrypt(body, private_key=browser, auth_secret=AUTH))


def test_the_browser_reads_what_was_sent(
    receiver: Receiver, channel: Channel, browser: ec.EllipticCurvePrivateKey
) -> None:
    receiver.says(201)
    assert send(channel).code == 201
    assert read(receiver, browser) == {
        "title": "Charizard 4/102 (Holofoil): $95.00",
        "body": "Before: $120.00\n2 Mar 2026, TCGplayer",
        "url": "https://cards.example/alerts/3/",
        "tag": str(ID),
    }
    headers = receiver.requests[0].headers
    assert (headers["Content-Encoding"], headers["TTL"], headers["Urgency"]) == (
        "aes128gcm",
        "2419200",
        "high",
    )


def test_nobody_else_reads_it(receiver: Receiver, channel: Channel) -> None:
    send(channel)
    assert b"Charizard" not in receiver.requests[0].body
    with pytest.raises(http_ece.ECEException):
        read(receiver, ec.generate_private_key(ec.SECP256R1()))


def test_a_digest_lists_what_happened(
    receiver: Receiver, channel: Channel, browser: ec.EllipticCurvePrivateKey
) -> None:
    send(channel, letters.message(letters.item("Pikachu: $1.00"), letters.item("Mew: $2.00")))
    said = read(receiver, browser)
    assert (said["title"], said["body"]) == ("2 price alerts", "Pikachu: $1.00\nMew: $2.00")


@pytest.mark.parametrize("name", [*hostile.NAMES, '"\\' * 125])
def test_whatever_a_name_is_it_fits(
    receiver: Receiver, channel: Channel, browser: ec.EllipticCurvePrivateKey, name: str
) -> None:
    about = letters.named(name)
    send(channel, about)
    said = read(receiver, browser)
    assert about.title.startswith(said["title"].removesuffix("…"))
    many = letters.message(*(letters.item(f"{line(name)} {n}") for n in range(50)))
    send(channel, many)
    assert read(receiver, browser)["title"] == "50 price alerts"


def test_the_push_service_can_check_who_sends(
    receiver: Receiver, channel: Channel, settings: Settings
) -> None:
    now = datetime.now(UTC)
    send(channel, sent_at=now)
    token, key = receiver.requests[0].headers["Authorization"].removeprefix("vapid t=").split(",k=")
    assert key == push.public_key()
    head, claims, signature = (push.decoded(part) for part in token.split("."))
    assert json.loads(head) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(claims) == {
        "aud": receiver.market.url,
        "exp": int(now.timestamp()) + 12 * 3600,
        "sub": "mailto:staff@cards.example",
    }
    signed = token.rpartition(".")[0].encode()
    _verify(key, signed, signature=signature)
    with pytest.raises(InvalidSignature):
        _verify(key, signed + b"x", signature=signature)


def _verify(key: str, signed: bytes, *, signature: bytes) -> None:
    """RFC 7518, 3.4: the signature is R and S, 32 bytes each."""
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push.decoded(key))
    numbers = [int.from_bytes(part) for part in (signature[:32], signature[32:])]
    public.verify(encode_dss_signature(numbers[0], numbers[1]), signed, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_ended_is_gone(receiver: Receiver, channel: Channel, status: int) -> None:
    receiver.says(status)
    assert refusal(channel).gone


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (403, True), (413, True), (429, False), (500, False)]
)
def test_other_answers_are_not_the_end_of_it(
    receiver: Receiver, channel: Channel, status: int, permanent: bool
) -> None:
    receiver.says(status)
    error = refusal(channel)
    assert (error.gone, error.permanent) == (False, permanent)


def test_without_a_key_of_ours_nothing_is_sent(
    receiver: Receiver, channel: Channel, settings: Settings
) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert push.public_key() == ""
    assert refusal(channel).permanent
    assert receiver.requests == []


def test_the_public_key_is_what_a_browser_subscribes_with(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = push.new_key()
    point = push.decoded(push.public_key())
    assert (len(point), point[0]) == (65, 4)
    number = int.from_bytes(push.decoded(settings.VAPID_PRIVATE_KEY))
    public = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    assert point == public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@pytest.mark.parametrize("wrong", ["a", "ä", "a b c"])
def test_only_base64url_is_decoded(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        push.decoded(wrong)
