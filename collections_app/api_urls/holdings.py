from django.urls import URLPattern, path

from collections_app.api import collections, completion, lots, sales, value

urlpatterns: list[URLPattern] = [
    path("collections/", collections.collections, name="collections"),
    path("collections/<int:pk>/", collections.collection, name="collection"),
    path("collections/<int:pk>/lots/", lots.lots, name="lots"),
    path("collections/<int:pk>/quick-add/", lots.quick_add, name="quick_add"),
    path("collections/<int:pk>/sales/", sales.sales, name="sales"),
    path("collections/<int:pk>/value/", value.value, name="value"),
    path("collections/<int:pk>/value/history/", value.history, name="history"),
    path("collections/<int:pk>/value/explanation/", value.explanation, name="explanation"),
    path("portfolio/value/", value.portfolio_value, name="portfolio_value"),
    path("portfolio/value/history/", value.portfolio_history, name="portfolio_history"),
    path("portfolio/value/explanation/", value.portfolio_explanation, name="portfolio_explanation"),
    path("lots/bulk/", lots.bulk, name="bulk"),
    path("lots/<int:pk>/", lots.lot, name="lot"),
    path("lots/<int:pk>/split/", lots.split, name="split"),
    path("lots/<int:pk>/sell/", lots.sell, name="sell"),
    path("sales/<int:pk>/", sales.sale, name="sale"),
    path("completion/", completion.sets, name="completion"),
    path("completion/<slug:game_slug>/<slug:set_slug>/", completion.of_set, name="completion_of_set"),
    path("completion/<slug:game_slug>/<slug:set_slug>/wish/", completion.wish, name="wish"),
    path("shared/<str:token>/", collections.shared, name="shared"),
]
