from django.urls import path

from pricing import views

app_name = "pricing"
urlpatterns = [
    path("printings/<int:pk>/offers/", views.printing_offers, name="offers"),
    path("ebay/account-deletion/", views.ebay_account_deletion, name="ebay_account_deletion"),
]
