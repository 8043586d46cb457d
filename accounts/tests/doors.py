"""Every address of an app, as the site lists them itself, and how anybody might ask for it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "patch", "put", "delete")
ABSENT = {404, 405}


def addresses(of: str) -> list[str]:
    """With their placeholders, `<int:pk>` and the like."""
    found = listed(get_resolver())
    return sorted(route for route, pattern in found if pattern.callback.__module__.startswith(f"{of}."))


def listed(resolver: URLResolver, *, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from listed(pattern, before=route)
        else:
            yield route, pattern


def filled(route: str, names: Mapping[str, str]) -> str:
    for placeholder, value in names.items():
        route = route.replace(f"<{placeholder}>", value)
    assert "<" not in route, f"{route} has a placeholder this test does not know: teach it"
    return route


def ask(client: Client, method: str, address: str, body: dict[str, Any]) -> Any:
    if address.startswith("/api/") and method != "get":
        return getattr(client, method)(address, json.dumps(body), "application/json")
    return getattr(client, method)(address, body if method in {"get", "post"} else json.dumps(body))


def shown(answer: Any) -> str:
    """The whole answer: one that is streamed is closed once it is read to its end."""
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode(
        errors="replace"
    )


def refused(visitor: Client) -> set[int]:
    """How somebody is told that there is nothing of theirs: strangers are also asked to sign in."""
    return ABSENT if visitor.cookies else {*ABSENT, 302, 401, 403}
