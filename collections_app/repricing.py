"""Which price values a lot: the one writer of `series`, `percent` and `basis`.

A price the source itself gives for exactly this condition or grade is taken as it is. Only without one the
market price counts, times the multiplier staff set for the condition or grade. A price of the lot's own
language comes before one of another, a known price before an unknown one, then the better-ranked source.
"""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from collections_app import restating

CHOOSE = """
WITH chosen AS (
    SELECT lot.id, best.series_id, coalesce(best.percent, 100) AS percent,
           CASE WHEN best.series_id IS NULL THEN 'none' WHEN best.is_foreign THEN 'language'
                WHEN best.percent = 100 THEN 'own' ELSE 'multiplier' END AS basis
    FROM collections_app_lot lot
    JOIN catalog_printing p ON p.id = lot.printing_id
    JOIN catalog_card c ON c.id = p.card_id
    LEFT JOIN LATERAL (
        SELECT s.id AS series_id, s.language <> lot.language AS is_foreign,
               CASE WHEN is_exact THEN 100 ELSE (
                   SELECT m.percent FROM collections_app_multiplier m
                   WHERE (m.game_id IS NULL OR m.game_id = c.game_id) AND m.condition = lot.condition
                     AND (lot.grade = '' OR m.grade IN (lot.grade, lot.grader || ' ' || lot.grade))
                   ORDER BY m.game_id NULLS LAST, length(m.grade) DESC LIMIT 1
               ) END AS percent, is_exact
        FROM pricing_priceseries s
        JOIN pricing_source o ON o.id = s.source_id
        JOIN pricing_latestprice l ON l.series_id = s.id
        CROSS JOIN LATERAL (
            SELECT s.condition || s.grade = lot.condition || trim(lot.grader || ' ' || lot.grade) AS is_exact
        ) fit
        WHERE s.printing_id = lot.printing_id AND (is_exact OR (s.condition = '' AND s.grade = ''))
        ORDER BY (l.market IS NULL), (s.language <> lot.language), (NOT is_exact), o.rank, s.id LIMIT 1
    ) best ON best.percent IS NOT NULL
    WHERE (%(lots)s::int[] IS NULL OR lot.id = ANY(%(lots)s))
      AND (%(game)s::int IS NULL OR c.game_id = %(game)s)
), written AS (
    UPDATE collections_app_lot lot
    SET series_id = chosen.series_id, percent = chosen.percent, basis = chosen.basis
    FROM chosen WHERE chosen.id = lot.id
      AND (lot.series_id, lot.percent, lot.basis) IS DISTINCT FROM
          (chosen.series_id, chosen.percent, chosen.basis::varchar)
    RETURNING lot.collection_id, lot.acquired_on
)
SELECT collection_id, min(acquired_on), count(*)::int FROM written GROUP BY collection_id"""


@transaction.atomic
def choose(lots: Iterable[int] | None = None, *, game_id: int | None = None) -> int:
    """Chooses the price of these lots, of all lots of a game, or of all; how many got another one.

    The past of a lot follows the price that values it now, so its collection's snapshots are made anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(CHOOSE, {"lots": None if lots is None else list(lots), "game": game_id})
        changed: list[tuple[int, date, int]] = cursor.fetchall()
    for collection_id, since, _ in changed:
        restating.restate([collection_id], since=since)
    return sum(count for *_, count in changed)
