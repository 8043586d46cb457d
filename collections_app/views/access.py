"""What every page of a collection begins with: who asks, and is it theirs."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import User

Found = TypeVar("Found")
P = ParamSpec("P")


def person(request: HttpRequest) -> User:
    """The signed-in visitor; pages are behind `members`."""
    assert isinstance(request.user, User)
    return request.user


def members(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page for people who are signed in; nobody else's cache may keep it."""

    def private(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return login_required(private)


def found(read: Callable[P, Found], *args: P.args, **kwargs: P.kwargs) -> Found:
    """What a read of `collections_app.queries` gives. Somebody else's is as absent as what never was."""
    try:
        return read(*args, **kwargs)
    except ObjectDoesNotExist:
        raise Http404("There is nothing of yours at this address.") from None
