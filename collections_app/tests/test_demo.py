"""Demonstration content leaves, but nobody's collection with it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from catalog.models import Card, CardSet, ExternalId, Printing
from catalog.starter import SETS
from collections_app.models import Lot
from collections_app.tests import factories
from pricing import demo
from pricing.models import PriceSeries

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot(alice: User, monkeypatch: pytest.MonkeyPatch) -> Lot:
    """A lot of a demonstration card with its price; only the smallest set is loaded."""
    smallest = min(SETS, key=lambda one: len(one.products))
    monkeypatch.setattr("catalog.starter.layout.SETS", (smallest,))
    monkeypatch.setattr("pricing.demo.SETS", (smallest,))
    demo.load(timezone.now().date(), days=2)
    priced = PriceSeries.objects.filter(latest__market__gt=0, condition="").order_by("id")[0]
    return factories.lot(factories.collection(alice), priced.printing)


def _removed() -> str:
    out = StringIO()
    call_command("starter", "remove", stdout=out)
    return out.getvalue()


def test_a_card_somebody_owns_stays_with_its_set_and_without_a_price(lot: Lot) -> None:
    assert lot.series_id is None
    lot.refresh_from_db()
    assert lot.series_id
    assert _removed().endswith("1 card stays without a price: somebody owns or wants it.\n")
    lot.refresh_from_db()
    assert (lot.series, lot.basis) == (None, Lot.Basis.NONE)
    assert list(Card.objects.all()) == [lot.printing.card]
    assert list(CardSet.objects.all()) == [lot.printing.card.card_set]
    assert lot.printing in Printing.objects.all()
    assert not PriceSeries.objects.exists()


def test_once_nobody_owns_it_a_later_removal_takes_it(lot: Lot) -> None:
    _removed()
    lot.delete()
    assert _removed() == "0 demonstration price series removed.\n"
    assert not Card.objects.exists()
    assert not CardSet.objects.exists()
    assert not ExternalId.objects.exclude(kind="game").exists()


def test_without_anybodys_lots_nothing_stays(lot: Lot) -> None:
    lot.delete()
    assert "stay" not in _removed()
    assert not Card.objects.exists()
