"""Which prices a rendered list was made from: it may be kept as long as this stays the same."""

from django.db import connection

# Prices change when a run has written some, and when a person decides on a doubtful price, which then is no
# longer open.
GENERATION = """
SELECT (SELECT max(id) FROM pricing_ingestrun
        WHERE status IN ('done', 'corrected') AND (%(game)s::int IS NULL OR game_id = %(game)s)),
       (SELECT count(*) FROM pricing_pricereview WHERE status = 'open')"""


def of(game_id: int | None) -> str:
    """The generation of a game's prices, or with None of all prices; one statement on indexes."""
    with connection.cursor() as cursor:
        cursor.execute(GENERATION, {"game": game_id})
        (run, doubts) = cursor.fetchone() or (None, 0)
    return f"{run or 0}.{doubts}"
