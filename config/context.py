"""What every public page knows."""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from alerts.queries import badge
from catalog import queries

# Every page's menu names the games; a new one may wait a minute to appear there.
GAMES_KEPT_SECONDS = 60


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "live_url": f"{settings.LIVE_URL}/live/" if settings.LIVE_URL else "",
        "games": cache.get_or_set("games", queries.games, GAMES_KEPT_SECONDS),
        "theme": request.COOKIES.get("theme", "system"),
        "user": request.user,
        "unread": partial(badge, request.user),
    }
