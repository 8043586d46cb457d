"""Making and changing an alert, with what it would have done beside the form."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.pages import Page
from alerts import editing
from alerts.editing import Facts
from alerts.models import Alert, AlertEvent, Channel
from alerts.tests import factories
from alerts.tests.market import lives
from catalog.models import CardSet, Printing
from catalog.tests.factories import FinishFactory, PrintingFactory
from catalog.words import index_all
from collections_app.tests import factories as holdings
from collections_app.tests.pages import body, posted
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
NEW = "/alerts/new/"
SAID: dict[str, Any] = {
    "kind": "below",
    "threshold": "100",
    "currency": "USD",
    "percent": "20",
    "window": "7",
    "look_back": "365",
    "gap": "7",
    "often": "once",
    "margin": "5",
    "timing": "quiet",
}


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def printing(shop: Shop) -> Printing:
    """From $120.00 to $95.00 and back; $110.00 now."""
    return lives(shop, {"1": [120_00, 95_00, 110_00]})[0]


def about(printing: Printing) -> str:
    return f"{NEW}?printing={printing.pk}"


def tried(client: Client, query: str, *, status: int = 200, **said: Any) -> str:
    response = client.post(f"/alerts/try/?{query}", SAID | said)
    assert response.status_code == status
    return unescape(response.content.decode())


def test_without_a_card_one_is_searched_or_a_collection_chosen(
    client: Client, alice: User, printing: Printing
) -> None:
    index_all()
    binder = holdings.collection(alice, "Binder")
    page = body(client, NEW)
    assert "What shall the alert watch?" in page
    assert f'href="?collection={binder.pk}">Binder' in page
    assert f'href="?printing={printing.pk}"' in body(client, f"{NEW}?q=card")
    assert "No card fits" in body(client, f"{NEW}?q=zzzz")


@pytest.mark.parametrize("query", ["printing=x", "set=-1", "collection=99999999999"])
def test_an_address_that_means_nothing_says_so(client: Client, query: str) -> None:
    assert "Part of this address could not be understood." in body(client, f"{NEW}?{query}", status=400)


@pytest.mark.parametrize("query", ["printing=1", "set=1", "collection=1"])
def test_what_is_not_there_is_not_found(client: Client, query: str) -> None:
    body(client, f"{NEW}?{query}", status=404)
    tried(client, query, status=404)


def test_the_form_proposes_a_rule_and_shows_what_it_would_have_done(
    client: Client, printing: Printing
) -> None:
    page = body(client, about(printing))
    assert 'name="threshold" value="99.00"' in page  # a tenth below today's price
    assert "it would have fired once." in page
    assert "Market price of Normal" in page
    assert "s price: <b>$99.00</b>" in page
    assert f'hx-post="/alerts/try/?printing={printing.pk}"' in page
    assert Page(page).blocked == []
    assert Page(page).unheard == []


def test_a_card_nobody_prices_can_be_waited_for(client: Client) -> None:
    page = body(client, about(PrintingFactory.create()))
    assert "Fill in the rule" in page
    assert 'name="threshold" value' not in page


def test_without_javascript_a_button_tries_the_rule_and_saves_nothing(
    client: Client, printing: Printing
) -> None:
    page = posted(client, about(printing), status=200, **SAID | {"try": "1", "name": "Mine"})
    assert "it would have fired once." in page
    assert 'value="Mine"' in page
    assert not Alert.objects.exists()
    wrong = posted(client, about(printing), status=400, **SAID | {"try": "1", "threshold": "cheap"})
    assert "Enter a number." in wrong
    assert 'value="cheap"' in wrong


def test_the_trial_follows_the_fields(client: Client, printing: Printing) -> None:
    query = f"printing={printing.pk}"
    assert "it would have fired once." in tried(client, query)
    lower = tried(client, query, threshold="50")
    assert "it would not have fired." in lower
    assert "The lowest in the year was $95.00" in lower
    assert "The price is below already" in tried(client, query, threshold="115")
    assert "<html" not in lower
    assert not Alert.objects.exists()


def test_what_the_rule_lacks_is_said_where_the_trial_would_be(client: Client, printing: Printing) -> None:
    page = tried(client, f"printing={printing.pk}", status=400, threshold="", kind="above")
    assert "Say a price above zero." in page
    much = tried(client, f"printing={printing.pk}", status=400, kind="falls", percent="200")
    assert "Say the percentage: above 0 and at most 99.99." in much
    assert "would have fired" in tried(client, f"printing={printing.pk}", expires_on="2020-01-01")


def test_the_trial_of_a_set_names_the_cards(client: Client, shop: Shop) -> None:
    first, _ = lives(shop, {"1": [120_00, 95_00], "2": [150_00, 130_00]})
    page = tried(client, f"set={first.card.card_set_id}")
    assert f'<a href="{first.card.get_absolute_url()}">Card 1 (Normal)</a> <b>$95.00</b>' in page
    assert "Card 2" not in page


def test_an_alert_is_made_and_its_first_channel_with_it(
    client: Client, alice: User, printing: Printing
) -> None:
    assert "E-mail to alice@example.org" in body(client, about(printing))
    leads_to = posted(client, about(printing), **SAID | {"channels": ["mail"], "name": "Buy it"})
    made = Alert.objects.get(owner=alice)
    assert leads_to == made.get_absolute_url()
    assert (made.kind, made.threshold, made.currency, made.printing) == ("below", 100_00, "USD", printing)
    assert (made.percent, made.days, made.rearms, made.margin) == (None, None, False, Decimal(0))
    assert [one.address for one in made.channels.all()] == ["alice@example.org"]
    assert "You will be told when Card 1 falls to $100.00 or below." in body(client, leads_to)


def test_without_a_confirmed_address_only_the_inbox_is_offered(
    client: Client, alice: User, printing: Printing
) -> None:
    EmailAddress.objects.update(verified=False)
    assert "Besides the inbox" not in body(client, about(printing))
    posted(client, about(printing), **SAID)
    assert not Channel.objects.exists()


def test_channels_are_chosen(client: Client, alice: User, printing: Printing) -> None:
    mail, phone = factories.channel(alice), factories.channel(alice, "ntfy", name="Phone")
    assert body(client, about(printing)).count(" checked") == 2 + 3  # both, and one of each choice
    posted(client, about(printing), **SAID | {"channels": [str(phone.pk)]})
    assert list(Alert.objects.get().channels.all()) == [phone]
    assert mail.is_on


def test_a_channel_of_somebody_else_is_no_choice(
    client: Client, alice: User, bob: User, printing: Printing
) -> None:
    factories.channel(alice)
    his = factories.channel(bob)
    page = posted(client, about(printing), status=400, **SAID | {"channels": [str(his.pk)]})
    assert "is not one of the available choices" in page


def test_another_finish_of_the_card_is_a_choice(client: Client, printing: Printing) -> None:
    finish = FinishFactory.create(game=printing.card.game, name="Reverse")
    other = PrintingFactory.create(card=printing.card, finish=finish)
    assert "Reverse" in body(client, about(printing))
    posted(client, about(printing), **SAID | {"printing": str(other.pk)})
    assert Alert.objects.get().printing == other


def test_amounts_are_in_the_currency_of_the_visitor(client: Client, alice: User, printing: Printing) -> None:
    User.objects.filter(pk=alice.pk).update(currency="JPY")
    assert '<option value="JPY" selected>' in body(client, about(printing))
    posted(client, about(printing), **SAID | {"currency": "JPY", "threshold": "9000"})
    assert Alert.objects.get().threshold == 9_000


def test_a_rule_about_a_set_leaves_out_cheap_cards(client: Client, shop: Shop) -> None:
    (first,) = lives(shop, {"1": [120_00]})
    address = f"{NEW}?set={first.card.card_set_id}"
    assert "Only cards that cost at least" in body(client, address)
    posted(client, address, **SAID | {"kind": "falls", "least": "5"})
    made = Alert.objects.get()
    assert made.card_set == first.card.card_set
    assert (made.percent, made.days, made.least) == (Decimal(20), 7, 5_00)


def test_a_rule_about_a_collection_is_made(client: Client, alice: User, printing: Printing) -> None:
    binder = holdings.collection(alice, "Binder")
    holdings.lot(binder, printing)
    address = f"{NEW}?collection={binder.pk}"
    assert "Every card in it" in body(client, address)
    posted(client, address, **SAID | {"kind": "low", "look_back": "30"})
    assert (Alert.objects.get().collection_id, Alert.objects.get().days) == (binder.pk, 30)


def test_what_is_wrong_is_marked_and_nothing_typed_is_lost(client: Client, printing: Printing) -> None:
    said = SAID | {"kind": "falls", "percent": "200", "window": "", "name": "Mine", "often": "again"}
    page = posted(client, about(printing), status=400, **said)
    assert "Not saved yet." in page
    assert 'name="percent" value="200"' in page
    assert 'value="Mine"' in page
    assert "Say within how many days." in page
    assert "Say the percentage: above 0 and at most 99.99." not in page  # the window comes first
    assert Page(page).unheard == []
    over = posted(client, about(printing), status=400, **said | {"window": "7"})
    assert "Say the percentage: above 0 and at most 99.99." in over


def test_a_refusal_of_the_whole_stands_above_the_form(
    client: Client, printing: Printing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editing, "MOST_ALERTS", 0)
    page = posted(client, about(printing), status=400, **SAID)
    assert "There are 0 alerts already; delete one first." in page


def test_an_alert_is_changed(client: Client, alice: User, printing: Printing) -> None:
    phone = factories.channel(alice, "ntfy")
    facts = Facts(kind="falls", currency="USD", printing_id=printing.pk, percent=Decimal(15), days=3)
    alert = editing.create(alice, facts)
    page = body(client, f"/alerts/{alert.pk}/edit/")
    assert 'name="percent" value="15' in page
    assert re.search(r'value="falls"[^>]* checked', page)
    said = SAID | {"kind": "above", "threshold": "200", "channels": [str(phone.pk)], "often": "again"}
    assert posted(client, f"/alerts/{alert.pk}/edit/", **said) == alert.get_absolute_url()
    alert.refresh_from_db()
    assert (alert.kind, alert.threshold, alert.percent, alert.days) == ("above", 200_00, None, None)
    assert (alert.rearms, alert.margin) == (True, Decimal(5))
    wrong = posted(client, f"/alerts/{alert.pk}/edit/", status=400, **said | {"expires_on": "2020-01-01"})
    assert "This day is over already." in wrong


def test_an_alert_about_what_is_no_longer_shown_can_still_be_changed(
    client: Client, alice: User, printing: Printing
) -> None:
    alert = factories.alert(alice, printing)
    CardSet.objects.update(is_published=False)
    assert "Card 1" in body(client, f"/alerts/{alert.pk}/edit/")
    posted(client, f"/alerts/{alert.pk}/edit/", **SAID | {"threshold": "80"})
    alert.refresh_from_db()
    assert alert.threshold == 80_00


def test_the_trial_of_an_alert_keeps_what_only_it_can_be(
    client: Client, alice: User, printing: Printing
) -> None:
    """Days that the form does not offer, a grade that nobody prices, a card that is no longer shown."""
    alert = factories.alert(alice, printing, kind="low", days=45, grade="PSA 10")
    CardSet.objects.update(is_published=False)
    page = body(client, f"/alerts/{alert.pk}/edit/")
    assert f'hx-post="/alerts/try/?alert={alert.pk}"' in page
    assert "No source has a price for this yet." in page
    said = SAID | {"kind": "low", "look_back": "45", "grading": "grade:PSA 10"}
    assert "No source has a price for this yet." in tried(client, f"alert={alert.pk}", **said)
    shown = posted(client, f"/alerts/{alert.pk}/edit/", status=200, **said | {"try": "1"})
    assert "No source has a price for this yet." in shown
    assert "Not complete yet" not in shown
    market = tried(client, f"alert={alert.pk}", **said | {"grading": "", "kind": "below"}, status=400)
    assert "This printing is not in the catalogue." in market  # as it would be when saved


def test_only_ones_own_alert_can_be_tried(client: Client, bob: User, printing: Printing) -> None:
    tried(client, f"alert={factories.alert(bob, printing).pk}", status=404)
    tried(client, "alert=99999999999", status=404)
    assert "What shall the alert watch?" in body(client, f"{NEW}?alert=1")


def test_demonstration_prices_are_labelled(client: Client, shop: Shop) -> None:
    demo = Shop(source=SourceFactory.create(is_demo=True), game=shop.game)
    page = body(client, about(lives(demo, {"1": [110_00]})[0]))
    assert "Demonstration prices" in page
    assert "demo-tag" in page


def test_trying_is_a_post(client: Client, printing: Printing) -> None:
    assert client.get(f"/alerts/try/?printing={printing.pk}").status_code == 405
    assert client.post("/alerts/try/", SAID).status_code == 404
    assert not AlertEvent.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_seventeen_queries(
    client: Client, alice: User, shop: Shop, rows: int, django_assert_num_queries: Queries
) -> None:
    prices = [120_00, 95_00] * (2 * rows)
    (printing,) = lives(shop, {"1": prices})
    for _ in range(rows):
        factories.channel(alice, "ntfy")
    body(client, NEW)  # the visitor is seen, and the games of the header are known
    with django_assert_num_queries(17):
        body(client, about(printing))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_trial_of_a_set_costs_thirteen_queries(
    client: Client, shop: Shop, rows: int, django_assert_num_queries: Queries
) -> None:
    first, *_ = lives(shop, {str(card): [120_00, 95_00, 120_00] for card in range(rows + 1)})
    body(client, NEW)  # the visitor is seen, and the games of the header are known
    with django_assert_num_queries(13):
        tried(client, f"set={first.card.card_set_id}")
