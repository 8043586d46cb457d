from django.urls import URLPattern, path

from alerts.views import unsubscribe

unsubscribe_urlpatterns: list[URLPattern] = [
    path("alerts/unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
