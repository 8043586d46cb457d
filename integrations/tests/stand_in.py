"""Puts a local marketplace in the place of the real ones."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from integrations.ecb import client as ecb
from integrations.http import DoorPolicy
from integrations.optcgapi import client as optcgapi
from integrations.tcgcsv import client as tcgcsv
from integrations.tcgdex import client as tcgdex
from integrations.tcgplayer import client as tcgplayer
from integrations.tests.marketplace import Marketplace
from integrations.ygoprodeck import client as ygoprodeck

CLIENTS = (ecb, optcgapi, tcgcsv, tcgdex, tcgplayer, ygoprodeck)


def stand_in(
    market: Marketplace, *, settings: Settings, monkeypatch: pytest.MonkeyPatch, spool: Path
) -> None:
    """Every source is `market` now, asked quickly and with limiters and breakers of their own."""
    for source in ("ECB", "OPTCGAPI", "TCGCSV", "TCGDEX", "TCGPLAYER", "YGOPRODECK"):
        setattr(settings, f"{source}_URL", market.url)
    settings.TCGPLAYER_PUBLIC_KEY = "public-key-of-a-test"
    settings.TCGPLAYER_PRIVATE_KEY = "private-key-of-a-test"
    settings.SPOOL_DIR = spool
    for client in CLIENTS:
        monkeypatch.setattr(client, "POLICY", quick(client.POLICY))


def quick(policy: DoorPolicy) -> DoorPolicy:
    """The same policy without the waiting, under a slug that shares nothing with other tests."""
    return replace(policy, slug=f"{policy.slug}-{uuid4().hex[:8]}", min_interval=0.0, deadline=2.0)
