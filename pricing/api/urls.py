"""Addresses of the API of prices, below /api/v1/."""

from django.urls import URLPattern, path

from pricing.api import bulk, changes, lists, prices, rates, searches

app_name = "prices_api"
urlpatterns: list[URLPattern] = [
    path("prices/", prices.prices, name="prices"),
    path("bulk/", bulk.manifest, name="bulk"),
    path("bulk/<slug:folder>/<str:name>", bulk.file, name="bulk_file"),
    path("cards/", lists.cards, name="cards"),
    path("printings/", lists.printings, name="printings"),
    path("printings/<int:pk>/", lists.printing, name="printing"),
    path("printings/<int:pk>/history/", prices.history, name="history"),
    path("changes/", changes.changes, name="changes"),
    path("rates/", rates.rates, name="rates"),
    path("searches/", searches.searches, name="searches"),
    path("searches/<int:pk>/", searches.search, name="saved_search"),
]
