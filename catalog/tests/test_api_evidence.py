"""The evidence of a price as JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Game, Printing
from catalog.tests.factories import PrintingFactory
from pricing.tests import rates
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later, listing, quote


@pytest.fixture(autouse=True)
def evening(db: None) -> Iterator[None]:
    with time_machine.travel(datetime.combine(later(3), datetime.min.time(), UTC) + timedelta(hours=21)):
        yield


def told(*currencies: str) -> Printing:
    """A printing that a source of each currency has priced at ten units for four days."""
    rates.says(later(0), USD="1.25")
    game = Game.objects.get(slug="pokemon")
    for rank, currency in enumerate(currencies, start=1):
        source = SourceFactory.create(slug=f"source-{rank}", currency=currency, rank=rank)
        for day in range(4):
            capture = listing([quote("1", (1_000,), currency=currency)], day=later(day))
            Shop(source=source, game=game).brings(capture, ranks=False)
    return Printing.objects.get(card__name="Card 1")


def get(client: Client, address: str, *, status: int = 200) -> Any:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == status
    return response.json()


def test_evidence_names_every_source_and_the_blend(client: Client) -> None:
    printing = told("USD", "EUR")
    found = get(client, f"printings/{printing.pk}/evidence/")
    assert (found["printing_id"], found["finish"], found["card"]["name"]) == (printing.pk, "Normal", "Card 1")
    dollars, euros = found["sources"]
    assert (dollars["source"], dollars["market"], dollars["rate_of"]) == (
        "source-1",
        {"amount": "10.00", "currency": "USD"},
        None,
    )
    assert (euros["converted"], euros["rate_of"]) == ({"amount": "12.50", "currency": "USD"}, "2026-03-02")
    assert euros["history"][-1] == {"day": "2026-03-05", "market": {"amount": "12.50", "currency": "USD"}}
    assert euros["doubtful"] == {"open": 0, "accepted": 0, "rejected": 0, "corrected": 0}
    assert found["blend"]["amount"] == {"amount": "11.18", "currency": "USD"}
    assert [used["weight"] for used in found["blend"]["used"]] == ["1/2", "1/2"]
    assert (found["blend"]["agreement"], found["blend"]["spread"]) == ("fair", "25.0")


def test_the_currency_can_be_chosen_and_a_wrong_one_is_named(client: Client) -> None:
    printing = told("USD")
    found = get(client, f"printings/{printing.pk}/evidence/?currency=EUR")
    assert found["blend"]["amount"] == {"amount": "8.00", "currency": "EUR"}
    wrong = get(client, f"printings/{printing.pk}/evidence/?currency=XXX", status=400)
    assert wrong["errors"][0]["field"] == "currency"


def test_the_card_carries_the_blend_of_each_printing(client: Client) -> None:
    printing = told("USD", "EUR")
    found = get(client, f"cards/{printing.card_id}/?currency=EUR")
    (row,) = found["printings"]
    assert row["blend"]["amount"] == {"amount": "8.94", "currency": "EUR"}
    assert row["market"] == {"amount": "10.00", "currency": "USD"}


def test_a_printing_without_a_source_has_an_unknown_blend(client: Client) -> None:
    found = get(client, f"printings/{PrintingFactory.create().pk}/evidence/")
    assert (found["sources"], found["blend"]["amount"], found["blend"]["agreement"]) == ([], None, "none")
    get(client, "printings/999999/evidence/", status=404)


@pytest.mark.parametrize("count", [1, 3])
def test_evidence_costs_eight_queries(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    printing = told(*["EUR"] * count)
    # generation, printing, sources, days before (2), rates, doubts (2)
    with django_assert_num_queries(8):
        get(client, f"printings/{printing.pk}/evidence/")
