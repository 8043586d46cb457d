"""A sync from its capture to the record: what is written, what is refused, what two at once do."""

import threading
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from catalog.models import Card, Finish
from catalog.tests.factories import GameFactory
from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry
from pricing import ingest, movers, sources
from pricing.ingest import BusyError, Progress
from pricing.models import IngestRun, LatestPrice, MissedDay, PriceChange, PriceDay, PriceReview, PriceSeries
from pricing.tests.factories import RunFactory, SourceFactory
from pricing.tests.market import BASE, DAY, Listing, Shop, later, listing, product, quote


def _many(count: int, *, market: int = 100) -> dict[str, int | None]:
    return {str(place): market for place in range(1, count + 1)}


def test_a_run_counts_what_it_read_and_wrote(shop: Shop) -> None:
    quotes = [quote("1", (100,)), quote("1", (900,), finish="Foil"), quote("2", (None, 40)), quote("7", (5,))]
    capture = Listing(listed={BASE: [product("1"), product("2")]}, quoted={"604": quotes})
    run = shop.brings(capture)
    counts = (run.products, run.rows, run.new_series, run.changed, run.reviewed, run.unmatched)
    assert counts == (2, 4, 3, 3, 0, 1)
    assert (run.status, run.day, run.unmatched_ids, run.error) == ("done", DAY, ["7"], "")
    assert run.finished_at
    assert run.finished_at >= run.started_at


def test_only_the_first_hundred_unmatched_ids_are_kept(shop: Shop) -> None:
    quotes = [quote(str(place), (1,)) for place in range(1, 151)]
    run = shop.brings(Listing(listed={BASE: []}, quoted={"604": quotes}))
    assert (run.unmatched, len(run.unmatched_ids), run.unmatched_ids[-1]) == (150, 100, "100")
    assert not PriceSeries.objects.exists()


def test_the_same_day_again_is_not_even_read(shop: Shop) -> None:
    shop.says({"1": 100})
    run = shop.says({"1": 999})
    assert (run.status, run.rows, shop.market("1")) == ("unchanged", 0, 100)


def test_a_replay_of_the_same_day_writes_no_price_row(shop: Shop) -> None:
    shop.says({"1": 100, "2": None})
    run = shop.says({"1": 100, "2": None}, replay=True)
    assert (run.status, run.changed, run.new_series, PriceChange.objects.count()) == ("unchanged", 0, 0, 2)
    assert IngestRun.objects.filter(status="done").count() == 1


def test_a_day_before_the_newest_is_refused(shop: Shop) -> None:
    shop.says({"1": 100}, day=later(5))
    with pytest.raises(
        MarketError, match="prices of 2026-03-06 are older than 2026-03-07, which is recorded"
    ):
        shop.says({"1": 300}, day=later(4), replay=True)
    run = IngestRun.objects.get(status="failed")
    assert (run.day, run.changed, run.error[:20]) == (None, 0, "prices of 2026-03-06")
    assert shop.market("1") == 100


def test_a_day_of_the_future_is_refused_for_it_would_make_every_true_day_too_old(shop: Shop) -> None:
    tomorrow = timezone.now().date() + timedelta(days=1)
    with pytest.raises(MarketError, match="are of the future") as caught:
        shop.says({"1": 100}, day=tomorrow)
    assert caught.value.permanent
    assert not PriceDay.objects.exists()


@pytest.mark.parametrize(
    ("before", "now", "status"), [(20, 9, "held"), (20, 10, "done"), (19, 1, "done"), (19, 0, "held")]
)
def test_a_file_that_lost_more_than_half_is_held(shop: Shop, before: int, now: int, status: str) -> None:
    shop.says(_many(before))
    run = shop.says(_many(now, market=111), day=later(1))
    assert run.status == status
    assert PriceChange.objects.filter(day=later(1)).count() == (0 if status == "held" else now)


def test_a_held_file_writes_nothing_but_one_review_however_often_it_comes(shop: Shop) -> None:
    shop.says(_many(30))
    for day in (1, 1, 2):
        run = shop.says(_many(3, market=500), day=later(day))
    review = PriceReview.objects.get()
    assert (review.reason, review.quote, review.known) == ("collapse", {"rows": 3}, {"rows": 30})
    assert (review.day, review.run, review.series) == (later(2), run, None)
    assert LatestPrice.objects.filter(market=100, missing_since=None).count() == 30
    assert PriceDay.objects.count() == 1


def test_a_held_file_can_be_accepted_as_it_is(shop: Shop) -> None:
    shop.says(_many(30))
    run = shop.says(_many(3, market=500), day=later(1), accept_collapse=True)
    assert (run.status, run.changed) == ("done", 3)
    assert LatestPrice.objects.filter(missing_since=later(1)).count() == 27


def test_a_part_of_a_dump_does_not_pass_for_the_whole_because_it_came_another_way(shop: Shop) -> None:
    shop.says(_many(30), adapter="network")
    assert shop.says(_many(3), day=later(1), adapter="files").status == "held"


def test_a_missed_day_is_filled_when_its_prices_come_after_all(shop: Shop) -> None:
    missed = MissedDay.objects.create(source=shop.source, game=shop.game, day=DAY, noticed_at=timezone.now())
    other = MissedDay.objects.create(
        source=shop.source, game=shop.game, day=later(1), noticed_at=timezone.now()
    )
    shop.says({"1": 100})
    missed.refresh_from_db()
    other.refresh_from_db()
    assert missed.filled_at
    assert other.filled_at is None


def test_a_source_that_cannot_be_opened_fails_the_run_and_says_why(shop: Shop) -> None:
    def closed() -> Listing:
        raise MarketError("the shop is closed", permanent=False)

    with pytest.raises(MarketError, match="the shop is closed"):
        ingest.sync(closed, adapter="test", source=shop.source, game=shop.game)
    run = IngestRun.objects.get()
    assert (run.status, run.error, run.day) == ("failed", "the shop is closed", None)
    assert run.finished_at


@dataclass(kw_only=True)
class BreakingOff(Listing):
    """The connection is lost at the second group."""

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        if group.external_id != BASE.external_id:
            raise MarketError("the line went dead", permanent=False)
        return super().products(group)


def test_a_capture_that_breaks_off_leaves_the_catalogue_but_no_price(shop: Shop) -> None:
    jungle = replace(BASE, external_id="605", name="Jungle")
    capture = BreakingOff(
        listed={BASE: [product("1")], jungle: [product("2")]}, quoted={"604": [quote("1", (100,))]}
    )
    with pytest.raises(MarketError, match="the line went dead"):
        shop.brings(capture)
    assert Card.objects.count() == 1
    assert not LatestPrice.objects.exists()
    assert not PriceChange.objects.exists()
    assert not PriceDay.objects.exists()
    run = shop.says({"1": 100})
    assert (run.status, run.new_series, run.changed) == ("done", 0, 1)


def test_a_ranking_that_fails_does_not_unmake_the_day(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> int:
        raise OperationalError("no space left")

    monkeypatch.setattr(movers, "rank", broken)
    with pytest.raises(OperationalError):
        shop.says({"1": 100})
    assert IngestRun.objects.get().status == "done"


def test_a_product_twice_in_a_file_counts_once_and_the_last_word_holds(shop: Shop) -> None:
    run = shop.brings(listing([quote("1", (100,)), quote("1", (120,))]))
    assert (run.rows, run.new_series, run.changed, shop.market("1")) == (2, 1, 1, 120)


def test_a_product_in_two_groups_is_one_card_in_the_last_of_them(shop: Shop) -> None:
    jungle = replace(BASE, external_id="605", name="Jungle")
    quoted = {"604": [quote("1", (100,))], "605": [quote("1", (100,))]}
    for day in (0, 1):
        capture = Listing(
            day=later(day), listed={BASE: [product("1")], jungle: [product("1")]}, quoted=quoted
        )
        run = shop.brings(capture)
    assert Card.objects.get().card_set.name == "Jungle"
    assert (run.changed, PriceSeries.objects.count()) == (0, 1)


def test_a_product_that_moves_to_another_group_keeps_its_series(shop: Shop) -> None:
    shop.says({"1": 100})
    promos = replace(BASE, external_id="700", name="Promos")
    run = shop.brings(listing([quote("1", (150,))], day=later(1), group=promos))
    assert (run.new_series, run.changed, PriceSeries.objects.count()) == (0, 1, 1)
    assert Card.objects.get().card_set.name == "Promos"


def test_a_product_of_another_game_is_unmatched_here_and_stays_there(shop: Shop) -> None:
    shop.says({"1": 100})
    japan = Shop(source=shop.source, game=GameFactory.create())
    group = replace(BASE, external_id="9000", name="Japanese Base Set")
    run = japan.brings(listing([quote("1", (900,)), quote("2", (50,))], group=group))
    assert (run.status, run.unmatched_ids, run.changed) == ("done", ["1"], 1)
    assert shop.market("1") == 100
    assert japan.market("2") == 50


def test_finishes_that_differ_only_behind_the_longest_name_are_one(shop: Shop) -> None:
    long = "Holo " * 20
    quotes = [quote("1", (100,), finish=long + "a"), quote("1", (200,), finish=long + "b")]
    run = shop.brings(listing(quotes))
    assert (run.new_series, run.changed, run.rows) == (1, 1, 2)
    assert Finish.objects.get(game=shop.game).name == long[:80]
    assert shop.says({}, day=later(1), accept_collapse=True).status == "done"
    assert shop.brings(listing(quotes, day=later(2))).new_series == 0


def test_conditions_and_grades_are_series_of_their_own(shop: Shop) -> None:
    graded = [quote("1", (100,)), quote("1", (80,), condition="LP"), quote("1", (9000,), grade="PSA 10")]
    assert shop.brings(listing(graded)).new_series == 3
    assert shop.brings(listing(graded, day=later(1))).changed == 0


@dataclass(kw_only=True)
class Waiting(Listing):
    """Says it is being read, and goes on when it is told to."""

    reached: threading.Event = field(default_factory=threading.Event)
    proceed: threading.Event = field(default_factory=threading.Event)

    def groups(self) -> list[GroupEntry]:
        self.reached.set()
        assert self.proceed.wait(20)
        return super().groups()


@pytest.mark.django_db(transaction=True)
def test_of_two_syncs_at_once_one_is_refused_and_the_day_is_there_once() -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    other = Shop(source=shop.source, game=GameFactory.create())
    said = listing([quote("1", (100,))])
    waiting = Waiting(listed=said.listed, quoted=said.quoted)
    first = threading.Thread(target=_bring_in_thread, args=(shop, waiting))
    first.start()
    assert waiting.reached.wait(20)
    with pytest.raises(BusyError, match=r"is being synced from .* already"):
        shop.brings(said)
    assert sources.fail_dead_runs() == 0
    assert other.brings(listing([quote("9", (5,))], group=replace(BASE, external_id="605"))).status == "done"
    waiting.proceed.set()
    first.join(20)
    assert shop.brings(said).status == "unchanged"
    assert list(IngestRun.objects.filter(game=shop.game).values_list("status", flat=True).order_by("id")) == [
        "done",
        "unchanged",
    ]
    assert (PriceChange.objects.count(), PriceDay.objects.filter(game=shop.game).count()) == (2, 1)


def _bring_in_thread(shop: Shop, capture: Listing) -> None:
    try:
        shop.brings(capture)
    finally:
        connection.close()


@dataclass(kw_only=True)
class CutOff(Listing):
    """PostgreSQL ends the connection while the source is being read, as a restart does."""

    def groups(self) -> list[GroupEntry]:
        assert connection.connection
        key = connection.connection.info.backend_pid
        ending = threading.Thread(target=_end_backend, args=(key,))
        ending.start()
        ending.join(60)
        return super().groups()


def _end_backend(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [key])
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_in_mid_sync_fails_the_run_and_frees_the_game() -> None:
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    said = listing([quote("1", (100,))])
    with pytest.raises(OperationalError, match="terminating connection due to administrator command"):
        shop.brings(CutOff(listed=said.listed, quoted=said.quoted))
    assert shop.brings(said).status == "done"
    assert list(IngestRun.objects.order_by("id").values_list("status", flat=True)) == ["failed", "done"]


def test_a_run_whose_process_died_is_marked_by_the_next(shop: Shop) -> None:
    dead = RunFactory.create(source=shop.source, game=shop.game, status="running", day=None, finished_at=None)
    shop.says({"1": 100})
    dead.refresh_from_db()
    assert (dead.status, dead.error) == ("failed", "Stopped before it finished.")


def test_progress_is_told_to_the_command_and_kept_for_the_run_page(shop: Shop) -> None:
    run = RunFactory.create(source=shop.source, game=shop.game, status="running", finished_at=None)
    told: list[str] = []
    progress = Progress(run=run, report=told.append, every=0)
    run.rows = 12
    progress.note("1 of 2 sets, 12 prices")
    Progress(run=run, report=told.append, every=60).note("too soon")
    saved = IngestRun.objects.get(pk=run.pk)
    assert (saved.progress, saved.rows) == ("1 of 2 sets, 12 prices", 12)
    assert told == [f"test {shop.game} 2026-01-01: 1 of 2 sets, 12 prices"]


def test_the_last_line_sums_up(shop: Shop) -> None:
    told: list[str] = []
    shop.says({"1": 100}, report=told.append)
    assert told == [
        f"test {shop.game} 2026-03-02: done: 1 products, 1 prices, 1 written, 0 to review, 0 unmatched"
    ]


def test_names_of_every_script_are_kept_as_they_are(shop: Shop) -> None:
    group = replace(BASE, name="拡張パック Ω", external_id="77")
    capture = Listing(
        day=date(2026, 3, 2),
        listed={group: [product("1", name="Pokémon ☆ リザードン")]},
        quoted={"77": [quote("1", (1,))]},
    )
    assert shop.brings(capture).changed == 1
    card = Card.objects.get()
    assert (card.name, card.card_set.name, card.card_set.slug) == (
        "Pokémon ☆ リザードン",
        "拡張パック Ω",
        "77",
    )
