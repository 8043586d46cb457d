"""What the database writes as JSON is what Python writes, to the letter."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from pricing import latest, payloads
from pricing.tests.market import Shop
from pricing.written import money

CURRENCIES = [*settings.DISPLAY_CURRENCIES, "TIX"]


def by_database(amount: int | None, currency: str) -> Any:
    sql = f"SELECT ({money('amount', currency='currency')})::text FROM (SELECT CAST(%s AS int) AS amount, %s::text AS currency) one"  # noqa: E501, S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [amount, currency])
        (written,) = cursor.fetchone() or ("",)
    return json.loads(written) if written else None


@pytest.mark.django_db
@given(
    st.none() | st.integers(min_value=-(2**31), max_value=2**31 - 1),
    st.sampled_from(CURRENCIES),
)
def test_money(amount: int | None, currency: str) -> None:
    assert by_database(amount, currency) == payloads.money(amount, currency)


@pytest.mark.django_db
@pytest.mark.parametrize("grade", ["", 'PSA "10" \\ %s é'])
def test_a_list_of_prices(grade: str, shop: Shop) -> None:
    shop.says({"1": 5, "2": 123456789, "3": 100}, day=latest.now().date())
    ids = [shop.series("2").printing_id, 999, shop.series("1").printing_id]
    which = latest.Which(grade=grade)
    python = payloads.latest(latest.prices(ids, which=which), asked=ids, currency=None, on=None)
    assert json.loads(latest.as_json(ids, which=which)) == python
