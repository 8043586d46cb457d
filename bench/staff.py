"""The staff's admin at market scale: lists, coverage, and what a merge would do, against a trivial page.

Changes of prices, of which there may be 100 million, stand in no list: nothing here reads them but the
question whether two series ever had a price, which an index answers.
"""

from collections.abc import Iterator
from functools import partial

import tablib
from django.db.backends.utils import CursorWrapper
from django.test import Client, override_settings

from accounts.models import User
from bench import market, prices
from bench.measure import Measure, at_most, best, milliseconds
from catalog import words
from catalog.models import Card, CardSet, Game, SearchWord
from catalog.staff.resources import CardResource
from pricing import coverage
from pricing.models import IngestRun, LatestPrice, PriceReview, Source

ACTS = 200_000  # lines of the audit log
DOUBTS = 20_000
IMPORTED, EXPORTED = 5_000, 50_000
ROUNDS = 8
LIMIT = 200  # ms
TRIVIAL = "/admin/password_change/done/"
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LISTS = {
    "sets": "catalog/cardset/",
    "cards": "catalog/card/",
    "cards of a game": "catalog/card/?game__id__exact={game}",
    "cards found by their words": "catalog/card/?q=set+12",
    "the 50th page of cards": "catalog/card/?p=50",
    "ids at sources": "catalog/externalid/",
    "price series": "pricing/priceseries/",
    "latest prices": "pricing/latestprice/",
    "reviews": "pricing/pricereview/",
    "corrections": "pricing/pricecorrection/",
    "the audit log": "admin/logentry/",
    "the audit log of a person": "admin/logentry/?user={person}",
    "the audit log of a day": "admin/logentry/?action_time__gte=2026-11-20&action_time__lt=2026-11-21",
}
LATEST = """
INSERT INTO pricing_latestprice (series_id, source_id, game_id, market, low, mid, changed_on)
SELECT id, source_id, game_id, CASE WHEN id %% 20 = 0 THEN NULL ELSE 100 + id %% 5000 END, 90, 110, %s
FROM pricing_priceseries"""
REVIEWS = """
INSERT INTO pricing_pricereview (run_id, series_id, day, reason, quote, status)
SELECT %s, id, %s, 'jump', '{"market": 5000, "currency": "USD"}', 'open'
FROM pricing_priceseries ORDER BY id LIMIT %s"""
CORRECTIONS = """
INSERT INTO pricing_pricecorrection (series_id, day, was, now, reason, corrected_by_id, corrected_at)
SELECT id, %s, 100, 110, '', %s, now() FROM pricing_priceseries ORDER BY id LIMIT %s"""
LOG = """
INSERT INTO django_admin_log
    (action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message)
SELECT timestamptz '2026-11-20' - make_interval(mins => %s - n), %s,
       (SELECT id FROM django_content_type WHERE app_label = 'catalog' AND model = 'card'),
       n::text, 'A card', 2, 'Edited with others: rarity: Rare.'
FROM generate_series(1, %s) n"""


def run(cursor: CursorWrapper) -> Iterator[Measure]:
    """Needs the migrations; fills the database when it is empty."""
    person = _build(cursor)
    game = Game.objects.get(slug="pokemon").pk
    client = Client()
    client.force_login(person)
    plain = override_settings(
        STORAGES=PLAIN_FILES,
        ALLOWED_HOSTS=["*"],
        SECURE_SSL_REDIRECT=False,
        USERSESSIONS_TRACK_ACTIVITY=False,
    )
    with plain:
        floor = best(partial(_get, client, TRIVIAL), rounds=ROUNDS)
        yield Measure(name="staff: a trivial admin page", value=floor, unit="ms")
        for name, address in LISTS.items():
            asked = partial(_get, client, f"/admin/{address.format(person=person.pk, game=game)}")
            yield from _page(f"staff: {name}", best(asked, rounds=ROUNDS), floor=floor)
        yield Measure(
            name="staff: coverage counted anew", value=milliseconds(coverage.count_anew) / 1000, unit="s"
        )
        for name, query in (("by game", ""), ("of a game by set", "?game=pokemon")):
            asked = partial(_get, client, f"/admin/coverage/{query}")
            yield from _page(f"staff: coverage {name}", best(asked, rounds=ROUNDS), floor=floor)
        yield from _previews(client, floor=floor)
    yield from _files(person)


def _page(name: str, ms: float, *, floor: float) -> Iterator[Measure]:
    yield at_most(name, ms, "ms", LIMIT)
    yield Measure(name=f"{name}, against the trivial page", value=ms / floor, unit="times")


def _get(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise ValueError(f"{address} answered {answer.status_code}")


def _previews(client: Client, *, floor: float) -> Iterator[Measure]:
    """Of two sets of 200 cards, and of two cards."""
    sets = list(CardSet.objects.filter(game__slug="pokemon").order_by("pk")[:2])
    cards = list(Card.objects.filter(card_set=sets[0]).order_by("pk")[:2])
    for name, model, rows in (
        ("sets", "cardset", [row.pk for row in sets]),
        ("cards", "card", [c.pk for c in cards]),
    ):
        form = {"action": "merge", "_selected_action": rows, "asked": "1", "kept": rows[0]}
        asked = partial(client.post, f"/admin/catalog/{model}/", form)
        ms = best(asked, rounds=ROUNDS)
        yield from _page(f"staff: what a merge of two {name} would do", ms, floor=floor)


def _files(person: User) -> Iterator[Measure]:
    """A file is looked at by importing it and taking that back, so it costs what importing it costs."""
    cards = Card.objects.order_by("pk").values_list("pk", "name")
    changed = tablib.Dataset(*((pk, f"{name} II") for pk, name in cards[:IMPORTED]), headers=["id", "name"])
    done = partial(CardResource().import_data, changed, dry_run=True, user=person)
    yield at_most(f"staff: {IMPORTED:,} changed cards imported", milliseconds(done) / 1000, "s", 60)
    rows = CardResource().get_queryset().order_by("pk")[:EXPORTED]
    seconds = milliseconds(partial(CardResource().export, rows)) / 1000
    yield at_most(f"staff: {EXPORTED:,} cards exported", seconds, "s", 60)


def _build(cursor: CursorWrapper) -> User:
    market.load()
    prices.load()
    if not SearchWord.objects.exists():
        words.index_all()
    person, _ = User.objects.get_or_create(
        email="bench-staff@example.org", defaults={"is_staff": True, "is_superuser": True}
    )
    if not PriceReview.objects.exists():
        _fill(cursor, person)
        cursor.execute("VACUUM ANALYZE")
    return person


def _fill(cursor: CursorWrapper, person: User) -> None:
    source, day = Source.objects.get(slug="tcgplayer"), prices.TODAY
    run_of_day = IngestRun.objects.create(
        source=source,
        adapter="bench",
        game=Game.objects.get(slug="pokemon"),
        status="failed",
        started_at="2026-11-20T20:00:00Z",
    )
    if not LatestPrice.objects.exists():
        cursor.execute(LATEST, [day])
    cursor.execute(REVIEWS, [run_of_day.pk, day, DOUBTS])
    cursor.execute(CORRECTIONS, [day, person.pk, DOUBTS])
    cursor.execute(LOG, [ACTS, person.pk, ACTS])
