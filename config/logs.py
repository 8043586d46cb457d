"""What the log looks like: lines for people or JSON for programs, each with what it belongs to.

No personal data and no secret stands in it. What a line is about is named by number or endpoint; and because
an exception repeats whatever it was given, the finished line is read once more before it is written.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from celery import current_task
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from config import requestids
from config.env import Env

NONE: Final = "-"
LINE: Final = "{asctime} {levelname} {name} {request_id} {task} {task_id} {message}"
# What a line may hold that is nobody's business, and what is left of it.
HIDDEN: Final = (
    # An address of the web: its path may be the secret of a webhook, its query anything.
    (re.compile(r"\b([a-z][a-z0-9+.-]*://)(?:[^\s/@\"'\\<>]*@)?([^\s/?#\"'\\<>]+)[^\s\"'\\<>]*"), r"\1\2/…"),
    (re.compile(r"(with url: )[^\s\"'\\<>]+"), r"\1…"),  # urllib3 names it without its host
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\b(Bearer|Basic|Token)\s+[^\s\"'\\]+", re.IGNORECASE), r"\1 [secret]"),
    (re.compile(r"\b(?:tcg|whsec)_[\w=+/-]+"), "[secret]"),
    (
        re.compile(
            r"""((?:token|secret|password|sessionid|csrf\w*|api_?key|signature|cookie)"""
            r"""\\?["']?\s*[=:]\s*\\?["']?)[^\s"'\\,;&)}]+""",
            re.IGNORECASE,
        ),
        r"\1[secret]",
    ),
    # Of the network; our own machine is nobody.
    (re.compile(r"(?<![\w.])(?!127\.)(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)"), "[address]"),
    (
        re.compile(
            r"(?i)(?<![\w:.])(?=[0-9a-f:]*::|(?:[0-9a-f]+:){7})(?=[a-f:]*\d)[0-9a-f]{1,4}:[0-9a-f:]+(?![\w:])"
        ),
        "[address]",
    ),
)


# Lines of endpoint, method, status and time alone: they hold nothing to hide, and each request writes one.
PLAIN: Final = "access"


def hide(text: str) -> str:
    for pattern, left in HIDDEN:
        text = pattern.sub(left, text)
    return text


class ContextFilter(logging.Filter):
    """What the line belongs to: a request, or a task by its id and name."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = requestids.current()
        request = current_task.request if current_task else None
        record.task_id = request.id if request and request.id else NONE
        record.task = current_task.name if request and request.id else NONE
        _without_path(record)
        return True


def _without_path(record: logging.LogRecord) -> None:
    """Django names a request by its path, and that may be the secret that somebody was sent by mail."""
    path = getattr(getattr(record, "request", None), "path", "")
    if path and isinstance(record.args, tuple):
        record.args = tuple(_endpoint(record) if arg == path else arg for arg in record.args)


def _endpoint(record: logging.LogRecord) -> str:
    match = getattr(record.__dict__["request"], "resolver_match", None)
    return match.view_name or NONE if match else NONE


class LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line if record.name == PLAIN else hide(line)


class JsonLineFormatter(JsonFormatter):
    """One object a line; what `extra` brings stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        line: str = super().format(record)
        return line if record.name == PLAIN else hide(line)


FORMATTERS: Final[Mapping[str, dict[str, Any]]] = {
    "line": {"()": "config.logs.LineFormatter", "format": LINE, "style": "{"},
    "json": {
        "()": "config.logs.JsonLineFormatter",
        "format": "{levelname}{name}{request_id}{task}{task_id}{message}",
        "style": "{",
        "timestamp": "at",
        "rename_fields": {"levelname": "level", "name": "logger", "exc_info": "exception"},
        "json_ensure_ascii": False,
        "reserved_attrs": [*RESERVED_ATTRS, "request"],  # Django's own object, whose text is its address
    },
}


def read(env: Env) -> dict[str, Any]:
    """As LOG_FORMAT and LOG_LEVEL say: the same for the site and for the servers that run it."""
    form = env.choice("LOG_FORMAT", default="line", among={"line", "json"})
    levels = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
    return logging_of(form=form, level=env.choice("LOG_LEVEL", default="INFO", among=levels))


def logging_of(*, form: str, level: str) -> dict[str, Any]:
    """For logging.config.dictConfig; `form` is line or json. Servers hand their lines over to us."""
    servers = ("celery", "gunicorn.error", "uvicorn", "uvicorn.error")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {form: FORMATTERS[form]},
        "filters": {"context": {"()": "config.logs.ContextFilter"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["context"]}
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            **{name: {"handlers": [], "propagate": True} for name in servers},
            # Ours says the same without the query; theirs of a socket names its whole address.
            "uvicorn.access": {"level": "WARNING"},
            # What it counts stands in the journal (accounts/journal.py).
            "axes": {"level": "WARNING"},
            # They name the whole URL: of a webhook that is a secret. What fails is said by who called.
            "urllib3": {"level": "ERROR"},
            # What a stranger asks wrongly stands in the access line; it needs no second one.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
