"""Searching 450,000 names with one typing error each, against reading them all."""

import random
from statistics import median
from time import perf_counter

from django.db.backends.utils import CursorWrapper

from bench import market
from bench.measure import Measure, at_least, at_most, p95
from catalog import words
from catalog.models import Card, SearchWord
from pricing.search import Criteria, find

QUERIES = 300
SCANS = 12
SEED = 7
LETTERS = "abcdefghijklmnopqrstuvwxyz "
# What PostgreSQL does without an index of ours: compare the text with every name.
SCAN = """
SELECT folded FROM (SELECT DISTINCT folded FROM catalog_card) names
ORDER BY similarity(%s, folded) DESC LIMIT 20"""


def run(cursor: CursorWrapper) -> list[Measure]:
    """Needs the migrations; fills the database when it is empty."""
    market.load()
    indexing = _index(cursor)
    names = _drawn_names(cursor)
    questions = [(mistyped(name, seeded=random.Random(place)), name) for place, name in enumerate(names)]
    recall, times = _finds(questions)
    scan_recall, scan_times = _scans(cursor, questions[:SCANS])
    return [
        *indexing,
        at_least(f"search: recall in the first 20 of {len(questions)} mistyped names", recall, "", 0.95),
        Measure(name="search: median", value=median(times), unit="ms"),
        at_most("search: p95", p95(times), "ms", 40),
        Measure(name=f"search: recall of the sequential scan, {SCANS} names", value=scan_recall, unit=""),
        Measure(name="search: median of the sequential scan", value=median(scan_times), unit="ms"),
        Measure(name="search: faster than the scan", value=median(scan_times) / median(times), unit="times"),
    ]


def _index(cursor: CursorWrapper) -> list[Measure]:
    if SearchWord.objects.exists():
        return []
    start = perf_counter()
    words.index_all()
    measure = at_most("search: index of all cards", perf_counter() - start, "s", 60)
    cursor.execute("VACUUM ANALYZE")
    return [measure]


def mistyped(name: str, *, seeded: random.Random) -> str:
    """The name with one letter added, lost, replaced or swapped with the next, spaces included."""
    place, letter = seeded.randrange(len(name)), seeded.choice(LETTERS)
    return seeded.choice(
        [
            name[:place] + letter + name[place:],
            name[:place] + name[place + 1 :],
            name[:place] + letter + name[place + 1 :],
            name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
        ]
    )


def _drawn_names(cursor: CursorWrapper) -> list[str]:
    cursor.execute("SELECT folded FROM catalog_card ORDER BY hashint4(id # %s) LIMIT %s", [SEED, QUERIES])
    return [row[0] for row in cursor.fetchall()]


def _finds(questions: list[tuple[str, str]]) -> tuple[float, list[float]]:
    hits, times = 0, []
    for text, name in questions:
        start = perf_counter()
        found = find(Criteria(q=text, limit=20))
        times.append((perf_counter() - start) * 1000)
        hits += Card.objects.filter(pk__in=found.card_ids, folded=name).exists()
    return hits / len(questions), times


def _scans(cursor: CursorWrapper, questions: list[tuple[str, str]]) -> tuple[float, list[float]]:
    hits, times = 0, []
    for text, name in questions:
        start = perf_counter()
        cursor.execute(SCAN, [text])
        times.append((perf_counter() - start) * 1000)
        hits += (name,) in cursor.fetchall()
    return hits / len(questions), times
