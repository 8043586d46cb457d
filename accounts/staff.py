"""The staff login that a new installation needs before anybody can open the admin."""

from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import get_random_string

from accounts.models import User

LOCK = 7_283_001  # any number, as long as nothing else in this database locks it


class Login(NamedTuple):
    email: str
    password: str


def ensure(*, reset: bool = False) -> Login | None:
    """Create the staff login STAFF_EMAIL, or with `reset` give it a new password.

    Returns None, and changes nothing, when there is a staff user already and no reset is asked for.
    A lock makes a second caller wait and then find the user of the first.
    """
    with transaction.atomic():
        _wait_for_turn()
        if not reset and User.objects.filter(is_staff=True).exists():
            return None
        return _write(settings.STAFF_EMAIL, password=get_random_string(20))


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _write(email: str, *, password: str) -> Login:
    """Whoever held this address before loses access: the password is new and ends every session."""
    user = User.objects.filter(email__iexact=email).first() or User(email=email)
    user.is_staff = user.is_superuser = user.is_active = True
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )
    return Login(user.email, password)
