"""Alerts by API: made, listed with their distance to firing, changed, paused, deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.api import Api, errors, usd
from alerts.models import Alert
from alerts.tests import factories
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app.tests.factories import collection
from pricing.tests.market import Shop, later

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
TOMORROW = (timezone.now().date() + timedelta(days=1)).isoformat()
LAST_WEEK = (timezone.now().date() - timedelta(days=7)).isoformat()


@pytest.fixture
def printing(shop: Shop) -> Printing:
    """At $120.00."""
    shop.says({"1": 120_00})
    return shop.series("1").printing


def below(printing: Printing, **said: Any) -> dict[str, Any]:
    return {"kind": "below", "printing_id": printing.pk, "threshold": "100.00"} | said


def made(api: Api, printing: Printing, **said: Any) -> int:
    answer = api.post("alerts/", below(printing, **said))
    assert answer.status_code == 201, answer.content
    return int(answer.json()["id"])


def test_an_alert_is_made_and_shown(api: Api, alice: User, shop: Shop, printing: Printing) -> None:
    channel = factories.channel(alice, "webhook")
    said = {"name": "A bargain", "least": "1", "rearms": True, "margin": "2.5", "timing": "urgent"}
    said |= {"expires_on": TOMORROW, "channel_ids": [channel.pk], "currency": "USD"}
    answer = api.post("alerts/", below(printing, **said))
    known = Alert.objects.get(owner=alice)
    card = printing.card
    of_printing = {
        "id": printing.pk,
        "card_id": card.pk,
        "name": "Card 1",
        "number": "1",
        "finish": "Normal",
        "set": {"slug": card.card_set.slug, "name": "Base Set"},
        "game": {"slug": shop.game.slug, "name": shop.game.name},
        "url": card.get_absolute_url(),
    }
    assert answer.status_code == 201
    assert answer.json() == {
        "id": known.pk,
        "name": "A bargain",
        "kind": "below",
        "rule": "falls to $100.00 or below, at $1.00 or more",
        "state": "active",
        "trouble": "",
        "url": known.get_absolute_url(),
        "printing": of_printing,
        "condition": "",
        "grade": "",
        "set": None,
        "collection": None,
        "search": None,
        "threshold": usd("100.00"),
        "percent": None,
        "days": None,
        "least": usd("1.00"),
        "currency": "USD",
        "rearms": True,
        "margin": "2.50",
        "timing": "urgent",
        "channel_ids": [channel.pk],
        "expires_on": TOMORROW,
        "finished_on": None,
        "created_at": known.created_at.isoformat(),
        "watched": 1,
        "events": 0,
        "last_event_on": None,
        "standing": {
            "printing": of_printing,
            "price": usd("120.00"),
            "mark": usd("100.00"),
            "away": "-16.7",
            "waits": False,
            "source": shop.source.slug,
            "is_demo": False,
        },
    }
    assert (known.threshold, known.least, str(known.margin)) == (100_00, 1_00, "2.50")
    assert api.get(f"alerts/{known.pk}/").json() == answer.json()


def test_what_is_not_said_is_as_usual(api: Api, alice: User, printing: Printing) -> None:
    User.objects.filter(pk=alice.pk).update(currency="JPY")
    known = Alert.objects.get(pk=made(api, printing, threshold="15000"))
    assert (known.threshold, known.currency) == (15_000, "JPY")
    assert (known.rearms, str(known.margin), known.timing, known.expires_on) == (False, "0.00", "quiet", None)
    (channel,) = known.channels.all()
    assert (channel.kind, channel.address) == ("email", alice.email)


def test_an_alert_can_be_for_the_inbox_alone(api: Api, printing: Printing) -> None:
    assert not Alert.objects.get(pk=made(api, printing, channel_ids=[])).channels.exists()


def test_an_alert_is_about_a_set_or_a_collection(
    api: Api, alice: User, shop: Shop, printing: Printing
) -> None:
    card_set, binder = printing.card.card_set, collection(alice, "Binder")
    rule = {"kind": "falls", "percent": "12.5", "days": 7}
    found = api.post("alerts/", rule | {"game": shop.game.slug, "set": card_set.slug}).json()
    assert (found["set"]["name"], found["printing"], found["percent"]) == ("Base Set", None, "12.50")
    assert found["set"]["game"] == {"slug": shop.game.slug, "name": shop.game.name}
    assert found["standing"]["printing"]["id"] == printing.pk
    found = api.post("alerts/", rule | {"collection_id": binder.pk}).json()
    assert found["collection"] == {"id": binder.pk, "name": "Binder"}
    assert (found["watched"], found["standing"]) == (0, None)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"kind": "sideways"}, {"kind"}),
        ({"kind": None}, {"kind"}),
        ({"threshold": None}, {"threshold"}),
        ({"threshold": 100}, {"threshold"}),
        ({"threshold": "0"}, {"threshold"}),
        ({"threshold": "-1"}, {"threshold"}),
        ({"threshold": "1.005"}, {"threshold"}),
        ({"threshold": "100.5", "currency": "JPY"}, {"threshold"}),
        ({"least": "0"}, {"least"}),
        ({"percent": "10"}, {"percent"}),
        ({"days": 7}, {"days"}),
        ({"kind": "falls"}, {"threshold"}),
        ({"kind": "falls", "threshold": None, "percent": "100", "days": 7}, {"percent"}),
        ({"kind": "falls", "threshold": None, "percent": "0", "days": 7}, {"percent"}),
        ({"kind": "falls", "threshold": None, "percent": 10, "days": 7}, {"percent"}),
        ({"kind": "falls", "threshold": None, "percent": "1.005", "days": 7}, {"percent"}),
        ({"kind": "rises", "threshold": None, "percent": "10", "days": 91}, {"days"}),
        ({"kind": "low", "threshold": None, "days": 0}, {"days"}),
        ({"kind": "high", "threshold": None, "days": 3651}, {"days"}),
        ({"kind": "back", "threshold": None, "days": "soon"}, {"days"}),
        ({"currency": "XXX"}, {"currency"}),
        ({"rearms": "maybe", "timing": "never"}, {"rearms", "timing"}),
        ({"margin": "90.01"}, {"margin"}),
        ({"margin": "ten"}, {"margin"}),
        ({"expires_on": LAST_WEEK}, {"expires_on"}),
        ({"expires_on": "tomorrow"}, {"expires_on"}),
        ({"name": "x" * 121}, {"name"}),
        ({"name": "a\x00b"}, {"name"}),
        ({"condition": "GOOD"}, {"condition"}),
        ({"condition": "NM", "grade": "PSA 10"}, {"grade"}),
        ({"grade": "x" * 21}, {"grade"}),
        ({"channel_ids": list(range(1, 22))}, {"channel_ids"}),
        ({"channel_ids": ["1"]}, {"channel_ids"}),
        ({"channel_ids": 1}, {"channel_ids"}),
        ({"printing_id": 99_999_999}, {"printing_id"}),
        ({"printing_id": None}, {"printing_id"}),
        ({"printing_id": 10**30}, {"printing_id"}),
        ({"collection_id": 99_999}, {"printing_id"}),
        ({"game": "atlantis"}, {"set"}),
        ({"set": "base-set"}, {"game"}),
        ({"game": "atlantis", "set": "base-set"}, {"set"}),
        ({"colour": "red", "owner": 1}, {"colour", "owner"}),
    ],
)
def test_each_wrong_value_is_a_400_that_names_it(
    api: Api, printing: Printing, said: dict[str, Any], wrong: set[str]
) -> None:
    assert set(errors(api.post("alerts/", below(printing, **said)))) == wrong
    assert set(errors(api.post("alerts/backtest/", below(printing, **said)))) == wrong
    assert not Alert.objects.exists()


@pytest.mark.parametrize("body", [[], None, 3, "below"])
def test_a_body_that_is_no_object_is_a_400(api: Api, body: Any) -> None:
    assert set(errors(api.post("alerts/", body))) == {"body"}


def test_an_alert_is_about_something(api: Api) -> None:
    assert set(errors(api.post("alerts/", {"kind": "below", "threshold": "1"}))) == {"printing_id"}


def test_what_is_somebody_elses_cannot_be_watched_or_used(api: Api, bob: User, printing: Printing) -> None:
    said = {"kind": "below", "threshold": "1", "collection_id": collection(bob).pk}
    assert set(errors(api.post("alerts/", said))) == {"collection_id"}
    assert set(errors(api.post("alerts/backtest/", said))) == {"collection_id"}
    said = below(printing, channel_ids=[factories.channel(bob).pk])
    assert set(errors(api.post("alerts/", said))) == {"channel_ids"}


def test_the_newest_alert_is_listed_first_with_its_pages(api: Api, alice: User, bob: User) -> None:
    printing = PrintingFactory.create()
    factories.alert(bob, printing)
    mine = [factories.alert(alice, printing).pk for _ in range(26)]
    first = api.get("alerts/").json()
    second = api.client.get(first["next"]).json()
    assert (first["count"], first["pages"], second["next"]) == (26, 2, None)
    assert [row["id"] for row in first["results"] + second["results"]] == mine[::-1]
    assert api.get("alerts/", page=3).status_code == 404


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        ("active", {}),
        ("paused", {"is_paused": True}),
        ("finished", {"finished_on": LAST_WEEK}),
        ("expired", {"expires_on": LAST_WEEK}),
    ],
)
def test_alerts_are_listed_by_their_state(api: Api, alice: User, state: str, facts: dict[str, Any]) -> None:
    wanted = factories.alert(alice, **facts)
    for others in ({}, {"is_paused": True}, {"finished_on": LAST_WEEK}, {"expires_on": LAST_WEEK}):
        if others != facts:
            factories.alert(alice, **others)
    (row,) = api.get("alerts/", state=state).json()["results"]
    assert (row["id"], row["state"]) == (wanted.pk, state)


@pytest.mark.parametrize("name", ["state", "page"])
def test_a_wrong_parameter_is_a_400_that_names_it(api: Api, name: str) -> None:
    assert set(errors(api.get("alerts/", **{name: "wrong"}))) == {name}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_nine_queries(
    api: Api, shop: Shop, rows: int, django_assert_num_queries: Queries
) -> None:
    shop.says({str(card): 120_00 for card in range(rows)})
    shop.says({str(card): 110_00 for card in range(rows)}, day=later(1))
    for card in range(rows):
        made(api, shop.series(str(card)).printing)
    # User, number of alerts, alerts, nearest watches, their rules, prices and series, counts, channels.
    with django_assert_num_queries(9):
        found = api.get("alerts/").json()["results"]
    assert [row["standing"]["price"] for row in found] == [usd("110.00")] * rows


# One alert.


def facts(pk: int) -> dict[str, Any]:
    known = Alert.objects.filter(pk=pk).values().get()
    unsaid = {"id", "owner_id", "created_at", "updated_at", "is_stale", "finished_on", "is_paused"}
    chosen = set(Alert.objects.get(pk=pk).channels.values_list("pk", flat=True))
    return {name: value for name, value in known.items() if name not in unsaid} | {"channels": chosen}


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ({}, {}),
        ({"name": "Cheap"}, {"name": "Cheap"}),
        ({"name": ""}, {"name": ""}),
        ({"threshold": "99.5"}, {"threshold": 99_50}),
        ({"least": None}, {"least": None}),
        (
            {"threshold": "9000", "least": "100", "currency": "JPY"},
            {"threshold": 9000, "least": 100, "currency": "JPY"},
        ),
        ({"currency": "USD"}, {}),
        ({"rearms": False}, {"rearms": False}),
        ({"timing": "digest"}, {"timing": "digest"}),
        ({"expires_on": None}, {"expires_on": None}),
        ({"kind": "above"}, {"kind": "above"}),
        ({"kind": "low", "days": 30}, {"kind": "low", "threshold": None, "days": 30}),
        ({"condition": "LP"}, {"condition": "LP", "grade": ""}),
        ({"grade": "BGS 9.5"}, {"grade": "BGS 9.5"}),
        ({"channel_ids": []}, {"channels": set()}),
    ],
)
def test_a_patch_changes_only_what_was_sent(
    api: Api, printing: Printing, said: dict[str, Any], changed: dict[str, Any]
) -> None:
    pk = made(api, printing, name="A bargain", grade="PSA 10", least="5", rearms=True, expires_on=TOMORROW)
    before = facts(pk)
    assert api.patch(f"alerts/{pk}/", **said).status_code == 200
    assert facts(pk) == before | changed


def test_a_new_target_takes_the_place_of_the_old_one(
    api: Api, alice: User, shop: Shop, printing: Printing
) -> None:
    pk, binder = made(api, printing, condition="LP"), collection(alice)
    card_set = printing.card.card_set
    found = api.patch(f"alerts/{pk}/", game=shop.game.slug, set=card_set.slug).json()
    assert (found["printing"], found["condition"], found["set"]["slug"]) == (None, "", card_set.slug)
    found = api.patch(f"alerts/{pk}/", collection_id=binder.pk).json()
    assert (found["set"], found["collection"]["id"]) == (None, binder.pk)
    found = api.patch(f"alerts/{pk}/", printing_id=printing.pk, grade="PSA 9").json()
    assert (found["collection"], found["printing"]["id"], found["grade"]) == (None, printing.pk, "PSA 9")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"currency": "EUR"}, {"threshold", "least"}),
        ({"currency": "EUR", "threshold": "90"}, {"least"}),
        ({"threshold": None}, {"threshold"}),
        ({"kind": "falls"}, {"percent"}),
        ({"days": 7}, {"days"}),
        ({"set": "base-set"}, {"game"}),
        ({"printing_id": 99_999_999}, {"printing_id"}),
        ({"id": 7, "state": "paused"}, {"id", "state"}),
    ],
)
def test_a_wrong_patch_changes_nothing(
    api: Api, printing: Printing, said: dict[str, Any], wrong: set[str]
) -> None:
    pk = made(api, printing, least="5")
    before = facts(pk)
    assert set(errors(api.patch(f"alerts/{pk}/", **said))) == wrong
    assert facts(pk) == before


def test_an_alert_is_paused_and_resumed(api: Api, printing: Printing) -> None:
    pk = made(api, printing)
    found = api.post(f"alerts/{pk}/pause/").json()
    assert (found["state"], found["watched"], found["standing"]) == ("paused", 0, None)
    assert api.get(f"alerts/{pk}/").json() == found
    found = api.post(f"alerts/{pk}/resume/").json()
    assert (found["state"], found["watched"]) == ("active", 1)


def test_an_alert_is_deleted(api: Api, printing: Printing) -> None:
    pk = made(api, printing)
    assert api.delete(f"alerts/{pk}/").status_code == 204
    assert api.get(f"alerts/{pk}/").status_code == 404


def test_the_price_of_a_demonstration_says_so(api: Api, shop: Shop, printing: Printing) -> None:
    shop.source.is_demo = True
    shop.source.save()
    pk = made(api, printing)
    assert api.get(f"alerts/{pk}/").json()["standing"]["is_demo"] is True
