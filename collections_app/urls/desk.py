from django.urls import URLPattern, path

from collections_app.views import desk, tray

urlpatterns: list[URLPattern] = [
    path("collections/imports/", desk.imports, name="imports"),
    path("collections/imports/<int:pk>/", desk.import_, name="import"),
    path("collections/imports/<int:pk>/map/", desk.import_map, name="import_map"),
    path("collections/imports/<int:pk>/bring/", desk.import_bring, name="import_bring"),
    path("collections/imports/<int:pk>/undo/", desk.import_undo, name="import_undo"),
    path("collections/imports/<int:pk>/continue/", desk.import_continue, name="import_continue"),
    path("collections/imports/<int:pk>/discard/", desk.import_discard, name="import_discard"),
    path("collections/imports/<int:pk>/progress/", desk.import_progress, name="import_progress"),
    path("collections/imports/<int:pk>/tray.csv", desk.import_rows, name="import_rows"),
    path("collections/tray/", tray.tray, name="tray"),
    path("collections/tray/<int:pk>/", tray.tray_row, name="tray_row"),
    path("collections/<int:pk>/import/", desk.import_new, name="import_new"),
]
