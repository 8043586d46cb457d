"""Addresses of the read API, below /api/v1/."""

from django.urls import path

from catalog import api

app_name = "api"
urlpatterns = [
    path("games/", api.games, name="games"),
    path("games/<slug:game_slug>/sets/", api.sets, name="sets"),
    path("sets/<slug:game_slug>/<slug:set_slug>/", api.checklist, name="set"),
    path("cards/<int:pk>/", api.card, name="card"),
    path("cards/<int:pk>/history/", api.history, name="history"),
    path("printings/<int:pk>/evidence/", api.printing, name="evidence"),
    path("search/", api.find, name="search"),
    path("search/suggest/", api.suggest, name="suggest"),
    path("movers/", api.movers, name="movers"),
    path("sources/", api.sources, name="sources"),
]
