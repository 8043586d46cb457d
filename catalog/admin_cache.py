"""The staff's page of what keeping answers brings."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from catalog import tallies


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """A POST begins the tally anew; what is kept stays."""
    if not request.user.has_perm("catalog.view_card"):
        raise PermissionDenied
    if request.method == "POST":
        tallies.begin_anew()
        messages.success(request, "The tally begins anew.")
        return HttpResponseRedirect(request.path)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Kept answers",
        "rows": tallies.rows(),
        "most": tallies.MOST,
    }
    return TemplateResponse(request, "admin/catalog/cache.html", context)


staff_page = admin.site.admin_view(page)
