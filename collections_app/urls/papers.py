from django.urls import path

from collections_app.views import papers, privacy

urlpatterns = [
    path("collections/restore/", papers.restore, name="restore"),
    path("collections/reports/", papers.report_list, name="reports"),
    path("collections/reports/<str:code>/", papers.report, name="report"),
    path("collections/reports/<str:code>/delete/", papers.report_delete, name="report_delete"),
    path("collections/<int:pk>/export/", papers.exports, name="exports"),
    path("collections/<int:pk>/export/<slug:format>/", papers.export, name="export"),
    path("collections/<int:pk>/report/", papers.report_new, name="report_new"),
    path("verify/<str:code>/", papers.verify, name="verify"),
    path("account/data/", privacy.data, name="data"),
    path("account/data/download/", privacy.data_download, name="data_download"),
    path("account/delete/", privacy.delete_account, name="delete_account"),
]
