"""Writes a day of the market as files of the TCGCSV layout (prices only: the products are known)."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path

from bench.prices import Walk
from catalog.models import CardSet, ExternalId
from pricing.models import PriceSeries

Row = tuple[int, int, int, str]  # set, series, card, finish


def write_day(root: Path, *, walks: Mapping[int, Walk], day: date) -> None:
    (root / "last-updated.txt").write_text(f"{day}T20:04:45+0000\n")
    categories = dict(
        ExternalId.objects.filter(source="tcgplayer", kind="game").values_list("game_id", "external_id")
    )
    for game, walk in walks.items():
        folder = root / categories[game]
        folder.mkdir(parents=True)
        _write(folder / "groups", list(_groups(game)))
        market = dict(zip(walk.series.tolist(), walk.market.tolist(), strict=True))
        for group, rows in groupby(_rows(game), key=lambda row: row[0]):
            (folder / str(group)).mkdir()
            _write(folder / str(group) / "prices", [_price(row, market=market) for row in rows])


def _groups(game: int) -> Iterator[dict[str, object]]:
    for card_set in CardSet.objects.filter(game_id=game):
        yield {
            "groupId": card_set.pk,
            "name": card_set.name,
            "abbreviation": card_set.code,
            "isSupplemental": False,
            "publishedOn": f"{card_set.released_on}T00:00:00",
            "modifiedOn": "2026-01-01T00:00:00",
            "categoryId": 1,
        }


def _rows(game: int) -> Iterator[Row]:
    series = PriceSeries.objects.filter(game_id=game).order_by("printing__card__card_set_id", "id")
    return series.values_list(
        "printing__card__card_set_id", "id", "printing__card_id", "printing__finish__name"
    ).iterator()


def _price(row: Row, *, market: Mapping[int, int]) -> dict[str, object]:
    _, series, card, finish = row
    amount = market[series]
    return {
        "productId": card,
        "lowPrice": int(amount * 0.8) / 100,
        "midPrice": int(amount * 1.1) / 100,
        "highPrice": int(amount * 3.0) / 100,
        "marketPrice": amount / 100,
        "directLowPrice": None,
        "subTypeName": finish,
    }


def _write(path: Path, results: list[dict[str, object]]) -> None:
    path.write_text(json.dumps({"success": True, "errors": [], "results": results}))
