"""The list of alerts, one of them, and what is done with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.pages import Page
from alerts import editing
from alerts.editing import Facts, today
from alerts.models import Alert, Attempt
from alerts.tests import factories
from alerts.tests.market import lives
from catalog.models import Printing
from collections_app.tests import factories as holdings
from collections_app.tests.pages import body, posted
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
LIST = "/alerts/"


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def printing(shop: Shop) -> Printing:
    """At $110.00, yesterday's month at $120.00."""
    return lives(shop, {"1": [120_00, 110_00]})[0]


def below(owner: User, printing: Printing, **said: Any) -> Alert:
    """Falls to $100.00 or below."""
    plain: dict[str, Any] = {"kind": "below", "currency": "USD", "channel_ids": ()}
    plain |= {"threshold": 100_00} if said.get("kind", "below") == "below" else {}
    if not {"card_set_id", "collection_id"} & said.keys():
        plain["printing_id"] = printing.pk
    return editing.create(owner, Facts(**plain | said))


def test_without_an_alert_the_page_says_how_to_begin(client: Client) -> None:
    page = body(client, LIST)
    assert "Say once what you wait for" in page
    for address in ("/alerts/new/", "/collections/", "/alerts/channels/"):
        assert f'"{address}"' in page


def test_each_rule_is_told_in_words_with_its_distance(
    client: Client, alice: User, printing: Printing
) -> None:
    alert = below(alice, printing, name="Buy it")
    page = body(client, LIST)
    for words in (
        "1 alert",
        f'<a href="/alerts/{alert.pk}/">Card 1</a>',
        "falls to $100.00 or below",
        "Buy it",
        "$110.00",
        "needs $100.00",
        "−9.1%",
        "Watching",
        "has not fired",
    ):
        assert words in page
    assert Page(page).blocked == []


def test_a_rule_that_is_met_says_what_it_waits_for(client: Client, alice: User, printing: Printing) -> None:
    below(alice, printing, threshold=115_00, rearms=True, margin=Decimal(10))
    page = body(client, LIST)
    assert "waits until it is back at $126.50" in page


def test_of_a_set_the_nearest_card_is_named(client: Client, alice: User, shop: Shop) -> None:
    first, second = lives(shop, {"1": [120_00], "2": [105_00]})
    below(alice, first, card_set_id=first.card.card_set_id)
    page = body(client, LIST)
    assert "every card of the set" in page
    assert f'nearest: <a href="{second.card.get_absolute_url()}">Card 2</a>' in page


def test_what_fired_is_counted(client: Client, alice: User, printing: Printing) -> None:
    alert = below(alice, printing)
    factories.event(alert, today() - timedelta(days=9))
    factories.event(alert, today())
    day = today()
    assert f"fired 2 times, last {day.day} {day:%b %Y}" in body(client, LIST)


def test_states_are_shown_and_filtered(client: Client, alice: User, printing: Printing) -> None:
    day = today()
    facts: dict[str, dict[str, Any]] = {
        "active": {},
        "paused": {"is_paused": True},
        "finished": {"finished_on": day},
        "expired": {"expires_on": day - timedelta(days=1)},
    }
    for state, fact in facts.items():
        factories.alert(alice, printing, name=f"It is {state}", **fact)
    assert all(f"It is {state}" in body(client, LIST) for state in facts)
    for state in facts:
        page = body(client, f"{LIST}?state={state}")
        assert [other for other in facts if f"It is {other}" in page] == [state]
    Alert.objects.all().delete()
    assert "None of your alerts is here" in body(client, f"{LIST}?state=paused")


@pytest.mark.parametrize("query", ["state=asleep", "page=x", "page=0", "page=9999999"])
def test_a_wrong_filter_says_so_in_place(client: Client, alice: User, printing: Printing, query: str) -> None:
    below(alice, printing)
    page = body(client, f"{LIST}?{query}", status=400)
    assert "Part of this address could not be understood." in page
    assert "falls to $100.00 or below" in page


def test_a_long_list_has_pages(client: Client, alice: User, printing: Printing) -> None:
    for _ in range(26):
        factories.alert(alice, printing)
    first, second = body(client, LIST), body(client, f"{LIST}?page=2")
    assert (first.count('class="watch is-'), second.count('class="watch is-')) == (25, 1)
    assert 'href="?page=2" rel="next"' in first
    assert 'href="?page=1" rel="prev"' in second


def test_a_channel_that_went_off_by_itself_is_warned_of(client: Client, alice: User) -> None:
    factories.channel(alice, name="My script", is_on=False, off_reason="It answered 410.")
    factories.channel(alice, "ntfy", name="Phone", is_on=False)
    page = body(client, LIST)
    assert "“My script” was switched off by itself." in page
    assert "It answered 410." in page
    assert "Phone" not in page


def test_demonstration_prices_are_labelled(client: Client, alice: User, shop: Shop) -> None:
    demo = Shop(source=SourceFactory.create(is_demo=True), game=shop.game)
    alert = below(alice, lives(demo, {"1": [110_00]})[0])
    for address in (LIST, alert.get_absolute_url()):
        assert "Demonstration prices" in body(client, address)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_ten_queries(
    client: Client, alice: User, shop: Shop, rows: int, django_assert_num_queries: Queries
) -> None:
    cards = lives(shop, {str(card): [120_00, 110_00] for card in range(rows)})
    binder = holdings.collection(alice)
    for card in cards:
        below(alice, card)
        below(alice, card, card_set_id=card.card.card_set_id, kind="falls", percent=Decimal(20), days=7)
        below(alice, card, collection_id=binder.pk)
    body(client, "/alerts/new/")  # the visitor is seen, and the games of the header are known
    with django_assert_num_queries(10):
        body(client, LIST)


def test_one_alert_tells_all_of_it(client: Client, alice: User, printing: Printing) -> None:
    phone = factories.channel(alice, "ntfy", name="Phone", is_on=False)
    said = {"rearms": True, "margin": Decimal(5), "timing": "digest", "name": "Buy it"}
    alert = below(alice, printing, channel_ids=(phone.pk,), expires_on=today(), **said)
    day = today() - timedelta(days=30)
    event = factories.event(alert, day, series=printing.series.get(), corrections=1, corrected_to=None)
    delivery = factories.delivery(event, phone)
    answer = {"outcome": "refused", "code": 403, "answer": "topic is taken"}
    Attempt.objects.create(delivery=delivery, at=datetime.now(UTC), milliseconds=1_234, **answer)
    page = body(client, alert.get_absolute_url())
    for words in (
        "falls to $100.00 or below",
        "each time, once the price was back across by 5 %",
        "In the daily digest",
        f'<a href="/alerts/channels/{phone.pk}/">Phone</a> (off)',
        "Fires at <b>$100.00</b>",
        "The days on which it fired",
        "Corrected: was told $95.00, really there was no price.",
        "Mark it as read",
        "<code>403</code> topic is taken",
        "1,234 ms",
        "Refused for good",
    ):
        assert words in page
    assert Page(page).blocked == []
    assert Page(page).unheard == []


def test_a_paused_alert_still_shows_its_chart(client: Client, alice: User, printing: Printing) -> None:
    alert = below(alice, printing)
    editing.pause(alert)
    page = body(client, alert.get_absolute_url())
    assert "Market price of Card 1" in page
    assert "Fires at <b>$100.00</b>" in page
    assert f'formaction="/alerts/{alert.pk}/resume/"' in page


def test_an_alert_about_nothing_yet_is_still_a_page(client: Client, alice: User) -> None:
    binder = holdings.collection(alice, "Binder")
    alert = editing.create(alice, Facts(kind="low", currency="USD", collection_id=binder.pk, days=30))
    page = body(client, alert.get_absolute_url())
    assert "Nothing to watch yet" in page
    assert "It has not fired yet." in page
    assert "Nothing was sent yet." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_one_alert_costs_seventeen_queries(
    client: Client, alice: User, printing: Printing, rows: int, django_assert_num_queries: Queries
) -> None:
    mail = factories.channel(alice)
    alert = below(alice, printing, channel_ids=(mail.pk,))
    for back in range(rows):
        event = factories.event(alert, today() - timedelta(days=back), series=printing.series.get())
        delivery = factories.delivery(event, mail)
        Attempt.objects.create(delivery=delivery, at=datetime.now(UTC), milliseconds=9, outcome="sent")
    body(client, LIST)  # the visitor is seen, and the games of the header are known
    with django_assert_num_queries(17):
        body(client, alert.get_absolute_url())


def test_it_is_paused_and_resumed_from_where_one_is(client: Client, alice: User, printing: Printing) -> None:
    alert = below(alice, printing)
    back = client.post(f"/alerts/{alert.pk}/pause/", headers={"referer": "http://testserver/alerts/?state="})
    assert back.headers["Location"] == "http://testserver/alerts/?state="
    alert.refresh_from_db()
    assert alert.is_paused
    assert "The alert is paused." in body(client, LIST)
    assert posted(client, f"/alerts/{alert.pk}/resume/") == alert.get_absolute_url()
    alert.refresh_from_db()
    assert not alert.is_paused


def test_deleting_says_what_goes_first(client: Client, alice: User, printing: Printing) -> None:
    alert = below(alice, printing)
    assert "It has not fired yet." in body(client, f"/alerts/{alert.pk}/delete/")
    factories.event(alert)
    assert "goes the event of your inbox" in body(client, f"/alerts/{alert.pk}/delete/")
    assert Alert.objects.exists()
    assert posted(client, f"/alerts/{alert.pk}/delete/") == LIST
    assert not Alert.objects.exists()


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_looking_changes_nothing(client: Client, alice: User, printing: Printing, verb: str) -> None:
    alert = below(alice, printing)
    assert client.get(f"/alerts/{alert.pk}/{verb}/").status_code == 405


def test_nobody_elses_cache_keeps_these_pages(client: Client, alice: User, printing: Printing) -> None:
    alert = below(alice, printing)
    for address in (LIST, alert.get_absolute_url(), "/inbox/", "/alerts/channels/"):
        assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_visitors_sign_in_first_and_come_back(alice: User) -> None:
    for address in (LIST, "/alerts/new/?printing=1", "/inbox/", "/alerts/channels/", "/alerts/hours/"):
        found = Client().get(address)
        assert found.status_code == 302
        assert found.headers["Location"].startswith("/accounts/login/?next=/")


def test_the_header_counts_what_is_unread(
    alice: User, bob: User, printing: Printing, client_for: Callable[[User], Client]
) -> None:
    alert = below(alice, printing)
    for back in range(2):
        factories.event(alert, today() - timedelta(days=back))
    unread = '2<span class="sr"> unread</span>'
    assert body(client_for(alice), "/methodology/").count(unread) == 2  # the bell, and in the menu
    assert unread not in body(client_for(bob), "/methodology/")
    assert 'href="/inbox/"' not in body(Client(), "/methodology/")


def test_strangers_cost_no_look_at_any_inbox(django_assert_num_queries: Queries) -> None:
    Client().get("/methodology/")
    with django_assert_num_queries(1):  # what the kept page was made from
        Client().get("/methodology/")


def test_pages_lead_to_a_new_alert(client: Client, alice: User, printing: Printing) -> None:
    card, binder = printing.card, holdings.collection(alice)
    assert body(client, card.get_absolute_url()).count(f'href="/alerts/new/?printing={printing.pk}"') == 2
    shown = body(client, card.card_set.get_absolute_url())
    assert f'href="/alerts/new/?set={card.card_set_id}"' in shown
    assert f'href="/alerts/new/?collection={binder.pk}"' in body(client, binder.get_absolute_url())
