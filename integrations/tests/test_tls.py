"""The real sources speak TLS, where the socket changes hands during the handshake."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from integrations.errors import MarketError
from integrations.tests.certificates import self_signed, server_context
from integrations.tests.conftest import OpenDoor, wait_until_no_call_is_left
from integrations.tests.marketplace import Marketplace


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(
        tmp_path / "certificate.pem", subject=x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    )


@pytest.fixture
def secure_market(certificate: Path) -> Iterator[Marketplace]:
    with Marketplace(files={"/prices": b"[]"}, tls=server_context(certificate)) as market:
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
