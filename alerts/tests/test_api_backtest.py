"""A rule tried on the past by API says what judging it every day would have said."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.api import Api, usd
from alerts import evaluation
from alerts.models import Alert, AlertEvent, Channel
from collections_app.models import Collection
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
DAYS = 40
RULES: list[dict[str, Any]] = [
    {"kind": "below", "threshold": "95.00"},
    {"kind": "below", "threshold": "95.00", "margin": "10"},
    {"kind": "above", "threshold": "105.00"},
    {"kind": "falls", "percent": "12.5", "days": 3},
    {"kind": "rises", "percent": "12.5", "days": 3, "margin": "5"},
    {"kind": "low", "days": 10},
    {"kind": "high", "days": 10, "least": "110.00"},
    {"kind": "back", "days": 2},
]


def says(shop: Shop, price: int | None, *, ago: int) -> None:
    shop.says({"1": price, "filler": 100}, day=TODAY - timedelta(days=ago))


def test_it_says_what_judging_every_day_said(api: Api, shop: Shop) -> None:
    chance, price = Random(4), 100_00
    says(shop, price, ago=DAYS)
    about = {"printing_id": shop.series("1").printing_id, "rearms": True}
    made = [api.post("alerts/", rule | about).json()["id"] for rule in RULES]
    for ago in reversed(range(DAYS)):
        price = min(140_00, max(70_00, price + chance.choice([-20_00, -8_00, 0, 0, 8_00, 20_00])))
        says(shop, None if chance.random() < 0.2 else price, ago=ago)
        evaluation.catch_up()
    for rule, alert in zip(RULES, made, strict=True):
        found = api.post("alerts/backtest/", rule | about).json()
        events = AlertEvent.objects.filter(alert=alert).order_by("day")
        told = [(str(one.day), one.price, one.before) for one in events]
        tried = [
            (one["day"], minor(fire["price"]), fire["before"] and minor(fire["before"]))
            for one in found["results"]
            for fire in one["fires"]
        ]
        assert tried == told != [], rule
        assert found["count"] == len(told)


def minor(amount: dict[str, str]) -> int:
    return int(amount["amount"].replace(".", ""))


def test_its_answer_says_what_it_rests_on_and_saves_nothing(api: Api, alice: User, shop: Shop) -> None:
    for ago, price in ((9, 120_00), (5, 90_00), (3, 110_00), (1, 80_00)):
        says(shop, price, ago=ago)
    printing = shop.series("1").printing_id
    said = {"kind": "below", "threshold": "100.00", "printing_id": printing, "name": "Once only"}

    def day(ago: int) -> str:
        return str(TODAY - timedelta(days=ago))

    fires = [(5, "90.00", "120.00"), (1, "80.00", "110.00")]
    assert api.post("alerts/backtest/", said).json() == {
        "since": day(366),
        "until": day(1),
        "known_since": day(9),
        "series": 1,
        "tried": 1,
        "count": 2,
        "lowest": usd("80.00"),
        "highest": usd("120.00"),
        "sources": [shop.source.slug],
        "is_demo": False,
        "results": [
            {
                "day": day(ago),
                "fires": [{"printing_id": printing, "price": usd(price), "before": usd(before)}],
            }
            for ago, price, before in fires
        ],
    }
    assert not Alert.objects.exists()
    assert not Channel.objects.filter(owner=alice).exists()


def test_a_set_is_tried_by_all_its_printings(api: Api, shop: Shop) -> None:
    for ago, price in ((9, 120_00), (5, 90_00)):
        shop.says({"1": price, "2": price, "3": 120_00}, day=TODAY - timedelta(days=ago))
    card_set = shop.series("1").printing.card.card_set
    said = {"kind": "below", "threshold": "100", "game": shop.game.slug, "set": card_set.slug}
    found = api.post("alerts/backtest/", said).json()
    assert (found["series"], found["tried"], found["count"], found["lowest"]) == (3, 3, 2, None)
    (one,) = found["results"]
    assert {fire["printing_id"] for fire in one["fires"]} == {
        shop.series(card).printing_id for card in ("1", "2")
    }


def test_demonstrations_are_called_so(api: Api, shop: Shop) -> None:
    shop.source.is_demo = True
    shop.source.save()
    says(shop, 120_00, ago=1)
    said = {"kind": "low", "days": 30, "printing_id": shop.series("1").printing_id}
    assert api.post("alerts/backtest/", said).json()["is_demo"] is True


def test_what_never_had_a_price_never_fired(api: Api, alice: User) -> None:
    empty = Collection.objects.create(owner=alice, name="Empty")
    found = api.post("alerts/backtest/", {"kind": "low", "days": 30, "collection_id": empty.pk}).json()
    assert (found["count"], found["series"], found["known_since"], found["results"]) == (0, 0, None, [])
