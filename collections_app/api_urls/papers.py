from django.urls import path

from collections_app.api import papers

urlpatterns = [
    path("restore/", papers.restore, name="restore"),
    path("reports/<str:code>/", papers.report, name="report"),
    path("collections/<int:pk>/export/<slug:format>/", papers.export, name="export"),
    path("collections/<int:pk>/reports/", papers.report_list, name="reports"),
]
