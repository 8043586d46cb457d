"""A name for every request: on its answer, in the log, in problems, and on the work it hands over."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final
from uuid import uuid4

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER: Final = "X-Request-Id"
FIELD: Final = "request_id"
SANE: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
NONE: Final = "-"
_current: ContextVar[str] = ContextVar("request id", default=NONE)


class RequestIdMiddleware:
    """The one that came along, if it is sane, or a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get(HEADER, "")
        mine = sent if SANE.fullmatch(sent) else str(uuid4())
        _current.set(mine)  # and left: Django logs the refusal after the last middleware
        response = self.get_response(request)
        response[HEADER] = mine
        return response


def current() -> str:
    return _current.get()


@before_task_publish.connect
def _send_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None:
        headers[FIELD] = current()


@task_prerun.connect
def _take_over(task: Any = None, **_: Any) -> None:
    sent = {**(task.request.headers or {}), **vars(task.request)}
    _current.set(sent.get(FIELD) or NONE)


@task_postrun.connect
def _let_go(**_: Any) -> None:
    _current.set(NONE)
