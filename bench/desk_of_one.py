"""Somebody with a few of everything: collections, lots, sales, imports, reports, alerts and their events."""

from django.core.files.base import ContentFile

from accounts.models import User
from alerts.tests import factories as waiting
from catalog.models import Printing
from collections_app import lots, reports, sales
from collections_app.imports import desk
from collections_app.models import Collection, ImportBatch, Report
from collections_app.tests import factories as collecting

LIST = b"Karte,Zahl\nCharizard,1\nNobody,2\n"
COLUMNS = {"name": "Karte", "quantity": "Zahl"}


def set_up(*, each: int) -> User:
    alice = User.objects.create_user("alice@example.org", name="Alice")
    for number, printing in enumerate(Printing.objects.order_by("pk")[:each], start=1):
        into = collecting.collection(alice, visibility="unlisted")
        fill(into, printing, number=number)
        waiting.event(waiting.alert(alice, printing, to=(waiting.channel(alice, "webhook"),)))
    return alice


def fill(into: Collection, printing: Printing, *, number: int) -> None:
    lot = collecting.lot(into, printing, quantity=5, unit_cost=1234)
    sales.sell(lot, sales.Terms(quantity=1, currency="USD", sold_on=lots.today()), method="lot")
    Collection.objects.filter(pk=into.pk).update(token=f"shared-{number}")
    Report.objects.filter(pk=reports.make(into, currency="USD").pk).update(code=f"report-{number}")
    batch = desk.receive(into, ContentFile(LIST, name="cards.csv"), filename="cards.csv", currency="USD")
    if number % 2 and batch.status == ImportBatch.Status.UNMAPPED:  # the others wait for their columns
        desk.proceed(desk.map_columns(batch, COLUMNS, game=None, currency="USD"))
