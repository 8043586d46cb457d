from django.urls import URLPattern, path

from collections_app.views import entering, sets, sharing

urlpatterns: list[URLPattern] = [
    path("collections/sets/", sets.sets, name="sets"),
    path("collections/sets/<slug:game_slug>/<slug:set_slug>/", sets.card_set, name="set"),
    path("collections/enter/<slug:game_slug>/<slug:set_slug>/", entering.enter, name="enter"),
    path("collections/public/", sharing.public, name="public"),
    path("shared/<str:token>/", sharing.shared, name="shared"),
]
