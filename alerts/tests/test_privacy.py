"""What alerts keep of a person is handed out whole, and goes with the account."""

import io
import json
import zipfile

import pytest
from django.apps import apps

from accounts import personal
from accounts.models import User
from alerts.models import Alert
from alerts.tests import factories
from collections_app import privacy

pytestmark = pytest.mark.django_db


def archive(user: User) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(privacy.everything(user))))


def test_the_archive_holds_alerts_and_what_they_told_without_any_secret(alice: User, bob: User) -> None:
    hook = factories.channel(alice, "webhook")
    event = factories.event(factories.alert(alice, to=(hook,)))
    factories.delivery(event, hook)
    factories.event(factories.alert(bob))
    with archive(alice) as found:
        text = found.read("alerts.json").decode()
        assert "alerts.json" in found.read("README.txt").decode()
    said = json.loads(text)
    counts = {name: len(rows) for name, rows in said.items()}
    assert counts == {"alerts": 1, "events": 1, "channels": 1, "deliveries": 1, "attempts": 0, "hours": 0}
    assert said["events"][0]["price"] == 95_00
    assert hook.sealed not in text
    assert factories.WEBHOOK_SECRET not in text


def test_whoever_is_forgotten_leaves_no_alert(alice: User, bob: User) -> None:
    for user in (alice, bob):
        hook = factories.channel(user, "webhook")
        factories.delivery(factories.event(factories.alert(user, to=(hook,))), hook)
    privacy.forget(alice)
    for name in ("Alert", "AlertEvent", "Channel", "Delivery"):
        assert apps.get_model("alerts", name)._default_manager.count() == 1
    assert Alert.objects.get().owner == bob


@pytest.mark.parametrize(("alerts", "said"), [(0, (0, "alerts")), (1, (1, "alert")), (2, (2, "alerts"))])
def test_they_are_counted_in_words(alerts: int, said: tuple[int, str], alice: User) -> None:
    for _ in range(alerts):
        factories.alert(alice)
    assert said in personal.counted(alice)
