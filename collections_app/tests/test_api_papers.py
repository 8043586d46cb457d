"""Exports, restored files and reports by API."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Printing
from catalog.tests.factories import GameFactory
from collections_app import reports
from collections_app.models import Collection, Report
from collections_app.tests import factories
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
JSON = "application/json"


@pytest.fixture
def printing() -> Printing:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 1234}, day=TODAY)
    return shop.series("1").printing


@pytest.fixture
def binder(alice: User, printing: Printing) -> Collection:
    collection = factories.collection(alice, "Binder")
    factories.lot(collection, printing, quantity=2, unit_cost=100)
    return collection


@pytest.fixture
def client(client_for: Callable[[User], Client], alice: User) -> Client:
    return client_for(alice)


def exported(client: Client, binder: Collection, slug: str = "json") -> bytes:
    answer = client.get(f"/api/v1/collections/{binder.pk}/export/{slug}/")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    return answer.getvalue()


def test_an_export_is_the_file_of_the_page(client: Client, binder: Collection) -> None:
    page = client.get(f"/collections/{binder.pk}/export/csv/")
    assert exported(client, binder, "csv") == page.getvalue()


def test_an_unknown_format_names_the_known(client: Client, binder: Collection) -> None:
    answer = client.get(f"/api/v1/collections/{binder.pk}/export/pdf/")
    assert answer.status_code == 404
    assert "no format “pdf”; there are csv, json" in answer.json()["detail"]


def test_a_document_is_restored(client: Client, alice: User, binder: Collection) -> None:
    answer = client.post("/api/v1/restore/", exported(client, binder), JSON)
    copy = alice.collections.get(name="Binder 2")
    assert answer.status_code == 201
    assert answer.json() == {
        "id": copy.pk,
        "name": "Binder 2",
        "url": f"/api/v1/collections/{copy.pk}/",
    }


def test_a_document_with_missing_cards_needs_partial(client: Client, binder: Collection) -> None:
    document = json.loads(exported(client, binder))
    document["lots"][0] |= {"name": "Agumon", "number": "BT1-010", "ids": []}
    refused = client.post("/api/v1/restore/", document, JSON)
    assert refused.status_code == 400
    assert [error["field"] for error in refused.json()["errors"]] == ["document"]
    assert "Agumon" in refused.json()["errors"][0]["detail"]
    assert client.post("/api/v1/restore/?partial=true", document, JSON).status_code == 201


@pytest.mark.parametrize("body", ["[]", "{}", '"x"', "nonsense"])
def test_another_body_is_a_problem(body: str, client: Client, alice: User) -> None:
    answer = client.post("/api/v1/restore/", body, JSON)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not alice.collections.exists()


def test_a_body_beyond_the_limit_is_not_even_read(client: Client) -> None:
    answer = client.post("/api/v1/restore/", "{}", JSON, CONTENT_LENGTH=26 * 1024 * 1024)
    assert "larger than 25 MB" in answer.json()["errors"][0]["detail"]


def test_a_report_is_made_listed_shown_and_deleted(client: Client, binder: Collection) -> None:
    path = f"/api/v1/collections/{binder.pk}/reports/"
    made = client.post(path, {"with_cost": True}, JSON)
    assert made.status_code == 201
    said: dict[str, Any] = made.json()
    assert (said["quantity"], said["missing"], said["holds"]) == (2, 0, True)
    assert said["value"] == {"amount": "24.68", "currency": "USD"}
    assert said["verify_url"] == f"{django_settings.SITE_URL}/verify/{said['code']}/"
    [line] = said["lines"]
    assert line["price"] == {"amount": "12.34", "currency": "USD"}
    assert line["cost"] == {"amount": "2.00", "currency": "USD"}
    assert (line["name"], line["grading"], line["as_of"]) == ("Card 1", "NM", TODAY.isoformat())
    [listed] = client.get(path).json()["results"]
    assert listed == {name: said[name] for name in listed}
    shown = f"/api/v1/reports/{said['code']}/"
    assert client.get(shown).json() == said
    assert client.delete(shown).status_code == 204
    assert client.get(shown).status_code == 404


def test_an_altered_report_shows_no_lines(client: Client, binder: Collection) -> None:
    report = reports.make(binder, currency="USD")
    Report.objects.update(value=1)
    said = client.get(f"/api/v1/reports/{report.code}/").json()
    assert (said["holds"], said["lines"]) == (False, [])


def test_a_wrong_currency_names_its_field(client: Client, binder: Collection) -> None:
    answer = client.post(f"/api/v1/collections/{binder.pk}/reports/", {"currency": "XXX"}, JSON)
    assert [error["field"] for error in answer.json()["errors"]] == ["currency"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long(
    count: int, client: Client, binder: Collection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        reports.make(binder, currency="USD")
    client.get("/api/v1/games/")  # the session is noted once
    with django_assert_num_queries(3):
        answer = client.get(f"/api/v1/collections/{binder.pk}/reports/")
    assert len(answer.json()["results"]) == count


def test_nothing_of_hers_is_there_for_bob(
    client_for: Callable[[User], Client], bob: User, binder: Collection
) -> None:
    report = reports.make(binder, currency="USD")
    his = client_for(bob)
    for path in (
        f"/api/v1/collections/{binder.pk}/export/csv/",
        f"/api/v1/collections/{binder.pk}/reports/",
        f"/api/v1/reports/{report.code}/",
    ):
        assert his.get(path).status_code == 404
        assert Client().get(path).status_code in {401, 403}
    assert his.post(f"/api/v1/collections/{binder.pk}/reports/", {}, JSON).status_code == 404
    assert his.delete(f"/api/v1/reports/{report.code}/").status_code == 404
