"""Who is not staff gets nothing of the admin, whatever the address; staff get what they may."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User

ClientFor = Callable[[User], Client]
ARGUMENT = re.compile(r"<[^>]*>|\(\?P<[^>]+>[^)]*\)")
# What any member of staff may open, who can then see and do nothing there.
FOR_ALL_STAFF = {"admin/", "admin/login/", "admin/logout/", "admin/jsi18n/", "admin/nothing-here"}
FOR_ALL_STAFF |= {"admin/password_change/", "admin/password_change/done/"}


def addresses() -> list[str]:
    """Every address of the admin, with 1 for each argument."""
    return sorted({path for path in _walk(get_resolver(), "") if path.startswith("admin/")})


def _walk(resolver: URLResolver, start: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = str(entry.pattern).lstrip("^").rstrip("$").removesuffix("\\Z")
        if route == "(?P<url>.*)":
            route = "nothing-here"
        path = start + ARGUMENT.sub("1", route.replace("(?P<app_label>", "<").replace(")/", ">/"))
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from _walk(entry, path)


def test_the_addresses_are_those_of_all_lists_and_pages() -> None:
    found = addresses()
    for path in ("admin/catalog/card/", "admin/catalog/card/1/change/", "admin/catalog/cardset/import/"):
        assert path in found
    assert {"admin/coverage/", "admin/admin/logentry/", "admin/accounts/user/1/password/"} <= set(found)
    assert len(found) > 100


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_gets_nothing(method: str, client: Client, db: None) -> None:
    for path in addresses():
        answer = getattr(client, method)(f"/{path}")
        assert answer.status_code == 302, path
        assert "/login/" in answer["Location"] or path == "admin/logout/", path


@pytest.mark.parametrize("method", ["get", "post"])
def test_alice_gets_nothing(method: str, client_for: ClientFor, alice: User) -> None:
    client = client_for(alice)
    for path in addresses():
        if path in {"admin/logout/", "admin/login/"}:
            continue
        answer = getattr(client, method)(f"/{path}")
        assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next=/{path}"), path
    assert client.get("/admin/login/?next=/admin/").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_permissions_get_nothing(method: str, client_for: ClientFor, bob: User) -> None:
    bob.is_staff = True
    bob.save()
    client = client_for(bob)
    for path in addresses():
        if path not in FOR_ALL_STAFF:
            answer = getattr(client, method)(f"/{path}")
            # Django says where the page of an older address is, and that a row is not there: nothing more.
            leads = answer.get("Location") in {f"/{path}change/", "/admin/"}
            assert answer.status_code in {403, 404, 405} or leads, path


def test_staff_without_permissions_see_an_empty_first_page(client_for: ClientFor, bob: User) -> None:
    bob.is_staff = True
    bob.save()
    answer = client_for(bob).get("/admin/")
    assert answer.context["app_list"] == []
    assert "sync-health" not in answer.content.decode()
