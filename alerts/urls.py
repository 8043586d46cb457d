"""Addresses of the alerts: what needs no number stands before what has one."""

from django.urls import URLPattern, path

from alerts.urls_unsubscribe import unsubscribe_urlpatterns
from alerts.views import alerts, channels, inbox, making, worker

app_name = "alerts"
urlpatterns: list[URLPattern] = [
    path("alerts/", alerts.index, name="index"),
    path("alerts/new/", making.new, name="new"),
    path("alerts/try/", making.try_out, name="try"),
    path("alerts/hours/", channels.hours, name="hours"),
    path("alerts/channels/", channels.channels, name="channels"),
    path("alerts/channels/new/<slug:kind>/", channels.new, name="channel_new"),
    path("alerts/channels/<int:pk>/", channels.channel, name="channel"),
    path("alerts/channels/<int:pk>/secret/", channels.secret, name="channel_secret"),
    path("alerts/channels/<int:pk>/test/", channels.test, name="channel_test"),
    path("alerts/channels/<int:pk>/switch/", channels.switch, name="channel_switch"),
    path("alerts/channels/<int:pk>/remove/", channels.remove, name="channel_remove"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/edit/", making.edit, name="edit"),
    path("alerts/<int:pk>/pause/", alerts.pause, name="pause"),
    path("alerts/<int:pk>/resume/", alerts.resume, name="resume"),
    path("alerts/<int:pk>/delete/", alerts.delete, name="delete"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read, name="read"),
    path("push-worker.js", worker.worker, name="push_worker"),
    *unsubscribe_urlpatterns,
]
