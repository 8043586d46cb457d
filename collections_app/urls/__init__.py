"""Addresses of the collections: what needs no number stands before what has one."""

from collections_app.urls import desk, pages, papers, sets

app_name = "collections"
urlpatterns = [*desk.urlpatterns, *papers.urlpatterns, *sets.urlpatterns, *pages.urlpatterns]
