"""The staff's page of how the site is: what probes are told, and what waits."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from config import health, state


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("pricing.view_ingestrun"):
        raise PermissionDenied
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Status",
        "readiness": health.read(),
        "database": state.database.answer(),
        "redis": state.redis.answer(),
        "work": state.work.answer(),
    }
    return TemplateResponse(request, "admin/status.html", context)


staff_page = admin.site.admin_view(page)
