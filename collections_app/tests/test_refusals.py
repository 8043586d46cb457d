"""Nobody reaches what is somebody else's: tried with every address there is, as the site lists them itself.

Everything alice has carries the same number, so an address that asks for a number asks for something of hers.
"""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.core import serializers
from django.core.files.base import ContentFile
from django.db import models
from django.test import Client

from accounts.models import User
from accounts.tests.doors import ABSENT, METHODS, addresses, ask, filled, refused, shown
from catalog.tests.factories import PrintingFactory
from collections_app import exports
from collections_app.models import Collection, Disposal, ImportBatch, ImportRow, Lot, Report, Sale
from collections_app.tests import factories

pytestmark = pytest.mark.django_db
NUMBER = 424_242
SECRET = "alice's cellar"
EVERY = addresses("collections_app")
OF_ONE = [route for route in EVERY if any(f":{name}>" in route for name in ("pk", "token", "code"))]
SEEN_BY_ALL = ("/verify/",)  # says only that a report was made: see the tests of reports


@pytest.fixture
def hers(alice: User) -> dict[str, str]:
    """One private thing of alice's of every kind; how each placeholder of an address names it."""
    printing = PrintingFactory.create()
    cellar = Collection.objects.create(pk=NUMBER, owner=alice, name=SECRET)
    batch = ImportBatch.objects.create(
        pk=NUMBER, collection=cellar, filename=f"{SECRET}.csv", size=3, digest="0" * 64, status="preview"
    )
    batch.file.save("cellar.csv", ContentFile(b"a,b\n"))
    facts = factories.facts(printing, quantity=5, notes=SECRET)
    lot = Lot(
        pk=NUMBER,
        collection=cellar,
        batch=batch,
        disposed=1,
        **{f: getattr(facts, f) for f in facts.__slots__},
    )
    lot.photo.save("cellar.jpg", ContentFile(b"\xff\xd8\xff"), save=False)
    lot.save(force_insert=True)
    sale = Sale.objects.create(pk=NUMBER, collection=cellar, sold_on=factories.BOUGHT, currency="USD")
    Disposal.objects.create(sale=sale, lot=lot, quantity=1)
    ImportRow.objects.create(pk=NUMBER, batch=batch, line=2, raw={"a": SECRET}, verdict="unmatched")
    report = Report.objects.create(
        pk=NUMBER, collection=cellar, currency="USD", quantity=5, value=0, missing=5, content={}, digest=""
    )
    card_set = printing.card.card_set
    return {
        "int:pk": str(NUMBER),
        "str:token": cellar.token,
        "str:code": report.code,
        "slug:format": next(iter(exports.FORMATS)),
        "slug:game_slug": card_set.game.slug,
        "slug:set_slug": card_set.slug,
    }


def state_of(owner: User) -> str:
    """Everything the database holds of the collections of one person."""
    found: list[models.Model] = []
    for model in apps.get_app_config("collections_app").get_models():
        if model.__name__ in {"Multiplier", "ValueSnapshot"}:
            continue
        rows = model._default_manager.order_by("pk")
        found += [row for row in rows if owner_of(row) == owner.pk]
    return str(serializers.serialize("json", found))


def owner_of(row: models.Model) -> int:
    for step in ("sale", "batch", "collection"):
        row = getattr(row, step, None) or row
    return int(getattr(row, "owner_id"))  # noqa: B009 -- not every model has one


def test_there_are_addresses_to_try() -> None:
    assert len(OF_ONE) > 40


@pytest.mark.parametrize("route", OF_ONE)
def test_what_is_alices_is_not_there_for_bob(
    route: str, hers: dict[str, str], alice: User, bob: User, client_for: Callable[[User], Client]
) -> None:
    if route.startswith(SEEN_BY_ALL):
        pytest.skip("made for strangers; its own tests say what it shows")
    address, before = filled(route, hers), state_of(alice)
    for visitor in (client_for(bob), Client()):
        for method in METHODS:
            answer = ask(visitor, method, address, {})
            assert answer.status_code in refused(visitor), (method, address)
            assert SECRET not in shown(answer)
    assert state_of(alice) == before


@pytest.mark.parametrize("route", OF_ONE)
def test_the_same_address_is_there_for_alice(
    route: str, hers: dict[str, str], alice: User, client_for: Callable[[User], Client]
) -> None:
    """Else the refusals above would prove nothing."""
    if "token" in route:
        Collection.objects.update(visibility="unlisted")
    client = client_for(alice)
    answers = [ask(client, method, filled(route, hers), {}) for method in ("get", "post", "delete")]
    for answer in answers:
        shown(answer)
    assert {answer.status_code for answer in answers} - ABSENT


@pytest.mark.parametrize("route", sorted(set(EVERY) - set(OF_ONE)))
def test_pages_without_a_number_show_and_change_nothing_of_hers(
    route: str, hers: dict[str, str], alice: User, bob: User, client_for: Callable[[User], Client]
) -> None:
    """Also when the numbers of her things are sent along under every name a form might use."""
    before = state_of(alice)
    names = ("collection", "to", "wish", "lot", "lots", "ids", "batch", "row", "pk", "id", "sale", "code")
    body = dict.fromkeys(names, NUMBER) | {"action": "delete", "quantity": 1}
    body["printing"] = body["printing_id"] = Lot.objects.get(pk=NUMBER).printing_id
    for method in METHODS:
        for sent in (body, body | {"ids": [NUMBER], "lots": [NUMBER]}):
            answer = ask(client_for(bob), method, filled(route, hers), sent)
            assert SECRET not in shown(answer), (method, route)
    assert state_of(alice) == before
