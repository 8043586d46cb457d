"""A person takes everything away, or is forgotten with everything."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from accounts.models import User
from accounts.tests import steps
from catalog.models import Printing
from catalog.tests.factories import PrintingFactory
from collections_app import privacy, reports
from collections_app.exports import restore
from collections_app.models import Collection, ColumnMapping, ImportBatch, ImportRow, Lot, ValueSnapshot
from collections_app.sales import Terms, sell
from collections_app.tests import factories
from conftest import PASSWORD
from pricing.models import PriceReview
from pricing.tests.factories import RunFactory

pytestmark = pytest.mark.django_db
PICTURE = b"\xff\xd8\xff picture"


@pytest.fixture
def printing() -> Printing:
    return PrintingFactory.create()


@pytest.fixture
def hers(alice: User, printing: Printing) -> Collection:
    """A collection with one of everything."""
    collection = factories.collection(alice, "Älteste Karten")
    batch = ImportBatch(collection=collection, filename="old.csv", size=4, digest="0" * 64)
    batch.file.save("old.csv", ContentFile(b"a,b\n"))
    ImportRow.objects.create(batch=batch, line=2, raw={"Name": "Pikachu"}, verdict="unmatched")
    lot = factories.lot(collection, printing, quantity=3, notes="from Dad")
    lot.photo.save("one.jpg", ContentFile(PICTURE))
    sell(lot, Terms(quantity=1, sold_on=factories.BOUGHT, currency="USD"))
    ColumnMapping.objects.create(owner=alice, header="1" * 64, columns={"name": "Karte"})
    reports.make(collection, currency="USD")
    _snapshot(collection)
    return collection


def _snapshot(collection: Collection) -> None:
    names = ("quantity", "missing", "value", "stale", "cost", "costless", "added", "removed", "realised")
    ValueSnapshot.objects.create(
        collection=collection, day=date(2026, 3, 2), currency="USD", **dict.fromkeys(names, 7)
    )


def archive(user: User) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(b"".join(privacy.everything(user))))
    assert found.testzip() is None
    return found


def test_the_archive_holds_a_file_of_everything(alice: User, hers: Collection) -> None:
    lot, batch = hers.lots.get(), hers.imports.get()
    with archive(alice) as found:
        stem = f"collections/{hers.pk}-alteste-karten"
        assert sorted(found.namelist()) == sorted(
            [
                "README.txt",
                "account.json",
                "alerts.json",
                "searches.json",
                "security.json",
                f"{stem}.json",
                f"{stem}.csv",
                f"{stem}-days.csv",
                "imports.json",
                "mappings.json",
                "reports.json",
                f"photos/{lot.pk}.jpg",
                f"uploads/{batch.pk}.csv",
            ]
        )
        assert found.read(f"photos/{lot.pk}.jpg") == PICTURE
        assert found.read(f"uploads/{batch.pk}.csv") == b"a,b\n"
        assert found.read(f"{stem}-days.csv").split(b"\r\n")[1].startswith(b"2026-03-02,USD,7,")
        said = {name: json.loads(found.read(f"{name}.json")) for name in ("imports", "mappings", "reports")}
    assert said["imports"]["files"][0]["filename"] == "old.csv"
    assert said["imports"]["rows"][0]["raw"] == {"Name": "Pikachu"}
    assert said["mappings"]["mappings"][0]["columns"] == {"name": "Karte"}
    assert said["reports"]["reports"][0]["content"]["collection"] == "Älteste Karten"


def test_a_collection_of_the_archive_can_be_restored(alice: User, bob: User, hers: Collection) -> None:
    with archive(alice) as found:
        document = json.loads(found.read(f"collections/{hers.pk}-alteste-karten.json"))
    copy = restore.restore(bob, document)
    assert (copy.lots.get().notes, copy.sales.count()) == ("from Dad", 1)


def test_the_account_is_in_it_and_its_secrets_are_not(alice: User, client: Client) -> None:
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    secret = steps.activate_totp(client)
    with archive(alice) as found:
        text = found.read("account.json").decode()
    said = json.loads(text)
    assert (said["email"], said["theme"], said["currency"]) == ("alice@example.org", "system", "USD")
    assert said["addresses"] == [{"email": "alice@example.org", "verified": True, "primary": True}]
    assert said["sessions"][0]["ip"] == "127.0.0.1"
    assert {factor["type"] for factor in said["second_factors"]} == {"totp", "recovery_codes"}
    alice.refresh_from_db()
    factor = Authenticator.objects.get(type="totp")
    assert client.session.session_key
    for hidden in (alice.password, secret, factor.data["secret"], client.session.session_key, PASSWORD):
        assert hidden not in text


def test_nobody_elses_things_are_in_it(bob: User, hers: Collection) -> None:
    with archive(bob) as found:
        assert not [name for name in found.namelist() if "/" in name]
        assert "Dad" not in "".join(found.read(name).decode() for name in found.namelist())


def test_a_picture_that_is_lost_does_not_withhold_the_rest(alice: User, hers: Collection) -> None:
    lot = hers.lots.get()
    lot.photo.storage.delete(str(lot.photo.name))
    with archive(alice) as found:
        assert "photos" not in "".join(found.namelist())


def test_empty_collections_keep_their_places(alice: User, printing: Printing) -> None:
    names = [factories.collection(alice, name).name for name in ("A", "B", "C")]
    factories.lot(Collection.objects.get(name="B"), printing)
    with archive(alice) as found:
        files = [name for name in found.namelist() if name.endswith(".json") and "/" in name]
        said = [json.loads(found.read(name)) for name in files]
    assert [one["collection"]["name"] for one in said] == names
    assert [len(one["lots"]) for one in said] == [0, 1, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_the_archive_costs_the_same_however_many_collections(
    count: int, alice: User, printing: Printing, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        collection = factories.collection(alice)
        factories.lot(collection, printing)
        _snapshot(collection)
    with django_assert_num_queries(21):
        b"".join(privacy.everything(alice))


def test_what_there_is_is_counted(
    alice: User, hers: Collection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.collection(alice)
    with django_assert_num_queries(5):
        found = privacy.holdings_of(alice)
    counts = {"collections": 2, "lots": 1, "copies": 2, "sales": 1, "imports": 1, "photos": 1, "reports": 1}
    assert found == privacy.Holdings(
        **counts, more=((0, "security events"), (0, "saved searches"), (0, "alerts"))
    )


def test_whoever_is_forgotten_leaves_nothing(
    alice: User,
    hers: Collection,
    own_files: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert len([path for path in own_files.rglob("*") if path.is_file()]) == 2
    with django_capture_on_commit_callbacks(execute=True):
        privacy.forget(alice)
    for model in apps.get_app_config("collections_app").get_models():
        assert model.__name__ == "Multiplier" or not model._default_manager.exists(), model
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    assert [path for path in own_files.rglob("*") if path.is_file()] == []


def test_what_others_have_stays(alice: User, bob: User, hers: Collection, printing: Printing) -> None:
    kept = factories.lot(factories.collection(bob), printing)
    privacy.forget(alice)
    assert list(Lot.objects.all()) == [kept]


def test_the_browsers_of_whoever_is_forgotten_are_signed_out(
    alice: User,
    client_for: Callable[[User], Client],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client = Client()
    steps.sign_in(client, alice)
    assert steps.is_signed_in(client)
    with django_capture_on_commit_callbacks(execute=True):
        privacy.forget(alice)
    assert not steps.is_signed_in(client)
    assert not Session.objects.exists()


def test_who_decided_on_prices_cannot_be_forgotten_just_so(
    carla: User, hers: Collection, own_files: Path
) -> None:
    run = RunFactory.create()
    PriceReview.objects.create(
        run=run,
        day=factories.BOUGHT,
        reason="jump",
        quote={},
        status="accepted",
        decided_by=carla,
        decided_at=datetime.now(UTC),
    )
    factories.collection(carla, "Staff picks")
    with pytest.raises(privacy.StaffError, match="acted as staff"):
        privacy.forget(carla)
    assert Collection.objects.filter(owner=carla).exists()
