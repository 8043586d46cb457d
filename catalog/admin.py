"""The catalogue in the staff's admin. Sets and cards have modules of their own in `catalog.staff`."""
# ruff: noqa: FBT001 -- the signatures are Django's

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from catalog import curation, longlists
from catalog.models import ExternalId, Finish, Game, Rarity
from catalog.staff.cards import CardAdmin
from catalog.staff.inlines import GameIds
from catalog.staff.sets import CardSetAdmin

__all__ = ["CardAdmin", "CardSetAdmin"]


class NamedAdmin(ModelAdmin[Any]):
    """Rows whose name is among the words their cards are found by."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        if change and "name" in form.changed_data:
            curation.rename(obj)
        else:
            super().save_model(request, obj, form, change)


@admin.register(Game)
class GameAdmin(NamedAdmin):
    list_display = ("name", "slug", "language", "position")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (GameIds,)


@admin.register(Rarity)
class RarityAdmin(NamedAdmin):
    list_display = ("name", "game")
    list_filter = ("game",)
    list_select_related = ("game",)
    search_fields = ("name",)
    ordering = ("game__position", "name")


@admin.register(Finish)
class FinishAdmin(ModelAdmin[Finish]):
    list_display = ("name", "game")
    list_filter = ("game",)
    list_select_related = ("game",)
    search_fields = ("name",)
    ordering = ("game__position", "name")


@admin.register(ExternalId)
class ExternalIdAdmin(ModelAdmin[ExternalId]):
    paginator = longlists.EstimatedPaginator
    show_full_result_count = False
    list_display = ("source", "kind", "external_id", "names")
    list_filter = ("kind",)
    list_select_related = ("game", "card_set", "card")
    search_fields = ("external_id__exact",)
    search_help_text = "The id at the source, in full"
    ordering = ("-pk",)
    raw_id_fields = ("game", "card_set", "card")

    @admin.display(description="names")
    def names(self, row: ExternalId) -> Model | None:
        return row.game or row.card_set or row.card
