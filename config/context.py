"""What every public page knows."""

from typing import Any

from django.http import HttpRequest

from catalog import queries


def site(request: HttpRequest) -> dict[str, Any]:
    return {"games": queries.games(), "theme": request.COOKIES.get("theme", "system"), "user": request.user}
