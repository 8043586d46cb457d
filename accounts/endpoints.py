"""What every endpoint that is somebody's begins with: who asks, and is it theirs."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User

Found = TypeVar("Found")
P = ParamSpec("P")


def endpoint(*methods: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """A view that answers these methods to people who are signed in."""

    def wrap(view: Callable[..., Response]) -> Callable[..., Response]:
        guarded = permission_classes([IsAuthenticated])(authentication_classes([SessionAuthentication])(view))
        return api_view(list(methods))(guarded)

    return wrap


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
