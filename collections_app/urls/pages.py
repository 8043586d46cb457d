from django.urls import URLPattern, path

from collections_app.views import adding, collection, index, lots, photos, sales, value

urlpatterns: list[URLPattern] = [
    path("collections/", index.index, name="index"),
    path("collections/new/", index.new, name="new"),
    path("collections/value/", value.portfolio_value, name="portfolio_value"),
    path("collections/sales/", sales.portfolio_sales, name="portfolio_sales"),
    path("collections/sales/<int:pk>/undo/", sales.sale_undo, name="sale_undo"),
    path("collections/quick-add/", adding.quick_add, name="quick_add"),
    path("collections/lots/<int:pk>/", lots.lot, name="lot"),
    path("collections/lots/<int:pk>/edit/", lots.lot_edit, name="lot_edit"),
    path("collections/lots/<int:pk>/delete/", lots.lot_delete, name="lot_delete"),
    path("collections/lots/<int:pk>/split/", lots.lot_split, name="lot_split"),
    path("collections/lots/<int:pk>/move/", lots.lot_move, name="lot_move"),
    path("collections/lots/<int:pk>/sell/", lots.lot_sell, name="lot_sell"),
    path("collections/lots/<int:pk>/photo/", photos.lot_photo, name="lot_photo"),
    path("collections/<int:pk>/", collection.collection, name="collection"),
    path("collections/<int:pk>/edit/", index.edit, name="edit"),
    path("collections/<int:pk>/delete/", index.delete, name="delete"),
    path("collections/<int:pk>/value/", value.value, name="value"),
    path("collections/<int:pk>/add/", adding.add, name="add"),
    path("collections/<int:pk>/bulk/", collection.bulk, name="bulk"),
    path("collections/<int:pk>/sales/", sales.sales, name="sales"),
]
