"""Staff correct a price in the admin, from the list of prices."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from collections_app.tests.factories import collection, lot
from pricing import corrections
from pricing.models import PriceCorrection, PriceSeries
from pricing.tests.market import DAY, Shop, later, listing, quote

ClientFor = Callable[[User], Client]
LIST = "/admin/pricing/pricecorrection/"
ADD = f"{LIST}add/"
PRICES = "/admin/pricing/latestprice/"
HELD = "It did not change on 2026-03-04: correct its price of 2026-03-03, which held that day."
NO_CHOICE = "Select a valid choice. That choice is not one of the available choices."


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the admin's
    return client_for(carla)


@pytest.fixture
def wrong(shop: Shop) -> PriceSeries:
    """$1.00, then $12.00 where it should have been $1.20."""
    shop.says({"1": 100}, day=DAY)
    shop.says({"1": 1000}, day=later(1))
    return shop.series("1")


def typed(series: PriceSeries, /, **changes: str) -> dict[str, str]:
    return {"series": str(series.pk), "day": "2026-03-03", "market": "1.20", "reason": "A slip"} | changes


def confirmed(series: PriceSeries, /, **changes: str) -> dict[str, str]:
    """Sent once more from the page that says what it would bring about."""
    return typed(series, **changes) | {"_confirm": "1"}


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return {name: list(found) for name, found in answer.context["adminform"].form.errors.items()}


def test_the_list_of_prices_leads_to_a_form_that_knows_which(staff: Client, wrong: PriceSeries) -> None:
    page = staff.get(PRICES).content.decode()
    address = f"{ADD}?series={wrong.pk}&amp;day=2026-03-03"
    assert f'<a href="{address}">Correct</a>' in page
    form = staff.get(address.replace("&amp;", "&")).content.decode()
    assert f'name="series" value="{wrong.pk}"' in form
    assert 'name="day" value="2026-03-03"' in form
    assert 'href="/admin/pricing/priceseries/?_to_field=id"' in form


def test_a_correction_is_made_told_and_listed(
    staff: Client, carla: User, shop: Shop, wrong: PriceSeries
) -> None:
    answer = staff.post(ADD, confirmed(wrong), follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    (said,) = map(str, answer.context["messages"])
    assert "was added successfully" in said
    made = PriceCorrection.objects.get()
    assert (made.series, made.day, made.was, made.now) == (wrong, later(1), 1000, 120)
    assert (made.reason, made.corrected_by) == ("A slip", carla)
    assert (shop.market("1"), shop.vector(later(1))) == (120, {("1", "Normal"): 120})
    assert LogEntry.objects.get().object_id == str(made.pk)
    page = answer.content.decode()
    for shown in ("Card 1 1 (Normal)", "$10.00", "$1.20", "A slip", "carla@example.org"):
        assert shown in page


def test_what_a_correction_would_bring_about_is_shown_before_it_is_made(
    staff: Client, shop: Shop, wrong: PriceSeries, alice: User
) -> None:
    lot(collection(alice), wrong.printing, quantity=2)
    answer = staff.post(ADD, typed(wrong))
    assert answer.status_code == 200
    assert (shop.market("1"), PriceCorrection.objects.exists()) == (1000, False)
    assert [one.said for one in answer.context["consequences"]] == [
        "No alert would fire.",
        "2 copies in 1 collection: −$17.60 in value from 2026-03-03 on.",
    ]
    page = answer.content.decode()
    for shown in ("$1.20", "instead of $10.00", "−$17.60", 'name="reason" value="A slip"', 'name="_confirm"'):
        assert shown in page


def test_an_empty_price_is_an_unknown_one(staff: Client, shop: Shop, wrong: PriceSeries) -> None:
    assert staff.post(ADD, confirmed(wrong, market="")).status_code == 302
    assert shop.market("1") is None
    assert "–" in staff.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"day": "2026-03-04"}, {"__all__": [HELD]}),
        ({"market": "10"}, {"__all__": ["This is the price it has already."]}),
        ({"market": "0"}, {"__all__": ["A price is at least $0.01 and at most $1,000,000.00."]}),
        ({"market": "-3"}, {"__all__": ["A price is at least $0.01 and at most $1,000,000.00."]}),
        ({"market": "1.234"}, {"market": ["Ensure that there are no more than 2 decimal places."]}),
        ({"market": "1e99999999"}, {"market": ["Ensure that there are no more than 12 digits in total."]}),
        ({"market": "NaN"}, {"market": ["Enter a number."]}),
        ({"market": "much"}, {"market": ["Enter a number."]}),
        ({"reason": " "}, {"reason": ["This field is required."]}),
        ({"day": "soon"}, {"day": ["Enter a valid date."]}),
        ({"series": "99999999999"}, {"series": [NO_CHOICE]}),
    ],
)
def test_what_is_wrong_stands_beside_the_form_and_nothing_is_lost(
    changes: dict[str, str], expected: dict[str, list[str]], staff: Client, shop: Shop, wrong: PriceSeries
) -> None:
    form = typed(wrong, **changes)
    answer = staff.post(ADD, form)
    assert errors(answer) == expected
    assert {name: answer.context["adminform"].form[name].value() for name in form} == form
    assert (shop.market("1"), PriceCorrection.objects.exists()) == (1000, False)


def test_a_currency_without_smaller_units_takes_none(staff: Client, shop: Shop) -> None:
    yen = Shop(source=shop.source, game=shop.game)
    yen.source.currency = "JPY"
    yen.source.save()
    yen.brings(listing([quote("1", (1200,), currency="JPY")]))
    series = yen.series("1")
    answer = staff.post(ADD, typed(series, day="2026-03-02", market="1150.50"))
    assert errors(answer) == {"market": ["JPY has no digits behind the point."]}
    assert staff.post(ADD, confirmed(series, day="2026-03-02", market="1150")).status_code == 302
    assert yen.market("1") == 1150


@pytest.mark.parametrize("query", ["series=x&day=y", "series=99999999999", "day=2026-13-45"])
def test_an_address_that_makes_no_sense_is_an_empty_form(query: str, staff: Client) -> None:
    assert staff.get(f"{ADD}?{query}").status_code == 200


def test_a_correction_is_looked_at_and_never_edited(staff: Client, carla: User, wrong: PriceSeries) -> None:
    made = corrections.correct(wrong, day=DAY, market=110, by=carla, reason="A slip")
    address = f"{LIST}{made.pk}/change/"
    page = staff.get(address).content.decode()
    assert "$1.10" in page
    assert 'name="_save"' not in page
    assert staff.post(address, typed(wrong)).status_code == 403
    assert staff.post(f"{LIST}{made.pk}/delete/", {"post": "yes"}).status_code == 403
    made.refresh_from_db()
    assert (made.now, made.reason) == (110, "A slip")


def test_corrections_are_found_by_words_of_their_card(staff: Client, carla: User, shop: Shop) -> None:
    shop.says({"41": 100, "42": 200})
    for key in ("41", "42"):
        corrections.correct(shop.series(key), day=DAY, market=300, by=carla)
    for words, found in (("card 42", 1), ("card", 2), ("pikachu", 0), ("", 2)):
        assert len(staff.get(LIST, {"q": words}).context["cl"].result_list) == found


def test_bob_is_refused_the_form(bob: User, client_for: ClientFor, shop: Shop, wrong: PriceSeries) -> None:
    for answer in (client_for(bob).get(ADD), client_for(bob).post(ADD, typed(wrong))):
        assert urlsplit(answer["Location"]).path == "/admin/login/"
        assert parse_qs(urlsplit(answer["Location"]).query) == {"next": [ADD]}
    assert shop.market("1") == 1000


def test_who_may_only_look_is_offered_no_correction(
    bob: User, client_for: ClientFor, shop: Shop, wrong: PriceSeries
) -> None:
    bob.is_staff = True
    bob.save()
    codes = ["view_pricecorrection", "view_latestprice"]
    bob.user_permissions.set(Permission.objects.filter(codename__in=codes))
    looking = client_for(bob)
    assert "$10.00" in (page := looking.get(PRICES).content.decode())
    assert ADD not in page
    assert looking.get(LIST).status_code == 200
    assert looking.post(ADD, typed(wrong)).status_code == 403
    assert shop.market("1") == 1000


def test_staff_who_may_correct_need_not_be_superusers(
    bob: User, client_for: ClientFor, shop: Shop, wrong: PriceSeries
) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="add_pricecorrection"))
    assert client_for(bob).post(ADD, confirmed(wrong)).status_code == 302
    assert (shop.market("1"), PriceCorrection.objects.get().corrected_by) == (120, bob)
