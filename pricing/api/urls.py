"""Addresses of the API of prices, below /api/v1/."""

from django.urls import URLPattern, path

from pricing.api import prices

app_name = "prices_api"
urlpatterns: list[URLPattern] = [
    path("prices/", prices.prices, name="prices"),
    path("printings/<int:pk>/history/", prices.history, name="history"),
]
