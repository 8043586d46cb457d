"""How large a request may be, before anything reads it: not even who asks is looked up."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from config import problems

TOO_LARGE: Final = 413


class UploadLimitMiddleware:
    """Django bounds forms by itself, but takes files of any size; each form then has its own, smaller limit.

    A body without a length is none: WSGI servers hand on what Content-Length says.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if length(request) <= settings.UPLOAD_MOST_BYTES:
            return self.get_response(request)
        said = f"At most {settings.UPLOAD_MOST_BYTES >> 20} MB are taken in one request."
        if request.path.startswith(problems.API):
            return problems.answer(TOO_LARGE, detail=said)
        return HttpResponse(said, status=TOO_LARGE, content_type="text/plain")


def length(request: HttpRequest) -> int:
    sent = str(request.META.get("CONTENT_LENGTH") or "")
    return int(sent) if sent.isascii() and sent.isdecimal() else 0
