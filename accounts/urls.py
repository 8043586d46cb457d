from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/theme/", views.theme, name="theme"),
    path("preferences/keys/", views.api_keys, name="keys"),
    path("preferences/keys/<int:pk>/revoke/", views.revoke_key, name="revoke_key"),
    # The address of allauth's usersessions_list; whichever stands first in the site's list answers.
    path("accounts/sessions/", views.Sessions.as_view(), name="sessions"),
]
