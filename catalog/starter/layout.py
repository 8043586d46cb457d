"""
Starter content as files of the TCGCSV layout, one tree a day.

The layout is that of https://tcgcsv.com/docs, with the day before it:

    <root>/2026-10-06/last-updated.txt
    <root>/2026-10-06/3/groups
    <root>/2026-10-06/3/900001/products     in the first day's tree only; the checklist never changes
    <root>/2026-10-06/3/900001/prices
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from catalog.starter.checklists import SETS, StarterProduct, StarterSet
from catalog.starter.market import Price, price_paths

LONGEST = 1_000  # days; a jump in the walk stays far below the size that ingest doubts


def write_layout(root: Path, *, last_day: date, days: int = 400) -> None:
    """
    Write catalogue and demonstration prices for `days` days ending on `last_day` below `root`.

    Writing twice gives the same files. Raises ValueError unless 1 <= days <= 1000, OSError when the disk
    refuses.
    """
    if not 1 <= days <= LONGEST:
        raise ValueError(f"days must lie between 1 and {LONGEST}, not {days}")
    first_day = last_day - timedelta(days=days - 1)
    trees = [root / (first_day + timedelta(days=offset)).isoformat() for offset in range(days)]
    for tree in trees:
        _write_groups(tree)
    for starter_set in SETS:
        folders = [tree / str(starter_set.category_id) / str(starter_set.group_id) for tree in trees]
        _write_prices(starter_set, folders=folders, last_day=last_day)
        products = [_product(starter_set, product) for product in starter_set.products]
        (folders[0] / "products").write_text(_envelope(products), encoding="utf-8")


def _write_groups(tree: Path) -> None:
    categories: dict[int, list[StarterSet]] = defaultdict(list)
    for starter_set in SETS:
        categories[starter_set.category_id].append(starter_set)
    for category_id, members in categories.items():
        for member in members:
            (tree / str(category_id) / str(member.group_id)).mkdir(parents=True, exist_ok=True)
        groups = _envelope([_group(member) for member in members])
        (tree / str(category_id) / "groups").write_text(groups, encoding="utf-8")
    (tree / "last-updated.txt").write_text(f"{tree.name}T20:00:00+0000\n", encoding="utf-8")


def _write_prices(starter_set: StarterSet, *, folders: list[Path], last_day: date) -> None:
    rows_by_day: list[list[str]] = [[] for _ in folders]
    for product, finish, path in price_paths(starter_set, last_day=last_day, days=len(folders)):
        head, tail = f'{{"productId": {product.product_id}, ', f'"subTypeName": {json.dumps(finish)}}}'
        text, previous = "", None
        for rows, price in zip(rows_by_day, path, strict=True):
            if price is not previous:
                text, previous = head + _prices(price) + tail, price
            rows.append(text)
    for folder, rows in zip(folders, rows_by_day, strict=True):
        body = ",\n".join(rows)
        (folder / "prices").write_text(
            f'{{"success": true, "errors": [], "results": [\n{body}\n]}}\n', encoding="utf-8"
        )


def _prices(price: Price) -> str:
    """The price fields of one row. Formatted by hand: `json` writes no number with exactly two decimals."""
    market, low, mid, high = price
    return (
        f'"lowPrice": {low // 100}.{low % 100:02}, "midPrice": {mid // 100}.{mid % 100:02}, '
        f'"highPrice": {high // 100}.{high % 100:02}, '
        f'"marketPrice": {"null" if market is None else f"{market // 100}.{market % 100:02}"}, '
        '"directLowPrice": null, '
    )


def _envelope(results: Iterable[dict[str, Any]]) -> str:
    listed = list(results)
    whole = {"totalItems": len(listed), "success": True, "errors": [], "results": listed}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _group(starter_set: StarterSet) -> dict[str, Any]:
    released = f"{starter_set.released_on}T00:00:00"
    return {
        "groupId": starter_set.group_id,
        "name": starter_set.name,
        "abbreviation": starter_set.code,
        "isSupplemental": False,
        "publishedOn": released,
        "modifiedOn": released,
        "categoryId": starter_set.category_id,
    }


def _product(starter_set: StarterSet, product: StarterProduct) -> dict[str, Any]:
    """No picture and no link: the product exists on no marketplace under this id."""
    details = {"Number": ("Card Number", product.number), "Rarity": ("Rarity", product.rarity)}
    return {
        "productId": product.product_id,
        "name": product.name,
        "cleanName": product.name,
        "imageUrl": "",
        "categoryId": starter_set.category_id,
        "groupId": starter_set.group_id,
        "url": "",
        "modifiedOn": f"{starter_set.released_on}T00:00:00",
        "imageCount": 0,
        "presaleInfo": {"isPresale": False, "releasedOn": None, "note": None},
        "extendedData": [
            {"name": name, "displayName": shown, "value": value}
            for name, (shown, value) in details.items()
            if value
        ],
    }
