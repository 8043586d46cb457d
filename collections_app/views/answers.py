"""How pages of collections answer: with a form and its errors, with addresses that lead on and back."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

ENTRANCE: Final = "/accounts/"  # the pages of allauth


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing until it is sent."""
    return request.POST if request.method == "POST" else None


def page(request: HttpRequest, template: str, *, form: BaseForm, **context: Any) -> HttpResponse:
    """The page of a form; with what is wrong beside the fields, and what was typed kept, it is a 400."""
    wrong = form.is_bound and not form.is_valid()
    status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
    return render(request, f"collections/{template}.html", {"form": form, **context}, status=status)


def way_back(request: HttpRequest, *, otherwise: str) -> str:
    """Where a visitor came from, if that was here. Nobody wants back to where they signed in."""
    asked = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe and not urlsplit(asked).path.startswith(ENTRANCE) else otherwise
