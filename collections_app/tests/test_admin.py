"""Staff change what conditions and grades are worth; lots follow at once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from collections_app.models import Lot, Multiplier
from collections_app.tests import factories
from pricing.tests.market import Shop

pytestmark = pytest.mark.django_db
LIST = "/admin/collections_app/multiplier/"


@pytest.fixture
def staff(carla: User, client_for: Callable[[User], Client], settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the admin's
    return client_for(carla)


@pytest.fixture
def played(shop: Shop, alice: User) -> Lot:
    shop.says({"1": 100})
    return factories.lot(factories.collection(alice), shop.series("1").printing, condition="LP")


def worth(lot: Lot) -> Decimal:
    lot.refresh_from_db()
    return lot.percent


def test_a_changed_multiplier_counts_at_once(
    staff: Client, played: Lot, django_capture_on_commit_callbacks: Any
) -> None:
    row = Multiplier.objects.get(game=None, condition="LP")
    form = {"condition": "LP", "percent": "62.5"}
    with django_capture_on_commit_callbacks(execute=True):
        assert staff.post(f"{LIST}{row.pk}/change/", form).status_code == 302
    assert worth(played) == Decimal("62.50")


def test_a_new_multiplier_for_a_game_counts_before_and_a_deleted_one_no_more(
    staff: Client, played: Lot, shop: Shop, django_capture_on_commit_callbacks: Any
) -> None:
    form = {"game": shop.game.pk, "condition": "LP", "percent": "50"}
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{LIST}add/", form)
    assert worth(played) == 50
    own = Multiplier.objects.get(game=shop.game)
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{LIST}{own.pk}/delete/", {"post": "yes"})
    assert worth(played) == 85
    rest = Multiplier.objects.filter(condition="LP").values_list("pk", flat=True)
    with django_capture_on_commit_callbacks(execute=True):
        action = {"action": "delete_selected", "_selected_action": list(rest), "post": "yes"}
        staff.post(LIST, action)
    assert (worth(played), played.basis) == (Decimal(100), "none")


@pytest.mark.parametrize(
    "form", [{"condition": "LP", "grade": "9", "percent": "50"}, {"condition": "LP", "percent": "0"}]
)
def test_nonsense_is_refused_with_the_form(staff: Client, form: dict[str, str]) -> None:
    before = Multiplier.objects.count()
    assert staff.post(f"{LIST}add/", form).status_code == 200
    assert Multiplier.objects.count() == before


def test_nobody_else_may_see_them(client_for: Callable[[User], Client], alice: User) -> None:
    assert client_for(alice).get(LIST).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_is_a_fixed_number_of_statements(
    staff: Client, shop: Shop, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    Multiplier.objects.all().delete()
    for grade in range(count):
        Multiplier.objects.create(game=shop.game, grade=str(grade), percent=50)
    staff.get(LIST)
    with django_assert_num_queries(5):
        assert staff.get(LIST).content.count(b"field-percent") == count
