"""Sources that disagree: those first that reach most people, off the board once seen, until they change."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from alerts import evaluation
from alerts.tests.factories import alert
from catalog.models import Game, Printing
from catalog.tests.factories import GameFactory, PrintingFactory
from collections_app.tests.factories import collection, lot
from pricing import disagreements, tasks
from pricing.models import Disagreement, LatestPrice, PriceSeries, Source
from pricing.tests.factories import SeriesFactory, SourceFactory
from pricing.tests.market import DAY, Shop
from pricing.tests.queue import Sent, own_queue
from pricing.tests.rates import says

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
BOARD = "/admin/workbench/board/"


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the board's
    return client_for(carla)


@pytest.fixture
def game(db: None) -> Game:
    says(DAY, USD="2")
    return GameFactory.create()


@pytest.fixture
def here(db: None) -> Source:
    return SourceFactory.create(slug="here", currency="USD")


@pytest.fixture
def there(db: None) -> Source:
    return SourceFactory.create(slug="there", currency="EUR")


def costs(printing: Printing, source: Source, market: int | None, **facts: Any) -> PriceSeries:
    of_latest = {name: facts.pop(name) for name in ("missing_since",) if name in facts}
    series = SeriesFactory.create(printing=printing, source=source, currency=source.currency, **facts)
    LatestPrice.objects.create(
        series=series, source=source, game=series.game, market=market, changed_on=DAY, **of_latest
    )
    return series


def apart(game: Game, here: Source, there: Source, *, dollars: int, euros: int) -> Printing:
    printing: Printing = PrintingFactory.create(card__card_set__game=game)
    costs(printing, here, dollars)
    costs(printing, there, euros)
    return printing


def test_prices_are_compared_in_euros_at_the_newest_rate(game: Game, here: Source, there: Source) -> None:
    apart(game, here, there, dollars=400, euros=300)  # €2.00 and €3.00
    far = apart(game, here, there, dollars=400, euros=500)
    assert disagreements.find(game) == 1
    found = Disagreement.objects.get()
    assert (found.printing, found.low, found.high, found.ratio, found.sources) == (
        far, 200, 500, Decimal("2.50"), 2,
    )  # fmt: skip
    assert (found.lowest.source, found.highest.source) == (here, there)


def test_what_cannot_be_compared_is_not(game: Game, here: Source, there: Source) -> None:
    demo, closed = SourceFactory.create(is_demo=True), SourceFactory.create(is_blended=False)
    yen = SourceFactory.create(currency="JPY")
    printing = apart(game, here, there, dollars=400, euros=200)
    costs(printing, demo, 9_900)
    costs(printing, closed, 9_900)
    costs(printing, yen, 9_900)  # no rate is known
    costs(printing, here, 9_900, condition="NM")
    costs(printing, there, 9_900, grade="PSA 10")
    costs(printing, there, 9_900, language="ja")
    costs(printing, SourceFactory.create(currency="EUR"), 9_900, missing_since=DAY)
    costs(printing, SourceFactory.create(currency="EUR"), None)
    apart(game, here, there, dollars=20, euros=99)  # pennies
    assert disagreements.find(game) == 0


def test_who_agrees_again_leaves_the_board(game: Game, here: Source, there: Source) -> None:
    apart(game, here, there, dollars=400, euros=900)
    other = GameFactory.create()
    apart(other, here, there, dollars=400, euros=900)
    assert (disagreements.find(game), disagreements.find(other)) == (1, 1)
    LatestPrice.objects.filter(game=game, source=there).update(market=210)
    assert disagreements.find(game) == 0
    assert Disagreement.objects.get().game == other


@pytest.fixture
def three(game: Game, here: Source, there: Source) -> list[Printing]:
    """9, 3 and 2.5 times apart."""
    return [apart(game, here, there, dollars=200, euros=euros) for euros in (900, 300, 250)]


def test_people_who_hold_or_wait_are_exposed_and_come_first(
    game: Game, three: list[Printing], alice: User, bob: User, staff: Client
) -> None:
    furthest, held, waited = three
    lot(collection(alice, "Binder"), held)
    lot(collection(alice, "Wishes", kind="wish"), held)
    lot(collection(bob, "Binder"), held)
    alert(bob, waited)
    evaluation.catch_up()
    assert disagreements.find(game) == 3
    rows = staff.get(BOARD).context["rows"]
    assert [(row.printing_id, row.exposed) for row in rows] == [
        (held.pk, 2),
        (waited.pk, 1),
        (furthest.pk, 0),
    ]
    assert (rows[0].low, rows[0].low_currency, rows[0].high, rows[0].high_currency) == (
        200,
        "USD",
        300,
        "EUR",
    )


def test_what_was_looked_at_stays_away_until_it_changes(
    game: Game, here: Source, there: Source, staff: Client, carla: User
) -> None:
    printing = apart(game, here, there, dollars=200, euros=300)
    disagreements.find(game)
    answer = staff.post(f"{BOARD}{printing.pk}/seen/", {"ratio": "3.00", "game": game.slug}, follow=True)
    assert answer.redirect_chain == [(f"{BOARD}?game={game.slug}&page=1", 302)]
    assert answer.context["rows"] == []
    (row,) = staff.get(BOARD, {"seen": "1"}).context["rows"]
    assert (row.printing_id, row.seen_by) == (printing.pk, "carla@example.org")
    assert LogEntry.objects.get().change_message == "Looked at, at 3.00 times."
    LatestPrice.objects.filter(source=there).update(market=310)
    disagreements.find(game)
    assert Disagreement.objects.get().seen_by == carla  # a little further apart
    LatestPrice.objects.filter(source=there).update(market=340)
    disagreements.find(game)
    found = Disagreement.objects.get()
    assert (found.seen_ratio, found.seen_by, found.seen_at) == (None, None, None)


def test_other_sources_at_its_ends_are_another_disagreement(
    game: Game, here: Source, there: Source, carla: User
) -> None:
    printing = apart(game, here, there, dollars=200, euros=300)
    disagreements.find(game)
    assert disagreements.see(printing.pk, ratio=Decimal("3.00"), by=carla)
    costs(printing, SourceFactory.create(currency="EUR"), 301)
    disagreements.find(game)
    assert Disagreement.objects.get().seen_ratio is None


def test_what_changed_since_it_was_shown_is_not_marked(
    game: Game, here: Source, there: Source, staff: Client
) -> None:
    printing = apart(game, here, there, dollars=200, euros=300)
    disagreements.find(game)
    for ratio in ("2.90", "", "x", "NaN"):
        answer = staff.post(f"{BOARD}{printing.pk}/seen/", {"ratio": ratio}, follow=True)
        assert [str(one) for one in answer.context["messages"]] == ["It is another by now: look at it again."]
    assert (Disagreement.objects.get().seen_ratio, LogEntry.objects.count()) == (None, 0)


def test_staff_put_one_back(game: Game, here: Source, there: Source, staff: Client, carla: User) -> None:
    printing = apart(game, here, there, dollars=200, euros=300)
    disagreements.find(game)
    disagreements.see(printing.pk, ratio=Decimal("3.00"), by=carla)
    staff.post(f"{BOARD}{printing.pk}/again/")
    staff.post(f"{BOARD}{printing.pk}/again/")
    assert [row.printing_id for row in staff.get(BOARD).context["rows"]] == [printing.pk]
    assert LogEntry.objects.get().change_message == "On the board again."


def test_the_comparison_of_a_printing_leads_to_corrections_and_ids(shop: Shop, staff: Client) -> None:
    shop.says({"1": 100})
    series = shop.series("1")
    page = staff.get(f"{BOARD}{series.printing_id}/").content.decode()
    assert f"pricecorrection/add/?series={series.pk}&amp;day=2026-03-02" in page
    assert f"{shop.source.slug}: <a href" in page
    assert staff.get(f"{BOARD}{series.printing_id + 999}/").status_code == 404


def test_only_staff_with_the_permission_see_the_board(
    game: Game, three: list[Printing], client: Client, bob: User, client_for: ClientFor
) -> None:
    printing = three[1]
    disagreements.find(game)
    for who in (client, client_for(bob)):
        for address in (BOARD, f"{BOARD}{printing.pk}/"):
            assert who.get(address)["Location"] == f"/admin/login/?next={address}"
        answer = who.post(f"{BOARD}{printing.pk}/seen/", {"ratio": "3.00"})
        assert answer["Location"].startswith("/admin/login/")
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert client_for(bob).get(BOARD).status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename="view_disagreement"))
    assert client_for(bob).get(BOARD).status_code == 200
    assert client_for(bob).post(f"{BOARD}{printing.pk}/seen/", {"ratio": "3.00"}).status_code == 403
    assert not Disagreement.objects.filter(seen_ratio__isnull=False).exists()


def test_sources_are_compared_once_prices_came(
    shop: Shop, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with own_queue("ingest") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            shop.says({"1": 100})
        assert sent() == [Sent("pricing.compare", [shop.game.slug], {})]


def test_the_task_compares_a_game_or_all(game: Game, here: Source, there: Source) -> None:
    apart(game, here, there, dollars=200, euros=300)
    assert tasks.compare(GameFactory.create().slug) == "0 disagreements"
    assert (tasks.compare(game.slug), tasks.compare()) == ("1 disagreements", "1 disagreements")


def test_the_board_costs_the_same_with_one_row_and_with_three(
    game: Game, here: Source, there: Source, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 3):
        while Disagreement.objects.count() < count:
            apart(game, here, there, dollars=200, euros=300)
            disagreements.find(game)
        staff.get(BOARD)
        with django_assert_num_queries(3):
            assert len(staff.get(BOARD).context["rows"]) == count


def test_finding_costs_the_same_for_one_and_for_three(
    game: Game, here: Source, there: Source, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        apart(game, here, there, dollars=200, euros=300)
        with django_assert_num_queries(11):
            disagreements.find(game)
