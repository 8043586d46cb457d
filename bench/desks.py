"""The staff's desks at the size of the real market: 100,000 unmatched items, 10,000 doubtful prices, a card
that 2,000 people wait for, and a second source for a third of all printings.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db.backends.utils import CursorWrapper
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from bench import market, prices
from bench.measure import Measure, at_most, milliseconds, p95
from catalog.models import Game, UnmatchedItem
from pricing import disagreements, ledger
from pricing.models import ExchangeRate, IngestRun, PriceReview, PriceSeries, Source

LIMIT: Final = 200  # ms, of a whole page
ITEMS, DOUBTS, WAITING, HOLDERS = 100_000, 10_000, 2_000, 200_000
DAYS: Final = 1
ROUNDS: Final = 30
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
UNMATCHED = """
INSERT INTO catalog_unmatcheditem (source, external_id, is_listing, game_id, title, url, said, market,
    currency, candidates, score, reasons, reason, status, first_seen, last_seen)
SELECT CASE WHEN n %% 50 = 0 THEN 'tcgplayer' ELSE 'bench-second' END, n::text, false, c.game_id,
       c.name || ' ' || c.number, '', jsonb_build_object('set', c.card_set_id, 'number', c.number),
       100 + (n * 7919) %% 100000, 'EUR',
       ARRAY(SELECT p.id FROM catalog_printing p WHERE p.card_id BETWEEN c.id AND c.id + 4 LIMIT 9),
       (n * 31) %% 101, ARRAY['name'], 'Several cards fit.', 'open', current_date - 30, current_date
FROM generate_series(1, %s) n JOIN catalog_card c ON c.id = (SELECT min(id) FROM catalog_card) + n * 4"""
SECOND = """
INSERT INTO pricing_priceseries (printing_id, source_id, game_id, condition, grade, language, currency)
SELECT printing_id, %s, game_id, '', '', 'en', 'EUR' FROM pricing_priceseries
WHERE source_id = %s AND id %% 3 = 0"""
SECOND_PRICES = """
INSERT INTO pricing_latestprice (series_id, source_id, game_id, market, changed_on)
SELECT mine.id, mine.source_id, mine.game_id,
       greatest(1, (l.market * CASE WHEN mine.id %% 20 = 0 THEN 5.0 ELSE 0.9 END)::int), %s
FROM pricing_priceseries mine
JOIN pricing_priceseries theirs ON theirs.printing_id = mine.printing_id AND theirs.source_id = %s
JOIN pricing_latestprice l ON l.series_id = theirs.id
WHERE mine.source_id = %s"""
DOUBTFUL = """
INSERT INTO pricing_pricereview (run_id, series_id, day, reason, quote, known, status)
SELECT r.id, l.series_id, r.day, 'jump',
       jsonb_build_object('market', l.market * 20, 'low', null, 'mid', null, 'high', null, 'direct_low', null,
                          'currency', 'USD'),
       jsonb_build_object('market', l.market, 'currency', 'USD'), 'open'
FROM pricing_latestprice l JOIN pricing_ingestrun r ON r.game_id = l.game_id AND r.source_id = l.source_id
    AND r.day = %s
WHERE l.source_id = %s AND l.series_id %% 7 = 0 ORDER BY l.series_id LIMIT %s"""
PEOPLE = """
INSERT INTO accounts_user (password, is_superuser, is_staff, is_active, date_joined, email, name, theme,
    currency)
SELECT '!', false, false, true, now(), 'desk-' || n || '@example.org', '', 'system', 'USD'
FROM generate_series(1, %s) n"""
ALERTS = """
WITH made AS (
    INSERT INTO alerts_alert (owner_id, name, kind, printing_id, condition, grade, threshold, currency,
        rearms, margin, timing, is_paused, is_stale, created_at, updated_at)
    SELECT u.id, '', 'above', %(printing)s, '', '', %(price)s * (2 + u.id %% 40), 'USD',
           false, 0, 'quiet', false, false, now(), now()
    FROM accounts_user u WHERE u.email LIKE 'desk-%%' RETURNING id, threshold
)
INSERT INTO alerts_watch (alert_id, series_id, since, fire_up, wakes_on_return, levelled_on)
SELECT id, %(series)s, %(since)s, threshold, false, %(since)s FROM made"""
BINDERS = """
INSERT INTO collections_app_collection (owner_id, name, kind, visibility, token, shows_cost, created_at)
SELECT id, 'Binder', 'owned', 'private', 'desk-' || id, false, now()
FROM accounts_user WHERE email LIKE 'desk-%%'"""
LOTS = """
INSERT INTO collections_app_lot (collection_id, printing_id, condition, grader, grade, language, quantity,
    disposed, currency, acquired_on, notes, photo, created_at, updated_at, series_id, percent, basis)
SELECT b.id, s.printing_id, 'NM', '', '', 'en', 1,
       0, 'USD', current_date - 10, '', '', now(), now(), s.id, 100, 'own'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM collections_app_collection
      WHERE token LIKE 'desk-%%') b
CROSS JOIN generate_series(1, %(each)s) n
JOIN pricing_priceseries s ON s.id = CASE WHEN n = 1 THEN %(series)s
                                          ELSE %(first)s + ((b.place * 97 + n) * 13) %% 300000 END"""


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    market.load()
    prices.load()
    source, today = Source.objects.get(slug="tcgplayer"), datetime.now(UTC).date()
    _record(cursor, source=source)
    popular = _fill(cursor, source=source, today=today)
    spent = sum(milliseconds(partial(disagreements.find, game)) for game in Game.objects.all())
    yield Measure(name="disagreements of the whole market found", value=spent / 1000, unit="s")
    cursor.execute("VACUUM ANALYZE")
    staff = User.objects.create_superuser("bench-desks@example.org")
    client = Client()
    client.force_login(staff)
    deep = UnmatchedItem.objects.filter(score=50).order_by("pk").values_list("pk", flat=True)[0]
    pages = {
        f"desk, first of {ITEMS:,} items": "unmatched/",
        "desk, one source of few": "unmatched/?source=tcgplayer",
        "desk, in the middle of the queue": f"unmatched/?after={deep}",
        "desk, a game": "unmatched/?game=magic",
        "desk, another card searched": f"unmatched/{deep}/?q=dragon",
        f"doubtful price, first of {DOUBTS:,}": "doubts/",
        f"doubtful price that {WAITING:,} people wait for": f"doubts/{popular}/?price=9999.00",
        "board": "board/",
        "health of the sources": "sources/",
    }
    with override_settings(STORAGES=PLAIN, ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        for name, address in pages.items():
            times = [_page(client, f"/admin/workbench/{address}") for _ in range(ROUNDS)]
            yield at_most(f"{name} (best)", min(times), "ms", LIMIT)
            yield Measure(name=f"{name} (p95)", value=p95(times[2:]), unit="ms")


def _page(client: Client, address: str) -> float:
    """Raises ValueError for a page that is none: what fails is fast."""
    answers = []
    spent = milliseconds(lambda: answers.append(client.get(address)))
    if answers[0].status_code != 200:
        raise ValueError(f"{address} answered {answers[0].status_code}")
    return spent


def _record(cursor: CursorWrapper, *, source: Source) -> None:
    """The market as it is today."""
    today = datetime.now(UTC).date()
    walks = {game: prices.Walk(series, seed=game) for game, series in prices.series_by_game().items()}
    for back in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=back)
        for game, walk in walks.items():
            begun = {"source": source, "adapter": "bench", "game_id": game, "day": day}
            made = IngestRun.objects.create(**begun, started_at=timezone.now())
            ledger.record(made, day=day, listed=walk.day())
            made.status, made.finished_at = IngestRun.Status.DONE, timezone.now()
            made.save()
            walk.step()
        cursor.execute("VACUUM ANALYZE")


def _fill(cursor: CursorWrapper, *, source: Source, today: date) -> int:
    """All that staff decide about; the review of the card that many wait for."""
    ExchangeRate.objects.get_or_create(currency="USD", day=today, defaults={"per_euro": "1.1"})
    second = Source.objects.create(slug="bench-second", name="Second", currency="EUR")
    cursor.execute(UNMATCHED, [ITEMS])
    cursor.execute(SECOND, [second.pk, source.pk])
    cursor.execute("ANALYZE pricing_priceseries")
    cursor.execute(SECOND_PRICES, [today, source.pk, second.pk])
    cursor.execute(DOUBTFUL, [today, source.pk, DOUBTS])
    review = PriceReview.objects.filter(series__isnull=False).select_related("series__latest").earliest("pk")
    series = review.series
    assert series
    cursor.execute(PEOPLE, [WAITING])
    about: dict[str, Any] = {
        "printing": series.printing_id,
        "series": series.pk,
        "since": today,
        "price": series.latest.market,
    }
    cursor.execute(ALERTS, about)
    cursor.execute(BINDERS)
    first = PriceSeries.objects.filter(source=source).order_by("pk").values_list("pk", flat=True)[0]
    cursor.execute(LOTS, {"series": series.pk, "each": HOLDERS // WAITING, "first": first})
    cursor.execute("ANALYZE")
    return review.pk
