"""Addresses of the API that will go: told by Deprecation (RFC 9745), Sunset (RFC 8594) and a link to why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from catalog.links import add_link


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecated:
    """`since` it should not be used any more, after `sunset` it may be gone; `see` says what to use."""

    since: datetime
    sunset: datetime | None = None
    see: str


# By the route as `manage.py` lists it, such as api/v1/games/<slug:game_slug>/sets/; none today.
DEPRECATED: Final[Mapping[str, Deprecated]] = {}


class DeprecationMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        route = request.resolver_match.route if request.resolver_match else ""
        if known := DEPRECATED.get(route):
            tell(response, known)
        return response


def tell(response: HttpResponseBase, known: Deprecated) -> None:
    response["Deprecation"] = f"@{int(known.since.timestamp())}"
    if known.sunset:
        response["Sunset"] = http_date(known.sunset.timestamp())
    add_link(response, known.see, rel="deprecation")
