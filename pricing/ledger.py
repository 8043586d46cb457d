"""The one writer of prices: records what a source said of a game on a day, in one transaction.

The day is compared with what we know as arrays; only rows that changed reach the database. An amount
of 0 in an array means unknown and becomes NULL in SQL.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from pricing import packing, telling
from pricing.models import IngestRun, PriceDay
from pricing.packing import Ints

AMOUNTS = ("market", "low", "mid", "high", "direct_low")
CHARTED = 3  # market, low and mid have a history; high and direct low are shown as of now only
TENFOLD = 10
LARGEST = 2**31 - 1

KNOWN_WIDTH = 1 + len(AMOUNTS) + 1  # series, amounts, is it missing
# One value instead of half a million rows: reading rows one by one costs five times as much.
KNOWN = f"""
SELECT string_agg(int4send(series_id) || {" || ".join(f"int4send(coalesce({name}, 0))" for name in AMOUNTS)}
       || int4send((missing_since IS NOT NULL)::int), ''::bytea)
FROM pricing_latestprice WHERE source_id = %s AND game_id = %s"""  # noqa: S608 -- built of our own constants

STAGED = ("series_id", *AMOUNTS, "old_market", "is_known", "is_charted")
# Made once a transaction: every table and index that is made or dropped holds a lock until its end, and one
# transaction that records hundreds of days would run out of them. What the database knows of a shelf may be
# of before its first day: with the key no join reads all of one side for each row of the other.
STAGE = f"""
CREATE TEMP TABLE IF NOT EXISTS staged ({", ".join(f"{name} int NOT NULL" for name in STAGED)},
PRIMARY KEY (series_id)) ON COMMIT DROP"""
AMOUNTS_OR_NULL = ", ".join(f"nullif(s.{name}, 0)" for name in AMOUNTS)

ADD_LATEST = f"""
INSERT INTO pricing_latestprice (series_id, {", ".join(AMOUNTS)}, changed_on, source_id, game_id)
SELECT series_id, {AMOUNTS_OR_NULL}, %s, %s, %s FROM staged s WHERE is_known = 0"""  # noqa: S608
MOVE_LATEST = f"""
UPDATE pricing_latestprice l
SET ({", ".join(AMOUNTS)}) = ROW({AMOUNTS_OR_NULL}), missing_since = NULL,
    previous_market = CASE
        WHEN s.market = s.old_market THEN l.previous_market
        WHEN l.changed_on < %(day)s THEN nullif(s.old_market, 0)
        ELSE (SELECT c.previous_market FROM pricing_pricechange c
              WHERE c.series_id = l.series_id AND c.day = %(day)s)
    END,
    changed_on = CASE WHEN s.is_charted = 1 THEN %(day)s ELSE l.changed_on END
FROM staged s WHERE s.is_known = 1 AND l.series_id = s.series_id
  AND l.source_id = %(source)s AND l.game_id = %(game)s"""  # noqa: S608
ADD_CHANGES = """
INSERT INTO pricing_pricechange (series_id, day, market, low, mid, previous_market)
SELECT series_id, %s, nullif(market, 0), nullif(low, 0), nullif(mid, 0), nullif(old_market, 0)
FROM staged WHERE is_charted = 1"""
# A second look at the same day corrects the day's row and keeps what was before the day.
CORRECT_CHANGES = f"""{ADD_CHANGES}
ON CONFLICT (series_id, day) DO UPDATE SET market = excluded.market, low = excluded.low, mid = excluded.mid"""  # nosec B608
MARK_MISSING = """
UPDATE pricing_latestprice SET missing_since = %s WHERE series_id = ANY(%s) AND missing_since IS NULL"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a source said: row i of `prices` holds the AMOUNTS of series i, in minor units, 0 unknown."""

    series: Ints
    prices: Ints

    @classmethod
    def of(cls, amounts: dict[int, tuple[int, ...]]) -> "Day":
        series = np.fromiter(amounts.keys(), dtype=np.int32, count=len(amounts))
        prices = np.array(list(amounts.values()), dtype=np.int32).reshape(-1, len(AMOUNTS))
        order = np.argsort(series)
        return cls(series=series[order], prices=prices[order])


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A market price that moved more than tenfold; amounts in the order of AMOUNTS."""

    series: int
    quoted: tuple[int, ...]
    known: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """`is_other` says that the day was recorded already, with other prices or other series listed."""

    changed: int
    is_other: bool
    jumps: list[Jump]


@transaction.atomic
def record(run: IngestRun, *, day: date, listed: Day) -> Recorded:
    """Writes one day of one game. Running it again with the same day writes nothing.

    Prices that moved more than tenfold are left out and returned. The caller holds the game's lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        known = _known(cursor, run=run)
        place = np.searchsorted(known.series, listed.series)
        is_known = known.series[place] == listed.series
        before = np.where(is_known[:, None], known.amounts[place], 0)
        jumped = _jumped(before, listed.prices)
        staged = _staged(listed, before=before, is_known=is_known)
        touched = (before != listed.prices).any(axis=1) | ~is_known | known.is_missing[place]
        _stage(cursor, staged[touched & ~jumped])
        cursor.execute(ADD_LATEST, [day, run.source_id, run.game_id])
        cursor.execute(MOVE_LATEST, {"day": day, "source": run.source_id, "game": run.game_id})
        cursor.execute(CORRECT_CHANGES if _is_remembered(run, day=day) else ADD_CHANGES, [day])
        changed = cursor.rowcount
        cursor.execute(MARK_MISSING, [day, _gone(known, seen=place[is_known & ~jumped]).tolist()])
    told = staged[touched & ~jumped & (staged[:, -1] == 1)][:, : packing.COLUMNS]
    telling.prices(run.source, game_id=run.game_id, day=day, rows=told)
    is_other = _remember_day(run, day=day, series=listed.series[~jumped], market=listed.prices[~jumped, 0])
    return Recorded(changed=changed, is_other=is_other, jumps=_jumps(listed, before=before, jumped=jumped))


FORGET_CHANGES = """
DELETE FROM pricing_pricechange WHERE day < %s
AND series_id IN (SELECT id FROM pricing_priceseries WHERE source_id = %s AND game_id = %s)"""
FORGET_LATEST = """
UPDATE pricing_latestprice SET previous_market = NULL
WHERE source_id = %s AND game_id = %s AND previous_market IS NOT NULL"""


@transaction.atomic
def forget(run: IngestRun, *, before: date) -> None:
    """What the source said before that day, for a source whose terms let us keep only its newest word."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET_CHANGES, [before, run.source_id, run.game_id])
        cursor.execute(FORGET_LATEST, [run.source_id, run.game_id])
    telling.prices(run.source, game_id=run.game_id, day=None, rows=telling.NO_ROWS)
    PriceDay.objects.filter(source_id=run.source_id, game_id=run.game_id, day__lt=before).delete()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the database says of a game before the day, in the order of the series ids."""

    series: Ints
    amounts: Ints
    is_missing: NDArray[np.bool_]


def _known(cursor: CursorWrapper, *, run: IngestRun) -> _Known:
    cursor.execute(KNOWN, [run.source_id, run.game_id])
    (blob,) = cursor.fetchone() or (None,)
    rows = np.frombuffer(bytes(blob or b""), dtype=">i4").reshape(-1, KNOWN_WIDTH).astype(np.int32)
    rows = rows[np.argsort(rows[:, 0])]
    # A sentinel behind the last row lets every look-up point somewhere.
    rows = np.append(rows, np.full((1, KNOWN_WIDTH), LARGEST, dtype=np.int32), axis=0)
    return _Known(series=rows[:, 0].copy(), amounts=rows[:, 1:-1], is_missing=rows[:, -1] == 1)


def _gone(known: _Known, *, seen: NDArray[np.intp]) -> Ints:
    unseen = ~known.is_missing
    unseen[seen] = False
    return known.series[:-1][unseen[:-1]]


def _jumped(before: Ints, now: Ints) -> NDArray[np.bool_]:
    old, new = before[:, 0].astype(np.int64), now[:, 0].astype(np.int64)
    both = (old > 0) & (new > 0)
    jumped: NDArray[np.bool_] = both & ((new > TENFOLD * old) | (old > TENFOLD * new))
    return jumped


def _staged(listed: Day, *, before: Ints, is_known: NDArray[np.bool_]) -> Ints:
    is_charted = (before[:, :CHARTED] != listed.prices[:, :CHARTED]).any(axis=1) | ~is_known
    columns = [listed.series, *listed.prices.T, before[:, 0], is_known, is_charted]
    return np.stack(columns, axis=1).astype(np.int32)


def _stage(cursor: CursorWrapper, rows: Ints) -> None:
    cursor.execute(STAGE)
    cursor.execute("TRUNCATE pg_temp.staged")
    with cursor.copy("COPY staged FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(copy_stream(rows))
    cursor.execute("ANALYZE staged")


def copy_stream(rows: Ints) -> bytes:
    """Rows of integers in PostgreSQL's binary COPY format (documentation of COPY, "Binary Format")."""
    count, width = rows.shape
    fields = [part for i in range(width) for part in ((f"size{i}", ">i4"), (f"value{i}", ">i4"))]
    stream = np.empty(count, dtype=[("fields", ">i2"), *fields])
    stream["fields"] = width
    for i in range(width):
        stream[f"size{i}"], stream[f"value{i}"] = 4, rows[:, i]
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + stream.tobytes() + b"\xff\xff"


def _is_remembered(run: IngestRun, *, day: date) -> bool:
    return PriceDay.objects.filter(source_id=run.source_id, game_id=run.game_id, day=day).exists()


def _remember_day(run: IngestRun, *, day: date, series: Ints, market: Ints) -> bool:
    """Whether the day was remembered otherwise."""
    data = packing.pack_day(series, market)
    known, is_new = PriceDay.objects.get_or_create(
        source_id=run.source_id,
        game_id=run.game_id,
        day=day,
        defaults={"size": len(series), "data": data},
    )
    if is_new or bytes(known.data) == data:
        return False
    known.size, known.data = len(series), data
    known.save(update_fields=["size", "data"])
    return True


def _jumps(listed: Day, *, before: Ints, jumped: NDArray[np.bool_]) -> list[Jump]:
    columns = (listed.series[jumped], listed.prices[jumped], before[jumped])
    return [
        Jump(series=series, quoted=tuple(quoted), known=tuple(known))
        for series, quoted, known in zip(*(column.tolist() for column in columns), strict=True)
    ]
