"""The pages on which a person takes everything away, or leaves."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests import steps
from accounts.tests.pages import Page
from catalog.tests.factories import PrintingFactory
from collections_app.tests import factories
from pricing.models import PriceReview
from pricing.tests.factories import RunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(alice: User) -> Client:
    """Alice, who has just confirmed her password."""
    client = Client()
    steps.sign_in(client, alice)
    steps.confirm_password(client)
    return client


def shown(client: Client, path: str) -> str:
    html = client.get(path).content.decode()
    page = Page(html)
    assert (page.blocked, page.unheard) == ([], [])
    return html


def test_the_page_says_what_we_keep(client: Client, alice: User) -> None:
    factories.lot(factories.collection(alice), PrintingFactory.create(), quantity=2)
    html = shown(client, "/account/data/")
    assert "1 collection with 1 lot (2 copies)" in html
    assert '<a href="/account/data/" aria-current="page">Your data</a>' in html


def test_everything_is_downloaded_as_one_file(client: Client, alice: User) -> None:
    answer = client.post("/account/data/download/")
    name = f"tcg-price-tracker-{datetime.now(UTC).date()}.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "private, no-store")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as found:
        assert "account.json" in found.namelist()


def test_a_download_is_asked_for_by_post(client: Client) -> None:
    assert client.get("/account/data/download/").status_code == 405


@pytest.mark.parametrize("path", ["/account/data/", "/account/data/download/", "/account/delete/"])
def test_a_visitor_signs_in_first(path: str, db: None) -> None:
    answer = Client().post(path) if path.endswith("download/") else Client().get(path)
    assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("path", ["/account/data/download/", "/account/delete/"])
def test_a_form_without_our_token_is_refused(path: str, client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(path).status_code == 403


def test_an_open_browser_is_not_enough_to_delete_the_account(
    client_for: Callable[[User], Client], alice: User
) -> None:
    stranger = client_for(alice)
    for answer in (
        stranger.get("/account/delete/"),
        stranger.post("/account/delete/", {"email": alice.email}),
    ):
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.filter(pk=alice.pk).exists()


@pytest.mark.parametrize("typed", ["", "bob@example.org", "alice"])
def test_the_address_has_to_be_typed(typed: str, client: Client, alice: User) -> None:
    assert "This cannot be undone" in shown(client, "/account/delete/")
    answer = client.post("/account/delete/", {"email": typed})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
    assert User.objects.filter(pk=alice.pk).exists()


def test_goodbye(client: Client, alice: User, bob: User) -> None:
    factories.collection(alice)
    answer = client.post("/account/delete/", {"email": " Alice@Example.org"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "is deleted. Goodbye!" in answer.content.decode()
    assert list(User.objects.all()) == [bob]
    assert not steps.is_signed_in(client)


def test_who_decided_on_prices_is_told_why_that_cannot_be(carla: User) -> None:
    run = RunFactory.create()
    decided = {"status": "rejected", "decided_by": carla, "decided_at": datetime.now(UTC)}
    PriceReview.objects.create(run=run, day=factories.BOUGHT, reason="jump", quote={}, **decided)
    client = Client()
    steps.sign_in(client, carla)
    steps.confirm_password(client)
    answer = client.post("/account/delete/", {"email": carla.email})
    assert answer.status_code == 400
    assert "This account has acted as staff" in answer.content.decode()
    assert steps.is_signed_in(client)
