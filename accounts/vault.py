"""Secrets at rest: what is sealed is useless to whoever reads a copy of the database."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


def seal(text: str, *, purpose: str) -> str:
    """Each purpose has a key of its own, so what was sealed for one does not open for another."""
    return _vault(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Raises cryptography.fernet.InvalidToken for what was not sealed here for this purpose."""
    return _vault(purpose).decrypt(sealed.encode()).decode()


def reseal(sealed: str, *, purpose: str) -> str:
    """The same, sealed with SECRET_KEY. Raises cryptography.fernet.InvalidToken as `unseal` does."""
    return _vault(purpose).rotate(sealed.encode()).decode()


def _vault(purpose: str) -> MultiFernet:
    """SECRET_KEY encrypts; SECRET_KEY_FALLBACKS still decrypt, so the key can be changed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"{purpose} ".encode() + force_bytes(key)).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
