"""Puts a local marketplace in the place of the real ones."""

import json
from dataclasses import replace
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from integrations.cardmarket import client as cardmarket
from integrations.ebay import policies
from integrations.ecb import client as ecb
from integrations.http import DoorPolicy
from integrations.mtgjson import client as mtgjson
from integrations.optcgapi import client as optcgapi
from integrations.scryfall import client as scryfall
from integrations.tcgcsv import client as tcgcsv
from integrations.tcgdex import client as tcgdex
from integrations.tcgplayer import client as tcgplayer
from integrations.tests.marketplace import Marketplace, Request, Response
from integrations.ygoprodeck import client as ygoprodeck

CLIENTS = (cardmarket, ecb, mtgjson, optcgapi, scryfall, tcgcsv, tcgdex, tcgplayer, ygoprodeck)
NAMES = (
    "CARDMARKET",
    "ECB",
    "MTGJSON",
    "OPTCGAPI",
    "SCRYFALL",
    "TCGCSV",
    "TCGDEX",
    "TCGPLAYER",
    "YGOPRODECK",
)


def stand_in(
    market: Marketplace, *, settings: Settings, monkeypatch: pytest.MonkeyPatch, spool: Path
) -> None:
    """Every source is `market` now, asked quickly and with limiters and breakers of their own."""
    for source in NAMES:
        setattr(settings, f"{source}_URL", market.url)
    settings.TCGPLAYER_PUBLIC_KEY = "public-key-of-a-test"
    settings.TCGPLAYER_PRIVATE_KEY = "private-key-of-a-test"
    settings.SPOOL_DIR = spool
    for client in CLIENTS:
        monkeypatch.setattr(client, "POLICY", quick(client.POLICY))


def stand_in_for_ebay(market: Marketplace, *, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """`market` is eBay now, which is switched on, and hands out the tokens "token-1", "token-2", ..."""
    settings.EBAY_URL = market.url
    settings.EBAY_CLIENT_ID = "id-of-a-test"
    settings.EBAY_CLIENT_SECRET = "secret-of-a-test"
    settings.EBAY_MARKETPLACES = ["EBAY_US"]
    for name in ("BROWSE", "INSIGHTS", "DESK", "KEYS", "TOKEN", "INSIGHTS_TOKEN"):
        # Nothing here is slow on purpose, so a busy machine may take its time.
        monkeypatch.setattr(policies, name, replace(quick(getattr(policies, name)), deadline=15.0))
    numbers = count(1)

    def issue(_: Request) -> Response:
        token = {"access_token": f"token-{next(numbers)}", "token_type": "Application", "expires_in": 7200}
        return Response(body=json.dumps(token).encode())

    market.routes["/identity/v1/oauth2/token"] = issue


def quick(policy: DoorPolicy) -> DoorPolicy:
    """The same policy without the waiting, under a slug that shares nothing with other tests."""
    slug = f"{policy.slug}-{uuid4().hex[:8]}"
    return replace(policy, slug=slug, min_interval=0.0, deadline=20.0, file_deadline=20.0)
