"""What every public page knows."""

from functools import partial
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest

from accounts import themes
from alerts.queries import badge
from catalog import answers, queries
from catalog.models import Game

# A new game may wait so long to appear in the menu; on pages that are kept it is that of the moment.
GAMES_KEPT_SECONDS = 60


def site(request: HttpRequest) -> dict[str, Any]:
    # A request that goes no further than the first middleware (a wrong host name) is nobody's.
    user = getattr(request, "user", None) or AnonymousUser()
    return {
        "live_url": f"{settings.LIVE_URL}/live/" if settings.LIVE_URL else "",
        "games": games(request),
        "theme": request.COOKIES.get(themes.COOKIE, "system"),
        "user": user,
        "unread": partial(badge, user),
    }


def games(request: HttpRequest) -> list[Game]:
    if answers.is_kept(request):
        now = queries.games()
        cache.set("games", now, GAMES_KEPT_SECONDS)
        return now
    found: Any = cache.get_or_set("games", queries.games, GAMES_KEPT_SECONDS)
    return cast("list[Game]", found)
