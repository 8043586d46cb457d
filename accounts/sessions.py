"""The browsers in which a person is signed in."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User


def live(user: User) -> list[UserSession]:
    """Sessions that still sign `user` in, oldest first; records of ended ones are removed.

    allauth's own listing asks the database twice for every session; this asks three times in all.
    """
    known = list(UserSession.objects.filter(user=user).order_by("created_at"))
    keys = _signed_in(user, keys=[session.session_key for session in known])
    ended = [session.pk for session in known if session.session_key not in keys]
    UserSession.objects.filter(pk__in=ended).delete()
    return [session for session in known if session.session_key in keys]


def _signed_in(user: User, *, keys: list[str]) -> set[str]:
    """A session made before the last change of password carries another hash and no longer counts."""
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    wanted = user.get_session_auth_hash()
    return {
        session.session_key
        for session in stored
        if constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), wanted)
    }
