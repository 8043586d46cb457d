"""Users are known by e-mail, whatever its case."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User


def test_an_address_belongs_to_one_user_whatever_its_case(alice: User) -> None:
    assert User.objects.get_by_natural_key("ALICE@example.org") == alice
    with pytest.raises(IntegrityError, match="user_email_unique"):
        User.objects.create_user("ALICE@example.org")


def test_a_superuser_is_staff(db: None) -> None:
    root = User.objects.create_superuser("root@example.org", "correct horse 7")
    assert (root.is_staff, root.is_superuser, str(root)) == (True, True, "root@example.org")


@pytest.mark.parametrize("currency", ["eur", "EU", "E1R", "EU\n", "ÄÖÜ"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValidationError, match="three capital letters"):
        User(email="dora@example.org", password="x", currency=currency).clean_fields()
    User(email="dora@example.org", password="x").clean_fields()
