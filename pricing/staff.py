"""What the pages of the workbench share: who may see one, the admin's frame around it, what is said next."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import User
from catalog.models import Game

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def page(permission: str) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """For staff with this permission; others are asked to sign in, staff without it are refused."""

    def guard(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not person(request).has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return admin.site.admin_view(guarded)

    return guard


def person(request: HttpRequest) -> User:
    """Who is signed in: a page of the workbench has nobody else."""
    return cast("User", request.user)


def shown(request: HttpRequest, template: str, *, title: str, **context: Any) -> HttpResponse:
    """In the admin's frame."""
    frame = admin.site.each_context(request) | {"title": title} | context
    return render(request, f"admin/workbench/{template}", frame)


def to(name: str, *args: object, **query: object) -> HttpResponseRedirect:
    """To another page of the workbench; what is empty is left out of its address."""
    said = QueryDict(mutable=True)
    said.update({key: str(value) for key, value in query.items() if value})
    address = reverse(f"workbench:{name}", args=args)
    return redirect(f"{address}?{said.urlencode()}" if said else address)


def number(text: str | None) -> int | None:
    """A row's number from an address, None where it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def games() -> list[Game]:
    """For filters; one statement."""
    return list(Game.objects.all())
