"""What a back-test says in words, and what of it is shown."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from alerts import backtest, editing, proposing, trials
from alerts.editing import Facts, today
from alerts.tests.market import days, lives
from alerts.trials import Shown, frequency
from integrations.quotes import Rate
from pricing import rates
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db


def tried(owner: User, **said: Any) -> Shown:
    """Falls to $100.00 or below."""
    plain: dict[str, Any] = {"kind": "below", "currency": "USD"}
    plain |= {"threshold": 100_00} if said.get("kind", "below") in {"below", "above"} else {}
    facts = Facts(**plain | said)
    return trials.shown(facts, backtest.try_out(owner, facts, today=editing.today()))


@pytest.mark.parametrize(
    ("count", "over", "words"),
    [
        (0, 365, ""),
        (2, 365, ""),
        (3, 365, "about every 4 months"),
        (12, 365, "about once a month"),
        (24, 365, "about every two weeks"),
        (60, 365, "about once a week"),
        (100, 365, "every few days"),
        (365, 365, "about once a day"),
        (1_100, 365, "about 3 times a day"),
        (5, 0, "about 5 times a day"),
    ],
)
def test_how_often_that_is(count: int, over: int, words: str) -> None:
    assert frequency(count, days=over) == words


def test_the_days_are_told_the_last_first(alice: User, shop: Shop) -> None:
    prices = [120_00, 95_00, 120_00, 90_00, 130_00, 99_00, 110_00] + [110_00] * 6
    (printing,) = lives(shop, {"1": prices})
    found = tried(alice, printing_id=printing.pk)
    assert found.rule == "falls to $100.00 or below"
    assert found.summary == "Over the last year it would have fired 3 times, about every 4 months."
    assert [(one.day, one.fires[0].price, one.fires[0].before) for one in found.days] == [
        (days(13)[5], 99_00, 130_00),
        (days(13)[3], 90_00, 120_00),
        (days(13)[1], 95_00, 120_00),
    ]
    assert found.notes == ("It counts once: only the first of these days would have told you.",)
    assert (found.warnings, found.earlier) == ((), 0)


def test_no_more_days_than_fit_are_listed(alice: User, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "DAYS_LISTED", 2)
    (printing,) = lives(shop, {"1": [120_00, 95_00] * 4})
    found = tried(alice, printing_id=printing.pk, rearms=True)
    assert ([one.day for one in found.days], found.earlier) == ([days(8)[7], days(8)[5]], 2)
    assert found.notes == ("The price is below already: the rule waits until it has been above.",)


def test_the_chart_shows_the_threshold_and_the_days(alice: User, shop: Shop) -> None:
    (printing,) = lives(shop, {"1": [120_00, 95_00, 120_00]})
    drawn = tried(alice, printing_id=printing.pk).drawn
    assert drawn
    assert drawn.chart
    assert drawn.chart.level
    assert (drawn.level, drawn.chart.level.amount) == (100_00, 100_00)
    assert [(dot.day, dot.amount) for dot in drawn.chart.dots] == [(days(3)[1], 95_00)]
    assert (drawn.price, drawn.currency, drawn.changed_on) == (120_00, "USD", today())


def test_a_threshold_in_another_currency_is_drawn_in_that_of_the_prices(alice: User, shop: Shop) -> None:
    rates.record([Rate(day=today() - timedelta(days=400), currency="USD", per_euro=Decimal("1.25"))])
    (printing,) = lives(shop, {"1": [120_00, 95_00, 120_00]})
    found = tried(alice, printing_id=printing.pk, currency="EUR", threshold=80_00)
    assert found.rule == "falls to €80.00 or below"
    assert found.drawn
    assert (found.drawn.level, found.drawn.currency, len(found.days)) == (100_00, "USD", 1)
    assert tried(alice, printing_id=printing.pk, currency="EUR", threshold=70_00).warnings == (
        "The lowest in the year was $95.00: it never came so far down.",
    )


@pytest.mark.parametrize(
    ("said", "summary", "warning"),
    [
        (
            {"threshold": 50_00},
            "Over the last year it would not have fired.",
            "The lowest in the year was $95.00: it never came so far down.",
        ),
        (
            {"kind": "above", "threshold": 200_00},
            "Over the last year it would not have fired.",
            "The highest in the year was $120.00: it never came so far up.",
        ),
    ],
)
def test_a_threshold_outside_what_the_price_did_is_warned_of(
    alice: User, shop: Shop, said: dict[str, Any], summary: str, warning: str
) -> None:
    (printing,) = lives(shop, {"1": [120_00] * 11 + [95_00, 120_00]})
    found = tried(alice, printing_id=printing.pk, **said)
    assert (found.summary, found.warnings) == (summary, (warning,))


@pytest.mark.parametrize(
    ("said", "note"),
    [
        (
            {"kind": "above", "threshold": 90_00},
            "The price is above already: the rule waits until it has been below.",
        ),
        (
            {"kind": "falls", "percent": Decimal(10), "days": 60},
            "The price has fallen that far already: the rule waits until it has been back.",
        ),
        (
            {"kind": "low", "days": 90},
            "The price has fallen that far already: the rule waits until it has been back.",
        ),
    ],
)
def test_a_rule_that_is_met_already_says_that_it_waits(
    alice: User, shop: Shop, said: dict[str, Any], note: str
) -> None:
    (printing,) = lives(shop, {"1": [150_00, 120_00, 100_00]})
    assert note in tried(alice, printing_id=printing.pk, **said).notes


def test_prices_that_began_late_are_told_of(alice: User, shop: Shop) -> None:
    (printing,) = lives(shop, {"1": [120_00, 95_00]})
    since = days(2)[0]
    said = f"Since {since.day} {since:%b %Y}, when its prices begin, it would have fired once."
    assert tried(alice, printing_id=printing.pk).summary == said


def test_without_a_price_the_rule_waits_for_the_first(alice: User, shop: Shop) -> None:
    (printing,) = lives(shop, {"1": [None]})
    found = tried(alice, printing_id=printing.pk)
    assert found.summary == "Over the last year it would not have fired."
    assert found.warnings == ("There was no price in the last year. The rule waits for the next one.",)
    assert tried(alice, printing_id=printing.pk, grade="PSA 10").warnings == (
        "No source has a price for this yet. The rule waits for the first one.",
    )


def test_of_many_the_cards_are_named_day_by_day(
    alice: User, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "CARDS_LISTED", 2)
    first, *_ = lives(shop, {card: [120_00, 95_00 + int(card), 120_00, 95_00] for card in "123"})
    found = tried(alice, card_set_id=first.card.card_set_id)
    assert found.summary.endswith(" it would have fired 6 times on 2 days, about every two weeks.")
    assert found.drawn is None
    last = found.days[0]
    assert (last.day, len(last.fires), last.more) == (today(), 2, 1)
    assert {fire.name for fire in last.fires} < {f"Card {card} (Normal)" for card in "123"}
    assert all(fire.url.startswith("/cards/") for fire in last.fires)
    assert found.notes == (
        "Each card counts once: of these days only its first would have told you.",
        "3 of 3 prices meet it already: for each the rule waits until it has been back.",
    )


def test_no_more_prices_are_tried_than_a_page_waits_for(
    alice: User, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtest, "TRIED", 2)
    first, *_ = lives(shop, {card: [120_00, 130_00] for card in "123"})
    found = tried(alice, card_set_id=first.card.card_set_id)
    assert found.notes == ("Tried on the 2 dearest of 3 prices.",)


def test_a_new_rule_proposes_a_round_price_below_todays(shop: Shop) -> None:
    dear, cheap, unknown = lives(shop, {"1": [330_00], "2": [3], "3": [None]})
    assert proposing.threshold(dear.pk, currency="USD") == 290_00
    assert proposing.threshold(cheap.pk, currency="USD") == 2
    assert proposing.threshold(unknown.pk, currency="USD") is None
    assert proposing.threshold(dear.pk, currency="EUR") is None  # no rate is known
    rates.record([Rate(day=today(), currency="USD", per_euro=Decimal("1.10"))])
    assert proposing.threshold(dear.pk, currency="EUR") == 270_00
