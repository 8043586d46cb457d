"""Addresses of the API of saved searches, below /api/v1/."""

from django.urls import path

from pricing import api_searches

app_name = "pricing_api"
urlpatterns = [
    path("searches/", api_searches.searches, name="searches"),
    path("searches/<int:pk>/", api_searches.search, name="saved_search"),
]
