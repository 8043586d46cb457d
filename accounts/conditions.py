"""Conditional requests that are answered before the view runs."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.views.decorators.http import condition

View = TypeVar("View", bound=Callable[..., Any])


def unless_known(generation: Callable[..., str]) -> Callable[[View], View]:
    """Stands above everything else of a view that is the same for everyone.

    `generation` takes what the view takes and says, cheaply, what its answer is made from. Whoever sends back
    the ETag of the same generation, address and version of the site is answered 304, without the view.
    """
    return condition(etag_func=partial(_tag, generation))


def _tag(generation: Callable[..., str], request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    made_from = (
        settings.VERSION,
        request.get_full_path(),
        request.headers.get("Accept", ""),
        generation(request, *args, **kwargs),
    )
    return f'W/"{hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]}"'
