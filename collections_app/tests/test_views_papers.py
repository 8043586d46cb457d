"""Exports, restored files and reports as pages."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.pages import Page
from catalog.models import Printing
from catalog.tests.factories import GameFactory, PrintingFactory
from collections_app import reports
from collections_app.exports import FORMATS
from collections_app.models import Collection, Report
from collections_app.tests import factories
from pricing.models import Source
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def printing() -> Printing:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 1234}, day=TODAY)
    return shop.series("1").printing


@pytest.fixture
def binder(alice: User, printing: Printing) -> Collection:
    collection = factories.collection(alice, "Pokémon & <b>co</b>")
    factories.lot(collection, printing, quantity=2, unit_cost=100)
    return collection


@pytest.fixture
def client(client_for: Callable[[User], Client], alice: User) -> Client:
    return client_for(alice)


def shown(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    html = answer.content.decode()
    page = Page(html)
    assert (page.blocked, page.unheard) == ([], [])
    return html


def test_each_format_is_offered_with_what_it_holds(client: Client, binder: Collection) -> None:
    html = shown(client, f"/collections/{binder.pk}/export/")
    for slug, offer in FORMATS.items():
        assert offer.label in html
        assert f"/collections/{binder.pk}/export/{slug}/" in html
    assert html.count("1 of 1 lot") == 4
    assert html.count("0 of 1 lot") == 2


@pytest.mark.parametrize("slug", FORMATS)
def test_a_file_is_downloaded_and_kept_by_no_cache(slug: str, client: Client, binder: Collection) -> None:
    answer = client.get(f"/collections/{binder.pk}/export/{slug}/")
    assert answer.status_code == 200
    assert answer.streaming
    name = f"pokemon-bcob-{slug}-{TODAY}.{FORMATS[slug].extension}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == FORMATS[slug].media_type
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.getvalue().decode()


def test_an_unknown_format_is_not_found(client: Client, binder: Collection) -> None:
    assert client.get(f"/collections/{binder.pk}/export/pdf/").status_code == 404


def test_the_restored_file_becomes_a_collection(client: Client, alice: User, binder: Collection) -> None:
    assert "JSON file" in shown(client, "/collections/restore/")
    document = client.get(f"/collections/{binder.pk}/export/json/").getvalue()
    answer = client.post("/collections/restore/", {"file": SimpleUploadedFile("a.json", document)})
    copy = alice.collections.get(name__endswith=" 2")
    assert (answer.status_code, answer["Location"]) == (302, copy.get_absolute_url())
    assert copy.lots.get().quantity == 2


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({}, "This field is required."),
        ({"file": io.BytesIO(b"")}, "The submitted file is empty."),
        ({"file": io.BytesIO(b"a,b")}, "The file is not JSON as this site exports it."),
    ],
)
def test_a_wrong_file_comes_back_with_the_reason(
    sent: dict[str, io.BytesIO], reason: str, client: Client, db: None
) -> None:
    answer = client.post("/collections/restore/", {**sent})
    assert answer.status_code == 400
    assert reason in answer.content.decode()


def test_missing_cards_can_be_left_out_after_they_were_named(
    client: Client, alice: User, binder: Collection
) -> None:
    document = json.loads(client.get(f"/collections/{binder.pk}/export/json/").getvalue())
    document["lots"].append(document["lots"][0] | {"name": "Agumon", "number": "BT1-010", "ids": []})
    content = json.dumps(document).encode()
    answer = client.post("/collections/restore/", {"file": SimpleUploadedFile("a.json", content)})
    assert answer.status_code == 400
    assert "Agumon, BT1-010" in answer.content.decode()
    assert 'name="partial"' in answer.content.decode()
    assert alice.collections.count() == 1
    sent = {"file": SimpleUploadedFile("a.json", content), "partial": "on"}
    assert client.post("/collections/restore/", sent).status_code == 302
    assert alice.collections.count() == 2


def test_a_report_is_made_and_printed(client: Client, binder: Collection) -> None:
    answer = client.post(f"/collections/{binder.pk}/report/", {"currency": "USD", "with_cost": "on"})
    report = Report.objects.get()
    assert answer["Location"] == f"/collections/reports/{report.code}/"
    html = shown(client, answer["Location"])
    for said in ("$24.68", "$12.34", "Card 1", "Base Set", report.digest, "$2.00"):
        assert said in html
    assert f"{django_settings.SITE_URL}/verify/{report.code}/" in html
    assert "Pokémon &amp; &lt;b&gt;co&lt;/b&gt;" in html
    assert "Demonstration prices" not in html


def test_demonstration_prices_are_called_that_in_big_letters(client: Client, binder: Collection) -> None:
    Source.objects.update(is_demo=True)
    report = reports.make(binder, currency="USD")
    for path in (f"/collections/reports/{report.code}/", f"/verify/{report.code}/"):
        assert 'class="report-demo"' in shown(client, path)


def test_an_empty_collection_has_a_report_too(client: Client, alice: User) -> None:
    report = reports.make(factories.collection(alice), currency="EUR")
    assert "held no cards" in shown(client, f"/collections/reports/{report.code}/")


def test_a_report_in_no_currency_is_refused(client: Client, binder: Collection) -> None:
    answer = client.post(f"/collections/{binder.pk}/report/", {"currency": "XXX"})
    assert answer.status_code == 400
    assert "XXX is not one of the available choices" in answer.content.decode()
    assert not Report.objects.exists()


def test_an_altered_report_is_not_shown(client: Client, binder: Collection) -> None:
    report = reports.make(binder, currency="USD")
    Report.objects.update(value=99_999_99)
    assert "has been altered" in shown(client, f"/collections/reports/{report.code}/")
    assert "It does not hold." in shown(client, f"/verify/{report.code}/")


def test_anybody_verifies_without_learning_what_or_whose(client: Client, binder: Collection) -> None:
    report = reports.make(binder, currency="USD")
    html = shown(Client(), f"/verify/{report.code}/")
    for said in ("It holds.", "$24.68", report.digest, report.code):
        assert said in html
    for hidden in ("Card 1", "Base Set", "alice", "Alice", "Pokémon &amp; &lt;b"):
        assert hidden not in html


def test_an_unknown_code_is_not_found(client: Client, db: None) -> None:
    assert "No such statement" in shown(Client(), "/verify/nonsense/", status=404)


def test_a_deleted_report_is_unknown_to_everyone(client: Client, binder: Collection) -> None:
    report = reports.make(binder, currency="USD")
    path = f"/collections/reports/{report.code}/delete/"
    assert "can no longer verify it" in shown(client, path)
    assert client.post(path)["Location"] == "/collections/reports/"
    assert Client().get(f"/verify/{report.code}/").status_code == 404
    assert "No report yet" in shown(client, "/collections/reports/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_however_much_they_list(
    count: int, client: Client, binder: Collection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        factories.lot(binder, PrintingFactory.create())
        reports.make(binder, currency="USD")
    report = Report.objects.first()
    assert report
    client.get("/collections/reports/")  # the session is noted once, the menu's games are kept for a minute
    with django_assert_num_queries(3):
        client.get("/collections/reports/")
    with django_assert_num_queries(3):
        client.get(f"/collections/reports/{report.code}/")
    with django_assert_num_queries(4):
        client.get(f"/collections/{binder.pk}/export/")
    with django_assert_num_queries(1):
        Client().get(f"/verify/{report.code}/")


def test_nothing_of_hers_is_there_for_bob(
    client_for: Callable[[User], Client], bob: User, binder: Collection
) -> None:
    report = reports.make(binder, currency="USD")
    his = client_for(bob)
    for path in (
        f"/collections/{binder.pk}/export/",
        f"/collections/{binder.pk}/export/csv/",
        f"/collections/reports/{report.code}/",
        f"/collections/reports/{report.code}/delete/",
    ):
        assert his.get(path).status_code == 404
    assert his.post(f"/collections/{binder.pk}/report/", {"currency": "USD"}).status_code == 404
    assert his.post(f"/collections/reports/{report.code}/delete/").status_code == 404
    assert Report.objects.count() == 1
    assert "No report yet" in shown(his, "/collections/reports/")
