"""Reads recorded answers that lie beside the checkout on some machines and are not ours to ship."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from integrations.errors import MarketError
from integrations.tcgdex import parse as tcgdex
from integrations.ygoprodeck import parse as ygoprodeck

CONTRACTS = Path(settings.BASE_DIR).parent / "shared" / "contracts"

pytestmark = pytest.mark.skipif(not CONTRACTS.is_dir(), reason="no ../shared with recorded answers here")


def _recorded(name: str) -> dict[str, bytes]:
    """The bodies of a recording by the end of their address."""
    cassette: dict[str, Any] = yaml.safe_load((CONTRACTS / "tcgdex" / name).read_text())
    return {
        one["request"]["uri"].partition("/v2/en/")[2]: one["response"]["body"]["string"].encode()
        for one in cassette["interactions"]
    }


def test_every_recorded_set_and_card_of_tcgdex_is_read() -> None:
    bodies = {
        end: body
        for path in (CONTRACTS / "tcgdex").glob("cassette_*.yaml")
        for end, body in _recorded(path.name).items()
    }
    sets = {end: tcgdex.card_set(body) for end, body in bodies.items() if end.startswith("sets/")}
    cards = {end: tcgdex.card(body) for end, body in bodies.items() if end.startswith("cards/")}
    assert {end: len(found.card_ids) for end, found in sets.items()} == {"sets/swsh1": 216, "sets/swshp": 166}
    assert {end: (card.product.name, card.usd, card.eur) for end, card in cards.items()} == {
        "cards/A1-001": ("Bulbasaur", {}, {}),
        "cards/swsh1-1": ("Celebi V", {}, {}),
    }
    entry = sets["sets/swsh1"].entry
    assert (entry.name, entry.code, entry.released_on) == ("Sword & Shield", "SSH", date(2020, 2, 7))


def test_series_of_tcgdex_are_no_sets() -> None:
    with pytest.raises(MarketError):
        tcgdex.card_set(_recorded("cassette_test_get_full_serie.yaml")["series"])


def test_the_documented_card_of_tcgdex_has_the_documented_prices() -> None:
    text = (CONTRACTS / "tcgdex/official_reference_card.mdx").read_text()
    body = text.partition("```json\n")[2].partition("```")[0].encode()
    furret = tcgdex.card(body)
    assert (furret.product.name, furret.product.number) == ("Furret", "136")
    day = date(2025, 8, 5)
    assert [(q.finish, q.market, q.low) for q in tcgdex.usd_quotes(furret, day=day)] == [
        ("Normal", 9, 2),
        ("Reverse Holofoil", 23, 9),
    ]
    assert [(q.finish, q.market, q.low, q.mid) for q in tcgdex.eur_quotes(furret, day=day)] == [
        ("Normal", 8, 2, 8),
        ("Reverse Holofoil", 21, 3, 27),
    ]
    assert tcgdex.usd_quotes(furret, day=date(2025, 8, 9)) == []


def test_the_real_card_of_ygoprodeck_has_three_printings() -> None:
    sets = ygoprodeck.card_sets((CONTRACTS / "ygoprodeck/real_cardinfo_tornado_dragon.json").read_bytes())
    quotes = [quote for card_set in sets.values() for quote in card_set.quotes]
    assert [(quote.product_id, quote.market) for quote in quotes] == [
        ("BLRR-EN084|ScR", 408),
        ("DUDE-EN019|UR", 140),
        ("MACR-EN081|ScR", 432),
    ]
    assert [card_set.entry.code for card_set in sets.values()] == ["BLRR", "DUDE", "MACR"]


def test_the_recorded_error_of_ygoprodeck_is_one() -> None:
    with pytest.raises(MarketError, match="No card matching your query was found in the database"):
        ygoprodeck.card_sets((CONTRACTS / "ygoprodeck/sample_error_400.json").read_bytes())


def test_the_documented_version_of_ygoprodeck_is_read() -> None:
    document = yaml.safe_load(
        (CONTRACTS / "ygoprodeck/unofficial_yu-gi-oh-ygoprodeck-openapi.yml").read_text()
    )
    answers = document["paths"]["/checkDBVer.php"]["get"]["responses"]["200"]["content"]["application/json"]
    [example] = answers["examples"].values()
    assert ygoprodeck.version(json.dumps(example["value"]).encode()) == "145.46"
