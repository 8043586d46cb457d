"""Alerts, inbox, channels and hours are of who is signed in, and of nobody else."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from alerts.api_urls import urlpatterns
from alerts.models import Alert, AlertEvent, Channel, Hours
from alerts.tests import factories

pytestmark = pytest.mark.django_db
ADDRESSES = [str(pattern.pattern) for pattern in urlpatterns]
METHODS = ["get", "post", "patch", "put", "delete"]


def filled(address: str, number: int) -> str:
    return "/api/v1/" + address.replace("<int:pk>", str(number))


@pytest.mark.parametrize("method", METHODS)
def test_strangers_are_refused_everywhere(client: Client, method: str) -> None:
    found = {address: getattr(client, method)(filled(address, 1)).status_code for address in ADDRESSES}
    assert found == dict.fromkeys(ADDRESSES, 401)


@pytest.mark.parametrize("method", METHODS[1:])
def test_no_write_goes_without_its_token(alice: User, method: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    found = {address: getattr(strict, method)(filled(address, 1)).status_code for address in ADDRESSES}
    assert found == dict.fromkeys(ADDRESSES, 403)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_somebody_elses_is_not_there(
    alice: User, bob: User, client_for: Callable[[User], Client], method: str
) -> None:
    hook = factories.channel(alice, "webhook")
    alert = factories.alert(alice, to=(hook,))
    event = factories.event(alert)
    before = (Alert.objects.values().get(), Channel.objects.values().get(), AlertEvent.objects.values().get())
    ids = {"alerts": alert.pk, "channels": hook.pk}
    his = client_for(bob)
    numbered = [address for address in ADDRESSES if "<int:pk>" in address]
    found = {
        address: getattr(his, method)(
            filled(address, ids[address.split("/")[0]]), content_type="application/json"
        ).status_code
        for address in numbered
    }
    assert set(found.values()) <= {404, 405}
    assert method == "put" or 404 in found.values()
    after = (Alert.objects.values().get(), Channel.objects.values().get(), AlertEvent.objects.values().get())
    assert after == before
    assert AlertEvent.objects.get() == event


def test_bob_sees_nothing_of_alices_in_his_lists(
    alice: User, bob: User, client_for: Callable[[User], Client]
) -> None:
    hook = factories.channel(alice, "webhook")
    factories.event(factories.alert(alice, to=(hook,)))
    Hours.objects.create(owner=alice, time_zone="Asia/Tokyo")
    his = client_for(bob)
    for address in ("alerts/", "inbox/", "channels/"):
        assert his.get(f"/api/v1/{address}").json()["results"] == []
    assert his.get("/api/v1/hours/").json()["time_zone"] == "UTC"
