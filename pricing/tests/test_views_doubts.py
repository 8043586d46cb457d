"""Doubtful prices one at a time: what was said, what is known, what a decision brings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from alerts import evaluation
from alerts.tests.factories import alert
from catalog.tests.factories import GameFactory
from collections_app.tests.factories import collection, lot
from pricing import review
from pricing.models import PriceCorrection, PriceReview
from pricing.review import CannotAcceptError, DecidedError
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, listing, quote
from pricing.tests.queue import own_queue, unreachable_queue

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
DOUBTS = "/admin/workbench/doubts/"


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the page's
    return client_for(carla)


def jumped(shop: Shop, *products: str) -> list[PriceReview]:
    """Cards at $1.00 yesterday, which their source lists at $50.00 today; the oldest doubt first."""
    today = timezone.now().date()
    shop.says(dict.fromkeys(products, 100), day=today - timedelta(days=1))
    shop.says(dict.fromkeys(products, 5000), day=today)
    return list(PriceReview.objects.order_by("pk"))


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_visitors_and_collectors_get_nothing(
    shop: Shop, client: Client, alice: User, client_for: ClientFor
) -> None:
    (doubt,) = jumped(shop, "1")
    for who in (client, client_for(alice)):
        for address in (DOUBTS, f"{DOUBTS}{doubt.pk}/"):
            assert who.get(address)["Location"] == f"/admin/login/?next={address}"
        for act in ("accept", "reject", "fix"):
            answer = who.post(f"{DOUBTS}{doubt.pk}/{act}/", {"price": "2"})
            assert answer["Location"].startswith("/admin/login/")
    doubt.refresh_from_db()
    assert (doubt.status, shop.market("1")) == ("open", 100)


def test_staff_who_may_only_look_decide_nothing(shop: Shop, bob: User, client_for: ClientFor) -> None:
    (doubt,) = jumped(shop, "1")
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert client_for(bob).get(DOUBTS).status_code == 403
    bob.user_permissions.add(Permission.objects.get(codename="view_pricereview"))
    page = client_for(bob).get(DOUBTS).content.decode()
    assert "$50.00" in page
    assert "Accept <kbd>" not in page
    for act in ("accept", "reject", "fix"):
        assert client_for(bob).post(f"{DOUBTS}{doubt.pk}/{act}/", {"price": "2"}).status_code == 403


def test_a_doubt_shows_what_was_said_known_and_would_follow(
    shop: Shop, staff: Client, alice: User, bob: User
) -> None:
    today = timezone.now().date()
    shop.says({"1": 100}, day=today - timedelta(days=1))
    printing = shop.series("1").printing
    lot(collection(alice, "Binder"), printing, quantity=3)
    for owner, threshold in ((alice, 40_00), (bob, 60_00)):
        alert(owner, printing, kind="above", threshold=threshold)
    evaluation.catch_up()
    shop.says({"1": 5000}, day=today)
    evaluation.catch_up()
    page = staff.get(DOUBTS)
    case = page.context["case"]
    assert [(line.name, line.quoted, line.known) for line in case.lines] == [("market", "$50.00", "$1.00")]
    assert [one.said for one in case.accepting] == [
        "1 alert would fire.",
        f"3 copies in 1 collection: +$147.00 in value from {today} on.",
    ]
    assert case.comparison.chart.level is not None or case.comparison.chart.lines
    assert [price.name for price in case.comparison.prices] == [shop.source.name]
    for shown in ("1 alert would fire.", "+$147.00 in value", "Moved more than tenfold", "<svg"):
        assert shown in page.content.decode()


def test_accepting_does_what_it_said_notes_it_and_goes_on(shop: Shop, staff: Client, carla: User) -> None:
    first, second = jumped(shop, "1", "2")
    answer = staff.post(f"{DOUBTS}{second.pk}/accept/", follow=True)
    assert answer.redirect_chain == [(f"{DOUBTS}?after={second.pk}", 302)]
    assert answer.context["case"].doubt == first
    assert said(answer) == [f"{second.series.printing}: Accepted."] if second.series else False
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (carla, str(second.pk), "Accepted.")
    second.refresh_from_db()
    assert (second.status, second.decided_by) == ("accepted", carla)


def test_rejecting_keeps_what_is_known(shop: Shop, staff: Client) -> None:
    (doubt,) = jumped(shop, "1")
    answer = staff.post(f"{DOUBTS}{doubt.pk}/reject/", follow=True)
    assert "No price is in doubt." in answer.content.decode()
    assert (shop.market("1"), LogEntry.objects.get().change_message) == (100, "Rejected.")


def test_a_fix_is_shown_before_it_is_recorded_everywhere_and_remembered(
    shop: Shop, staff: Client, carla: User, alice: User
) -> None:
    (doubt,) = jumped(shop, "1")
    lot(collection(alice, "Binder"), shop.series("1").printing)
    page = staff.get(f"{DOUBTS}{doubt.pk}/", {"price": "1.30", "reason": "Misprint"})
    assert page.context["fixing"][1].said.startswith("1 copy in 1 collection: +$0.30 in value")
    assert shop.market("1") == 100
    answer = staff.post(f"{DOUBTS}{doubt.pk}/fix/", {"price": "1.30", "reason": "Misprint"}, follow=True)
    assert said(answer) == ["Card 1 1 (Normal): Fixed: $1.30."]
    doubt.refresh_from_db()
    latest = shop.latest("1")
    assert (doubt.status, latest.market, latest.low, latest.previous_market) == ("fixed", 130, None, 100)
    assert (latest.changed_on, latest.missing_since) == (doubt.day, None)
    assert shop.vector(doubt.day) == {("1", "Normal"): 130}
    made = PriceCorrection.objects.get()
    assert (made.was, made.now, made.corrected_by, made.reason) == (100, 130, carla, "Misprint")
    assert LogEntry.objects.get().change_message == "Fixed: $1.30."


@pytest.mark.parametrize(
    ("price", "why"),
    [
        ("much", "Type a price, such as 12.50."),
        ("1.234", "USD has 2 digits behind the point."),
        ("0", "No price can be that."),
        ("-3", "No price can be that."),
        ("1000001", "No price can be that."),
        ("Infinity", "Type a price, such as 12.50."),
    ],
)
def test_what_is_no_price_fixes_nothing(price: str, why: str, shop: Shop, staff: Client) -> None:
    (doubt,) = jumped(shop, "1")
    assert staff.get(f"{DOUBTS}{doubt.pk}/", {"price": price}).context["fixing_error"] == why
    answer = staff.post(f"{DOUBTS}{doubt.pk}/fix/", {"price": price}, follow=True)
    assert said(answer) == [f"Card 1 1 (Normal): {why}"]
    doubt.refresh_from_db()
    assert (doubt.status, shop.market("1"), LogEntry.objects.count()) == ("open", 100, 0)


def test_a_negative_price_can_be_fixed_though_never_accepted(shop: Shop, staff: Client) -> None:
    today = timezone.now().date()
    shop.says({"1": 100}, day=today - timedelta(days=1))
    shop.says({"1": -5}, day=today)
    doubt = PriceReview.objects.get()
    page = staff.get(DOUBTS).content.decode()
    assert "can only be rejected" in page
    assert "Accept <kbd>" not in page
    staff.post(f"{DOUBTS}{doubt.pk}/fix/", {"price": "1.05"})
    assert shop.market("1") == 105


def test_the_second_is_told_who_was_quicker(shop: Shop, staff: Client, bob: User) -> None:
    (doubt,) = jumped(shop, "1")
    review.reject(doubt, by=bob)
    for act in ("accept", "reject", "fix"):
        answer = staff.post(f"{DOUBTS}{doubt.pk}/{act}/", {"price": "2"}, follow=True)
        assert said(answer) == ["Card 1 1 (Normal): somebody was quicker. Rejected, by bob@example.org."]
    assert (shop.market("1"), LogEntry.objects.count()) == (100, 0)
    assert (
        "Decided already: Rejected, by bob@example.org" in staff.get(f"{DOUBTS}{doubt.pk}/").content.decode()
    )
    with pytest.raises(DecidedError):
        review.fix(doubt, market=200, by=bob)


def test_a_newer_price_is_never_overwritten(shop: Shop, carla: User) -> None:
    today = timezone.now().date()
    shop.says({"1": 100}, day=today - timedelta(days=2))
    shop.says({"1": 5000}, day=today - timedelta(days=1))
    shop.says({"1": 110}, day=today)
    doubt = PriceReview.objects.get()
    with pytest.raises(CannotAcceptError, match="A newer price is known already"):
        review.fix(doubt, market=120, by=carla)
    assert shop.market("1") == 110


def test_a_whole_file_is_accepted_or_rejected_and_has_no_price_to_fix(shop: Shop, staff: Client) -> None:
    today = timezone.now().date()
    shop.says({str(n): 100 for n in range(40)}, day=today - timedelta(days=1), adapter="tcgcsv")
    shop.brings(listing([quote("1", (100,))], day=today), adapter="tcgcsv")
    doubt = PriceReview.objects.get()
    page = staff.get(DOUBTS).content.decode()
    assert "The whole file of" in page
    assert "Right price" not in page
    with unreachable_queue():
        answer = staff.post(f"{DOUBTS}{doubt.pk}/accept/", follow=True)
    assert "nothing was started" in said(answer)[0]
    assert staff.post(f"{DOUBTS}{doubt.pk}/fix/", {"price": "2"}, follow=True).status_code == 200
    with own_queue() as sent:
        staff.post(f"{DOUBTS}{doubt.pk}/accept/")
        assert [one.kwargs for one in sent()] == [{"accept_collapse": True}]
    doubt.refresh_from_db()
    assert doubt.status == "accepted"


def wanted(shop: Shop, owner: User, *products: str) -> None:
    """Cards at $1.00 that somebody holds and waits for, at $50.00 since."""
    today = timezone.now().date()
    shop.says(dict.fromkeys(products, 100), day=today - timedelta(days=1), replay=True)
    binder = collection(owner)
    for product in products:
        lot(binder, shop.series(product).printing)
        alert(owner, shop.series(product).printing, kind="above", threshold=40_00)
    evaluation.catch_up()
    shop.says(dict.fromkeys(products, 5000), day=today, replay=True)


def test_a_doubt_costs_the_same_with_one_waiting_and_with_three(
    shop: Shop, staff: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wanted(shop, alice, "1")
    staff.get(DOUBTS)
    with django_assert_num_queries(18):
        staff.get(DOUBTS)
    wanted(Shop(source=SourceFactory.create(), game=GameFactory.create()), alice, "1", "2")
    with django_assert_num_queries(18):
        page = staff.get(DOUBTS)
    assert (page.context["count"], len(page.context["queue"])) == (3, 2)
    assert page.context["case"].accepting[0].count == 1
