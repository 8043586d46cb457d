"""Who gets what at every address and method of the site, as the site itself lists and answers them."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

import conftest
from accounts import keys
from accounts.models import User
from accounts.scopes import SCOPES
from accounts.tests.doors import METHODS, listed, shown

DOCUMENT: Final = Path(settings.BASE_DIR) / "docs" / "security" / "permissions.md"
ELSEWHERE: Final = "203.0.113.9"  # not this machine, which may read /metrics
ARGUMENT: Final = re.compile(r"<(?:int:)?(?:pk|object_id|content_type_id)>|<int:\w+>")
WORD: Final = re.compile(r"<[^>]*>")
PATTERNS: Final = {
    r"^confirm-email/(?P<key>[-:\w]+)/$": "confirm-email/nobodys/",
    r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-nobodys/",
    r"(?P<url>.*)$": "nothing-here",
    r"(?:.*/)?$": "nothing-here/",
}
LINE: Final = re.compile(r"\| `(?P<route>[^`]+)` \| (?P<cells>.*) \|")
SIGN_IN: Final = ("/accounts/login/", "/admin/login/")
Row = dict[str, str]  # what everybody gets, by method


def routes() -> list[str]:
    return sorted({route for route, _ in listed(get_resolver())})


def address(route: str) -> str:
    """With a number and words that are nobody's."""
    for pattern, example in PATTERNS.items():
        route = route.replace(pattern, example)
    route = ARGUMENT.sub("424242", route)
    return (
        WORD.sub("nobodys", re.sub(r"\(\?P<app_label>[^)]*\)", "catalog", route)).replace("^", "").rstrip("$")
    )


class Cast:
    """The people and keys in the order of the document; one whose session ended signs in again."""

    def __init__(self, *, bob: User, dora: User, carla: User, erin: User) -> None:
        makers: dict[str, Callable[[], Client]] = {
            "visitor": Client,
            "bob": lambda: conftest.signed_in(bob),
            "dora": lambda: conftest.signed_in(dora),
            "erin": lambda: _without_factor(erin),
            "carla": lambda: conftest.signed_in(carla),
        }
        self.people = {name: Person(make) for name, make in makers.items()}
        self.keys = [Person(_holding(bob, scope)) for scope in SCOPES]

    def row(self, route: str) -> Row:
        where = address(route)
        # A factor asks for a verified mail address, which another page may have taken away.
        EmailAddress.objects.update(verified=True)
        asked = [*self.people.values(), *(self.keys if where.startswith("/api/v1/") else ())]
        return {method: "".join(one.gets(method, where) for one in asked) for method in METHODS}


class Person:
    def __init__(self, make: Callable[[], Client]) -> None:
        self.make = make
        self.client = make()
        self.session = self._session()

    def gets(self, method: str, where: str) -> str:
        ask = getattr(self.client, method)
        answer = (
            ask(where, content_type="application/json", REMOTE_ADDR=ELSEWHERE)
            if where.startswith("/api/")
            else ask(where, REMOTE_ADDR=ELSEWHERE)
        )
        shown(answer)
        if self._session() != self.session:
            self.client = self.make()
            self.session = self._session()
        return letter(answer, asked=where)

    def _session(self) -> str:
        found = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        return found.value if found else ""


def letter(answer: Any, *, asked: str) -> str:
    """What an answer is to who asked; the document explains the letters."""
    leads = answer.get("Location", "")
    if answer.status_code == 401 or leads.startswith(SIGN_IN):
        return "s"
    if "reauthenticate" in leads:
        return "c"
    if leads in {f"{asked}change/", "/admin/"} and asked.startswith("/admin/"):
        return "-"  # the admin says where the page of an older address is, and that a row is not there
    known = {403: "r", 404: "-", 405: "."}
    return known.get(answer.status_code, "o" if answer.status_code < 500 else "!")


def written(rows: Iterable[tuple[str, Row]]) -> str:
    head = f"| address | {' | '.join(method.upper() for method in METHODS)} |\n|---|{'---|' * len(METHODS)}\n"
    lines = (
        f"| `{route.replace('|', '¦')}` | {' | '.join(f'`{row[m]}`' for m in METHODS)} |"
        for route, row in rows
    )
    return head + "\n".join(lines) + "\n"


def rewrite(found: dict[str, Row]) -> None:
    """Below what the document says by itself."""
    said = DOCUMENT.read_text().partition("| address |")[0]
    there = set(routes())
    DOCUMENT.write_text(said + written(sorted(one for one in found.items() if one[0] in there)))


def read() -> dict[str, Row]:
    return dict(_lines(DOCUMENT.read_text()))


def _lines(text: str) -> Iterator[tuple[str, Row]]:
    for found in LINE.finditer(text):
        cells = [cell.strip("` ") for cell in found["cells"].split("|")]
        yield found["route"].replace("¦", "|"), dict(zip(METHODS, cells, strict=True))


def _without_factor(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _holding(user: User, scope: str) -> Callable[[], Client]:
    _, secret = keys.make(user, name=scope, scopes=[scope])
    return lambda: Client(headers={"Authorization": f"Bearer {secret}"})
