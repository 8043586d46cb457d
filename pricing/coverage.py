"""How much of the catalogue has a price, an image and a match: by set, game and source.

To count a market of 450,000 cards takes seconds, so the figures are kept as they were counted at night, or
when staff asked for it; the page says when that was. What waits for a match is counted at each look.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count

from catalog.models import Game, UnmatchedItem
from pricing.models import Source
from pricing.queries import rows

KEY = f"pricing.coverage:{settings.VERSION}"
SETS = """
WITH cards AS (
    SELECT card_set_id AS set_id, count(*)::int AS cards,
           (count(*) FILTER (WHERE image_url = ''))::int AS without_image
    FROM catalog_card GROUP BY card_set_id
), priced AS (
    SELECT s.printing_id, array_agg(DISTINCT s.source_id) AS sources, max(l.changed_on) AS day
    FROM pricing_priceseries s JOIN pricing_latestprice l ON l.series_id = s.id
    WHERE l.market IS NOT NULL GROUP BY s.printing_id
), printings AS (
    SELECT c.card_set_id AS set_id, coalesce(priced.sources, '{}') AS sources, count(*)::int AS printings,
           max(priced.day) AS day
    FROM catalog_printing p JOIN catalog_card c ON c.id = p.card_id
    LEFT JOIN priced ON priced.printing_id = p.id GROUP BY 1, 2
)
SELECT s.id AS pk, s.game_id, s.name, coalesce(cards.cards, 0) AS cards,
       coalesce(cards.without_image, 0) AS without_image, coalesce(found.known, '[]') AS known, found.day
FROM catalog_cardset s LEFT JOIN cards ON cards.set_id = s.id
LEFT JOIN (
    SELECT set_id, json_agg(json_build_array(sources, printings)) AS known, max(day) AS day
    FROM printings GROUP BY set_id
) found ON found.set_id = s.id
ORDER BY s.name, s.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRow:
    """`known` says how many of its printings have a market price at exactly these sources."""

    pk: int
    game_id: int
    name: str
    cards: int
    without_image: int
    known: list[tuple[list[int], int]]
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Figures of a set, or of all sets of a game. `by_source` counts the printings with a market price at
    each source, in the order of the columns; `day` is the newest on which a price changed.
    """

    name: str
    pk: int
    cards: int
    without_image: int
    printings: int
    unpriced: int
    by_source: tuple[int, ...]
    day: date | None
    unmatched: int | None = None
    slug: str = ""  # of a game


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The sets of all games as of `at`."""

    at: datetime
    sets: list[SetRow]


def read() -> Counted:
    """As kept; counted now where nothing is."""
    kept: Counted | None = cache.get(KEY)
    return kept or count_anew()


def count_anew() -> Counted:
    """One statement that reads the market once. What it finds is kept until the next count."""
    counted = Counted(at=datetime.now(UTC), sets=rows(SetRow, SETS, []))
    cache.set(KEY, counted, timeout=None)
    return counted


def columns(counted: Counted, *, game_id: int | None = None) -> list[Source]:
    """The sources that price anything, of the game alone where one is named; one statement."""
    sets = (row for row in counted.sets if game_id in {None, row.game_id})
    keys = {key for row in sets for at, _ in row.known for key in at}
    return list(Source.objects.filter(pk__in=keys))


def by_game(counted: Counted, *, sources: Sequence[Source]) -> list[Covered]:
    """A row for each game, with what waits for a match at this moment; two statements."""
    sets = defaultdict(list)
    for row in counted.sets:
        sets[row.game_id].append(row)
    waiting = UnmatchedItem.objects.filter(status=UnmatchedItem.Status.OPEN).values("game")
    unmatched = dict(waiting.annotate(items=Count("pk")).order_by().values_list("game", "items"))
    games = [(game, unmatched.get(game.pk, 0)) for game in Game.objects.all()]
    return [
        replace(
            _sum(sets[game.pk], name=game.name, pk=game.pk, sources=sources), unmatched=items, slug=game.slug
        )
        for game, items in games
    ]


def by_set(counted: Counted, *, game_id: int, sources: Sequence[Source]) -> list[Covered]:
    """A row for each set of the game that there was when it was counted."""
    found = (row for row in counted.sets if row.game_id == game_id)
    return [_sum([row], name=row.name, pk=row.pk, sources=sources) for row in found]


def _sum(found: Iterable[SetRow], *, name: str, pk: int, sources: Sequence[Source]) -> Covered:
    sets = list(found)
    known = [pair for row in sets for pair in row.known]
    return Covered(
        name=name,
        pk=pk,
        cards=sum(row.cards for row in sets),
        without_image=sum(row.without_image for row in sets),
        printings=sum(count for _, count in known),
        unpriced=sum(count for at, count in known if not at),
        by_source=tuple(sum(count for at, count in known if source.pk in at) for source in sources),
        day=max((row.day for row in sets if row.day), default=None),
    )
