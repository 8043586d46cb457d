"""Alerts on saved searches: what a search finds is watched, and what it begins to find is told."""

import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from accounts.tests.api import Api, errors
from alerts import editing, evaluation, queries
from alerts.editing import AlertError, Facts
from alerts.models import Alert, AlertEvent, Watch
from alerts.tests.making import below, events
from alerts.tests.test_views_making import SAID
from catalog.models import CardSet
from catalog.words import index_all
from collections_app.tests import factories as holdings
from collections_app.tests.pages import body
from pricing import saving
from pricing.models import SavedSearch
from pricing.tests.market import Shop, later

pytestmark = pytest.mark.django_db
Told = list[tuple[date, str]]


def keep(owner: User, q: str, **filters: str) -> SavedSearch:
    return saving.save(owner, saving.Facts(name=q or "All", q=q, filters=filters))


def found(owner: User, search: SavedSearch, **facts: Any) -> Alert:
    """Tells what the search newly finds, once for each card."""
    said: dict[str, Any] = {"kind": "found", "currency": "USD", "channel_ids": (), "search_id": search.pk}
    return editing.create(owner, Facts(**said | facts))


def goes_on(shop: Shop, prices: Mapping[str, int | None], *, day: int) -> None:
    shop.says(prices, day=later(day))
    index_all()
    evaluation.catch_up()


def told(alert: Alert) -> Told:
    """The days and numbers of the cards."""
    rows = AlertEvent.objects.filter(alert=alert).order_by("day", "printing__card__number")
    return list(rows.values_list("day", "printing__card__number"))


def watched(alert: Alert) -> set[str]:
    return set(Watch.objects.filter(alert=alert).values_list("series__printing__card__number", flat=True))


def test_a_card_that_comes_to_match_a_search_is_told_once(dollars: Shop, alice: User) -> None:
    goes_on(dollars, {"1": 120_00, "2": 15_00}, day=3)
    alert = found(alice, keep(alice, 'set:"Base Set" price<20'))
    assert watched(alert) == {"2"}
    goes_on(dollars, {"1": 19_00, "2": 14_00}, day=4)  # 2 was found before
    goes_on(dollars, {"1": 21_00, "2": 21_00}, day=5)
    goes_on(dollars, {"1": 18_00, "2": 13_00, "3": 5_00}, day=6)
    assert told(alert) == [(later(4), "1"), (later(6), "2"), (later(6), "3")]
    assert events(alert)[0] == (later(4), 19_00, 120_00)


def test_each_time_means_whenever_the_card_was_gone_from_the_search(dollars: Shop, alice: User) -> None:
    alert = found(alice, keep(alice, "price<20"), rearms=True)
    for day, price in enumerate([19_00, 18_00, 21_00, 17_00], start=3):
        goes_on(dollars, {"1": price, "2": 120_00}, day=day)
    assert told(alert) == [(later(3), "1"), (later(6), "1")]


def test_a_card_without_a_price_is_told_with_its_first(dollars: Shop, alice: User) -> None:
    alert = found(alice, keep(alice, "set:base"))
    goes_on(dollars, {"1": 120_00, "2": 120_00, "3": None}, day=3)
    assert told(alert) == []
    goes_on(dollars, {"1": 120_00, "2": 120_00, "3": 7_00}, day=4)
    assert told(alert) == [(later(4), "3")]


def test_the_right_price_of_what_was_told_on_a_day_is_told_once_more(dollars: Shop, alice: User) -> None:
    alert = found(alice, keep(alice, "price<20"))
    goes_on(dollars, {"1": 19_00, "2": 120_00}, day=3)
    dollars.says({"1": 18_00, "2": 120_00}, day=later(3), replay=True)
    evaluation.catch_up()
    event = AlertEvent.objects.get(alert=alert)
    assert (event.price, event.corrected_to, event.is_withdrawn) == (19_00, 18_00, False)


def test_every_rule_looks_at_what_a_search_finds(dollars: Shop, alice: User) -> None:
    """Also at what its fall takes out of the search, or into it."""
    dear = below(alice, dollars, search_id=keep(alice, "price>100").pk)
    cheap = below(alice, dollars, search_id=keep(alice, "price<=100").pk)
    goes_on(dollars, {"1": 95_00, "2": 110_00}, day=3)
    assert told(dear) == told(cheap) == [(later(3), "1")]
    assert watched(dear) == {"1", "2"}  # what counted once stays known
    assert watched(cheap) == {"1"}


def test_what_somebody_owns_is_asked_for_the_alerts_owner(dollars: Shop, alice: User, bob: User) -> None:
    for owner, number in ((alice, "1"), (bob, "2")):
        holdings.lot(holdings.collection(owner), dollars.series(number).printing)
    mine, his = (below(who, dollars, search_id=keep(who, "owned:yes").pk) for who in (alice, bob))
    assert (watched(mine), watched(his)) == ({"1"}, {"2"})


def test_an_alert_follows_its_search_and_begins_anew(dollars: Shop, alice: User) -> None:
    search = keep(alice, "price<20")
    alert = found(alice, search)
    saving.rename(search, "Cheap")
    assert queries.row(queries.alert(alice, alert.pk)).thing.name == "Cheap"
    saving.edit(search, saving.Facts(name="Cheap", q="price<200"))
    assert watched(alert) == {"1", "2"}
    goes_on(dollars, {"1": 119_00, "2": 120_00}, day=3)
    assert told(alert) == []


def test_a_search_that_means_nothing_any_more_pauses_its_own_alerts(dollars: Shop, alice: User) -> None:
    broken, other = found(alice, keep(alice, "set:base")), below(alice, dollars)
    CardSet.objects.update(name="Gone", slug="gone", code="")
    dollars.says({"1": 95_00, "2": 120_00, "3": 50_00}, day=later(3))
    CardSet.objects.update(name="Gone", slug="gone", code="")
    evaluation.catch_up()
    row = queries.row(queries.alert(alice, broken.pk))
    assert (row.state, row.watched) == ("paused", 0)
    assert row.alert.trouble == "There is no set “base”."
    assert told(other) == [(later(3), "1")]
    assert [one.alert.pk for one in queries.alerts_of(alice, state="paused").rows] == [broken.pk]
    CardSet.objects.update(name="Base Set", slug="base-set")
    goes_on(dollars, {"1": 95_00, "2": 120_00, "3": 50_00}, day=4)
    goes_on(dollars, {"1": 95_00, "2": 120_00, "3": 50_00, "4": 1_00}, day=5)
    assert queries.row(queries.alert(alice, broken.pk)).state == "active"
    assert told(broken) == [(later(5), "4")]


def test_a_search_is_its_owners_and_has_to_be_understood(dollars: Shop, alice: User, bob: User) -> None:
    search = keep(alice, "price<20")
    with pytest.raises(AlertError, match="not yours"):
        found(bob, search)
    SavedSearch.objects.filter(pk=search.pk).update(q="set:nowhere")
    with pytest.raises(AlertError, match="no set “nowhere”"):
        found(alice, search)
    with pytest.raises(AlertError, match="Only a saved search"):
        below(alice, dollars, kind="found")
    assert not Alert.objects.exists()


def test_a_search_takes_its_alerts_along_and_never_leaves_one_behind(dollars: Shop, alice: User) -> None:
    search = keep(alice, "price<200")
    found(alice, search)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM pricing_savedsearch; SET CONSTRAINTS ALL IMMEDIATE")
    search.delete()
    assert not Alert.objects.exists()


def test_a_search_is_asked_once_however_many_follow_it(
    dollars: Shop, alice: User, django_assert_max_num_queries: Any
) -> None:
    search = keep(alice, "price<200")
    for _ in range(10):
        below(alice, dollars, search_id=search.pk)
    run = dollars.says({"1": 119_00, "2": 118_00}, day=later(3))
    with django_assert_max_num_queries(30):
        evaluation.search_anew(run, today=later(3))


def test_the_form_offers_what_is_newly_found(client: Client, dollars: Shop, alice: User) -> None:
    search = keep(alice, "price<200", game=dollars.game.slug)
    client.force_login(alice)
    address = f"/alerts/new/?search={search.pk}"
    assert f'href="{address}"' in body(client, "/searches/")
    assert f'href="{address}"' in body(client, search.get_absolute_url())
    assert f'href="?search={search.pk}"' in body(client, "/alerts/new/")
    page = body(client, address)
    assert re.search(r'<input[^>]*value="found"[^>]*checked', page)
    assert "cannot be tried" in page
    response = client.post(address, SAID | {"kind": "found"})
    alert = Alert.objects.get(owner=alice)
    assert response["Location"] == alert.get_absolute_url()
    shown = body(client, alert.get_absolute_url())
    assert "a card <b>is newly found</b>" in shown
    assert "Watching for more than the 2 found" in shown
    tried = client.post(f"/alerts/try/?alert={alert.pk}", SAID | {"threshold": "130"}).content.decode()
    assert "Tried on what the search finds now." in tried
    assert "An alert follows it and ends with it" in body(client, f"/searches/{search.pk}/delete/")


def test_an_alert_whose_search_is_not_understood_says_why(client: Client, dollars: Shop, alice: User) -> None:
    alert = found(alice, keep(alice, "price<200"))
    SavedSearch.objects.update(q="set:nowhere")
    goes_on(dollars, {"1": 119_00, "2": 120_00}, day=3)
    client.force_login(alice)
    assert "Paused, because its search finds nothing: There is no set" in body(
        client, alert.get_absolute_url()
    )
    answer = client.post(f"/alerts/{alert.pk}/resume/", follow=True)
    assert "It stays paused. There is no set" in unescape(answer.content.decode())


def test_the_api_makes_and_changes_an_alert_on_a_search(api: Api, dollars: Shop, alice: User) -> None:
    search = keep(alice, "price<200")
    made = api.post("alerts/", {"kind": "found", "search_id": search.pk})
    assert made.status_code == 201, made.content
    said = made.json()
    assert said["search"] == {"id": search.pk, "name": "price<200", "q": "price<200"}
    assert (said["rule"], said["trouble"], said["watched"]) == ("is newly found", "", 2)
    assert set(errors(api.post("alerts/backtest/", {"kind": "found", "search_id": search.pk}))) == {"kind"}
    tried = api.post("alerts/backtest/", {"kind": "high", "days": 7, "search_id": search.pk})
    assert tried.json()["series"] == 2
    moved = {"kind": "below", "threshold": "9", "printing_id": dollars.series("1").printing_id}
    assert api.patch(f"alerts/{said['id']}/", **moved).json()["search"] is None


def test_bob_is_refused_the_search_of_alice(
    client: Client, api: Api, dollars: Shop, alice: User, bob: User
) -> None:
    his = keep(bob, "price<200")
    assert set(errors(api.post("alerts/", {"kind": "found", "search_id": his.pk}))) == {"search_id"}
    client.force_login(alice)
    assert client.get(f"/alerts/new/?search={his.pk}").status_code == 404
    assert client.post(f"/alerts/try/?search={his.pk}", SAID).status_code == 404
    assert not Alert.objects.exists()
