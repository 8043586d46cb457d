"""Puts a local marketplace in the place of the real ones."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from integrations.cardmarket import client as cardmarket
from integrations.ecb import client as ecb
from integrations.http import DoorPolicy
from integrations.mtgjson import client as mtgjson
from integrations.scryfall import client as scryfall
from integrations.tcgcsv import client as tcgcsv
from integrations.tcgplayer import client as tcgplayer
from integrations.tests.marketplace import Marketplace


def stand_in(
    market: Marketplace, *, settings: Settings, monkeypatch: pytest.MonkeyPatch, spool: Path
) -> None:
    """Every source is `market` now, asked quickly and with limiters and breakers of their own."""
    for name in ("CARDMARKET", "ECB", "MTGJSON", "SCRYFALL", "TCGCSV", "TCGPLAYER"):
        setattr(settings, f"{name}_URL", market.url)
    settings.TCGPLAYER_PUBLIC_KEY = "public-key-of-a-test"
    settings.TCGPLAYER_PRIVATE_KEY = "private-key-of-a-test"
    settings.SPOOL_DIR = spool
    for client in (cardmarket, ecb, mtgjson, scryfall, tcgcsv, tcgplayer):
        monkeypatch.setattr(client, "POLICY", quick(client.POLICY))


def quick(policy: DoorPolicy) -> DoorPolicy:
    """The same policy without the waiting, under a slug that shares nothing with other tests."""
    slug = f"{policy.slug}-{uuid4().hex[:8]}"
    return replace(policy, slug=slug, min_interval=0.0, deadline=2.0, file_deadline=5.0)
