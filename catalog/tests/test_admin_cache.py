"""The staff's page of what keeping answers brings."""

from collections.abc import Callable

from django.test import Client
from pytest_django import Settings

from accounts.models import User
from pricing.tests.market import Shop

PAGE = "/admin/cache/"


def test_it_says_how_often_an_answer_was_there(
    shop: Shop, carla: User, client: Client, client_for: Callable[[User], Client]
) -> None:
    for _ in range(4):
        client.get("/movers/")
    staff = client_for(carla)
    page = staff.get(PAGE).content.decode()
    for text in ("movers</th>", "<td>4</td><td>3</td>", "75.0 %"):
        assert text in page.replace("\xa0", " ")
    assert staff.post(PAGE, follow=True).redirect_chain == [(PAGE, 302)]
    assert "none asked" in staff.get(PAGE).content.decode()


def test_it_says_that_redis_is_down(
    carla: User, client_for: Callable[[User], Client], settings: Settings
) -> None:
    staff = client_for(carla)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert "Redis does not answer" in staff.get(PAGE).content.decode()
    assert staff.post(PAGE).status_code == 302


def test_who_may_not_see_cards_is_refused(bob: User, client_for: Callable[[User], Client]) -> None:
    bob.is_staff = True
    bob.save()
    assert client_for(bob).get(PAGE).status_code == 403
