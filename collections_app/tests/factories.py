"""Collections and lots as their verbs write them; a test names only what it is about."""

from datetime import date
from itertools import count
from typing import Any

from accounts.models import User
from catalog.models import Printing
from collections_app import collecting, lots
from collections_app.models import Collection, Lot

BOUGHT = date(2026, 3, 2)
_numbers = count(1)


def collection(owner: User, name: str = "", **facts: Any) -> Collection:
    return collecting.create(owner, collecting.Facts(name=name or f"Collection {next(_numbers)}", **facts))


def facts(printing: Printing, **said: Any) -> lots.Facts:
    plain: dict[str, Any] = {
        "printing_id": printing.pk,
        "quantity": 1,
        "language": "en",
        "currency": "USD",
        "acquired_on": BOUGHT,
    }
    return lots.Facts(**plain | said)


def lot(into: Collection, printing: Printing, **said: Any) -> Lot:
    return lots.add(into, facts(printing, **said))
