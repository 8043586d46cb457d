"""A Capture of Cardmarket's files, kept in the spool as one small file for each expansion.

The spool holds the files of a category as they were sent, and `<day>/…` as they are read. A run that
was killed finds the files that had come and starts the rest anew.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal

from django.conf import settings

from integrations import bulk, spool
from integrations.cardmarket import parse
from integrations.cardmarket.client import PRICES, SEALED, SINGLES, UNFOLDED, Client
from integrations.errors import MarketError
from integrations.quotes import Capture
from integrations.shards import ShardedCapture, Shards

_DAYS_KEPT = 2
_KINDS: Final[dict[str, Literal["single", "sealed"]]] = {SINGLES: "single", SEALED: "sealed"}


def open_capture(category_id: str) -> Capture:
    """The newest price guide of a game: without a request when today's is here already."""
    client = Client(category_id)
    folder = Path(settings.SPOOL_DIR) / "cardmarket" / category_id
    with spool.only_one(folder):
        day = _brought(client, folder=folder)
        spool.prune(folder, keep=_DAYS_KEPT)
    return ShardedCapture(folder / day.isoformat(), day=day, products="products", quotes="quotes")


def _brought(client: Client, *, folder: Path) -> date:
    known = spool.days(folder)
    if known and known[-1] == datetime.now(UTC).date():
        return known[-1]
    files = {name: folder / Path(name).name for name in (PRICES, *_KINDS)}
    is_new = client.fetch(PRICES, files[PRICES])
    if known and not is_new and known[-1] == _day(files[PRICES]):
        return known[-1]
    for name in _KINDS:
        client.fetch(name, files[name])
    try:
        return _spread(files, folder=folder)
    except MarketError as error:
        if error.permanent:  # a spoilt file must be fetched anew
            for path in files.values():
                spool.forget(path)
        raise


def _day(path: Path) -> date:
    return parse.day(bulk.value(path, "createdAt", limit=UNFOLDED))


def _spread(files: dict[str, Path], *, folder: Path) -> date:
    day = _day(files[PRICES])
    with spool.building(folder / day.isoformat()) as half:
        shards = Shards(half)
        expansions = {
            product: expansion
            for name, kind in _KINDS.items()
            for product, expansion in _products(files[name], kind=kind, shards=shards)
        }
        _quotes(files[PRICES], expansions=expansions, shards=shards)
        listed = sorted({*expansions.values(), parse.NO_EXPANSION}, key=int)
        shards.groups("products", map(parse.group_entry, listed))
    return day


def _products(path: Path, *, kind: Literal["single", "sealed"], shards: Shards) -> Iterator[tuple[str, str]]:
    """Writes the products of a list; the expansion of each."""
    for row in bulk.rows(path, "products.item", limit=UNFOLDED):
        group = parse.expansion(row)
        entry = parse.product_entry(row, kind=kind)
        shards.product(entry, products="products", group=group)
        yield entry.external_id, group


def _quotes(path: Path, *, expansions: dict[str, str], shards: Shards) -> None:
    """Writes the prices; those of products in no list stand apart, where they count as unmatched."""
    for row in bulk.rows(path, "priceGuides.item", limit=UNFOLDED):
        for quote in parse.quotes(row):
            group = expansions.get(quote.product_id, parse.NO_EXPANSION)
            shards.quote(quote, quotes="quotes", group=group)
