from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.api import Api
from catalog.tests.factories import GameFactory
from collections_app.models import ImportBatch, Lot
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Photos and uploads of a test lie in a folder of its own."""
    for model, name in ((ImportBatch, "file"), (Lot, "photo")):
        field: Any = model._meta.get_field(name)
        for place in ("base_location", "location"):
            monkeypatch.setattr(field.storage, place, str(tmp_path / "private"))
    return tmp_path / "private"


@pytest.fixture
def api(alice: User, client_for: Callable[[User], Client]) -> Api:
    """The API as alice asks it."""
    client = client_for(alice)
    client.get("/methodology/")  # notes that she was seen
    return Api(client)


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop(source=SourceFactory.create(), game=GameFactory.create())
