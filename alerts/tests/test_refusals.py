"""Nobody reaches what is somebody else's: tried with every address there is, as the site lists them itself.

Everything alice has carries the same number, so an address that asks for a number asks for something of hers.
"""

from collections.abc import Callable

import pytest
from django.core import serializers
from django.test import Client

from accounts.models import User
from accounts.tests.doors import ABSENT, METHODS, addresses, ask, filled, refused, shown
from alerts import unsubscribing
from alerts.models import Alert, AlertEvent, Channel, Hours
from alerts.tests import factories
from collections_app.models import Collection

pytestmark = pytest.mark.django_db
NUMBER = 424_242
SECRET = "alice's wish"
EVERY = addresses("alerts")
OF_ONE = [route for route in EVERY if "<int:pk>" in route]
FOR_WHOEVER_HOLDS_A_MAIL = "/alerts/unsubscribe/"  # its own tests say what it shows


@pytest.fixture
def hers(alice: User) -> dict[str, str]:
    """One thing of alice's of every kind; how each placeholder of an address names it."""
    hook = factories.channel(alice, "webhook", pk=NUMBER, name=SECRET)
    alert = factories.alert(alice, to=(hook,), pk=NUMBER, name=SECRET)
    factories.event(alert, pk=NUMBER)
    Collection.objects.create(pk=NUMBER, owner=alice, name=SECRET)
    Hours.objects.create(owner=alice, time_zone="Asia/Tokyo")
    return {
        "int:pk": str(NUMBER),
        "slug:kind": "ntfy",
        "str:token": unsubscribing.token(hook, alert_id=NUMBER),
    }


def state() -> str:
    models = (Alert, AlertEvent, Channel, Hours)
    return str(serializers.serialize("json", [row for model in models for row in model.objects.all()]))


def test_there_are_addresses_to_try() -> None:
    assert len(OF_ONE) > 15


@pytest.mark.parametrize("route", OF_ONE)
def test_what_is_alices_is_not_there_for_bob(
    route: str, hers: dict[str, str], bob: User, client_for: Callable[[User], Client]
) -> None:
    address, before = filled(route, hers), state()
    for visitor in (client_for(bob), Client()):
        for method in METHODS:
            answer = ask(visitor, method, address, {})
            assert answer.status_code in refused(visitor), (method, address)
            assert SECRET not in shown(answer)
    assert state() == before


@pytest.mark.parametrize("route", OF_ONE)
def test_the_same_address_is_there_for_alice(
    route: str, hers: dict[str, str], alice: User, client_for: Callable[[User], Client]
) -> None:
    """Else the refusals above would prove nothing."""
    client = client_for(alice)
    answers = [ask(client, method, filled(route, hers), {}) for method in ("get", "post", "delete")]
    assert {answer.status_code for answer in answers} - ABSENT


@pytest.mark.parametrize("route", sorted(set(EVERY) - set(OF_ONE)))
def test_pages_without_a_number_show_and_change_nothing_of_hers(
    route: str, hers: dict[str, str], bob: User, client_for: Callable[[User], Client]
) -> None:
    """Also when the numbers of her things are sent along under every name a form might use."""
    if route.startswith(FOR_WHOEVER_HOLDS_A_MAIL):
        pytest.skip("made for strangers")
    before = state()
    names = (
        "alert",
        "event",
        "collection",
        "collection_id",
        "channel",
        "channels",
        "channel_ids",
        "id",
        "pk",
    )
    address = filled(route, hers)
    for where in (address, f"{address}?collection={NUMBER}"):
        for method in METHODS:
            answer = ask(client_for(bob), method, where, dict.fromkeys(names, NUMBER) | {"ids": [NUMBER]})
            assert SECRET not in shown(answer), (method, where)
    assert state() == before
