"""The table of docs/security/permissions.md is what the site does: everybody, every address, every method."""

import os
import random

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.tests.sizes import many
from config.tests import matrix

SAMPLE = 8  # addresses; a drill tries all
NEW = bool(os.environ.get("PERMISSIONS"))  # `make permissions` writes down those that have no line yet


@pytest.fixture
def cast(bob: User, carla: User, settings: Settings) -> matrix.Cast:
    settings.API_CALLS_PER_MINUTE = {"address": 0, "person": 0, "key": 0}
    settings.COSTLY_PAGES_PER_MINUTE = 0
    settings.ACCOUNT_RATE_LIMITS = False
    dora = User.objects.create_user("dora@example.org", is_staff=True)
    erin = User.objects.create_superuser("erin@example.org")
    return matrix.Cast(bob=bob, dora=dora, carla=carla, erin=erin)


def test_every_address_has_its_line() -> None:
    assert sorted(matrix.read()) == matrix.routes(), (
        "a new address: run `make permissions` and look at its line"
    )


def test_everybody_gets_what_the_table_says(cast: matrix.Cast) -> None:
    known = matrix.read()
    routes = matrix.routes()
    if NEW:
        routes = [route for route in routes if route not in known]
    chosen = random.sample(routes, len(routes) if NEW else many(len(routes), sample=SAMPLE))
    found = {route: cast.row(route) for route in chosen}
    if NEW:
        matrix.rewrite(known | found)
    else:
        assert found == {route: known.get(route) for route in chosen}


def test_the_table_itself_holds_what_we_promise() -> None:
    """Whatever the table says, these hold: who is nobody changes nothing, and the admin is for staff."""
    for route, row in matrix.read().items():
        assert "!" not in "".join(row.values()), route
        if route.startswith("/admin/") and route != "/admin/logout/":
            assert {cell[0] for cell in row.values()} == {"s"}, route
            assert {cell[1] for cell in row.values()} <= {"s", "r"}, route
            assert {cell[3] for cell in row.values()} <= {"s", "o"}, route
