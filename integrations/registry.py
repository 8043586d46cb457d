"""Every way to read a source: a new one is a folder and a line here."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from integrations.errors import MarketError
from integrations.http import DoorPolicy
from integrations.optcgapi import capture as optcgapi
from integrations.optcgapi import client as optcgapi_api
from integrations.quotes import Capture
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
    three sources of one catalogue are tied to our cards once.
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

    @property
    def id_space(self) -> str:
        return self.ids or self.source

    def missing_settings(self) -> list[str]:
        return [name for name in self.needs if not getattr(settings, name, "")]

    def is_configured(self) -> bool:
        return not self.missing_settings()

    def open(self, category_id: str) -> Capture:
        """What the source says about one category; a permanent MarketError when settings are missing."""
        if missing := self.missing_settings():
            message = f"{self.label} cannot be read: set {' and '.join(missing)}"
            raise MarketError(message, permanent=True, source=self.slug)
        return self.opener(category_id)


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
        Adapter(
            slug="tcgdex-usd",
            source="tcgdex-usd",
            label="TCGdex, USD",
            needs=("TCGDEX_URL", "TCGDEX_SETS", "HTTP_USER_AGENT", "SPOOL_DIR"),
            opener=tcgdex.open_usd,
            ids="tcgdex",
            policy=tcgdex_api.POLICY,
            cost=Cost(base=0, per_set=350),
            links=True,
        ),
        Adapter(
            slug="tcgdex-eur",
            source="tcgdex-eur",
            label="TCGdex, EUR",
            needs=("TCGDEX_URL", "TCGDEX_SETS", "HTTP_USER_AGENT", "SPOOL_DIR"),
            opener=tcgdex.open_eur,
            ids="tcgdex",
            policy=tcgdex_api.POLICY,
            cost=Cost(base=0, per_set=350),
            links=True,
        ),
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
    )
}
