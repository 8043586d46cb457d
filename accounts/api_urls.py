"""Addresses of the API of accounts, below /api/v1/."""

from django.urls import path

from accounts import api

app_name = "accounts_api"
urlpatterns = [
    path("user/", api.user, name="user"),
    path("keys/", api.keys, name="keys"),
    path("keys/<int:pk>/", api.key, name="key"),
]
