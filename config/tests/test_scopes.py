"""Who may do what: every address and method of the API, as the site lists them itself, with every key."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import keys
from accounts.models import User
from accounts.scopes import SCOPES
from accounts.tests.doors import METHODS, addresses, filled

pytestmark = pytest.mark.django_db
SUBJECTS = {"collections_app": "collections", "alerts": "alerts", "accounts": "account"}
PUBLIC = ("catalog", "config", "pricing")
KEPT_LIKE_COLLECTIONS = ("/api/v1/searches/",)
NOBODYS = {
    "int:pk": "424242",
    "str:token": "nobodys",
    "str:code": "nobodys",
    "slug:format": "json",
    "slug:folder": "2026-01-01",
    "slug:kind": "ntfy",
    "str:name": "cards.csv.gz",
    "slug:game_slug": "no-game",
    "slug:set_slug": "no-set",
}
# Looked at by whoever holds the link, so for everyone.
SHARED = ("/api/v1/shared/",)


def routes(of: str) -> Iterator[str]:
    for route in addresses(of):
        if route.startswith("/api/v1/") and "^" not in route:
            yield route


PRIVATE = [
    (route, subject)
    for app, subject in SUBJECTS.items()
    for route in routes(app)
    if not route.startswith(SHARED)
]
PRIVATE += [(route, "collections") for route in routes("pricing") if route.startswith(KEPT_LIKE_COLLECTIONS)]
OPEN = [route for app in PUBLIC for route in routes(app) if not route.startswith(KEPT_LIKE_COLLECTIONS)]


def calls(route: str, secret: str = "") -> dict[str, Any]:
    """The status of each method."""
    client = Client(headers={"Authorization": f"Bearer {secret}"} if secret else {})
    address = filled(route, NOBODYS)
    return {method: getattr(client, method)(address, content_type="application/json") for method in METHODS}


def statuses(route: str, secret: str = "") -> dict[str, int]:
    return {method: answer.status_code for method, answer in calls(route, secret).items()}


def refusing(status: int) -> dict[str, int]:
    return dict.fromkeys(METHODS, status)


@pytest.fixture
def no_limits(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = {"address": 0, "person": 0, "key": 0}


def test_every_address_of_the_api_is_tried() -> None:
    tried = {route for route, _ in PRIVATE} | set(OPEN)
    apps = ("accounts", "alerts", "catalog", "collections_app", "config", "integrations", "pricing")
    listed = {route for app in apps for route in routes(app) if not route.startswith(SHARED)}
    assert tried == listed
    assert len(PRIVATE) > 40


@pytest.mark.parametrize(("route", "subject"), PRIVATE)
def test_a_private_address_asks_for_its_scope(route: str, subject: str, alice: User, no_limits: None) -> None:
    assert statuses(route) == refusing(401)
    for scope in SCOPES:
        _, secret = keys.make(alice, name=scope, scopes=[scope])
        for method, answer in calls(route, secret).items():
            needed = f"{subject}:{'read' if method == 'get' else 'write'}"
            assert (answer.status_code == 403) == (scope != needed), (method, scope)
            assert answer.status_code != 401
            if scope != needed and needed in SCOPES:
                assert answer.json()["detail"] == f"This key lacks the scope {needed}."


@pytest.mark.parametrize(("route", "subject"), PRIVATE)
def test_a_key_of_all_scopes_does_all_but_change_the_account(
    route: str, subject: str, bob: User, no_limits: None
) -> None:
    _, secret = keys.make(bob, name="all", scopes=SCOPES)
    for method, status in statuses(route, secret).items():
        never = subject == "account" and method != "get"
        assert (status == 403) == never, method
        assert status not in {401, 500}, method
        assert "<" not in route or status in {403, 404, 405}, method


@pytest.mark.parametrize("route", [route for route, _ in PRIVATE] + OPEN)
def test_a_bad_key_opens_nothing(route: str, alice: User, no_limits: None) -> None:
    expired, late = keys.make(alice, name="expired", scopes=SCOPES)
    type(expired).objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked, gone = keys.make(alice, name="revoked", scopes=SCOPES)
    keys.revoke(revoked)
    for secret in (late, gone):
        for answer in calls(route, secret).values():
            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


@pytest.mark.parametrize("route", OPEN)
def test_what_is_public_needs_no_key_and_takes_any_good_one(route: str, alice: User, no_limits: None) -> None:
    _, secret = keys.make(alice, name="any", scopes=["account:read"])
    for found in (statuses(route), statuses(route, secret)):
        assert not {401, 403, 500} & set(found.values())
        # A POST of prices is a question that is too long for an address.
        allowed = {404, 405} | ({400} if route == "/api/v1/prices/" else set())
        assert {found[method] for method in METHODS if method != "get"} <= allowed
