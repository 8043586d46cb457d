"""Puts a local marketplace in the place of the real ones."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from integrations.ecb import client as ecb
from integrations.http import DoorPolicy
from integrations.tcgcsv import client as tcgcsv
from integrations.tcgplayer import client as tcgplayer
from integrations.tests.marketplace import Marketplace


def stand_in(
    market: Marketplace, *, settings: Settings, monkeypatch: pytest.MonkeyPatch, spool: Path
) -> None:
    """Every source is `market` now, asked quickly and with limiters and breakers of their own."""
    settings.ECB_URL = market.url
    settings.TCGCSV_URL = market.url
    settings.TCGPLAYER_URL = market.url
    settings.TCGPLAYER_PUBLIC_KEY = "public-key-of-a-test"
    settings.TCGPLAYER_PRIVATE_KEY = "private-key-of-a-test"
    settings.SPOOL_DIR = spool
    monkeypatch.setattr(ecb, "POLICY", quick(ecb.POLICY))
    monkeypatch.setattr(tcgcsv, "POLICY", quick(tcgcsv.POLICY))
    monkeypatch.setattr(tcgplayer, "POLICY", quick(tcgplayer.POLICY))


def quick(policy: DoorPolicy) -> DoorPolicy:
    """The same policy without the waiting, under a slug that shares nothing with other tests."""
    return replace(policy, slug=f"{policy.slug}-{uuid4().hex[:8]}", min_interval=0.0, deadline=2.0)
