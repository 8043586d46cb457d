"""`make bench`: every figure the project promises, as ratios measured in this run."""

import os
import sys
from importlib import import_module

import django

PARTS = (
    "ingest",
    "movers",
    "search",
    "grammar",
    "paging",
    "storage",
    "pages",
    "portfolio",
    "alerts",
    "matching",
    "blend",
    "staff",
    "desks",
    "hotlist",
    "bulk",
    "caching",
)


def main(*names: str) -> int:
    """Runs the named parts, or all; 1 when a target was missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- needs the settings

    call_command("migrate", verbosity=0)
    measure = import_module("bench.measure")
    results = [_run(name, show=measure.show) for name in names or PARTS]
    return 0 if all(results) else 1


def _run(name: str, *, show) -> bool:  # type: ignore[no-untyped-def]  # noqa: ANN001
    from django.db import connection  # noqa: PLC0415

    print(f"\n{name}", flush=True)
    with connection.cursor() as cursor:
        return bool(show(import_module(f"bench.{name}").run(cursor)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
