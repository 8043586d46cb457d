"""Collections in the staff's admin: only what is everyone's. What people own is theirs."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from collections_app import repricing
from collections_app.models import Multiplier


@admin.register(Multiplier)
class MultiplierAdmin(ModelAdmin[Multiplier]):
    """Every change values the lots it concerns anew."""

    list_display = ("__str__", "game", "condition", "grade", "percent")
    list_filter = ("game",)
    list_select_related = ("game",)

    def save_model(self, request: HttpRequest, obj: Multiplier, form: Any, change: bool) -> None:  # noqa: FBT001 -- the signature is Django's
        super().save_model(request, obj, form, change)
        transaction.on_commit(repricing.choose)

    def delete_model(self, request: HttpRequest, obj: Multiplier) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(repricing.choose)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Multiplier]) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(repricing.choose)
