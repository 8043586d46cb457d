"""What every page says to browsers about what may be done with it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import User
from accounts.tests import steps
from accounts.tests.pages import Page
from config.headers import ResourcePolicyMiddleware
from config.tests import matrix

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
SAME_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STAFF = ("/admin/", "/admin/accounts/user/", "/admin/catalog/card/add/", "/admin/workbench/board/")


def pages() -> Iterator[str]:
    for route in matrix.routes():
        if not route.startswith(("/api/v1/", "/admin/")):
            yield matrix.address(route)


def faults(answer: Any) -> list[str]:
    """What is wrong with the headers of an answer, and what of a page its own policy would block."""
    wrong = [name for name, value in SAME_EVERYWHERE.items() if answer.get(name) != value]
    policy = set(answer.get("Content-Security-Policy", "").split("; "))
    wrong += sorted(POLICY - policy)
    wrong += [part for part in policy if "unsafe" in part or " *" in part]
    if "camera=()" not in answer.get("Permissions-Policy", ""):
        wrong.append("Permissions-Policy")
    if answer.get("Cross-Origin-Resource-Policy") not in {"same-origin", "cross-origin"}:
        wrong.append("Cross-Origin-Resource-Policy")
    is_page = answer.get("Content-Type", "").startswith("text/html") and not answer.streaming
    return wrong + (Page(answer.content.decode()).blocked if is_page else [])


def test_every_page_carries_them_whoever_asks(
    alice: User, carla: User, client_for: Callable[[User], Client], settings: Settings
) -> None:
    settings.COSTLY_PAGES_PER_MINUTE = 0
    everybody = {Client(): [*pages()], client_for(carla): STAFF}
    for client, addresses in everybody.items():
        for address in addresses:
            assert faults(client.get(address)) == [], address
    alices = client_for(alice)
    for address in ("/", "/collections/", "/preferences/", "/alerts/new/", "/accounts/2fa/", "/nothing"):
        assert faults(alices.get(address)) == [], address


def test_the_api_is_for_programs_on_other_sites_and_pages_are_not() -> None:
    guard = ResourcePolicyMiddleware(lambda _: HttpResponse())

    def said(request: HttpRequest) -> str:
        return str(guard(request)["Cross-Origin-Resource-Policy"])

    ask = RequestFactory()
    assert (said(ask.get("/api/v1/games/")), said(ask.get("/"))) == ("cross-origin", "same-origin")


def test_no_cookie_but_the_token_of_forms_is_for_scripts(client: Client, alice: User) -> None:
    steps.sign_in(client, alice)
    client.post("/preferences/theme/", {"theme": "dark"})
    client.get("/preferences/")
    assert client.cookies.keys() >= {"sessionid", "csrftoken", "theme"}
    for name, cookie in client.cookies.items():
        if not cookie.value:  # is taken away
            continue
        assert cookie["samesite"] in {"Lax", "Strict"}, name
        assert bool(cookie["httponly"]) == (name != settings.CSRF_COOKIE_NAME), name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL"])
def test_no_header_of_a_stranger_chooses_what_is_shown(header: str, client: Client, db: None) -> None:
    answer = client.get("/methodology/", headers={header: "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.content.decode()
