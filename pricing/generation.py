"""Which prices a rendered list was made from: it may be kept as long as this stays the same."""

from django.db import connection


def sql(game: str) -> str:
    """The generation as SQL on indexes; `game` is SQL for a game's id, where NULL means all prices.

    Prices change when a run has written some, when a person decides on a doubtful price, which then is no
    longer open, and when one corrects a price.
    """
    return f"""concat(
    (SELECT max(id) FROM pricing_ingestrun
     WHERE status IN ('done', 'corrected') AND ({game} IS NULL OR game_id = {game})), '.',
    (SELECT count(*) FROM pricing_pricereview WHERE status = 'open'), '.',
    (SELECT max(id) FROM pricing_pricecorrection))"""  # noqa: S608 -- not a visitor's text


def of(game_id: int | None) -> str:
    """The generation of a game's prices, or with None of all prices; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql('%(game)s::int')}", {"game": game_id})
        (found,) = cursor.fetchone() or ("",)
        return str(found)
