"""What Prometheus learns about syncs."""

from typing import Final

from prometheus_client import Counter

from pricing.models import IngestRun

RUNS = Counter("ingest_runs", "Syncs that ended, by source and how", ["source", "status"])
ROWS = Counter(
    "ingest_rows",
    "Price rows: listed by a source, and of these written, put aside or unmatched",
    ["source", "what"],
)
COUNTED: Final = {"listed": "rows", "written": "changed", "reviewed": "reviewed", "unmatched": "unmatched"}


def count(run: IngestRun) -> None:
    RUNS.labels(run.source.slug, run.status).inc()
    for what, field in COUNTED.items():
        ROWS.labels(run.source.slug, what).inc(getattr(run, field))
