"""Every printing that a saved search finds, at this moment: what whoever follows the search looks at."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from catalog.forms import cents
from catalog.grammar import ParseError
from pricing import search
from pricing.models import SavedSearch
from pricing.search import Criteria

MOST: Final = 5_000
GONE: Final = "A game, set, rarity or finish that it names is not here any more."
TOO_MANY: Final = f"It finds more than {MOST:,} printings. Add a word, a set or a price."


class SearchError(ValueError):
    """What a saved search finds cannot be said; str() says why, in words for its owner."""


def printings(saved: SavedSearch) -> list[int]:
    """Their ids, with what `owned:` means to the search's owner. Raises SearchError.

    Of a search for prices those printings that cost as much; of any other all of the cards that it finds.
    """
    try:
        found = search.printings(criteria(saved), limit=MOST + 1)
    except ParseError as error:
        raise SearchError(error.message) from None
    if found is None:
        raise SearchError(GONE)
    if len(found) > MOST:
        raise SearchError(TOO_MANY)
    return found


def criteria(saved: SavedSearch) -> Criteria:
    """Raises SearchError for a price that is no number."""
    chosen = saved.chosen()
    return Criteria(
        q=saved.q,
        game=chosen.get("game", ""),
        card_set=chosen.get("set", ""),
        rarity=chosen.get("rarity", ""),
        finish=chosen.get("finish", ""),
        kind=chosen.get("kind", ""),
        price_min=_price(chosen, "min"),
        price_max=_price(chosen, "max"),
        who=saved.owner_id,
    )


def _price(chosen: Mapping[str, str], name: str) -> int | None:
    said = chosen.get(name)
    try:
        return cents(Decimal(said)) if said else None
    except InvalidOperation:
        raise SearchError(f"“{said}” is no price.") from None
