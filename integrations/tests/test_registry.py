import pytest
from pytest_django import Settings

from integrations.errors import MarketError
from integrations.registry import ADAPTERS


def test_two_adapters_carry_the_prices_of_one_marketplace_and_make_the_catalogue() -> None:
    assert {slug for slug, adapter in ADAPTERS.items() if adapter.source == "tcgplayer"} == {
        "tcgcsv",
        "tcgplayer",
    }
    assert {slug for slug, adapter in ADAPTERS.items() if not adapter.links} == {"tcgcsv", "tcgplayer"}


@pytest.mark.parametrize("slug", ["optcgapi", "tcgdex-eur", "tcgdex-usd", "ygoprodeck"])
def test_a_source_that_names_other_peoples_cards_is_tied_to_them(slug: str) -> None:
    adapter = ADAPTERS[slug]
    assert (adapter.slug, adapter.source, adapter.links) == (slug, slug, True)


def test_what_a_sync_costs() -> None:
    assert ADAPTERS["ygoprodeck"].cost.requests(900) == 2
    assert ADAPTERS["optcgapi"].cost.requests(60) == 3
    assert ADAPTERS["tcgdex-usd"].cost.requests(2) == 700


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
