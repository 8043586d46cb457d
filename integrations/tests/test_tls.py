"""The real sources speak TLS, where the socket changes hands during the handshake."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.errors import MarketError
from integrations.tests.conftest import OpenDoor, wait_until_no_call_is_left
from integrations.tests.marketplace import Marketplace


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure_market(certificate: Path) -> Iterator[Marketplace]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Marketplace(files={"/prices": b"[]"}, tls=context) as market:
        yield market


def test_a_certificate_that_nobody_vouches_for_is_refused(
    secure_market: Marketplace, open_door: OpenDoor
) -> None:
    with pytest.raises(MarketError, match="SSLError"):
        open_door(attempts=1).get(f"{secure_market.url}/prices")
    assert secure_market.hits.total() == 0


@pytest.mark.parametrize("kind", ["drip", "drip-headers"])
def test_the_deadline_cuts_an_encrypted_connection_too(
    secure_market: Marketplace,
    open_door: OpenDoor,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    door = open_door(deadline=0.5, attempts=1)
    assert door.get(f"{secure_market.url}/prices").body == b"[]"
    secure_market.misbehave("/prices", kind)
    with pytest.raises(MarketError, match=r"no complete answer within 0\.5 s"):
        door.get(f"{secure_market.url}/prices")
    wait_until_no_call_is_left()


def test_the_deadline_holds_during_the_handshake(market: Marketplace, open_door: OpenDoor) -> None:
    with pytest.raises(MarketError, match=r"no complete answer|the connection failed"):
        # The plain server waits for the end of a line that a TLS greeting does not have.
        open_door(deadline=0.3, attempts=1).get(f"{market.url.replace('http:', 'https:')}/prices")
    wait_until_no_call_is_left()
