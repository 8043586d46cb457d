from django.urls import URLPattern, path

from collections_app.api import desk

urlpatterns: list[URLPattern] = [
    path("collections/<int:pk>/imports/", desk.collection_imports, name="collection_imports"),
    path("imports/", desk.imports, name="imports"),
    path("imports/<int:pk>/", desk.import_, name="import"),
    path("imports/<int:pk>/rows/", desk.import_rows, name="import_rows"),
    path("imports/<int:pk>/mapping/", desk.import_mapping, name="import_mapping"),
    path("imports/<int:pk>/bring/", desk.import_bring, name="import_bring"),
    path("imports/<int:pk>/undo/", desk.import_undo, name="import_undo"),
    path("imports/<int:pk>/continue/", desk.import_continue, name="import_continue"),
    path("import-rows/<int:pk>/", desk.import_row, name="import_row"),
]
