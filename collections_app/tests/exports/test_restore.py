"""What is not ours, or was edited by hand, is refused in plain words, and nothing is written."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from catalog.models import ExternalId, Printing
from catalog.tests.factories import PrintingFactory
from collections_app.exports import FORMATS
from collections_app.exports.restore import MissingCardsError, RestoreError, restore, restore_upload
from collections_app.models import Collection, Lot, Sale
from collections_app.sales import Terms, sell
from collections_app.tests import factories

pytestmark = pytest.mark.django_db
Json = dict[str, Any]


@pytest.fixture
def printing() -> Printing:
    return PrintingFactory.create()


@pytest.fixture
def document(alice: User, printing: Printing) -> Json:
    """A collection “Binder” with a lot of three, one of them sold."""
    binder = factories.collection(alice, "Binder")
    lot = factories.lot(binder, printing, quantity=3, unit_cost=100)
    sell(lot, Terms(quantity=1, sold_on=factories.BOUGHT, currency="USD", unit_price=500))
    said: Json = json.loads("".join(FORMATS["json"].write(binder)))
    return said


def upload(document: object) -> io.BytesIO:
    return io.BytesIO(json.dumps(document).encode())


def test_a_copy_gets_a_free_name(alice: User, document: Json) -> None:
    names = [restore(alice, document).name for _ in range(2)]
    assert names == ["Binder 2", "Binder 3"]


def test_a_long_name_stays_within_its_limit(alice: User, document: Json) -> None:
    document["collection"]["name"] = "x" * 80
    assert [restore(alice, document).name for _ in range(2)] == ["x" * 80, "x" * 78 + " 2"]


def test_somebody_elses_file_is_restored_for_whoever_brings_it(bob: User, document: Json) -> None:
    copy = restore_upload(bob, upload(document))
    assert (copy.owner, copy.name, copy.lots.count()) == (bob, "Binder", 1)


def test_the_settings_come_back(alice: User, document: Json) -> None:
    document["collection"] |= {"kind": "wish", "visibility": "unlisted", "shows_cost": True}
    copy = restore(alice, document)
    assert (copy.kind, copy.visibility, copy.shows_cost) == ("wish", "unlisted", True)


def test_a_card_that_has_another_number_now_is_found_by_what_a_source_calls_it(
    alice: User, printing: Printing, document: Json
) -> None:
    ExternalId.objects.create(source="tcgplayer", kind="card", external_id="42", card=printing.card)
    document["lots"][0] |= {"printing_id": PrintingFactory.create().pk, "ids": ["tcgplayer:42"]}
    assert restore(alice, document).lots.get().printing == printing


def _lacking(document: Json) -> Json:
    lot: Json = document["lots"][0]
    return lot | {
        "name": "Blue-Eyes Ultimate",
        "number": "999",
        "set_slug": "gone",
        "ids": [],
    }


def test_missing_cards_are_named_and_nothing_is_written(alice: User, document: Json) -> None:
    document["lots"].append(_lacking(document))
    before = (Collection.objects.count(), Lot.objects.count(), Sale.objects.count())
    with pytest.raises(MissingCardsError, match="Not in the catalogue: Blue-Eyes Ultimate, 999, ") as refused:
        restore(alice, document)
    assert len(refused.value.names) == 1
    assert (Collection.objects.count(), Lot.objects.count(), Sale.objects.count()) == before


def test_missing_cards_are_left_out_when_that_is_asked_for(alice: User, document: Json) -> None:
    document["lots"].append(_lacking(document))
    assert restore(alice, document, partial=True).lots.count() == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not JSON"),
        (b"\x89PNG", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"9" * 10_000, "is not JSON"),
        (b"[]", "not an export of this site"),
        (b'{"format":"tcg-price-tracker","version":1}', "not an export of this site"),
        (b'{"format":"tcg-price-tracker","version":2,"lots":[]}', "version 2; 1 can be read"),
        (b'{"format":"tcg-price-tracker","version":1,"lots":[]}', "no name"),
        (b" " * (25 * 1024 * 1024 + 1), "larger than 25 MB"),
    ],
)
def test_what_is_no_export_is_refused(content: bytes, reason: str, alice: User) -> None:
    with pytest.raises(RestoreError, match=reason):
        restore_upload(alice, io.BytesIO(content))


def sold(**changes: Any) -> Callable[[Json], Json]:
    return lambda lot: {"sales": [lot["sales"][0] | changes]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quantity": -1}, "Quantity is not a whole number"),
        ({"quantity": True}, "Quantity is not a whole number"),
        ({"quantity": 0, "disposed": 0, "sales": []}, "not 1 to 1,000,000 together"),
        ({"disposed": 2}, "sales do not add up"),
        ({"condition": "Mint"}, "Condition “Mint” is none of"),
        ({"grader": "PSA"}, "a condition, or a grader with a grade"),
        ({"grader": "PSA", "grade": "10"}, "a condition, or a grader with a grade"),
        ({"language": "Klingon"}, "Language “Klingon” is none of"),
        ({"unit_cost": "NaN"}, "is no amount"),
        ({"unit_cost": "0.001"}, "is no amount of USD"),
        ({"unit_cost": "-1"}, "negative or beyond"),
        ({"unit_cost": 5}, "Unit cost is not a text"),
        ({"currency": "usd"}, "not three capital letters"),
        ({"acquired_on": "yesterday"}, "is not a day"),
        ({"acquired_on": "2026-03-03"}, "sold before they were acquired"),
        ({"notes": "x" * 2001}, "at most 2000 characters"),
        ({"notes": "\0"}, "at most 2000 characters"),
        ({"name": ""}, "The card has no name"),
        ({"ids": "tcgplayer:1"}, "ids are not a list"),
        ({"sales": {}}, "sales are not a list"),
        (sold(quantity=0), "took no copies"),
        (sold(of=0), "took no copies"),
        (lambda lot: {"disposed": 2, "sales": lot["sales"] * 2}, "named twice"),
    ],
)
def test_a_lot_that_cannot_be_is_refused_with_its_place(
    change: Any, reason: str, alice: User, document: Json
) -> None:
    lot = document["lots"][0]
    document["lots"] = [lot, lot | (change(lot) if callable(change) else change)]
    with pytest.raises(RestoreError, match=f"Lot 2 cannot be read.*{reason}"):
        restore(alice, document)


@pytest.mark.parametrize("lot", [None, [], "x", {}])
def test_a_lot_that_is_none_is_refused(lot: object, alice: User, document: Json) -> None:
    document["lots"] = [lot]
    with pytest.raises(RestoreError, match="Lot 1 cannot be read"):
        restore(alice, document)
