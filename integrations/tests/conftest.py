import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from integrations.http import Door, DoorPolicy
from integrations.tests.internet import FIRST, LOOPBACK, PATH, Internet
from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import stand_in

OpenDoor = Callable[..., Door]
FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def market() -> Iterator[Marketplace]:
    with Marketplace() as market:
        yield market


@pytest.fixture
def slug() -> str:
    """Of a source that no other test shares a limiter or breaker with."""
    return f"test-{uuid4().hex[:12]}"


@pytest.fixture
def slept() -> list[float]:
    """The seconds that doors made by `open_door` slept, or rather would have."""
    return []


@pytest.fixture
def open_door(slug: str, slept: list[float]) -> Iterator[OpenDoor]:
    """Makes doors that do not really sleep and whose jitter is the full back-off."""
    doors: list[Door] = []

    def open_door(**policy: Any) -> Door:
        defaults = {"slug": slug, "min_interval": 0.0, "deadline": 20.0, "max_bytes": 1_000_000}
        doors.append(Door(DoorPolicy(**{**defaults, **policy}), sleep=slept.append, jitter=lambda: 1.0))
        return doors[-1]

    yield open_door
    for door in doors:
        door.close()


@pytest.fixture
def marketplaces(
    market: Marketplace, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Marketplace:
    """The local marketplace in the place of TCGCSV and TCGplayer, with the fixtures' files."""
    market.root = FIXTURES / "tcgcsv"
    stand_in(market, settings=settings, monkeypatch=monkeypatch, spool=tmp_path / "spool")
    return market


@pytest.fixture
def internet(market: Marketplace) -> Internet:
    """hook.example, at FIRST, is `market`."""
    internet = Internet()
    internet.put(market, at=FIRST, name="hook.example")
    market.files[PATH] = b"ok"
    return internet


@pytest.fixture
def inside(internet: Internet) -> Iterator[Marketplace]:
    """What only this machine can reach: it answers at its loopback and private addresses."""
    with Marketplace(files={"/": b"secret", PATH: b"secret"}) as inside:
        for address in (LOOPBACK, "::1", "10.0.0.7", "169.254.169.254"):
            internet.put(inside, at=address, name=f"name-of-{address}.example")
        yield inside


def wait_until_no_call_is_left() -> None:
    """The thread of a call that was cut off ends soon after."""
    for _ in range(300):
        if not any(thread.name == "outgoing call" for thread in threading.enumerate()):
            return
        time.sleep(0.01)
    raise AssertionError("a call outlived its deadline")
