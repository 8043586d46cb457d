"""Addresses of the API of collections, below /api/v1/."""

from collections_app.api_urls import desk, holdings, papers

app_name = "collections_api"
urlpatterns = [*desk.urlpatterns, *papers.urlpatterns, *holdings.urlpatterns]
