"""One day of the whole market: our ingest against a plain COPY of the same rows into a table with a key."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

import numpy as np
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from bench import market, prices
from bench.layout import write_day
from bench.measure import Measure, at_most, milliseconds
from pricing import ledger
from pricing.ledger import Day, copy_stream
from pricing.models import IngestRun, PriceChange, Source
from pricing.packing import Ints

DAYS = 7


def run(_: CursorWrapper) -> Iterator[Measure]:
    market.load()
    prices.load()
    walks = {game: prices.Walk(series, seed=game) for game, series in prices.series_by_game().items()}
    _record(walks, back=DAYS)
    floors, ours = [], []
    for back in range(DAYS - 1, -1, -1):
        for walk in walks.values():
            walk.step()
        floors.append(_copy([walk.day() for walk in walks.values()]))
        ours.append(_record(walks, back=back))
        _settle()
    rows = sum(len(walk.series) for walk in walks.values())
    yield Measure(name="rows in the day", value=rows, unit="rows")
    ratios = [mine / floor for mine, floor in zip(ours, floors, strict=True)]
    yield Measure(name="COPY of the day into a table with a primary key", value=median(floors), unit="ms")
    yield Measure(name="ingest of the day (database part)", value=median(ours), unit="ms")
    yield at_most("ingest / COPY, median of the days' own ratios", median(ratios), "x", 2.5)
    before = PriceChange.objects.count()
    replay = _record(walks, back=0)
    yield at_most(
        "price rows written by a replay of the day", PriceChange.objects.count() - before, "rows", 0
    )
    yield Measure(name="replay / COPY", value=replay / median(floors), unit="x")
    yield from _end_to_end(walks, floor=median(floors))


def _copy(days: list[Day]) -> float:
    rows = np.concatenate([np.column_stack([day.series, day.prices]) for day in days]).astype(np.int32)
    columns = ", ".join(f"{name} int" for name in ledger.AMOUNTS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS plain")
        cursor.execute(f"CREATE TABLE plain (series_id int PRIMARY KEY, {columns})")
        return milliseconds(lambda: _copy_rows(rows))


def _copy_rows(rows: Ints) -> None:
    with connection.cursor() as cursor, cursor.copy("COPY plain FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(copy_stream(rows))


def _record(walks: dict[int, prices.Walk], *, back: int) -> float:
    source = Source.objects.get(slug="tcgplayer")
    day = prices.day_before(back)
    spent = 0.0
    for game, walk in walks.items():
        run = IngestRun.objects.create(
            source=source, adapter="files", game_id=game, day=day, started_at=timezone.now()
        )
        listed = walk.day()
        spent += milliseconds(lambda run=run, listed=listed: ledger.record(run, day=day, listed=listed))  # type: ignore[misc]
        done = IngestRun.objects.filter(source=source, game_id=game, day=day, status="done").exists()
        run.status, run.finished_at = "unchanged" if done else "done", timezone.now()
        run.rows = len(walk.series)
        run.save()
    return spent


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE pricing_latestprice, pricing_pricechange")


def _end_to_end(walks: dict[int, prices.Walk], *, floor: float) -> Iterator[Measure]:
    """The command an operator runs, over files of the next day: parsing, matching, recording, ranking."""
    for walk in walks.values():
        walk.step()
    with tempfile.TemporaryDirectory() as folder:
        write_day(Path(folder), walks=walks, day=prices.TODAY + timedelta(days=1))
        program = [sys.executable, "manage.py", "sync", "--path", folder]
        spent = milliseconds(lambda: subprocess.run(program, check=True, capture_output=True))  # noqa: S603 -- our own command
    kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    yield Measure(name="sync --path of the whole market, from JSON to movers", value=spent / 1000, unit="s")
    yield Measure(name="sync --path / COPY", value=spent / floor, unit="x")
    yield at_most("memory of that process at its peak", kilobytes / 1024, "MB", 1024)
