"""What every page says to browsers about what may be done with it."""

import os
import random
import string
import subprocess
import sys
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
PROBES = ("/healthz", "/readyz")  # words for machines, answered before anything else is asked
STAFF = ("/admin/", "/admin/accounts/user/", "/admin/catalog/card/add/", "/admin/workbench/board/")


def pages() -> Iterator[str]:
    for address in map(matrix.address, matrix.routes()):
        if not address.startswith(("/api/v1/", "/admin/", *PROBES)):
            yield address


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


def test_over_https_every_cookie_is_for_this_host_alone() -> None:
    said = in_production("""
from django.conf import settings as s
from accounts import notices, themes
for name in (s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, notices.COOKIE, themes.COOKIE): print(name)
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.STAFF_MFA_REQUIRED)
print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)
""")
    assert said == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-messages",
        "__Host-theme",
        "True True True True",
        "31536000 True",
    ]


def in_production(program: str) -> list[str]:
    """What a program prints under the settings that nobody has changed."""
    secret = "".join(random.choices(string.ascii_letters, k=60))
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": secret,
        "DATABASE_URL": f"postgresql://tcg:{secret}@db/tcg",
        "REDIS_URL": f"redis://:{secret}@redis/0",
    }
    begin = "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup()\n"
    done = subprocess.run(  # noqa: S603 -- a program of this test
        [sys.executable, "-c", begin + program],
        env=env,
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()


def test_nobody_traces(client: Client, db: None) -> None:
    for address in ("/", "/search/", "/accounts/login/", "/api/v1/games/"):
        assert client.trace(address).status_code == 405, address
