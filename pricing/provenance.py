"""Who said the price that a list shows, and when: for rows that name a card and a finish."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from catalog import reads
from pricing.queries import DAYS, SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """`as_of` is the last day on which the source listed the price."""

    source: str
    as_of: date | None
    is_stale: bool
    is_demo: bool


# A card's printing in a finish.
Key = tuple[int, str]

PROVENANCE = f"""
WITH {DAYS}
SELECT p.card_id, f.name, shown.source, shown.as_of,
       coalesce(shown.as_of + make_interval(hours => 24 + shown.fresh_hours) < %s, false), shown.is_demo
FROM catalog_printing p JOIN catalog_finish f ON f.id = p.finish_id {SHOWN}
WHERE p.card_id = ANY(%s) AND shown.id IS NOT NULL"""  # noqa: S608 -- built of our own constants


def of_cards(card_ids: Iterable[int]) -> dict[Key, Provenance]:
    """Where the shown price of each printing of these cards comes from; one statement."""
    with reads.cursor() as cursor:
        cursor.execute(PROVENANCE, [datetime.now(UTC).replace(tzinfo=None), sorted(set(card_ids))])
        return {
            (card, finish): Provenance(source=source, as_of=as_of, is_stale=is_stale, is_demo=is_demo)
            for card, finish, source, as_of, is_stale, is_demo in cursor.fetchall()
        }
