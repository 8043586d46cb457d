"""What a search may ask of what somebody owns (`owned:` in docs/search.md). Wish lists do not count."""

from psycopg.sql import SQL, Composable

from catalog.grammar import Sign
from pricing import conditions

COUNTED = SQL("""c.id {among} (
    SELECT p.card_id FROM collections_app_lot lot
    JOIN collections_app_collection kept ON kept.id = lot.collection_id
    JOIN catalog_printing p ON p.id = lot.printing_id
    WHERE kept.owner_id = {who} AND kept.kind = 'owned'
    GROUP BY p.card_id HAVING {meets}
)""")
SIGNS = {">": SQL(">"), ">=": SQL(">="), "<": SQL("<"), "<=": SQL("<="), "=": SQL("=")}


def begin() -> None:
    conditions.OWNED["owned"] = owned


def owned(who: int, sign: Sign, count: int) -> Composable:
    """That a person owns so many copies of a card `c`, of all its printings together.

    Where none at all would do, it is that the copies are not too many: of most cards there is no lot.
    """
    meets = SQL("sum(lot.quantity) {} {}").format(SIGNS[sign], count)
    if (sign in {"<", "<="} and count > 0) or (sign in {"<=", "=", ">="} and count == 0):
        return COUNTED.format(among=SQL("NOT IN"), who=who, meets=SQL("NOT {}").format(meets))
    return COUNTED.format(among=SQL("IN"), who=who, meets=meets)
