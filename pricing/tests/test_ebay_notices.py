"""The address that eBay tells of deleted accounts."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from pytest_django import Settings

from integrations.tests.ebay.answers import KEY, reply
from integrations.tests.marketplace import Marketplace

pytestmark = pytest.mark.django_db
URL = "/ebay/account-deletion/"
ENDPOINT = f"https://cards.example{URL}"
TOKEN = "t" * 40
NOTICE = json.dumps({"metadata": {"topic": "MARKETPLACE_ACCOUNT_DELETION"}}, separators=(",", ":")).encode()


@pytest.fixture
def taken(ebay: Marketplace, settings: Settings) -> Marketplace:
    settings.EBAY_DELETION_TOKEN, settings.EBAY_DELETION_ENDPOINT = TOKEN, ENDPOINT
    return ebay


def test_the_challenge_is_answered_as_ebay_wants(taken: Marketplace, client: Client) -> None:
    answer = client.get(URL, {"challenge_code": "abc"})
    expected = hashlib.sha256(f"abc{TOKEN}{ENDPOINT}".encode()).hexdigest()
    assert answer.json() == {"challengeResponse": expected}
    assert answer["Content-Type"] == "application/json"
    assert client.get(URL).status_code == 400


def signed(key: ec.EllipticCurvePrivateKey, body: bytes, kid: str = "a-key") -> str:
    signature = base64.b64encode(key.sign(body, ec.ECDSA(hashes.SHA1()))).decode()  # noqa: S303 -- eBay's digest
    claim = {"alg": "ecdsa", "kid": kid, "signature": signature, "digest": "SHA1"}
    return base64.b64encode(json.dumps(claim).encode()).decode()


def test_a_notice_is_taken_when_ebay_signed_it(taken: Marketplace, client: Client) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    taken.routes[f"{KEY}a-key"] = lambda _: reply(
        {"key": pem.decode(), "algorithm": "ECDSA", "digest": "SHA1"}
    )

    def post(body: bytes, signature: str) -> int:
        headers = {"x-ebay-signature": signature}
        return client.post(URL, body, content_type="application/json", headers=headers).status_code

    assert post(NOTICE, signed(key, NOTICE)) == 204
    assert post(NOTICE + b" ", signed(key, NOTICE)) == 412
    assert post(NOTICE, "nonsense") == 412
    assert post(NOTICE, signed(key, NOTICE, kid="unknown")) in {412, 500}


def test_without_a_token_there_is_no_such_address(
    ebay: Marketplace, client: Client, settings: Settings
) -> None:
    settings.EBAY_DELETION_TOKEN = ""
    assert client.get(URL, {"challenge_code": "abc"}).status_code == 404
    assert client.post(URL, NOTICE, content_type="application/json").status_code == 404
    assert client.put(URL).status_code == 405
