"""What a message says, the same through every channel."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from alerts import messages
from alerts.models import LONGEST_LOOK_BACK, AlertEvent, Delivery
from alerts.tests import factories, hostile
from alerts.tests.factories import DAY, NOW
from catalog.models import Printing
from catalog.tests.factories import CardFactory, FinishFactory, PrintingFactory
from pricing.tests.factories import SeriesFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def charizard(db: None) -> Printing:
    card = CardFactory.create(
        name="Charizard",
        number="4/102",
        card_set__name="Base Set",
        card_set__game__name="Old Cards",
        slug="charizard",
    )
    return PrintingFactory.create(card=card, finish=FinishFactory.create(game=card.game, name="Holofoil"))


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = "https://cards.example"


def told(event: AlertEvent, edition: int = 0) -> messages.Message:
    to = factories.channel(event.owner)
    return messages.of(factories.delivery(event, to, edition=edition))


def digest(parts: list[tuple[AlertEvent, int]]) -> messages.Message:
    """Of these events in these editions."""
    to = factories.channel(parts[0][0].owner)
    whole = factories.delivery(None, to, kind="digest")
    for event, edition in parts:
        factories.delivery(event, to, edition=edition, status="folded", digest=whole)
    return messages.of(whole)


def test_a_message_says_what_is_worth_knowing(alice: User, charizard: Printing) -> None:
    source = SourceFactory.create(name="TCGplayer")
    SeriesFactory.create(printing=charizard, source=source)
    alert = factories.alert(alice, charizard, name="Birthday")
    message = told(factories.event(alert))
    assert message.title == "Charizard 4/102 (Holofoil): $95.00, at or below $100.00"
    assert message.text.splitlines() == [
        message.title,
        "Your alert “Birthday”: falls to $100.00 or below",
        "Before: $120.00",
        "2 Mar 2026, TCGplayer",
        "Base Set, Old Cards",
        f"https://cards.example/cards/{charizard.card_id}/charizard/",
    ]
    assert (message.kind, message.url) == ("alert.fired", f"https://cards.example/alerts/{alert.pk}/")


@pytest.mark.parametrize(
    ("rule", "said", "detail"),
    [
        ({"kind": "above"}, "$95.00, at or above $100.00", None),
        ({"kind": "below", "currency": "EUR"}, "$95.00, at or below €100.00", None),
        (
            {"kind": "falls", "percent": Decimal(5), "days": 7},
            "−5.0% within 7 days, now $95.00",
            "7 days before: $100.00",
        ),
        (
            {"kind": "rises", "percent": Decimal(5), "days": 1},
            "−5.0% within a day, now $95.00",
            "A day before: $100.00",
        ),
        ({"kind": "low", "days": 30}, "$95.00, lower than ever in 30 days", "The lowest until then: $100.00"),
        ({"kind": "low", "days": 365}, "$95.00, lower than ever in a year", "The lowest until then: $100.00"),
        (
            {"kind": "high", "days": LONGEST_LOOK_BACK},
            "$95.00, higher than ever before",
            "The highest until then: $100.00",
        ),
        ({"kind": "back", "days": 7}, "$95.00, priced again", None),
    ],
)
def test_each_kind_of_rule_says_what_met_it(
    alice: User, charizard: Printing, rule: dict[str, Any], said: str, detail: str | None
) -> None:
    alert = factories.alert(alice, charizard, **rule)
    level = {"level": None} if alert.kind == "back" else {"level_currency": alert.currency}
    message = told(factories.event(alert, **level))
    assert message.title == f"Charizard 4/102 (Holofoil): {said}"
    assert detail is None or detail in message.items[0].details


def test_what_is_not_known_is_not_said(alice: User, charizard: Printing) -> None:
    alert = factories.alert(alice, charizard, kind="back", days=7)
    event = factories.event(alert, before=None, level=None, level_currency="")
    AlertEvent.objects.update(series=None)
    event.refresh_from_db()
    message = told(event)
    assert message.items[0].details == (
        "Your alert: has a price again after 7 days or more without",
        "2 Mar 2026",
        "Base Set, Old Cards",
    )
    facts = message.facts
    assert (facts["before"], facts["level"], facts["source"], facts["is_demo"]) == (None, None, None, False)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"condition": "NM"}, "Charizard 4/102 (Holofoil), Near Mint: "),
        ({"grade": "PSA 10"}, "Charizard 4/102 (Holofoil), PSA 10: "),
        ({"language": "ja"}, "Charizard 4/102 (Holofoil), JA: "),
        ({"language": "en"}, "Charizard 4/102 (Holofoil): "),
    ],
)
def test_it_says_which_series_it_is(
    alice: User, charizard: Printing, facts: dict[str, str], expected: str
) -> None:
    series = SeriesFactory.create(printing=charizard, **facts)
    event = factories.event(factories.alert(alice, charizard), series=series)
    assert told(event).title.startswith(expected)


def test_a_demonstration_price_is_labelled(alice: User, charizard: Printing) -> None:
    series = SeriesFactory.create(printing=charizard, source=SourceFactory.create(is_demo=True))
    message = told(factories.event(factories.alert(alice, charizard), series=series))
    assert message.items[0].details[-1] == "A demonstration price: generated, not real."
    assert message.facts["is_demo"] is True


@pytest.mark.parametrize(
    ("facts", "title", "is_withdrawn"),
    [
        ({"corrected_to": 80_00, "is_withdrawn": True}, "was $80.00, not $95.00", True),
        ({"corrected_to": 90_00}, "was $90.00, not $95.00", False),
        ({"corrected_to": None, "is_withdrawn": True}, "had no price, not $95.00", True),
        ({"corrected_to": 95_00, "corrections": 2}, ", $95.00 was right after all", False),
    ],
)
def test_a_correction_says_what_the_price_really_was(
    alice: User, charizard: Printing, facts: dict[str, Any], title: str, is_withdrawn: bool
) -> None:
    event = factories.event(factories.alert(alice, charizard), **{"corrections": 1} | facts)
    message = told(event, edition=event.corrections)
    space = "" if title.startswith(",") else " "
    assert message.title == f"Correction: Charizard 4/102 (Holofoil){space}{title}"
    withdrawn = "At the right price your alert would not have told you."
    assert (withdrawn in message.items[0].details) == is_withdrawn
    assert (message.kind, message.facts["edition"]) == ("alert.corrected", event.corrections)
    assert message.facts["correction"]["is_withdrawn"] == is_withdrawn


def test_what_was_corrected_before_it_could_be_told_says_so(alice: User, charizard: Printing) -> None:
    event = factories.event(
        factories.alert(alice, charizard), corrections=1, corrected_to=80_00, is_withdrawn=True
    )
    message = told(event)
    assert message.title.endswith("$95.00, at or below $100.00")
    assert "Correction: Charizard 4/102 (Holofoil) was $80.00, not $95.00." in message.items[0].details


def test_programs_get_money_and_days_as_the_api_writes_them(alice: User, charizard: Printing) -> None:
    series = SeriesFactory.create(printing=charizard, condition="NM", source__slug="bazaar")
    alert = factories.alert(alice, charizard, name="Birthday")
    event = factories.event(alert, series=series)
    card = charizard.card
    assert told(event).facts == {
        "event_id": event.pk,
        "edition": 0,
        "alert": {
            "id": alert.pk,
            "name": "Birthday",
            "kind": "below",
            "url": f"https://cards.example/alerts/{alert.pk}/",
        },
        "printing": {
            "id": charizard.pk,
            "card_id": card.pk,
            "name": "Charizard",
            "number": "4/102",
            "finish": "Holofoil",
            "set": {"slug": card.card_set.slug, "name": "Base Set"},
            "game": {"slug": card.game.slug, "name": "Old Cards"},
            "url": f"https://cards.example/cards/{card.pk}/charizard/",
        },
        "condition": "NM",
        "grade": "",
        "price": {"amount": "95.00", "currency": "USD"},
        "before": {"amount": "120.00", "currency": "USD"},
        "level": {"amount": "100.00", "currency": "USD"},
        "day": "2026-03-02",
        "source": "bazaar",
        "is_demo": False,
        "correction": None,
    }


def test_yen_have_no_minor_units(alice: User, charizard: Printing) -> None:
    series = SeriesFactory.create(printing=charizard, currency="JPY")
    event = factories.event(factories.alert(alice, charizard), series=series, level_currency="JPY")
    message = told(event)
    assert message.title.endswith("¥9,500, at or below ¥10,000")
    assert message.facts["price"] == {"amount": "9500", "currency": "JPY"}


def test_a_digest_lists_its_events(alice: User) -> None:
    alerts = [factories.alert(alice) for _ in range(3)]
    events = [factories.event(alert) for alert in alerts]
    message = digest([(event, 0) for event in events])
    assert (message.kind, message.title, message.more) == ("alert.digest", "3 price alerts", 0)
    assert [item.facts["event_id"] for item in message.items] == [event.pk for event in events]
    assert message.text.count("at or below $100.00") == 3
    assert (message.url, message.alert_id) == ("https://cards.example/inbox/", None)
    assert (message.facts["count"], len(message.facts["events"])) == (3, 3)


def test_a_digest_of_one_is_called_by_it(alice: User, charizard: Printing) -> None:
    alert = factories.alert(alice, charizard)
    message = digest([(factories.event(alert), 0)])
    assert message.title == "Charizard 4/102 (Holofoil): $95.00, at or below $100.00"
    assert message.alert_id == alert.pk


def test_a_digest_tells_of_a_corrected_event_once(alice: User) -> None:
    event = factories.event(factories.alert(alice), corrections=1, corrected_to=80_00)
    message = digest([(event, 0), (event, 1)])
    assert [item.facts["edition"] for item in message.items] == [1]
    assert message.title.startswith("Correction: ")


def test_a_long_digest_counts_what_it_does_not_list(
    alice: User, monkeypatch: pytest.MonkeyPatch, charizard: Printing
) -> None:
    monkeypatch.setattr(messages, "MOST_LISTED", 2)
    alert = factories.alert(alice, charizard)
    message = digest([(factories.event(alert, DAY + timedelta(days=n)), 0) for n in range(5)])
    assert (message.title, len(message.items), message.more) == ("5 price alerts", 2, 3)
    assert message.text.endswith("And 3 more: https://cards.example/inbox/")
    assert message.facts["count"] == 5


@pytest.mark.parametrize("count", [1, 3])
def test_a_digest_costs_three_statements(
    count: int, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    to = factories.channel(alice)
    whole = factories.delivery(None, to, kind="digest")
    for _ in range(count):
        event = factories.event(factories.alert(alice))
        factories.delivery(event, to, status="folded", digest=whole)
    fresh = Delivery.objects.get(pk=whole.pk)
    with django_assert_num_queries(3):
        messages.of(fresh)


def test_a_test_says_that_it_is_one(alice: User) -> None:
    to = factories.channel(alice, name="My\nphone")
    message = messages.of(factories.delivery(None, to))
    assert (message.kind, message.title) == ("alert.test", "This is a test of your alerts")
    assert message.items[0].details == ("Alerts will reach you here, through “My phone”.",)


def test_the_moment_told_is_that_of_the_delivery(alice: User) -> None:
    delivery = factories.delivery(factories.event(factories.alert(alice)), factories.channel(alice))
    assert messages.of(delivery).at == delivery.created_at
    assert delivery.due_at == NOW


@pytest.mark.parametrize("name", hostile.NAMES)
def test_whatever_a_name_is_each_text_stays_one_line(alice: User, name: str) -> None:
    card = CardFactory.create(name=name, number=name[:40], card_set__name=name[:200])
    printing = PrintingFactory.create(card=card, finish=FinishFactory.create(game=card.game, name=name[:80]))
    alert = factories.alert(alice, printing, name=name[:120])
    message = told(factories.event(alert))
    texts = [message.title, *(item.headline for item in message.items), *message.items[0].details]
    for text in texts:
        assert text.replace("\u200d", "").isprintable()
        assert len(text) <= 700
    assert message.title.endswith(": $95.00, at or below $100.00")
