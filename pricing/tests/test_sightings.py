"""What is kept of eBay under its consent, and the prices made of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Printing, UnmatchedItem
from integrations.errors import MarketError
from integrations.tests.ebay.answers import SALES, SEARCH, descriptor, offer, sold
from integrations.tests.marketplace import Marketplace
from pricing import sightings, tasks
from pricing.models import LatestPrice, Look, Sample, Sighting
from pricing.sightings import NoConsentError, estimate, look
from pricing.tests.ebay import card_for_sale, price, sales
from pricing.tests.ebay import offers as offered

pytestmark = pytest.mark.django_db


@pytest.fixture
def consented(ebay: Marketplace, settings: Settings) -> Marketplace:
    settings.EBAY_PRICE_CONSENT = "eBay wrote on 2 March 2026 that we may."
    settings.EBAY_INSIGHTS = True
    return ebay


@pytest.fixture
def mew() -> Printing:
    return card_for_sale()


def test_without_consent_nothing_is_asked_or_kept(ebay: Marketplace, mew: Printing) -> None:
    with pytest.raises(NoConsentError):
        look(mew.card.game, most=5)
    with pytest.raises(NoConsentError):
        estimate(mew.card.game)
    assert tasks.look("pokemon", "5") == tasks.estimate("pokemon").replace("is used", "is kept")
    assert ebay.hits.total() == 0


def test_ebay_that_is_off_is_said(mew: Printing, settings: Settings) -> None:
    settings.EBAY_PRICE_CONSENT = "yes"
    with pytest.raises(MarketError, match="eBay is off"):
        look(mew.card.game, most=5)


def test_sales_and_offers_of_the_printing_are_kept_without_their_people(
    consented: Marketplace, mew: Printing
) -> None:
    offered(consented, offer(1), offer(2, title="Pokemon cards lot of 20"))
    sales(consented, sold(3, title="Mew ex 232/091 Paldean Fates PSA 10"), sold(4))
    looked = look(mew.card.game, most=5)
    assert (looked.printings, looked.kept, looked.waiting, looked.problem) == (1, 3, 0, "")
    kept = Sighting.objects.order_by("item_id")
    assert list(kept.values_list("source__slug", "item_id", "price", "grade", "left_out")) == [
        ("ebay-offers", "v1|1|0", 389_00 + 4_99, "", ""),
        ("ebay-sold", "v1|3|0", 371_50, "PSA 10", ""),
        ("ebay-sold", "v1|4|0", 371_50, "", ""),
    ]
    assert {one.printing_id for one in kept} == {mew.pk}
    assert str(kept[1].day) == "2026-11-19"


def test_a_second_look_keeps_nothing_twice(consented: Marketplace, mew: Printing) -> None:
    offered(consented, offer(1))
    look(mew.card.game, most=5)
    offered(consented, offer(1, price=price("350.00")))
    look(mew.card.game, most=5)
    assert [one.price for one in Sighting.objects.all()] == [350_00 + 4_99]


def test_each_printing_has_its_turn(consented: Marketplace) -> None:
    cards = [
        card_for_sale(f"Card{name}", f"{nth}/091") for nth, name in ((1, "one"), (2, "two"), (3, "three"))
    ]
    cheap = card_for_sale("Cheap", "4/091", market=499)
    LatestPrice.objects.filter(series__printing__in=cards).update(market=350_00)
    game = cheap.card.game
    look(game, most=2)
    first = set(Look.objects.values_list("printing", flat=True))
    look(game, most=1)
    assert set(Look.objects.values_list("printing", flat=True)) - first
    look(game, most=5)
    assert {key for (key,) in Look.objects.values_list("printing")} == {card.pk for card in cards}


def test_what_came_before_a_failure_is_kept_and_the_rest_waits_its_turn(consented: Marketplace) -> None:
    for nth in (1, 2):
        card_for_sale(f"Card{nth}x", f"{nth}/091")
    game = card_for_sale().card.game
    offered(consented, offer(1))
    consented.misbehave(SALES, "status", status=400)
    looked = look(game, most=3)
    assert looked.printings == 0
    assert looked.problem
    assert Sighting.objects.count() == 1
    assert consented.hits[SEARCH] == 1


def test_what_is_nearly_certain_waits_for_staff(
    consented: Marketplace, mew: Printing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sightings, "NEARLY", 1)
    offered(
        consented,
        offer(1, title="Mew ex Paldean Fates Japanese"),
        offer(2, title="Mew ex 233/091 Paldean Fates"),
    )
    looked = look(mew.card.game, most=5)
    assert (looked.kept, looked.waiting) == (0, UnmatchedItem.objects.count())
    waiting = UnmatchedItem.objects.filter(source="ebay")
    assert {one.is_listing for one in waiting} == {True}


def test_what_staff_decided_of_a_listing_is_remembered(consented: Marketplace, mew: Printing) -> None:
    facts = {"source": "ebay", "game": mew.card.game, "is_listing": True, "decided_at": timezone.now()}
    today = timezone.now().date()
    facts |= {"first_seen": today, "last_seen": today, "reason": "unclear"}
    UnmatchedItem.objects.create(external_id="v1|1|0", title="A", status="linked", printing=mew, **facts)
    UnmatchedItem.objects.create(external_id="v1|2|0", title="B", status="ignored", **facts)
    offered(consented, offer(1, title="my favourite pink cat"), offer(2))
    look(mew.card.game, most=5)
    assert list(Sighting.objects.values_list("item_id", "printing")) == [("v1|1|0", mew.pk)]


def test_running_auctions_and_unknown_grades_are_kept_but_do_not_count(
    consented: Marketplace, mew: Printing
) -> None:
    offered(
        consented,
        offer(1, buyingOptions=["AUCTION"], currentBidPrice=price("1.00"), bidCount=1, price=None),
        offer(2, conditionId="2750", condition="Graded"),
        offer(3, conditionDescriptors=[descriptor("Card Condition", "Heavily Played (Poor)")]),
    )
    look(mew.card.game, most=5)
    kept = dict(Sighting.objects.values_list("item_id", "left_out"))
    assert kept == {"v1|1|0": "auction still running", "v1|2|0": "graded, grade unknown", "v1|3|0": ""}


def test_estimates_become_series_of_their_own_with_their_sample(
    consented: Marketplace, mew: Printing
) -> None:
    amounts = ("300.00", "310.00", "305.00", "3000.00")
    sales(
        consented,
        *(sold(nth, lastSoldPrice=price(said), lastSoldDate=_today()) for nth, said in enumerate(amounts)),
    )
    look(mew.card.game, most=5)
    sold_run, offered_run = estimate(mew.card.game)
    assert (sold_run.status, offered_run.rows) == ("done", 0)
    latest = LatestPrice.objects.get(source__slug="ebay-sold")
    assert (latest.market, latest.low, latest.series.printing_id) == (305_00, 300_00, mew.pk)
    sample = Sample.objects.get()
    assert (sample.series_id, sample.size, sample.left_out) == (latest.series_id, 3, 1)
    assert [run.status for run in estimate(mew.card.game)] == ["unchanged", "unchanged"]


def _today() -> str:
    return (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_the_tasks_say_what_they_did(consented: Marketplace, mew: Printing) -> None:
    offered(consented, offer(1))
    assert tasks.look("pokemon", "3") == "1 printings, 1 kept, 0 waiting"
    assert "done" in tasks.estimate("pokemon")


def test_the_evidence_says_how_many_sales_an_estimate_rests_on(
    consented: Marketplace, mew: Printing, client: Client
) -> None:
    amounts = ("300.00", "310.00", "305.00", "3000.00")
    said = [
        sold(nth, lastSoldPrice=price(amount), lastSoldDate=_today()) for nth, amount in enumerate(amounts)
    ]
    sales(consented, *said)
    look(mew.card.game, most=5)
    estimate(mew.card.game)
    page = client.get(f"/printings/{mew.pk}/evidence/").content.decode()
    assert "made of 3, 1 outliers left out" in page
    sources = client.get(f"/api/v1/printings/{mew.pk}/evidence/").json()["sources"]
    known = {
        one["source"]["slug"] if isinstance(one["source"], dict) else one["source"]: one for one in sources
    }
    assert (known["ebay-sold"]["sample"], known["ebay-sold"]["passed_over"]) == (3, 1)
    assert known["tcgplayer"]["sample"] is None
