from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from integrations import outward
from integrations.tests.certificates import self_signed, server_context
from integrations.tests.internet import FIRST, HOOK, PATH, SECOND, Internet, failure_of, send_on
from integrations.tests.marketplace import Marketplace

SECURE_HOOK = HOOK.replace("http:", "https:")


@pytest.fixture
def server_names() -> list[str]:
    """What callers of `secure` said whom they want (SNI)."""
    return []


@pytest.fixture
def secure(
    internet: Internet, server_names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Marketplace]:
    """hook.example speaks TLS, with a certificate for that name that this machine trusts."""
    certificate = self_signed(tmp_path / "hook.pem", subject=x509.DNSName("hook.example"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    outward._trust.cache_clear()
    context = server_context(certificate)
    context.sni_callback = lambda _line, name, _context: server_names.append(name or "")
    with Marketplace(files={PATH: b"ok"}, tls=context) as server:
        internet.put(server, at=FIRST, name="hook.example")
        yield server
    outward._trust.cache_clear()


def test_tls_verifies_and_names_the_host_while_the_address_is_called(
    internet: Internet, secure: Marketplace, server_names: list[str]
) -> None:
    reply = internet.post(SECURE_HOOK)
    assert (reply.body, internet.dialled) == (b"ok", [(FIRST, 443)])
    assert (secure.requests[0].headers["Host"], server_names) == ("hook.example", ["hook.example"])


def test_a_certificate_for_another_name_is_refused(internet: Internet, secure: Marketplace) -> None:
    internet.names["else.example"] = [[FIRST]]
    error = failure_of(lambda: internet.post("https://else.example/T0/secret"))
    assert str(error).startswith("The certificate of else.example cannot be trusted: Hostname mismatch")
    assert (error.permanent, error.outcome, secure.hits.total()) == (False, "certificate", 0)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    internet: Internet, secure: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    outward._trust.cache_clear()
    error = failure_of(lambda: internet.post("https://hook.example/T0/secret"))
    assert (error.permanent, error.outcome, secure.hits.total()) == (False, "certificate", 0)


def test_a_redirect_that_gives_up_encryption_is_refused(
    internet: Internet, secure: Marketplace, market: Marketplace
) -> None:
    internet.put(market, at=SECOND, name="else.example")
    send_on(secure, "http://else.example/")
    error = failure_of(lambda: internet.post(SECURE_HOOK))
    assert str(error) == "hook.example sends us on to an address without encryption."
    assert (error.permanent, secure.hits.total(), market.hits.total()) == (True, 1, 0)


def test_a_redirect_to_encryption_is_followed_without_private_headers(
    internet: Internet, secure: Marketplace, market: Marketplace
) -> None:
    internet.put(market, at=SECOND, name="plain.example")
    send_on(market, SECURE_HOOK)
    reply = internet.post("http://plain.example/T0/secret", headers={"X-Key": "k"}, private={"x-key"})
    assert (reply.body, "X-Key" in secure.requests[0].headers) == (b"ok", False)
