from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("search/syntax/", views.syntax, name="syntax"),
    path("movers/", views.movers, name="movers"),
    path("methodology/", views.methodology, name="methodology"),
    path("games/<slug:game_slug>/", views.game, name="game"),
    path("games/<slug:game_slug>/<slug:set_slug>/", views.card_set, name="set"),
    path("cards/<int:pk>/chart/", views.chart, name="chart"),
    path("printings/<int:pk>/evidence/", views.printing_evidence, name="evidence"),
    path("cards/<int:pk>/<slug:slug>/", views.card, name="card"),
]
