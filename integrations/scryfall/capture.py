"""Captures of Scryfall's cards and prices, kept in the spool as one small file for each set.

The prices are those of other marketplaces as Scryfall shows them: one capture a currency, all of one file.
The spool holds `<day>.json` while a file is read and `<day>/…` when it is. A run that was killed goes on from
the file that had come.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings

from integrations import bulk, spool
from integrations.errors import MarketError
from integrations.fields import Row
from integrations.quotes import Capture, GroupEntry
from integrations.scryfall import parse
from integrations.scryfall.client import UNFOLDED, Client
from integrations.shards import ShardedCapture, Shards

logger = logging.getLogger(__name__)
CATEGORY: Final = "magic"  # the only game Scryfall knows
_DAYS_KEPT = 2


def opener(currency: str) -> Callable[[str], Capture]:
    """Opens the prices in one currency: USD, EUR, or TIX of Magic Online."""
    return partial(open_capture, currency=currency)


def open_capture(category_id: str, *, currency: str) -> Capture:
    """The newest prices: without a request when the file of today is here already."""
    if category_id != CATEGORY:
        raise MarketError(f"Scryfall has no category {category_id!r:.40}, only {CATEGORY}", permanent=True)
    folder = Path(settings.SPOOL_DIR) / "scryfall"
    with spool.only_one(folder):
        day = _brought(Client(), folder=folder)
        spool.prune(folder, keep=_DAYS_KEPT)
    return ShardedCapture(
        folder / day.isoformat(), day=day, products=parse.GAMES[currency], quotes=currency.lower()
    )


def _brought(client: Client, *, folder: Path) -> date:
    known = spool.days(folder)
    if known and known[-1] == datetime.now(UTC).date():
        return known[-1]
    newest = client.newest()
    if newest.day in known:
        return newest.day
    path = folder / f"{newest.day}.json"
    if not path.exists():
        client.fetch(newest, path)
    try:
        _spread(path, folder=folder / newest.day.isoformat())
    except MarketError as error:
        if error.permanent:  # a spoilt file must be fetched anew
            path.unlink()
        raise
    for read in folder.glob("*.json"):
        read.unlink()
    return newest.day


def _spread(path: Path, *, folder: Path) -> None:
    sets: dict[str, dict[str, GroupEntry]] = {parse.PAPER: {}, parse.MTGO: {}}
    skipped = Counter[str]()
    with spool.building(folder) as half:
        shards = Shards(half)
        for row in bulk.rows(path, "item", limit=UNFOLDED):
            if not parse.is_wanted(row):
                skipped[str(row.get("lang"))[:20]] += 1
                continue
            _place(row, shards=shards, sets=sets)
        for game, groups in sets.items():
            shards.groups(game, groups.values())
    logger.info("scryfall: %d cards in other languages are left out: %s", skipped.total(), dict(skipped))


def _place(row: Row, *, shards: Shards, sets: dict[str, dict[str, GroupEntry]]) -> None:
    group = parse.group_entry(row)
    games = parse.games(row)
    for game in games & sets.keys():
        known = sets[game].setdefault(group.external_id, group)
        if group.released_on and (known.released_on is None or group.released_on < known.released_on):
            sets[game][group.external_id] = group
        shards.product(parse.product_entry(row), products=game, group=group.external_id)
    for currency, game in parse.GAMES.items():
        if game in games:
            for quote in parse.quotes(row, currency=currency):
                shards.quote(quote, quotes=currency.lower(), group=group.external_id)
