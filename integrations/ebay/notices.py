"""Notices of deleted accounts, which eBay demands that every site with keys receives.

We store nothing of eBay's users, so a notice is only checked and acknowledged: 200 to a challenge; to a
notice 204, 412 for a wrong signature, 500 when the key could not be fetched, so that eBay sends it again.
https://developer.ebay.com/marketplace-account-deletion
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache

from integrations.ebay.client import Client
from integrations.errors import MarketError
from integrations.payload import parse_json

TOPIC: Final = "MARKETPLACE_ACCOUNT_DELETION"
_KEY_LIVES: Final = 86_400  # eBay asks for at least an hour
_UNKNOWN_LIVES: Final = 3_600
_KEY_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END PUBLIC KEY-----")


def challenge_response(challenge_code: str, *, token: str, endpoint: str) -> str:
    """What proves that `endpoint`, exactly as it was given to eBay, is ours: a SHA-256 in hexadecimal."""
    return hashlib.sha256(f"{challenge_code}{token}{endpoint}".encode()).hexdigest()


def verify(body: bytes, signature_header: str, *, key_of: Callable[[str], str] | None = None) -> bool:
    """Whether eBay signed these very bytes; `signature_header` is the value of X-EBAY-SIGNATURE.

    `key_of` gives the public key of an id, "" for one that eBay does not know. Raises MarketError when the
    key cannot be fetched.
    """
    claim = _claim(signature_header)
    if claim is None:
        return False
    key_id, signature = claim
    key = _elliptic((key_of or public_key)(key_id))
    if key is None:
        return False
    try:
        key.verify(signature, body, ec.ECDSA(hashes.SHA1()))  # noqa: S303 - the digest that eBay signs with
    except InvalidSignature:
        return False
    return True


def notification_id(body: bytes) -> str:
    """Of a notice that a user closed the account. A permanent MarketError when it is not such a notice."""
    found = parse_json(body, expect=dict, source="ebay")
    metadata, notification = found.get("metadata"), found.get("notification")
    topic = metadata.get("topic") if isinstance(metadata, dict) else None
    identity = notification.get("notificationId") if isinstance(notification, dict) else None
    if topic != TOPIC or not isinstance(identity, str) or not identity:
        raise MarketError("Not a notice of a deleted account", permanent=True, source="ebay")
    return identity[:200]


def public_key(key_id: str) -> str:
    """The key of an id out of the shared cache or from eBay; "" when eBay does not know it."""
    name = f"ebay:key:{key_id}"
    known = cache.get(name)
    if known is None:
        found = Client().public_key(key_id)
        known = found.key if found else ""
        cache.set(name, known, _KEY_LIVES if known else _UNKNOWN_LIVES)
    return str(known)


def _claim(header: str) -> tuple[str, bytes] | None:
    """The id of the key and the signature; None for what is not one of eBay's, which are ECDSA over SHA-1."""
    try:
        claim = parse_json(base64.b64decode(header, validate=True), expect=dict)
        key_id, signature = claim.get("kid"), base64.b64decode(str(claim.get("signature")), validate=True)
    except (MarketError, binascii.Error, ValueError):
        return None
    fits = claim.get("alg") in {"ecdsa", "ECDSA"} and claim.get("digest") == "SHA1"
    return (key_id, signature) if fits and isinstance(key_id, str) and _KEY_ID.fullmatch(key_id) else None


def _elliptic(pem: str) -> ec.EllipticCurvePublicKey | None:
    """The key, whose PEM of eBay lacks the line breaks of RFC 7468; None for any other."""
    found = _PEM.fullmatch(pem.strip())
    if found is None:
        return None
    try:
        key = serialization.load_der_public_key(base64.b64decode(found[1]))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) else None
