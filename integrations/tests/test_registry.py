import pytest
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.registry import ADAPTERS


def test_two_adapters_carry_the_prices_of_one_marketplace_and_the_others_their_own() -> None:
    assert {slug: adapter.source for slug, adapter in ADAPTERS.items()} == {
        "tcgcsv": "tcgplayer",
        "tcgplayer": "tcgplayer",
        "cardmarket": "cardmarket",
        "scryfall-usd": "scryfall-usd",
        "scryfall-eur": "scryfall-eur",
        "scryfall-tix": "scryfall-tix",
        "cardkingdom": "cardkingdom",
        "manapool": "manapool",
    }


def test_only_what_makes_the_catalogue_is_not_tied_to_known_cards() -> None:
    assert {slug for slug, adapter in ADAPTERS.items() if not adapter.links} == {"tcgcsv", "tcgplayer"}


def test_an_adapter_without_its_keys_says_which_settings_are_missing(settings: Settings) -> None:
    settings.TCGPLAYER_PUBLIC_KEY = ""
    settings.TCGPLAYER_PRIVATE_KEY = ""
    adapter = ADAPTERS["tcgplayer"]
    assert adapter.is_configured() is False
    assert adapter.missing_settings() == ["TCGPLAYER_PUBLIC_KEY", "TCGPLAYER_PRIVATE_KEY"]
    with pytest.raises(MarketError, match="set TCGPLAYER_PUBLIC_KEY and TCGPLAYER_PRIVATE_KEY") as caught:
        adapter.open("3")
    assert (caught.value.permanent, caught.value.source) == (True, "tcgplayer")


def test_the_keyless_adapters_are_always_configured() -> None:
    assert {slug for slug, adapter in ADAPTERS.items() if not adapter.is_configured()} == {"tcgplayer"}


def test_a_source_without_a_history_says_so() -> None:
    with pytest.raises(MarketError, match="TCGCSV keeps no history") as caught:
        ADAPTERS["tcgcsv"].open_history("3")
    assert (caught.value.permanent, caught.value.source) == (True, "tcgcsv")
