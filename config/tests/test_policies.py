"""What a browser may load: the policy of pages, of data, and of what is known already."""

import pytest
from django.test import Client

from catalog.tests.factories import GameFactory
from config.policies import NOTHING

POLICY = "Content-Security-Policy"
pytestmark = pytest.mark.django_db


def test_a_page_loads_from_us_and_data_loads_nothing(client: Client) -> None:
    GameFactory.create()
    assert "script-src 'self'" in client.get("/movers/")[POLICY]
    assert client.get("/api/v1/games/")[POLICY] == client.get("/api/v1/nowhere/")[POLICY] == NOTHING


def test_a_page_that_is_known_keeps_the_policy_it_came_with(client: Client) -> None:
    tag = client.get("/movers/")["ETag"]
    known = client.get("/movers/", headers={"If-None-Match": tag})
    assert (known.status_code, POLICY in known) == (304, False)
