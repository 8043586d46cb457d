"""What real collection files together say of Magic's cards, and those cards as the marketplace lists them."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalog.matching import Wanted
from catalog.models import Game
from catalog.tests import foreign_rows
from catalog.tests.foreign_rows import Identity, Row
from catalog.tests.market_catalogue import Market, Product, decoys, front

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "collection_exports"
OLD_SETS = {"MIR": "Mirage", "VIS": "Visions", "TMP": "Tempest", "EXO": "Exodus"}
MARKET_NAMES = {
    "LEA": "Alpha Edition", "M11": "Magic 2011 (M11)", "PUMA": "Ultimate Masters: Box Toppers",
    "SLD": "Secret Lair Drop Series", "PLST": "The List Reprints", "RAV": "Ravnica: City of Guilds",
    "LTR": "Universes Beyond: The Lord of the Rings: Tales of Middle-earth",
    "CMB1": "Mystery Booster: Convention Edition Exclusives",
    "MUL": "March of the Machine: Multiverse Legends",
}  # fmt: skip
MARKET_CODES = {"PLST": "LIST"}
TREATMENTS = ["Borderless", "Showcase", "Extended Art", "Retro Frame"]
DIGITAL = {"ARENA", "MTGA"}  # no such cards exist on paper


@dataclass
class Known:
    """All that the files together say of the cards."""

    names: dict[Identity, str] = field(default_factory=dict)
    numbers: dict[Identity, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    called: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    etched: set[Identity] = field(default_factory=set)
    uuids: dict[str, Identity] = field(default_factory=dict)
    products: dict[Identity, str] = field(default_factory=dict)

    def learn(self, row: Row, *, is_market: bool) -> None:
        self.uuids.setdefault(row.uuid, row.identity)
        identity = self.identity(row)
        wanted = row.wanted
        longest = max(self.names.get(identity, ""), wanted.name, key=len)
        self.names[identity] = wanted.name if is_market else longest
        self.called[wanted.set_name].add(identity.code)
        if is_market:
            self.numbers[identity] = wanted.number
        if is_market or not self.sets.get(identity.code):
            self.sets[identity.code] = wanted.set_name
        if row.is_etched:
            self.etched.add(identity)
        for _, key in wanted.ids:
            self.products.setdefault(identity, key)

    def identity(self, row: Row) -> Identity:
        return self.uuids[row.uuid] if row.uuid in self.uuids and row.uuid else row.identity

    def of_name(self, row: Row) -> Identity | None:
        """The card of a row without a code, by the set's name; None when that leaves several."""
        codes = self.called[row.wanted.set_name]
        fits = [one for one in self.names if one.code in codes and one.front == front(row.wanted.name)]
        return fits[0] if len(fits) == 1 else None


def files() -> list[Path]:
    return sorted(EXPORTS.glob("*/*.csv"))


def known() -> Known:
    """The marketplace's own file comes last: its names are the catalogue's. Deckbox numbers on its own."""
    found = Known(sets=dict(OLD_SETS))
    of_market = {path for path in files() if path.stem.startswith("tcgplayer")}
    of_deckbox = {path for path in files() if path.stem.startswith("deckbox")}
    last = sorted(files(), key=lambda path: (path in of_market, path in of_deckbox, path))
    for path in last:
        for row in filter(is_real, foreign_rows.rows(path)):
            if row.wanted.set_code:
                found.learn(row, is_market=path.parent.name == "Collection" and path in of_market)
    return found


def is_real(row: Row) -> bool:
    code = row.wanted.set_code.upper()
    return code not in DIGITAL and not code.startswith("FAKESET")


def market_set(code: str, name: str) -> tuple[str, str]:
    """The marketplace's name and code of a set that Scryfall calls so: tokens lie in the set itself."""
    if code in MARKET_NAMES:
        return MARKET_NAMES[code], MARKET_CODES.get(code, code)
    if name.startswith("Promo Pack: "):
        return name, f"P{code}"
    if name.endswith(" Promos"):
        return f"Promo Pack: {name.removesuffix(' Promos')}", f"P{code}"
    if name.endswith(" Commander"):
        return f"Commander: {name.removesuffix(' Commander')}", code
    return name, code


def products(found: Known) -> dict[Identity, Product]:
    chance = random.Random(7)
    sets = {code: market_set(code, name) for code, name in found.sets.items()}
    made: dict[Identity, Product] = {}
    for identity, name in sorted(found.names.items()):
        set_name, code = sets[identity.code]
        token = " Token" if set_name.endswith(" Tokens") else ""
        if token:
            main = identity.code.removeprefix("T")
            set_name, code = sets.get(main, (set_name.removesuffix(" Tokens"), main))
        if code.startswith("PP") and identity.number.endswith("s"):
            set_name, code = "Prerelease Cards", "PRE"
        made[identity] = Product(
            set_name=set_name,
            set_code=code,
            name=shaped(
                name.removesuffix(" Token") + token, is_etched=identity in found.etched, chance=chance
            ),
            number=found.numbers.get(identity, identity.number),
            product_id=found.products.get(identity, "") or str(90_000_000 + len(made)),
        )
    return made


def shaped(name: str, *, is_etched: bool, chance: random.Random) -> str:
    """A third of the cards with two faces by their first, every tenth with a word for its version."""
    if is_etched:
        return f"{name} (Foil Etched)"
    shown = name.partition(" // ")[0] if chance.random() < 1 / 3 else name
    is_treated = "(" not in name and chance.random() < 1 / 10
    return f"{shown} ({chance.choice(TREATMENTS)})" if is_treated else shown


@dataclass(frozen=True)
class Magic:
    known: Known
    products: dict[Identity, Product]
    market: Market

    def asked(self, path: Path, *, with_ids: bool = True) -> list[tuple[Wanted, int | None]]:
        """Each row of a file and its printing; None where the row says too little, or of no real card."""
        rows = list(foreign_rows.rows(path))
        ids = (row.wanted.ids if with_ids else () for row in rows)
        return [(replace(row.wanted, ids=key), self._truth(row)) for row, key in zip(rows, ids, strict=True)]

    def _truth(self, row: Row) -> int | None:
        if not is_real(row):
            return None
        identity = self.known.identity(row) if row.wanted.set_code else self.known.of_name(row)
        if not identity:
            return None
        finish = "Normal" if row.wanted.finish in {"normal", "nonfoil"} else "Foil"
        return self.market.printing(self.products[identity], finish)


def listed() -> Magic:
    """All cards of the files on the market, with their decoys."""
    found = known()
    listed = products(found)
    market = Market(Game.objects.get(slug="magic"))
    cards = list(dict.fromkeys(listed.values()))
    market.lists([*cards, *decoys(cards, seed=11)])
    return Magic(found, listed, market)
