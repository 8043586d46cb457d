"""Captures of what shops ask for Magic cards according to MTGJSON, today and on the 90 days before.

The spool holds the files while they are read, `<day>/…` with what they say of a day, and `history-<shop>/…`
with one file for each day of the past. A run that was killed goes on from the files that had come.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from integrations import bulk, shards, spool
from integrations.errors import MarketError
from integrations.mtgjson import parse
from integrations.mtgjson.client import CARDS, HISTORY, SETS, TODAY, UNFOLDED, Client
from integrations.quotes import Capture, GroupEntry, ProductEntry, Quote
from integrations.shards import ShardedCapture, Shards

CATEGORY: Final = "magic"  # the only game MTGJSON knows
_DAYS_KEPT = 2
_CARDS: Final = "cards"
_ABOUT: Final = "about.json"  # the digest that a folder's contents came from, and each shop's day


def opener(shop: str) -> Callable[[str], Capture]:
    return partial(open_capture, shop=shop)


def historian(shop: str) -> Callable[[str], Iterator[Capture]]:
    return partial(open_history, shop=shop)


def open_capture(category_id: str, *, shop: str) -> Capture:
    """The newest prices of one shop: without a request when the files of today are here already."""
    folder = _folder(category_id)
    with spool.only_one(folder):
        return _newest(_brought(Client(), folder=folder), shop=shop)


def open_history(category_id: str, *, shop: str) -> Iterator[Capture]:
    """What one shop asked on each day that MTGJSON remembers, oldest first.

    One download of AllPrices, one reading of it; then a day at a time is in memory.
    """
    folder, client = _folder(category_id), Client()
    with spool.only_one(folder):
        cards = _brought(client, folder=folder)
        past = folder / f"history-{shop}"
        digest = client.digest(HISTORY)
        if _about(past).get("digest") != digest:
            _remember(
                client.fetch(HISTORY, folder, digest=digest), past, cards=cards, shop=shop, digest=digest
            )
        (folder / HISTORY).unlink(missing_ok=True)
    for day in sorted(parse.day(path.stem) for path in past.glob("*.jsonl")):
        yield PastDay(cards, day=day, path=past / f"{day}.jsonl")
    shutil.rmtree(past, ignore_errors=True)


class PastDay:
    """A Capture of one day of the past: the cards are those of today."""

    def __init__(self, cards: Path, *, day: date, path: Path) -> None:
        self.day = day
        self._cards = ShardedCapture(cards, day=day, products=_CARDS, quotes="")
        self._path = path

    def groups(self) -> list[GroupEntry]:
        return self._cards.groups()

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        return self._cards.products(group)

    def quotes(self, group: GroupEntry) -> list[Quote]:
        return self._quotes.get(group.external_id, [])

    @cached_property
    def _quotes(self) -> dict[str, list[Quote]]:
        found: dict[str, list[Quote]] = {}
        with shards.reading(self._path):
            for group, uuid, amounts in shards.lines(self._path):
                found.setdefault(group, []).extend(parse.quotes(uuid, amounts))
        return found


def _folder(category_id: str) -> Path:
    if category_id != CATEGORY:
        raise MarketError(f"MTGJSON has no category {category_id!r:.40}, only {CATEGORY}", permanent=True)
    return Path(settings.SPOOL_DIR) / "mtgjson"


def _newest(folder: Path, *, shop: str) -> Capture:
    day = _about(folder).get("days", {}).get(shop)
    if not day:
        raise MarketError(f"MTGJSON has no prices of {shop} today", permanent=False)
    return ShardedCapture(folder, day=parse.day(day), products=_CARDS, quotes=f"{shop}/{day}")


def _brought(client: Client, *, folder: Path) -> Path:
    """The folder of the newest day."""
    known = [folder / day.isoformat() for day in spool.days(folder)]
    if known and known[-1].name == datetime.now(UTC).date().isoformat():
        return known[-1]
    digest = client.digest(TODAY)
    if known and _about(known[-1]).get("digest") == digest:
        return known[-1]
    prices = client.fetch(TODAY, folder, digest=digest)
    cards, sets = client.fetch(CARDS, folder), client.fetch(SETS, folder)
    target = folder / parse.day(bulk.value(prices, "meta.date", limit=UNFOLDED)).isoformat()
    with spool.building(target) as half:
        writer = Shards(half)
        homes = _spread_cards(cards, sets=_sets(sets), writer=writer)
        days = _spread_prices(prices, homes=homes, writer=writer)
        _tell(half, digest=digest, days=days)
    for read in (prices, cards, sets):
        read.unlink()
    spool.prune(folder, keep=_DAYS_KEPT)
    return target


def _sets(path: Path) -> dict[str, GroupEntry]:
    entries = map(parse.group_entry, bulk.rows(path, "data.item", limit=UNFOLDED))
    return {entry.external_id: entry for entry in entries}


def _spread_cards(path: Path, *, sets: dict[str, GroupEntry], writer: Shards) -> dict[str, str]:
    """Writes the cards; the set of each."""
    homes: dict[str, str] = {}
    for uuid, row in bulk.pairs(path, "data", limit=UNFOLDED):
        if parse.is_wanted(row):
            group = parse.group_of(row)
            writer.product(parse.product_entry(uuid, row), products=_CARDS, group=group)
            homes[uuid] = group
    used = dict.fromkeys(homes.values())
    writer.groups(_CARDS, (sets.get(code) or _nameless(code) for code in used))
    return homes


def _nameless(code: str) -> GroupEntry:
    return GroupEntry(external_id=code, name=code, code=code, released_on=None)


def _spread_prices(path: Path, *, homes: dict[str, str], writer: Shards) -> dict[str, date]:
    """Writes the prices; the newest day of each shop. A shop may be a day behind the file."""
    days: dict[str, date] = {}
    for uuid, row in bulk.pairs(path, "data", limit=UNFOLDED):
        for shop in parse.SHOPS:
            for day, amounts in parse.retail(row, shop=shop).items():
                days[shop] = max(day, days.get(shop, day))
                if group := homes.get(uuid):
                    for quote in parse.quotes(uuid, amounts):
                        writer.quote(quote, quotes=f"{shop}/{day}", group=group)
    writer.flush()
    return days


def _remember(path: Path, past: Path, *, cards: Path, shop: str, digest: str) -> None:
    """Spreads the history over one file a day."""
    homes = _homes(cards)
    with spool.building(past) as half:
        writer = Shards(half)
        for uuid, row in bulk.pairs(path, "data", limit=UNFOLDED):
            if group := homes.get(uuid):
                for day, amounts in parse.retail(row, shop=shop).items():
                    writer.add(day.isoformat(), [group, uuid, amounts])
        writer.flush()
        _tell(half, digest=digest, days={})


def _homes(cards: Path) -> dict[str, str]:
    capture = ShardedCapture(cards, day=date.min, products=_CARDS, quotes="")
    return {
        product.external_id: group.external_id
        for group in capture.groups()
        for product in capture.products(group)
    }


def _tell(folder: Path, *, digest: str, days: dict[str, date]) -> None:
    about = {"digest": digest, "days": {shop: day.isoformat() for shop, day in days.items()}}
    (folder / _ABOUT).write_text(json.dumps(about), "utf-8")


def _about(folder: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads((folder / _ABOUT).read_text("utf-8"))
        return found if isinstance(found, dict) else {}
    return {}
