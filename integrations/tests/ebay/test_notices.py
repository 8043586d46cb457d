import base64
import hashlib
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.conf import settings as site

from integrations.ebay import notices
from integrations.errors import MarketError
from integrations.tests.ebay import answers
from integrations.tests.ebay.answers import KEY, reply
from integrations.tests.marketplace import Marketplace

VECTORS = site.BASE_DIR.parent / "shared/contracts/ebay/official_notification_signature_test_vectors.json"
NOTICE = {
    "metadata": {"topic": "MARKETPLACE_ACCOUNT_DELETION", "schemaVersion": "1.0", "deprecated": False},
    "notification": {"notificationId": "notice-1", "data": {"username": "nobody", "userId": "u"}},
}
BODY = json.dumps(NOTICE, separators=(",", ":")).encode()
SIGNER = ec.generate_private_key(ec.SECP256R1())


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey = SIGNER) -> str:
    """On one line, as eBay sends it."""
    encoded = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded.decode().replace("\n", "")


def _header(body: bytes = BODY, **changes: object) -> str:
    signature = base64.b64encode(SIGNER.sign(body, ec.ECDSA(hashes.SHA1()))).decode()  # noqa: S303 - eBay's digest
    claim = {"alg": "ecdsa", "kid": "key-1", "signature": signature, "digest": "SHA1", **changes}
    return base64.b64encode(json.dumps(claim).encode()).decode()


def _always(key: str) -> Callable[[str], str]:
    return lambda _: key


def test_a_challenge_is_answered_with_code_token_and_endpoint_in_this_order() -> None:
    found = notices.challenge_response("code", token="token", endpoint="https://site.example/notices")
    assert found == hashlib.sha256(b"codetokenhttps://site.example/notices").hexdigest()


def test_what_ebay_signed_is_genuine() -> None:
    asked: list[str] = []

    def key_of(key_id: str) -> str:
        asked.append(key_id)
        return _pem()

    assert notices.verify(BODY, _header(), key_of=key_of) is True
    assert asked == ["key-1"]


@pytest.mark.parametrize("body", [BODY.replace(b"nobody", b"somebody"), BODY + b" ", b""])
def test_a_changed_body_is_not_genuine(body: bytes) -> None:
    assert notices.verify(body, _header(), key_of=_always(_pem())) is False


@pytest.mark.parametrize(
    "header",
    [
        "",
        "no base64 é",
        base64.b64encode(b"no json").decode(),
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b"{}").decode(),
        _header(alg="none"),
        _header(digest="MD5"),
        _header(kid=7),
        _header(kid="../../token"),
        _header(signature="no base64"),
        _header(signature=None),
        _header(signature=base64.b64encode(b"no signature").decode()),
    ],
)
def test_a_header_that_is_not_ebays_is_refused(header: str) -> None:
    assert notices.verify(BODY, header, key_of=_always(_pem())) is False


@pytest.mark.parametrize(
    "key",
    [
        "",
        "no key",
        "-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----A-----END PUBLIC KEY-----",
        _pem(ec.generate_private_key(ec.SECP256R1())),
        _pem(ed25519.Ed25519PrivateKey.generate()),
    ],
)
def test_without_the_right_key_nothing_is_genuine(key: str) -> None:
    assert notices.verify(BODY, _header(), key_of=_always(key)) is False


def test_a_key_is_fetched_once_for_many_notices(ebay: Marketplace) -> None:
    ebay.routes[f"{KEY}key-1"] = lambda _: reply({"key": _pem(), "algorithm": "ECDSA", "digest": "SHA1"})
    assert [notices.verify(BODY, _header()) for _ in range(3)] == [True] * 3
    assert ebay.hits[f"{KEY}key-1"] == 1


def test_an_unknown_key_is_asked_for_once(ebay: Marketplace) -> None:
    ebay.routes[f"{KEY}key-1"] = lambda _: reply(answers.error(195001, "Invalid key id."), 404)
    assert [notices.verify(BODY, _header()) for _ in range(3)] == [False] * 3
    assert ebay.hits[f"{KEY}key-1"] == 1


def test_a_key_that_cannot_be_fetched_now_is_an_error_and_no_verdict(ebay: Marketplace) -> None:
    ebay.misbehave(f"{KEY}key-1", "garbage")
    with pytest.raises(MarketError):
        notices.verify(BODY, _header())


def test_a_notice_is_known_by_its_id() -> None:
    assert notices.notification_id(BODY) == "notice-1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"metadata": [], "notification": 7}',
        BODY.replace(b"ACCOUNT_DELETION", b"ITEM_SOLD"),
        BODY.replace(b'"notice-1"', b"null"),
        BODY.replace(b'"notice-1"', b'""'),
    ],
)
def test_what_is_no_notice_is_a_permanent_error(body: bytes) -> None:
    with pytest.raises(MarketError) as caught:
        notices.notification_id(body)
    assert caught.value.permanent is True


@pytest.mark.skipif(not VECTORS.is_file(), reason="no ../shared with eBay's own test vectors here")
def test_ebays_own_vectors_come_out_as_ebay_says() -> None:
    vectors = json.loads(VECTORS.read_bytes())
    verdicts = {}
    for name, vector in vectors.items():
        body = json.dumps(vector["message"], separators=(",", ":")).encode()
        key = (vector["response"] or {}).get("key", "")
        verdicts[name] = notices.verify(body, vector["signature"], key_of=_always(key))
        assert notices.notification_id(body) == vector["message"]["notification"]["notificationId"]
    assert verdicts == {"VALID": True, "INVALID": False, "SIGNATURE_MISMATCH": False, "ERROR": False}
