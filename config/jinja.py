"""The Jinja2 environment of the public pages: what a template may call besides its context."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from pricing import formats


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)


def environment(**options: Any) -> Environment:
    env = Environment(**{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701 -- Django passes autoescape=True in options
    env.globals.update(static=static, url=url, get_messages=get_messages, version=settings.VERSION)
    env.filters.update(
        money=formats.money, percent=formats.percent, day=formats.day, age=formats.age, number=formats.number
    )
    return env
