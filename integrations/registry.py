"""Every way to read a source: a new one is a folder and a line here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings

from integrations.cardmarket import capture as cardmarket
from integrations.cardmarket import client as cardmarket_files
from integrations.errors import MarketError
from integrations.http import DoorPolicy
from integrations.mtgjson import capture as mtgjson
from integrations.mtgjson import client as mtgjson_files
from integrations.optcgapi import capture as optcgapi
from integrations.optcgapi import client as optcgapi_api
from integrations.quotes import Capture
from integrations.scryfall import capture as scryfall
from integrations.scryfall import client as scryfall_files
from integrations.tcgcsv import client as tcgcsv
from integrations.tcgcsv import mirror
from integrations.tcgdex import capture as tcgdex
from integrations.tcgdex import client as tcgdex_api
from integrations.tcgplayer import capture as tcgplayer
from integrations.tcgplayer import client as tcgplayer_api
from integrations.ygoprodeck import capture as ygoprodeck
from integrations.ygoprodeck import client as ygoprodeck_api


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """How many requests one sync of a game sends, at most."""

    base: int
    per_set: int = 0

    def requests(self, sets: int) -> int:
        return self.base + self.per_set * sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """How a source is read. `source` is the slug of the marketplace whose prices these are: two adapters may
    carry the same marketplace's prices. With `links`, its products are tied to cards that are known already;
    without, they make the catalogue. `ids` names whose ids the products bear, where that is not the source:
    three sources of one catalogue are tied to our cards once. `history` yields the days that the source
    remembers, oldest first.
    """

    slug: str
    source: str
    label: str
    needs: tuple[str, ...]
    opener: Callable[[str], Capture]
    policy: DoorPolicy
    cost: Cost
    links: bool = False
    ids: str = ""
    history: Callable[[str], Iterator[Capture]] | None = None

    @property
    def id_space(self) -> str:
        return self.ids or self.source

    def missing_settings(self) -> list[str]:
        return [name for name in self.needs if not getattr(settings, name, "")]

    def is_configured(self) -> bool:
        return not self.missing_settings()

    def open(self, category_id: str) -> Capture:
        """What the source says about one category; a permanent MarketError when settings are missing."""
        self._demand_settings()
        return self.opener(category_id)

    def open_history(self, category_id: str) -> Iterator[Capture]:
        """A capture for each day the source remembers; a permanent MarketError when it remembers none."""
        self._demand_settings()
        if self.history is None:
            message = f"{self.label} keeps no history"
            raise MarketError(message, permanent=True, source=self.slug)
        return self.history(category_id)

    def _demand_settings(self) -> None:
        if missing := self.missing_settings():
            message = f"{self.label} cannot be read: set {' and '.join(missing)}"
            raise MarketError(message, permanent=True, source=self.slug)


def _scryfall(currency: str) -> Adapter:
    return Adapter(
        slug=f"scryfall-{currency.lower()}",
        source=f"scryfall-{currency.lower()}",
        label=f"Scryfall ({currency})",
        needs=("SCRYFALL_URL", "HTTP_USER_AGENT", "SPOOL_DIR"),
        ids="scryfall",
        opener=scryfall.opener(currency),
        policy=scryfall_files.POLICY,
        cost=Cost(base=2),
        links=True,
    )


def _mtgjson(shop: str, *, label: str) -> Adapter:
    return Adapter(
        slug=shop,
        source=shop,
        label=f"{label} (MTGJSON)",
        needs=("MTGJSON_URL", "HTTP_USER_AGENT", "SPOOL_DIR"),
        ids="mtgjson",
        opener=mtgjson.opener(shop),
        policy=mtgjson_files.POLICY,
        cost=Cost(base=6),
        links=True,
        history=mtgjson.historian(shop),
    )


def _tcgdex(currency: str, *, opener: Callable[[str], Capture]) -> Adapter:
    return Adapter(
        slug=f"tcgdex-{currency.lower()}",
        source=f"tcgdex-{currency.lower()}",
        label=f"TCGdex, {currency}",
        needs=("TCGDEX_URL", "TCGDEX_SETS", "HTTP_USER_AGENT", "SPOOL_DIR"),
        ids="tcgdex",
        opener=opener,
        policy=tcgdex_api.POLICY,
        cost=Cost(base=0, per_set=350),
        links=True,
    )


ADAPTERS = {
    adapter.slug: adapter
    for adapter in (
        Adapter(
            slug="tcgcsv",
            source="tcgplayer",
            label="TCGCSV",
            needs=("TCGCSV_URL", "HTTP_USER_AGENT", "SPOOL_DIR"),
            opener=mirror.open_capture,
            policy=tcgcsv.POLICY,
            cost=Cost(base=2, per_set=2),
        ),
        Adapter(
            slug="tcgplayer",
            source="tcgplayer",
            label="TCGplayer API",
            needs=("TCGPLAYER_URL", "HTTP_USER_AGENT", "TCGPLAYER_PUBLIC_KEY", "TCGPLAYER_PRIVATE_KEY"),
            opener=tcgplayer.open_capture,
            policy=tcgplayer_api.POLICY,
            cost=Cost(base=5, per_set=20),
        ),
        Adapter(
            slug="ygoprodeck",
            source="ygoprodeck",
            label="YGOPRODeck",
            needs=("YGOPRODECK_URL", "HTTP_USER_AGENT", "SPOOL_DIR"),
            opener=ygoprodeck.open_capture,
            policy=ygoprodeck_api.POLICY,
            cost=Cost(base=2),
            links=True,
        ),
        _tcgdex("USD", opener=tcgdex.open_usd),
        _tcgdex("EUR", opener=tcgdex.open_eur),
        Adapter(
            slug="optcgapi",
            source="optcgapi",
            label="OPTCG API",
            needs=("OPTCGAPI_URL", "HTTP_USER_AGENT", "SPOOL_DIR"),
            opener=optcgapi.open_capture,
            policy=optcgapi_api.POLICY,
            cost=Cost(base=3),
            links=True,
        ),
        Adapter(
            slug="cardmarket",
            source="cardmarket",
            label="Cardmarket",
            needs=("CARDMARKET_URL", "HTTP_USER_AGENT", "SPOOL_DIR"),
            opener=cardmarket.open_capture,
            policy=cardmarket_files.POLICY,
            cost=Cost(base=3),
            links=True,
        ),
        *(_scryfall(currency) for currency in ("USD", "EUR", "TIX")),
        _mtgjson("cardkingdom", label="Card Kingdom"),
        _mtgjson("manapool", label="Mana Pool"),
    )
}
