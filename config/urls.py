"""Every address of the site: the only place that knows all apps."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from catalog import admin_cache, api
from config import admin_status, metrics, openapi, probes, problems
from pricing import admin_coverage

handler500 = "config.problems.server_error"
admin.site.site_header = admin.site.site_title = "TCG Price Tracker"
STAFF = f"{settings.ADMIN_PATH}/"

urlpatterns = [
    path(f"{STAFF}cache/", admin_cache.staff_page, name="cache"),
    path(f"{STAFF}coverage/", admin_coverage.staff_page, name="coverage"),
    path(f"{STAFF}status/", admin_status.staff_page, name="status"),
    path(f"{STAFF}workbench/", include("pricing.urls_workbench")),
    path(STAFF, admin.site.urls),
    path("api/", openapi.explorer, name="explorer"),
    path("api/v1/schema/", openapi.schema, name="document"),
    path("api/v1/", include("catalog.api_urls")),
    path("api/v1/", include("pricing.api.urls")),
    path("api/v1/", include("accounts.api_urls")),
    path("api/v1/", include("collections_app.api_urls")),
    path("api/v1/", include("alerts.api_urls")),
    # Only with its slash at the end, so that an address that forgot it is still led to the right one.
    re_path(r"^api/v1/(?:.*/)?$", api.Unknown.as_view()),
    path("api/problems/<slug:kind>/", problems.meaning, name="problem"),
    path("healthz", probes.alive, name="healthz"),
    path("readyz", probes.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("catalog.urls")),
    path("", include("pricing.urls")),
    path("", include("accounts.urls")),
    path("", include("collections_app.urls")),
    path("", include("alerts.urls")),
    path("accounts/", include("allauth.urls")),
]
