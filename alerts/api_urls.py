"""Addresses of the API of alerts, below /api/v1/."""

from django.urls import URLPattern, path

from alerts.api import alerts, channels, inbox

app_name = "alerts_api"
urlpatterns: list[URLPattern] = [
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/backtest/", alerts.try_out, name="backtest"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/pause/", alerts.pause, name="pause"),
    path("alerts/<int:pk>/resume/", alerts.resume, name="resume"),
    path("alerts/<int:pk>/events/", alerts.events, name="events"),
    path("alerts/<int:pk>/log/", alerts.log, name="log"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read, name="read"),
    path("channels/", channels.channels, name="channels"),
    path("channels/<int:pk>/", channels.channel, name="channel"),
    path("channels/<int:pk>/test/", channels.test, name="test"),
    path("channels/<int:pk>/rotate/", channels.rotate, name="rotate"),
    path("hours/", channels.hours, name="hours"),
]
