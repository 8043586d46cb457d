"""Doors whose answers are kept, and answered with 304 to whoever has them: before anything is made.

Only what is the same for everybody is kept: pages of visitors who carry no session, and data that looks at
nobody. A view that looks at a person says `Cache-Control: private`, and nothing of it is kept.
"""

from collections.abc import Callable
from functools import cache, wraps
from hashlib import blake2b
from typing import Any, TypeVar, cast

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotModified
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.response import Response

from accounts import notices, themes
from accounts.authentication import key_of, sent
from catalog import keeping, revisions
from catalog.keeping import Subject
from catalog.links import link_next
from catalog.revisions import Scope

View = TypeVar("View", bound=Callable[..., Any])
LONGEST = 1_000  # letters of an address whose answer is kept
KEPT = "tcg.kept"  # among what is known of a request
# How long a visitor's browser may show a page without asking again, and the while after that in which it may
# show it and ask behind the reader's back.
PAGE_HEADERS = {"public": True, "max_age": 60, "stale_while_revalidate": 30}
DATA_HEADERS = {"public": True, "no_cache": True}


def page(subject: Subject, *, of: Scope = Scope.ALL) -> Callable[[View], View]:
    """For a view that answers with a page; visitors without a session share one, of each theme."""

    def wrap(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not _is_anybodys(request):
                response: HttpResponseBase = view(request, *args, **kwargs)
                patch_cache_control(response, private=True)
                return response
            request.META[KEPT] = True
            theme = request.COOKIES.get(themes.COOKIE, "")
            asked = _Asked(request, subject, of=of, kwargs=kwargs, also=theme)
            response = asked.answer(lambda: view(request, *args, **kwargs), headers=PAGE_HEADERS)
            patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
            return response

        return cast("View", door)

    return wrap


def data(subject: Subject, *, of: Scope = Scope.ALL) -> Callable[[View], View]:
    """For an endpoint that answers with JSON, the same to everybody who asks.

    It stands above the endpoint: what is kept, or known to whoever asks, costs nothing of that. A key that is
    not good is for the endpoint to refuse.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {"GET", "HEAD"} or (sent(request) and key_of(request) is None):
                response: HttpResponseBase = view(request, *args, **kwargs)
                return response
            asked = _Asked(request, subject, of=of, kwargs=kwargs, also="")
            response = asked.answer(lambda: view(request, *args, **kwargs), headers=DATA_HEADERS)
            patch_vary_headers(response, ["Accept-Encoding"])
            return response

        return cast("View", door)

    return wrap


def is_kept(request: HttpRequest) -> bool:
    """Whether the page that is made for this request will be shown to others."""
    return bool(request.META.get(KEPT))


def _is_anybodys(request: HttpRequest) -> bool:
    return not ({settings.SESSION_COOKIE_NAME, notices.COOKIE} & request.COOKIES.keys())


class _Asked:
    """A request, the key of its answer, and what that is made from; one statement."""

    def __init__(
        self, request: HttpRequest, subject: Subject, *, of: Scope, kwargs: dict[str, Any], also: str
    ) -> None:
        self._subject = subject
        path = request.get_full_path()
        self._is_long = len(path) > LONGEST
        self._asks = request.headers.get("If-None-Match", "")
        address = f"{_release()} {also} {request.scheme}://{request.get_host()}{path}"
        self._key = blake2b(address.encode(errors="replace"), digest_size=16).hexdigest()
        scope, name = _scope(request, of=of, kwargs=kwargs)
        self._made_from = f"{revisions.generation_of(scope, name, also=subject.also)}@{subject.clock()}"
        self._tag = f'W/"{blake2b(f"{self._key} {self._made_from}".encode(), digest_size=12).hexdigest()}"'

    def answer(self, make: Callable[[], HttpResponseBase], *, headers: dict[str, Any]) -> HttpResponseBase:
        if self._asks and self._tag in parse_etags(self._asks):
            return self._tagged(HttpResponseNotModified(), headers=headers)
        made: list[HttpResponseBase] = []

        def packed() -> bytes | None:
            made.append(_written(make()))
            return _packed(made[0])

        if self._is_long:
            return _written(make())
        kept = keeping.keep(self._subject, key=self._key, made_from=self._made_from, make=packed)
        response = made[0] if made else _unpacked(kept or b"")
        return self._tagged(response, headers=headers) if kept else response

    def _tagged(self, response: HttpResponseBase, *, headers: dict[str, Any]) -> HttpResponseBase:
        response.headers["ETag"] = self._tag
        patch_cache_control(response, **headers)
        return response


def _scope(request: HttpRequest, *, of: Scope, kwargs: dict[str, Any]) -> tuple[Scope, int | str]:
    """What the answer is made of: named in the path, or a game in the query of a list."""
    if of is Scope.ALL:
        game = request.GET.get("game", "").replace("\x00", "")
        return (Scope.GAME, game) if game else (Scope.ALL, "")
    return of, kwargs["game_slug" if of is Scope.GAME else "pk"]


def _written(response: HttpResponseBase) -> HttpResponseBase:
    """The API's values as the bytes that are sent."""
    if not isinstance(response, Response) or response.status_code != 200:
        return response
    body = orjson.dumps(response.data, default=str)
    link_next(response)
    return HttpResponse(body, headers={**response.headers, "Content-Type": "application/json"})


def _packed(response: HttpResponseBase) -> bytes | None:
    """None for what is not to be kept: failures, redirects, and what looked at a person."""
    said = response.headers.get("Cache-Control", "")
    is_kept = isinstance(response, HttpResponse) and response.status_code == 200
    if not is_kept or "private" in said or "no-store" in said or response.cookies:
        return None
    head = f"{response.headers['Content-Type']}\n{response.headers.get('Link', '')}\n"
    return head.encode() + cast("HttpResponse", response).content


def _unpacked(kept: bytes) -> HttpResponse:
    content_type, link, body = kept.split(b"\n", 2)
    headers = {"Link": link.decode()} if link else {}
    return HttpResponse(body, content_type=content_type.decode(), headers=headers)


@cache
def _release() -> str:
    """Another release, an edited template, or another policy, makes other pages of the same data."""
    folders = (app for app in settings.BASE_DIR.iterdir() if (app / "apps.py").is_file())
    files = [file for app in folders for file in app.rglob("*.py")]
    files += (settings.BASE_DIR / "templates" / "site").rglob("*.html")
    newest = max(file.stat().st_mtime_ns for file in files)
    return f"{settings.VERSION}:{newest}:{settings.CONTENT_SECURITY_POLICY}"
