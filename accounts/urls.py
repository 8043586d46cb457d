from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/theme/", views.theme, name="theme"),
    # The address of allauth's usersessions_list; whichever stands first in the site's list answers.
    path("accounts/sessions/", views.Sessions.as_view(), name="sessions"),
]
