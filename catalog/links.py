"""The header Link (RFC 8288)."""

from typing import Any

from django.http.response import HttpResponseBase


def add_link(response: HttpResponseBase, address: str, *, rel: str) -> None:
    known = response.get("Link")
    link = f'<{address}>; rel="{rel}"'
    response["Link"] = f"{known}, {link}" if known else link


def link_next(response: HttpResponseBase) -> None:
    """Of a list that an endpoint answers with, the page after."""
    body: Any = getattr(response, "data", None)
    following = body.get("next") if isinstance(body, dict) else None
    if isinstance(following, str) and response.status_code == 200:
        add_link(response, following, rel="next")
