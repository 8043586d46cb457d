from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django_celery_beat.models import PeriodicTask
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.tests.factories import GameFactory
from pricing import schedule
from pricing.admin import amounts
from pricing.formats import UNKNOWN, money
from pricing.models import (
    ExchangeRate,
    IngestRun,
    LatestPrice,
    MissedDay,
    PriceChange,
    PriceCorrection,
    PriceReview,
    PriceSeries,
    Source,
)
from pricing.tests.factories import RunFactory, SourceFactory
from pricing.tests.market import DAY, Shop, later, listing, quote
from pricing.tests.queue import Sent, own_queue, unreachable_queue
from pricing.tests.rates import says

ClientFor = Callable[[User], Client]
Status = PriceReview.Status
LISTS = ["source", "priceseries", "latestprice", "ingestrun", "pricereview", "missedday", "exchangerate"]
LISTS += ["pricecorrection"]


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the admin's
    return client_for(carla)


def address(model: str, page: str = "changelist", *args: Any) -> str:
    pages = {"changelist": "", "change": "{}/change/", "delete": "{}/delete/"}
    return f"/admin/pricing/{model}/{pages[page].format(*args)}"


def act(client: Client, model: str, action: str, *rows: Any) -> list[str]:
    """Choose rows of a list and an action, as the page does; what the page then says."""
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    answer = client.post(address(model) + "?status=all" * (model == "pricereview"), form, follow=True)
    return [str(message) for message in answer.context["messages"]]


def one_of_each() -> None:
    """Another game at another source with a price, a run, a review, a correction and a missed day."""
    shop = Shop(source=SourceFactory.create(), game=GameFactory.create())
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    MissedDay.objects.create(source=shop.source, game=shop.game, day=DAY, noticed_at=datetime.now(UTC))
    says(later(ExchangeRate.objects.count()), USD="1.1")
    now = datetime.now(UTC)
    PriceCorrection.objects.create(series=shop.series("1"), day=DAY, was=90, now=100, corrected_at=now)


def jumped(shop: Shop) -> PriceReview:
    """A card at $1.00 that its source lists at $50.00 the next day."""
    shop.says({"1": 100})
    shop.says({"1": 5000}, day=later(1))
    return PriceReview.objects.get(reason="jump")


def collapsed(shop: Shop, *, adapter: str) -> PriceReview:
    """A file of two prices after one of forty."""
    shop.says({str(n): 100 for n in range(40)}, adapter=adapter)
    shop.says({"1": 100, "2": 100}, day=later(1), adapter=adapter)
    return PriceReview.objects.get(reason="collapse")


@pytest.mark.parametrize("model", LISTS)
def test_bob_is_refused_every_list(model: str, bob: User, client_for: ClientFor) -> None:
    answer = client_for(bob).get(address(model))
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address(model)}")


@pytest.mark.parametrize(
    ("model", "queries"),
    [
        ("source", 4),
        ("priceseries", 5),
        ("latestprice", 5),
        ("ingestrun", 6),
        ("pricereview", 5),
        ("missedday", 6),
        ("exchangerate", 3),
        ("pricecorrection", 4),
    ],
)
def test_a_list_costs_the_same_with_one_row_and_with_three(
    model: str, queries: int, staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one_of_each()
    staff.get(address(model))
    with django_assert_num_queries(queries):
        assert staff.get(address(model)).status_code == 200
    one_of_each()
    one_of_each()
    with django_assert_num_queries(queries):
        assert staff.get(address(model)).status_code == 200


@pytest.mark.parametrize("model", LISTS)
def test_nothing_of_the_syncs_can_be_deleted_by_hand(model: str, staff: Client) -> None:
    one_of_each()
    rows: dict[str, Any] = {
        "source": Source,
        "priceseries": PriceSeries,
        "latestprice": LatestPrice,
        "ingestrun": IngestRun,
        "pricereview": PriceReview,
        "missedday": MissedDay,
        "exchangerate": ExchangeRate,
        "pricecorrection": PriceCorrection,
    }
    row = rows[model].objects.first()
    assert staff.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert rows[model].objects.filter(pk=row.pk).exists()
    assert "delete_selected" not in staff.get(address(model)).content.decode()


def test_a_run_says_what_it_counted_how_long_it_took_and_what_was_unmatched(
    shop: Shop, staff: Client
) -> None:
    capture = listing([quote("1", (100,)), quote("2", (200,))])
    strangers = {"604": [*capture.quoted["604"], quote("stranger-7", (100,))]}
    run = shop.brings(listing([]).__class__(day=DAY, listed=capture.listed, quoted=strangers))
    IngestRun.objects.filter(pk=run.pk).update(finished_at=run.started_at + timedelta(minutes=2, seconds=5))
    page = staff.get(address("ingestrun", "change", run.pk)).content.decode()
    assert "stranger-7" in page
    assert "0:02:05" in page
    row = staff.get(address("ingestrun")).context["cl"].result_list[0]
    assert (row.products, row.rows, row.changed, row.reviewed, row.unmatched) == (2, 3, 2, 0, 1)


def test_a_running_page_shows_its_progress_and_loads_itself_anew(staff: Client) -> None:
    run = RunFactory.create(status="running", finished_at=None, progress="3 of 8 sets, 1200 prices")
    page = staff.get(address("ingestrun", "change", run.pk)).content.decode()
    assert "3 of 8 sets, 1200 prices" in page
    assert '<meta http-equiv="refresh" content="3">' in page


def test_a_finished_page_stays_as_it_is(staff: Client) -> None:
    page = staff.get(address("ingestrun", "change", RunFactory.create().pk)).content.decode()
    assert 'http-equiv="refresh"' not in page


@pytest.mark.parametrize("query", ["status__exact=failed", "adapter=files"])
def test_runs_are_filtered(query: str, staff: Client) -> None:
    RunFactory.create()
    wanted = RunFactory.create(status="failed", adapter="files", error="The source is down")
    shown = staff.get(f"{address('ingestrun')}?{query}").context["cl"].result_list
    assert list(shown) == [wanted]


def test_run_again_queues_a_sync_once_for_each_game_and_way(staff: Client) -> None:
    game = GameFactory.create(slug="pokemon-again", name="Pokémon again")
    runs = [RunFactory.create(game=game, adapter="tcgcsv", status="failed") for _ in range(2)]
    with own_queue() as sent:
        said = act(staff, "ingestrun", "run_again", *runs)
        assert sent() == [Sent("pricing.sync", ["tcgcsv", "pokemon-again"], {"accept_collapse": False})]
    assert said == ["Pokémon again will be synced through TCGCSV."]


def test_run_again_of_files_tells_the_command_instead(staff: Client) -> None:
    run = RunFactory.create(game__slug="from-disk", game__name="From disk", adapter="files")
    with own_queue() as sent:
        said = act(staff, "ingestrun", "run_again", run)
        assert sent() == []
    command = "manage.py sync --path FOLDER --game from-disk"
    assert said == [f"From disk came from files. Bring them again by command: {command}"]


def test_run_again_without_a_queue_says_so(staff: Client) -> None:
    run = RunFactory.create(adapter="tcgcsv")
    with unreachable_queue():
        said = act(staff, "ingestrun", "run_again", run)
    assert said == ["The queue cannot be reached, so nothing was started. Is Redis running?"]


def test_the_queue_shows_open_reviews_first_in_money(shop: Shop, staff: Client) -> None:
    doubt = jumped(shop)
    page = staff.get(address("pricereview"))
    assert list(page.context["cl"].result_list) == [doubt]
    assert "market $50.00" in page.content.decode()
    assert "market $1.00" in page.content.decode()


def test_decided_reviews_leave_the_queue_and_cannot_be_decided_again(shop: Shop, staff: Client) -> None:
    doubt = jumped(shop)
    act(staff, "pricereview", "reject", doubt)
    assert list(staff.get(address("pricereview")).context["cl"].result_list) == []
    assert list(staff.get(address("pricereview") + "?status=rejected").context["cl"].result_list) == [doubt]
    said = [act(staff, "pricereview", action, doubt) for action in ("accept", "reject")]
    card = "Card 1 1 (Normal), Moved more than tenfold on 2026-03-03"
    assert said == [[f"{card}: It is decided already."]] * 2
    doubt.refresh_from_db()
    assert doubt.status == Status.REJECTED
    page = staff.get(address("pricereview", "change", doubt.pk)).content.decode()
    assert 'name="_save"' not in page


def test_an_accepted_price_is_the_latest_a_change_and_in_the_days_vector(
    shop: Shop, carla: User, staff: Client
) -> None:
    doubt = jumped(shop)
    said = act(staff, "pricereview", "accept", doubt)
    assert said == ["Card 1 1 (Normal), Moved more than tenfold on 2026-03-03: Accepted."]
    latest = shop.latest("1")
    assert (latest.market, latest.previous_market, latest.missing_since) == (5000, 100, None)
    change = PriceChange.objects.get(series_id=latest.pk, day=later(1))
    assert (change.market, change.previous_market) == (5000, 100)
    assert shop.vector(later(1)) == {("1", "Normal"): 5000}
    doubt.refresh_from_db()
    assert (doubt.status, doubt.decided_by) == (Status.ACCEPTED, carla)


def test_a_rejected_price_changes_nothing_known(shop: Shop, carla: User, staff: Client) -> None:
    doubt = jumped(shop)
    act(staff, "pricereview", "reject", doubt)
    assert shop.market("1") == 100
    assert not PriceChange.objects.filter(day=later(1)).exists()
    assert shop.vector(later(1)) == {}
    doubt.refresh_from_db()
    assert (doubt.status, doubt.decided_by) == (Status.REJECTED, carla)


def test_one_that_cannot_be_accepted_keeps_no_other_from_it(shop: Shop, staff: Client) -> None:
    shop.says({"1": 100, "2": 100})
    shop.says({"1": -5, "2": 5000}, day=later(1))
    said = act(staff, "pricereview", "accept", *PriceReview.objects.all())
    only_rejected = "A negative price, or one in another currency, can only be rejected."
    assert sorted(said) == [
        f"Card 1 1 (Normal), Negative price on 2026-03-03: {only_rejected}",
        "Card 2 2 (Normal), Moved more than tenfold on 2026-03-03: Accepted.",
    ]
    assert dict(PriceReview.objects.values_list("reason", "status")) == {
        "negative": "open",
        "jump": "accepted",
    }
    assert (shop.market("1"), shop.market("2")) == (100, 5000)


def test_what_is_decided_at_once_is_in_the_log_each_by_itself(shop: Shop, carla: User, staff: Client) -> None:
    shop.says({"1": 100, "2": 100})
    shop.says({"1": 9000, "2": 5000}, day=later(1))
    first, second = PriceReview.objects.order_by("pk")
    act(staff, "pricereview", "reject", first)
    act(staff, "pricereview", "accept", first, second)
    act(staff, "pricereview", "reject", first, second)
    noted = LogEntry.objects.filter(user=carla).order_by("pk").values_list("object_id", "change_message")
    assert list(noted) == [(str(first.pk), "Rejected."), (str(second.pk), "Accepted.")]


def test_a_run_that_is_started_again_is_in_the_log(carla: User, staff: Client) -> None:
    run = RunFactory.create(adapter="tcgcsv", game__name="Pokémon again")
    with own_queue():
        act(staff, "ingestrun", "run_again", run)
    entry = LogEntry.objects.get(user=carla)
    assert (entry.object_id, entry.change_message) == (
        str(run.pk),
        "Pokémon again will be synced through TCGCSV.",
    )


def test_accepting_a_collapsed_file_syncs_again_and_takes_it_as_it_is(shop: Shop, staff: Client) -> None:
    doubt = collapsed(shop, adapter="tcgcsv")
    with own_queue() as sent:
        (said,) = act(staff, "pricereview", "accept", doubt)
        assert sent() == [Sent("pricing.sync", ["tcgcsv", shop.game.slug], {"accept_collapse": True})]
    why = "The whole file, Far fewer rows than the day before on 2026-03-03"
    assert said == f"{why}: {shop.game} will be synced through TCGCSV."
    doubt.refresh_from_db()
    assert doubt.status == Status.ACCEPTED


def test_accepting_a_collapsed_folder_tells_the_command(shop: Shop, staff: Client) -> None:
    doubt = collapsed(shop, adapter="files")
    (said,) = act(staff, "pricereview", "accept", doubt)
    assert said.endswith(f"manage.py sync --path FOLDER --game {shop.game.slug} --accept-collapse")


def test_a_collapse_stays_open_when_its_sync_cannot_be_queued(shop: Shop, staff: Client) -> None:
    doubt = collapsed(shop, adapter="tcgcsv")
    with unreachable_queue():
        (said,) = act(staff, "pricereview", "accept", doubt)
    assert said.endswith("nothing was started. Is Redis running?")
    doubt.refresh_from_db()
    assert doubt.status == Status.OPEN


def test_who_may_only_look_decides_nothing(shop: Shop, bob: User, client_for: ClientFor) -> None:
    doubt = jumped(shop)
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_pricereview"))
    looking = client_for(bob)
    assert "market $50.00" in looking.get(address("pricereview")).content.decode()
    looking.post(address("pricereview"), {"action": "accept", "_selected_action": [doubt.pk]})
    doubt.refresh_from_db()
    assert (doubt.status, shop.market("1")) == (Status.OPEN, 100)


@pytest.mark.parametrize("model", ["priceseries", "latestprice"])
def test_prices_are_found_by_words_of_their_card(model: str, shop: Shop, staff: Client) -> None:
    shop.says({"41": 100, "42": 200})
    for words, found in (("card 42", 1), ("card", 2), ("pikachu", 0), ("", 2)):
        shown = staff.get(address(model), {"q": words}).context["cl"].result_list
        assert len(shown) == found
    assert "$2.00" in staff.get(address("latestprice"), {"q": "42"}).content.decode()


def test_missed_days_stand_open_ones_first(staff: Client) -> None:
    source, game, now = SourceFactory.create(), GameFactory.create(), datetime.now(UTC)
    shelf: dict[str, Any] = {"source": source, "game": game, "noticed_at": now}
    filled = MissedDay.objects.create(**shelf, day=later(5), filled_at=now)
    older = MissedDay.objects.create(**shelf, day=later(1))
    newer = MissedDay.objects.create(**shelf, day=later(2))
    assert list(staff.get(address("missedday")).context["cl"].result_list) == [newer, older, filled]


def test_a_sources_slug_and_currency_are_fixed_once_prices_refer_to_them(staff: Client) -> None:
    source = SourceFactory.create(slug="market", rank=100)
    form = {"name": "Market", "slug": "other", "currency": "EUR", "fresh_hours": 24, "rank": 5}
    assert staff.post(address("source", "change", source.pk), form).status_code == 302
    source.refresh_from_db()
    assert (source.slug, source.currency, source.rank) == ("market", "USD", 5)


def test_staff_run_a_schedule_now(staff: Client) -> None:
    schedule.ensure()
    task = PeriodicTask.objects.get(name="TCGCSV: pokemon, daily")
    with own_queue() as sent:
        form = {"action": "run_tasks", "_selected_action": [task.pk]}
        assert staff.post("/admin/django_celery_beat/periodictask/", form).status_code == 302
        assert sent() == [Sent("pricing.sync", ["tcgcsv", "pokemon"], {})]


def test_the_form_of_a_schedule_has_no_inline_script(staff: Client) -> None:
    schedule.ensure()
    task = PeriodicTask.objects.get(name="TCGCSV: pokemon, daily")
    page = staff.get(f"/admin/django_celery_beat/periodictask/{task.pk}/change/").content.decode()
    assert "<script>" not in page
    assert "periodic-task-overrides" not in page
    assert "08:30 PM" in page


def test_the_first_page_shows_how_the_syncs_are_doing(shop: Shop, staff: Client) -> None:
    jumped(shop)
    RunFactory.create(status="running", finished_at=None, progress="1 of 2 sets, 10 prices")
    page = staff.get("/admin/").content.decode()
    assert "2026-03-03" in page
    assert "1 of 2 sets, 10 prices" in page
    assert ">1 open review<" in page
    assert ">0 missed days<" in page
    for model in ("ingestrun", "pricereview", "missedday"):
        assert f'href="{address(model)}' in page


def test_the_first_page_costs_the_same_with_one_game_and_with_three(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one_of_each()
    staff.get("/admin/")
    with django_assert_num_queries(7):
        staff.get("/admin/")
    one_of_each()
    one_of_each()
    with django_assert_num_queries(7):
        staff.get("/admin/")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (None, UNKNOWN),
        ({"rows": 12345}, "12,345 rows"),
        ({"market": 1200, "low": 950, "mid": None, "currency": "USD"}, "market $12.00, low $9.50"),
        (
            {"market": -5, "direct_low": 100, "currency": "EUR"},
            f"market {money(-5, 'EUR')}, direct low €1.00",
        ),
    ],
)
def test_amounts_are_told_in_money(said: dict[str, Any] | None, shown: str) -> None:
    assert amounts(said) == shown


def test_rates_are_listed_the_newest_first_and_found_by_their_currency(staff: Client) -> None:
    says(DAY, USD="1.10", GBP="0.85")
    says(later(1), USD="1.20")
    shown = staff.get(address("exchangerate")).context["cl"].result_list
    assert [str(row) for row in shown] == ["USD on 2026-03-03", "GBP on 2026-03-02", "USD on 2026-03-02"]
    found = staff.get(address("exchangerate") + "?q=gbp").context["cl"].result_list
    assert [str(row) for row in found] == ["GBP on 2026-03-02"]
