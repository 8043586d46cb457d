from django.urls import path

from pricing import views, views_searches, views_status

app_name = "pricing"
urlpatterns = [
    path("searches/", views_searches.index, name="searches"),
    path("searches/<int:pk>/", views_searches.rename, name="search"),
    path("searches/<int:pk>/delete/", views_searches.delete, name="search_delete"),
    path("printings/<int:pk>/offers/", views.printing_offers, name="offers"),
    path("status/", views_status.page, name="status"),
    path("ebay/account-deletion/", views.ebay_account_deletion, name="ebay_account_deletion"),
]
