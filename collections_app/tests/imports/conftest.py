import pytest

from accounts.models import User
from catalog.models import Printing
from collections_app.imports import bringing, reading
from collections_app.models import Collection
from collections_app.tests import factories
from collections_app.tests.imports import uploads


@pytest.fixture
def alpha(db: None) -> dict[str, Printing]:
    return uploads.catalogue()


@pytest.fixture
def binder(alice: User, alpha: dict[str, Printing]) -> Collection:
    return factories.collection(alice, "Binder")


@pytest.fixture
def by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows in a transaction instead of a thousand."""
    for module in (reading, bringing):
        monkeypatch.setattr(module, "CHUNK", 2)
