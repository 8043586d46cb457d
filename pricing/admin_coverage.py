"""The staff's page of what the catalogue and its prices cover."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from catalog.models import Game
from pricing import coverage


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """By game, or with `game` by its sets. A POST counts anew."""
    if not request.user.has_perm("pricing.view_latestprice"):
        raise PermissionDenied
    if request.method == "POST":
        coverage.count_anew()
        messages.success(request, "Counted anew.")
        return HttpResponseRedirect(request.get_full_path())
    counted = coverage.read()
    slug = request.GET.get("game")
    game = get_object_or_404(Game, slug=slug) if slug else None
    sources = coverage.columns(counted, game_id=game.pk if game else None)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": f"Coverage: {game}" if game else "Coverage",
        "counted": counted,
        "sources": sources,
        "game": game,
        "rows": coverage.by_set(counted, game_id=game.pk, sources=sources)
        if game
        else coverage.by_game(counted, sources=sources),
        "address": reverse("coverage"),
    }
    return TemplateResponse(request, "admin/pricing/coverage.html", context)


staff_page = admin.site.admin_view(page)
