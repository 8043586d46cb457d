"""What pages of signed-in people have in common: who asks, is it theirs, forms, and the way back."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

Found = TypeVar("Found")
P = ParamSpec("P")

ENTRANCE: Final = "/accounts/"  # the pages of allauth


def person(request: HttpRequest) -> User:
    """The signed-in visitor; pages are behind `members`."""
    assert isinstance(request.user, User)
    return request.user


def members(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page for people who are signed in; nobody else's cache may keep it."""

    @wraps(view)
    def private(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return login_required(private)


def found(read: Callable[P, Found], *args: P.args, **kwargs: P.kwargs) -> Found:
    """What a read of somebody's things gives. Somebody else's is as absent as what never was."""
    try:
        return read(*args, **kwargs)
    except ObjectDoesNotExist:
        raise Http404("There is nothing of yours at this address.") from None


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing until it is sent."""
    return request.POST if request.method == "POST" else None


def page(request: HttpRequest, template: str, *, form: BaseForm, **context: Any) -> HttpResponse:
    """The page of a form; with what is wrong beside the fields, and what was typed kept, it is a 400."""
    wrong = form.is_bound and not form.is_valid()
    status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, status=status)


def way_back(request: HttpRequest, *, otherwise: str) -> str:
    """Where a visitor came from, if that was here. Nobody wants back to where they signed in."""
    asked = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe and not urlsplit(asked).path.startswith(ENTRANCE) else otherwise
