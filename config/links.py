"""The header Link (RFC 8288)."""

from django.http.response import HttpResponseBase


def add_link(response: HttpResponseBase, address: str, *, rel: str) -> None:
    known = response.get("Link")
    link = f'<{address}>; rel="{rel}"'
    response["Link"] = f"{known}, {link}" if known else link
