"""Items that wait for staff to say which card they are: the queue, and the cards that one may be.

The best guess comes first: by its score, then by its price. Reads only; `catalog.deciding` decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from catalog import words
from catalog.models import Game, UnmatchedItem
from pricing import queries, search
from pricing.formats import money
from pricing.queries import DAYS, SHOWN

BESIDE: Final = 12  # waiting items beside the one that is shown
COUNTED: Final = 1_000
MOST: Final = 9  # candidates: a digit each
NEAR = 2  # prices so many times apart still agree

CANDIDATES = f"""
WITH {DAYS}
SELECT p.id AS printing_id, c.id AS card_id, c.name, c.number, c.image_url, cs.name AS set_name,
       cs.code AS set_code, f.name AS finish, shown.market, coalesce(shown.currency, '') AS currency
FROM unnest(%s::int[]) WITH ORDINALITY AS wanted(id, place)
JOIN catalog_printing p ON p.id = wanted.id
JOIN catalog_finish f ON f.id = p.finish_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
{SHOWN}
ORDER BY wanted.place"""  # noqa: S608 -- built of our own constants
PRINTINGS_OF = """
SELECT p.id FROM unnest(%s::int[]) WITH ORDINALITY AS wanted(id, place)
JOIN catalog_printing p ON p.card_id = wanted.id ORDER BY wanted.place, p.id LIMIT %s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """As CANDIDATES gives it."""

    printing_id: int
    card_id: int
    name: str
    number: str
    image_url: str
    set_name: str
    set_code: str
    finish: str
    market: int | None
    currency: str

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A printing that the item may be. `key` is the digit that chooses it, `agrees` what speaks for it."""

    key: str
    printing: Printing
    price: str
    agrees: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty means any."""

    game: str = ""
    source: str = ""


def waiting(filters: Filters, *, after: UnmatchedItem | None = None) -> QuerySet[UnmatchedItem]:
    """Open items in the order of the desk; with `after`, those behind it."""
    found = UnmatchedItem.objects.filter(status=UnmatchedItem.Status.OPEN)
    # The game itself, so that the index of its queue is read.
    game = Game.objects.filter(slug=filters.game).values("pk")[:1]
    found = found.filter(game=game) if filters.game else found
    found = found.filter(source=filters.source) if filters.source else found
    found = found.annotate(price=Coalesce("market", Value(0)))
    return (found.filter(_behind(after)) if after else found).order_by("-score", "-price", "pk")


def _behind(item: UnmatchedItem) -> Q:
    price = item.market or 0
    same = Q(score=item.score) & (Q(price__lt=price) | Q(price=price, pk__gt=item.pk))
    # The first condition is what the index of the queue is entered by.
    return Q(score__lte=item.score) & (Q(score__lt=item.score) | same)


def queue(filters: Filters, *, after: UnmatchedItem | None = None) -> list[UnmatchedItem]:
    """The first items, each with its game; one statement."""
    return list(waiting(filters, after=after).select_related("game")[: BESIDE + 1])


def count(filters: Filters) -> int:
    """How many wait, no further than COUNTED."""
    found = waiting(filters).order_by()
    return found[:COUNTED].count()


def candidates(item: UnmatchedItem) -> list[Candidate]:
    """The guesses of whoever put the item here, best first; one statement."""
    return _candidates(item, item.candidates[:MOST])


def searched(item: UnmatchedItem, text: str) -> list[Candidate]:
    """What the catalogue has by the words of staff, in the item's game; eight statements at most."""
    found = search.chosen_from(text, game=item.game.slug, limit=MOST)
    keys = queries.rows(_Key, PRINTINGS_OF, [found, MOST])
    return _candidates(item, [one.id for one in keys])


@dataclass(frozen=True, slots=True)
class _Key:
    id: int


def _candidates(item: UnmatchedItem, printing_ids: Sequence[int]) -> list[Candidate]:
    found = queries.rows(Printing, CANDIDATES, [list(printing_ids)])
    return [
        Candidate(
            key=str(place),
            printing=one,
            price=money(one.market, one.currency or "USD"),
            agrees=agreements(item, one),
        )
        for place, one in enumerate(found, start=1)
    ]


def agreements(item: UnmatchedItem, printing: Printing) -> list[str]:
    """What of a printing the item names too. Pure."""
    said = _said(item)
    spoken = set(words.tokens(said))
    checks = {
        "name": set(words.tokens(printing.name)) <= spoken,
        "number": _number(printing.number) in _numbers(said),
        "set": bool({printing.set_code.casefold()} & spoken) or _holds(spoken, printing.set_name),
        "finish": _holds(spoken, printing.finish),
        "price": _is_near(item, printing),
    }
    return [name for name, agrees in checks.items() if agrees]


def _said(item: UnmatchedItem) -> str:
    """All words of the source: the title, and what it says field by field."""
    return " ".join([item.title, *(str(one) for one in item.said.values() if isinstance(one, (str, int)))])


def _holds(spoken: set[str], name: str) -> bool:
    return bool(name) and set(words.tokens(name)) <= spoken


def _number(text: str) -> str:
    return text.partition("/")[0].lstrip("0").casefold() or "–"


def _numbers(text: str) -> set[str]:
    return {one.lstrip("0").casefold() for one in re.findall(r"[A-Za-z0-9-]*\d[A-Za-z0-9-]*", text)}


def _is_near(item: UnmatchedItem, printing: Printing) -> bool:
    if not item.market or not printing.market or item.currency != printing.currency:
        return False
    low, high = sorted([item.market, printing.market])
    return high <= NEAR * low
