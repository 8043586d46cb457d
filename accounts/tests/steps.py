"""What a person does on the account pages, one function a step, and the codes and keys they hold."""

import hashlib
import hmac
import json
import re
import struct
from base64 import b32decode
from time import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.core import mail
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User
from conftest import PASSWORD

ORIGIN = "http://testserver"
PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


def sign_in(client: Client, user: User, *, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": password})


def confirm_password(client: Client) -> None:
    """What security settings ask for, however fresh the login is."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def is_signed_in(client: Client) -> bool:
    return client.get("/preferences/").status_code == 200


def link_in_last_mail() -> str:
    """The path of the one link of ours that is not the signature's."""
    found = re.search(r"^http://\S+?(/\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[1]


def totp(secret: str) -> str:
    """RFC 6238 with the parameters of every authenticator app: SHA-1, 30 seconds, 6 digits."""
    digest = hmac.new(b32decode(secret), struct.pack(">Q", int(time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def activate_totp(client: Client) -> str:
    """Activate an authenticator app for who has just confirmed the password; returns its secret."""
    secret = str(client.get("/accounts/2fa/totp/activate/").context["form"].secret)
    assert client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
    return secret


class SoftwareKey:
    """A passkey in memory, as WebAuthn level 2 describes one: an ES256 key and no attestation."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = sha256(ORIGIN.encode())
        self._owner = b""

    def create(self, options: dict[str, Any]) -> str:
        wanted = options["publicKey"]
        self._owner = websafe_decode(wanted["user"]["id"])
        public = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(Aaguid.NONE, self._id, public)
        data = AuthenticatorData.create(
            sha256(wanted["rp"]["id"].encode()),
            PRESENT_AND_VERIFIED | AuthenticatorData.FLAG.AT,
            0,
            credential,
        )
        said = self._said("webauthn.create", wanted["challenge"])
        answer = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        return self._credential({**answer, "clientDataJSON": websafe_encode(said)})

    def get(self, options: dict[str, Any]) -> str:
        wanted = options["publicKey"]
        data = AuthenticatorData.create(sha256(wanted["rpId"].encode()), PRESENT_AND_VERIFIED, 1)
        said = self._said("webauthn.get", wanted["challenge"])
        signature = self._key.sign(data + sha256(said), ec.ECDSA(SHA256()))
        return self._credential(
            {
                "authenticatorData": websafe_encode(data),
                "clientDataJSON": websafe_encode(said),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(self._owner),
            }
        )

    def _said(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), ORIGIN)

    def _credential(self, response: dict[str, str]) -> str:
        name = websafe_encode(self._id)
        return json.dumps(
            {
                "type": "public-key",
                "id": name,
                "rawId": name,
                "response": response,
                "clientExtensionResults": {"credProps": {"rk": True}},
            }
        )


def as_json(options: Any) -> dict[str, Any]:
    """The options as the browser gets them."""
    return dict(json.loads(json.dumps(options, cls=DjangoJSONEncoder)))


def add_passkey(client: Client, *, name: str) -> SoftwareKey:
    key = SoftwareKey()
    options = client.get("/accounts/2fa/webauthn/add/").context["js_data"]["creation_options"]
    form = {"name": name, "passwordless": "on", "credential": key.create(as_json(options))}
    assert client.post("/accounts/2fa/webauthn/add/", form).status_code == 302
    return key
