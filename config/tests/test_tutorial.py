"""docs/tutorial.md, run as it stands."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from alerts.tests.receiver import receiving
from catalog.models import Game
from catalog.tests.two_days import TODAY, says
from pricing.models import Source
from pricing.tests.market import Shop

TUTORIAL = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", TUTORIAL, flags=re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_every_block_runs(alice: User, live_server: LiveServer, settings: Settings) -> None:
    game, _ = Game.objects.get_or_create(slug="pokemon", defaults={"name": "Pokémon"})
    source, _ = Source.objects.get_or_create(slug="demo", defaults={"name": "Demo", "currency": "USD"})
    shop = Shop(source=source, game=game)
    says(shop, 320_00, 9_00, 500_00, day=TODAY - timedelta(days=1))
    with receiving(settings) as receiver:
        said: dict[str, Any] = {"SITE": live_server.url, "HOOK": receiver.url, "COOKIES": cookies_of(alice)}
        for block in BLOCKS:
            exec(compile(block, "docs/tutorial.md", "exec"), said)  # noqa: S102 -- our own text
        said["api"].close()
        (sent,) = receiver.requests
        headers = {name.lower(): value for name, value in sent.headers.items()}
        assert said["receive"](sent.body.decode(), headers)["type"] == "alert.test"


def test_it_has_blocks_to_run() -> None:
    assert len(BLOCKS) > 8


def cookies_of(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {"sessionid": client.cookies[django_settings.SESSION_COOKIE_NAME].value, "csrftoken": "c" * 32}
