"""How fresh the prices are, for everybody. Thin: `pricing.health` reads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pricing import health


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Read anew for each who asks: who comes here wonders whether something stands still."""
    return render(request, "status.html", {"freshness": health.freshness()})
