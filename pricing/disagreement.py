"""Where sources disagree: printings whose markets are further apart today than they usually are.

Derived from the day vectors after each ingest, as the movers are: all printings of a game at all its sources
are compared over 30 days in arrays. Of each pair of markets the distance of their logarithms today is held
against its median over the days before; `ratio` is the largest of these, that of the highest source to the
lowest at the common level (`pricing.blending`). Pairs that share too few days are compared as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

import numpy as np
from django.db import connection, transaction
from django.db.models import Max
from numpy.typing import NDArray

from catalog.models import Game
from pricing import queries, vectors
from pricing.levels import WARM_UP
from pricing.models import Disagreement, PriceDay, Source
from pricing.observations import WINDOW
from pricing.outliers import CLOSE
from pricing.rates import Rates

TOP = 500  # of each game
EUROS = "EUR"  # what all are compared in
LARGEST = Decimal("99999999.99")
CENT = Decimal("0.01")
Logs = NDArray[np.float32]
Ids = NDArray[np.int64]

# One plain series of each printing, as one value: see ledger.KNOWN.
SHELF = """
SELECT string_agg(int4send(printing_id) || int4send(id), ''::bytea) FROM (
    SELECT DISTINCT ON (printing_id) printing_id, id FROM pricing_priceseries
    WHERE source_id = %s AND game_id = %s AND currency = %s AND condition = '' AND grade = ''
    ORDER BY printing_id, id
) plain"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`ratio` 1.50: at the common level the highest source says half as much again as the lowest."""

    printing_id: int
    card_id: int
    slug: str
    name: str
    number: str
    set_name: str
    finish: str
    game: str
    ratio: Decimal
    highest: str
    lowest: str
    day: date


WORST = """
SELECT d.printing_id, c.id AS card_id, c.slug, c.name, c.number, cs.name AS set_name, f.name AS finish,
       g.slug AS game, d.ratio, hi.slug AS highest, lo.slug AS lowest, d.day
FROM (
    SELECT * FROM pricing_disagreement
    WHERE %(game)s::text IS NULL OR game_id = (SELECT id FROM catalog_game WHERE slug = %(game)s)
    ORDER BY ratio DESC, printing_id LIMIT %(limit)s
) d
JOIN catalog_printing p ON p.id = d.printing_id
JOIN catalog_finish f ON f.id = p.finish_id
JOIN catalog_card c ON c.id = p.card_id
JOIN catalog_cardset cs ON cs.id = c.card_set_id
JOIN catalog_game g ON g.id = d.game_id
JOIN pricing_source hi ON hi.id = d.highest_id
JOIN pricing_source lo ON lo.id = d.lowest_id
ORDER BY d.ratio DESC, d.printing_id"""


def worst(limit: int, *, game: str | None = None) -> list[Row]:
    """The printings whose sources disagree most, of one game or all; one statement.

    `pricing.evidence.of_printings` says of all of them what each source says, in three more.
    """
    return queries.rows(Row, WORST, {"game": game, "limit": limit})


@transaction.atomic
def rank(game: Game) -> int:
    """Replaces the game's disagreements by those of its newest days; how many there are."""
    # After two syncs at once: the second reads what the first has not.
    Game.objects.select_for_update(no_key=True).get(pk=game.pk)
    found = list(_found(game, shelves=_shelves(game)))
    Disagreement.objects.filter(game=game).delete()
    Disagreement.objects.bulk_create(found)
    return len(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shelf:
    """A game at a source, and its newest day."""

    source: Source
    day: date


def _shelves(game: Game) -> list[_Shelf]:
    """One for each market that may be blended, of those that pass on the same prices the freshest; none that
    fell silent.
    """
    newest = dict(PriceDay.objects.filter(game=game).values_list("source").annotate(Max("day")))
    sources = Source.objects.filter(pk__in=newest, is_blended=True, is_demo=False)
    today = max(newest.values(), default=date.min)
    kept: dict[str, _Shelf] = {}
    for source in sorted(sources, key=lambda one: (-newest[one.pk].toordinal(), one.rank, one.slug)):
        day = newest[source.pk]
        if (today - day - timedelta(days=1)) <= timedelta(hours=source.fresh_hours):
            kept.setdefault(source.origin or source.slug, _Shelf(source=source, day=day))
    return list(kept.values())


def _found(game: Game, *, shelves: Sequence[_Shelf]) -> Iterator[Disagreement]:
    if len(shelves) < 2:
        return
    held = [_series(shelf, game=game) for shelf in shelves]
    if any(not len(series) for _, series in held):
        return
    everything, counts = np.unique(np.concatenate([printings for printings, _ in held]), return_counts=True)
    printings = everything[counts > 1]
    until = max(shelf.day for shelf in shelves)
    rates = Rates.load(
        {EUROS, *(shelf.source.currency for shelf in shelves)}, since=until - timedelta(WINDOW)
    )
    logs = [
        _logs(shelf, game=game, printings=printings, held=own, until=until, rates=rates)
        for shelf, own in zip(shelves, held, strict=True)
    ]
    largest, pair = _largest(logs)
    for place in _top(largest):
        first, second = (shelves[number].source for number in pair[place])
        yield Disagreement(
            printing_id=int(printings[place]),
            game=game,
            ratio=min(LARGEST, Decimal(float(np.exp(largest[place]))).quantize(CENT, ROUND_HALF_UP)),
            highest=first,
            lowest=second,
            day=until,
        )


def _series(shelf: _Shelf, *, game: Game) -> tuple[Ids, Ids]:
    """The printings it prices, sorted, and the series of each."""
    with connection.cursor() as cursor:
        cursor.execute(SHELF, [shelf.source.pk, game.pk, shelf.source.currency])
        (blob,) = cursor.fetchone() or (None,)
    rows = np.frombuffer(bytes(blob or b""), dtype=">i4").reshape(-1, 2).astype(np.int64)
    rows = rows[np.argsort(rows[:, 0])]
    return rows[:, 0], rows[:, 1]


def _logs(  # noqa: PLR0913 -- whose, of what, and in which money
    shelf: _Shelf, *, game: Game, printings: Ids, held: tuple[Ids, Ids], until: date, rates: Rates
) -> Logs:
    """Of each day of the window and each printing the logarithm of what the source says, NaN unknown.

    The last row is today's: what it said on its newest day.
    """
    listed, series = held
    place = np.minimum(np.searchsorted(listed, printings), max(0, len(listed) - 1))
    own = np.where(listed[place] == printings, series[place], -1)
    found: Logs = np.full((WINDOW + 1, len(printings)), np.nan, dtype=np.float32)
    days = vectors.between(
        shelf.source.pk, game_id=game.pk, since=until - timedelta(days=WINDOW), until=shelf.day
    )
    for day, keys, market in days:
        factor = rates.factor(shelf.source.currency, EUROS, day=day)
        if factor:
            known = vectors.aligned(own.astype(np.int32), keys, market).astype(np.float32)
            row = WINDOW if day == shelf.day else WINDOW - (until - day).days
            with np.errstate(divide="ignore"):
                found[row] = np.where(known > 0, np.log(known * float(factor)), np.nan)
    return found


def _largest(logs: Sequence[Logs]) -> tuple[Logs, NDArray[np.int64]]:
    """Of each printing the largest distance of two sources at their usual levels, and which two they are, the
    higher first; 0 where fewer than two are known.
    """
    size = logs[0].shape[1]
    largest: Logs = np.zeros(size, dtype=np.float32)
    pair = np.zeros((size, 2), dtype=np.int64)
    for first, second in combinations(range(len(logs)), 2):
        gaps = logs[first] - logs[second]
        unusual = np.nan_to_num(gaps[-1] - _usual(gaps[:-1]))
        wider = np.abs(unusual) > largest
        largest = np.where(wider, np.abs(unusual), largest)
        named = np.where((unusual > 0)[:, None], [first, second], [second, first])
        pair = np.where(wider[:, None], named, pair)
    return largest, pair


def _usual(gaps: Logs) -> Logs:
    """The median of each column without its NaNs, 0 where too few days are known; np.nanmedian is slower."""
    ordered = np.sort(gaps, axis=0)  # NaNs come last
    count = np.count_nonzero(~np.isnan(gaps), axis=0)
    columns = np.arange(gaps.shape[1])
    low, high = ordered[np.maximum(0, (count - 1) // 2), columns], ordered[count // 2 % len(gaps), columns]
    usual: Logs = np.where(count >= WARM_UP, (low + high) / 2, 0).astype(np.float32)
    return usual


def _top(largest: Logs) -> list[int]:
    places = np.flatnonzero(largest > CLOSE)
    if len(places) > TOP:
        places = places[np.argpartition(-largest[places], TOP)[:TOP]]
    ordered: list[int] = places[np.argsort(-largest[places], kind="stable")].tolist()
    return ordered
