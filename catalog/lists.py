"""The catalogue page after page, in the order of the cards' ids, as JSON that the database writes.

One statement a page, at any depth. Only cards of published sets are listed.
"""

from dataclasses import dataclass
from typing import Any

from catalog import reads

Key = tuple[int, int]  # a card and a printing, which is 0 in a list of cards

SHOWN = """
FROM catalog_card c
JOIN catalog_cardset cs ON cs.id = c.card_set_id AND cs.is_published
JOIN catalog_game g ON g.id = c.game_id
LEFT JOIN catalog_rarity r ON r.id = c.rarity_id"""
OF_CARD = """
c.name, c.number, c.kind, coalesce(r.name, '') AS rarity, c.image_url,
json_build_object('slug', g.slug, 'name', g.name) AS game,
json_build_object('slug', cs.slug, 'name', cs.name) AS set"""
CARDS = f"""
SELECT c.id AS of_card, 0 AS of_printing, one {SHOWN}
CROSS JOIN LATERAL (SELECT c.id, {OF_CARD}) one
WHERE c.id > %(of_card)s"""
PRINTINGS = f"""
SELECT c.id AS of_card, p.id AS of_printing, one {SHOWN}
JOIN catalog_printing p ON p.card_id = c.id
JOIN catalog_finish f ON f.id = p.finish_id
CROSS JOIN LATERAL (SELECT p.id AS printing_id, c.id AS card_id, f.name AS finish, {OF_CARD}) one
WHERE c.id >= %(of_card)s AND (c.id, p.id) > (%(of_card)s, %(of_printing)s)"""
WRITTEN = "SELECT of_card, of_printing, row_to_json(one)::text FROM ({}) page ORDER BY of_card, of_printing"

CONDITIONS = {
    "game": "c.game_id = (SELECT id FROM catalog_game WHERE slug = %(game)s)",
    "set": "cs.slug = %(set)s",
    "rarity": "r.name = %(rarity)s",
    "kind": "c.kind = %(kind)s",
    "finish": "f.name = %(finish)s",
    "card": "c.id = %(card)s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`results` is a JSON array; `last` the key of its last row where more rows follow."""

    results: str
    last: Key | None


def cards(*, after: Key, limit: int, **only: Any) -> Page:
    """Cards of a `game` and `set` (slugs), a `rarity` (its name), a `kind`; empty is no condition."""
    return _page(CARDS, order="c.id", after=after, limit=limit, only=only)


def printings(*, after: Key, limit: int, **only: Any) -> Page:
    """Printings, as cards are listed, also of a `finish` (its name) and of one `card` (its id)."""
    return _page(PRINTINGS, order="c.id, p.id", after=after, limit=limit, only=only)


def _page(sql: str, *, order: str, after: Key, limit: int, only: dict[str, Any]) -> Page:
    asked = {name: value for name, value in only.items() if value}
    conditions = "".join(f" AND {CONDITIONS[name]}" for name in asked)
    page = WRITTEN.format(f"{sql}{conditions} ORDER BY {order} LIMIT %(limit)s")
    place = {"of_card": after[0], "of_printing": after[1], "limit": limit + 1}
    with reads.cursor() as cursor:
        cursor.execute(page, asked | place)
        rows = cursor.fetchall()
    shown = rows[:limit]
    last = shown[-1][:2] if len(rows) > limit else None
    return Page(results=f"[{','.join(row[2] for row in shown)}]", last=last)
