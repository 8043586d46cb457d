"""What every answer of the API goes through: fewer fields, a link to the next page, an ETag, compression."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

from accounts.describing import is_public
from catalog.links import link_next
from config.fields import sparse
from config.problems import API


class AnswerMiddleware:
    """A GET whose ETag or time its caller has is answered 304."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method not in {"GET", "HEAD"} or not request.path.startswith(API):
            return response
        link_next(response)
        return conditional(request, sparse(request, response))


def conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code != 200 or not isinstance(response, HttpResponse) or request.method != "GET":
        return response
    if "ETag" not in response:
        response["ETag"] = f'"{sha256(response.content, usedforsecurity=False).hexdigest()}"'
    changed = parse_http_date_safe(response.get("Last-Modified", ""))
    known = get_conditional_response(request, etag=response["ETag"], last_modified=changed, response=response)
    return known or response


class CompressionMiddleware(GZipMiddleware):
    """For what is public only: beside what a stranger chose, the length of an answer tells its secrets."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        view: Any = getattr(request.resolver_match, "func", None)
        if not request.path.startswith(API) or not hasattr(view, "cls") or not is_public(view):
            return response
        return super().process_response(request, response)
