import pytest
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.registry import ADAPTERS


def test_both_adapters_carry_the_prices_of_one_marketplace() -> None:
    assert {slug: adapter.source for slug, adapter in ADAPTERS.items()} == {
        "tcgcsv": "tcgplayer",
        "tcgplayer": "tcgplayer",
    }


def test_an_adapter_without_its_keys_says_which_settings_are_missing(settings: Settings) -> None:
    settings.TCGPLAYER_PUBLIC_KEY = ""
    settings.TCGPLAYER_PRIVATE_KEY = ""
    adapter = ADAPTERS["tcgplayer"]
    assert adapter.is_configured() is False
    assert adapter.missing_settings() == ["TCGPLAYER_PUBLIC_KEY", "TCGPLAYER_PRIVATE_KEY"]
    with pytest.raises(MarketError, match="set TCGPLAYER_PUBLIC_KEY and TCGPLAYER_PRIVATE_KEY") as caught:
        adapter.open("3")
    assert (caught.value.permanent, caught.value.source) == (True, "tcgplayer")


def test_the_keyless_adapter_is_always_configured() -> None:
    assert ADAPTERS["tcgcsv"].is_configured() is True
