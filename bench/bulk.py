"""The daily files of a whole market: how long writing takes, how much memory, how large they are."""

import os
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter

from django.conf import settings
from django.db.backends.utils import CursorWrapper
from django.test import override_settings

from bench import market
from bench import prices as made
from bench.measure import Measure, at_most
from pricing.bulk import files, writing

PRICED = """
INSERT INTO pricing_latestprice (series_id, source_id, game_id, market, low, changed_on)
SELECT id, source_id, game_id, 100 + id % 9999, 90 + id % 9999, DATE '2026-11-20' FROM pricing_priceseries
ON CONFLICT DO NOTHING"""


def run(cursor: CursorWrapper) -> list[Measure]:
    """Loads the market unless it is loaded."""
    market.load()
    made.load()
    cursor.execute(PRICED)
    with TemporaryDirectory() as folder, TemporaryDirectory() as other:
        with override_settings(BULK_DIR=Path(folder)):
            start = perf_counter()
            manifest = writing.write()
            seconds = perf_counter() - start
        # The first finds its files written already, the second writes them.
        idle, writes = (peak(Path(one)) for one in (folder, other))
    return [*said(manifest, seconds=seconds), at_most("bulk: memory of writing", writes - idle, "MiB", 32)]


def said(manifest: files.Manifest, *, seconds: float) -> list[Measure]:
    rows = {file.table: file.rows for file in manifest.files}
    size = sum(file.size for file in manifest.files) / 2**20
    return [
        Measure(
            name=f"bulk: {rows['prices']} prices, {rows['cards']} cards written", value=seconds, unit="s"
        ),
        Measure(name="bulk: all files", value=size, unit="MiB"),
    ]


def peak(folder: Path) -> float:
    """The most memory that `manage.py bulk` or one of the commands before it took, in MiB."""
    command = [sys.executable, "manage.py", "bulk"]
    environment = os.environ | {"BULK_DIR": str(folder)}
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True)  # noqa: S603
    return getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024
