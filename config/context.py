"""What every public page knows."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from alerts.queries import badge
from catalog import queries


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "live_url": f"{settings.LIVE_URL}/live/" if settings.LIVE_URL else "",
        "games": queries.games(),
        "theme": request.COOKIES.get("theme", "system"),
        "user": request.user,
        "unread": partial(badge, request.user),
    }
