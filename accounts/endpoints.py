"""What every endpoint that is somebody's begins with: who asks, by session or key, and is it theirs."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import KeyAuthentication, Scoped
from accounts.idempotency import once
from accounts.models import User

Found = TypeVar("Found")
P = ParamSpec("P")
View = Callable[..., Response]


def endpoint_of(subject: str) -> Callable[..., Callable[[View], View]]:
    """Makes the decorator `endpoint` of an app: `subject` is the first half of the scopes its keys need."""

    def endpoint(*methods: str) -> Callable[[View], View]:
        """A view that answers these methods to people who are signed in; unsafe ones once for each key."""

        def wrap(view: View) -> View:
            guarded = permission_classes([IsAuthenticated, Scoped])(once(view))
            signed_in = authentication_classes([KeyAuthentication, SessionAuthentication])(guarded)
            made: Any = api_view(list(methods))(signed_in)
            made.cls.subject = subject
            return made  # type: ignore[no-any-return]

        return wrap

    return endpoint


def person(request: Request) -> User:
    user: Any = request.user
    assert isinstance(user, User)
    return user


def found(read: Callable[P, Found], *args: P.args, **kwargs: P.kwargs) -> Found:
    """What a read that takes its owner gives. Somebody else's is as absent as what never was."""
    try:
        return read(*args, **kwargs)
    except ObjectDoesNotExist:
        raise NotFound("There is nothing of yours at this address.") from None
