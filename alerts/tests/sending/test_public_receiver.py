"""A webhook on the internet, as far as this site can tell: called at its public address, and only there."""

from typing import Any

import pytest
from standardwebhooks import Webhook

from accounts.models import User
from alerts import delivering
from alerts.tests import factories
from integrations import outward
from integrations.tests.internet import FIRST, LOOPBACK, Internet
from integrations.tests.marketplace import Marketplace, Request, Response

pytestmark = pytest.mark.django_db
NAME, PATH = "hooks.example", "/T0/secret"


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    """The door's own look-up and dialling, as the rest of the site uses them."""
    internet = Internet()
    defaults: Any = outward.post.__kwdefaults__
    monkeypatch.setitem(defaults, "resolve", internet.resolve)
    monkeypatch.setitem(defaults, "dial", internet.dial)
    return internet


def test_a_receiver_at_a_public_address_gets_what_the_reference_library_verifies(
    internet: Internet, alice: User
) -> None:
    heard: list[Request] = []

    def take(request: Request) -> Response:
        heard.append(request)
        return Response(body=b"thanks")

    with Marketplace() as server:
        server.routes[PATH] = take
        internet.put(server, at=FIRST, name=NAME)
        hook = factories.channel(alice, "webhook", address=f"http://{NAME}{PATH}")
        sent = factories.delivery(factories.event(factories.alert(alice, to=(hook,))), hook)
        assert delivering.drain() == 1
    sent.refresh_from_db()
    assert sent.status == "sent"
    headers = {name: heard[0].headers[name] for name in heard[0].headers}
    said = Webhook(factories.WEBHOOK_SECRET).verify(heard[0].body, headers)
    assert said["type"] == "alert.fired"
    assert (internet.asked, internet.dialled) == ([NAME], [(FIRST, 80)])
    assert sent.log.get().answer == "thanks"


@pytest.mark.parametrize("inside", [LOOPBACK, "169.254.169.254", "10.0.0.7", "64:ff9b::7f00:1", "100.64.0.1"])
def test_a_name_that_leads_inside_by_now_is_not_called(inside: str, internet: Internet, alice: User) -> None:
    """It was public when the channel was made."""
    internet.names[NAME] = [[inside]]
    hook = factories.channel(alice, "webhook", address=f"http://{NAME}{PATH}")
    sent = factories.delivery(factories.event(factories.alert(alice, to=(hook,))), hook)
    delivering.drain()
    sent.refresh_from_db()
    assert sent.status == "dead"
    assert "not on the public internet" in sent.log.get().answer
    assert internet.dialled == []
