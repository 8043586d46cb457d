"""What tests of the pages begin with: a shop of priced cards, and a page as text."""

from html import unescape
from typing import Any

from django.test import Client

from catalog.models import Game, Printing
from collections_app.lots import today
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop


def shop(**facts: Any) -> Shop:
    return Shop(source=SourceFactory.create(name="Card Shop", **facts), game=Game.objects.get(slug="pokemon"))


def priced(at: Shop, *markets: int | None) -> list[Printing]:
    """Cards 1, 2, 3 … with these market prices today, in cents."""
    at.says({str(place): market for place, market in enumerate(markets, 1)}, day=today())
    return [at.series(str(place)).printing for place in range(1, len(markets) + 1)]


def body(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return unescape(response.content.decode())


def posted(client: Client, address: str, /, *, status: int = 302, **data: Any) -> str:
    """What a form answers: where it leads to, or its page with what is wrong."""
    response = client.post(address, data)
    assert response.status_code == status
    return response.headers["Location"] if status == 302 else unescape(response.content.decode())
