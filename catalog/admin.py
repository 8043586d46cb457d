"""The catalogue in the staff's admin."""
# ruff: noqa: ARG002, FBT001 -- the signatures are Django's

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ModelAdmin, TabularInline
from django.db.models import Model, QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest

from catalog import curation, longlists
from catalog.models import Card, CardSet, ExternalId, Finish, Game, Printing, Rarity


class NamedAdmin(ModelAdmin[Any]):
    """Rows whose name is among the words their cards are found by."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        if change and {"name", "code"} & set(form.changed_data):
            curation.rename(obj)
        else:
            super().save_model(request, obj, form, change)


class ExternalIdForm(ModelForm[ExternalId]):
    """An id of the row it stands below; its kind is part of the form so that its constraints are checked."""

    of: ExternalId.Kind

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.CharField(initial=self.of, disabled=True, widget=forms.HiddenInput)


class GameIdForm(ExternalIdForm):
    of = ExternalId.Kind.GAME


class SetIdForm(ExternalIdForm):
    of = ExternalId.Kind.SET


class CardIdForm(ExternalIdForm):
    of = ExternalId.Kind.CARD


class ExternalIds(TabularInline[ExternalId, Any]):
    model = ExternalId
    fields = ("source", "external_id", "kind")
    extra = 0


class GameIds(ExternalIds):
    form = GameIdForm
    verbose_name_plural = "What sources call this game (needed to sync it)"


class SetIds(ExternalIds):
    form = SetIdForm


class CardIds(ExternalIds):
    form = CardIdForm


@admin.register(Game)
class GameAdmin(NamedAdmin):
    list_display = ("name", "slug", "language", "position")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    inlines = (GameIds,)


@admin.register(CardSet)
class CardSetAdmin(NamedAdmin):
    list_display = ("name", "game", "code", "released_on", "is_published")
    list_filter = ("game", "is_published")
    list_select_related = ("game",)
    search_fields = ("name", "code")
    search_help_text = "Name or code"
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("-released_on", "name")
    actions = ("publish", "unpublish")
    inlines = (SetIds,)

    @admin.action(description="Publish the chosen sets", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[CardSet]) -> None:
        self.message_user(request, f"{queryset.update(is_published=True)} published.")

    @admin.action(description="Hide the chosen sets and their cards", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[CardSet]) -> None:
        self.message_user(request, f"{queryset.update(is_published=False)} hidden.")


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


class Printings(TabularInline[Printing, Card]):
    model = Printing
    raw_id_fields = ("finish",)
    extra = 0
    can_delete = False


class CardForm(ModelForm[Card]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        rarity, card_set = cleaned.get("rarity"), cleaned.get("card_set")
        if rarity and card_set and rarity.game_id != card_set.game_id:
            self.add_error("rarity", f"This is a rarity of another game than the set's, {card_set.game}.")
        return cleaned


@admin.register(Card)
class CardAdmin(ModelAdmin[Card]):
    form = CardForm
    paginator = longlists.EstimatedPaginator
    show_full_result_count = False
    list_display = ("name", "number", "card_set", "game", "rarity", "kind")
    list_filter = ("game", "kind")
    list_select_related = ("card_set", "game", "rarity")
    search_fields = ("name",)
    search_help_text = "Words of name, number, set and rarity, as in the site's own search"
    ordering = ("-pk",)
    autocomplete_fields = ("card_set", "rarity")
    exclude = ("game", "slug")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    inlines = (Printings, CardIds)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Card], search_term: str
    ) -> tuple[QuerySet[Card], bool]:
        found = longlists.cards_named(search_term, among=queryset) if search_term.strip() else queryset
        return found, False

    def save_model(self, request: HttpRequest, obj: Card, form: ModelForm[Card], change: bool) -> None:
        curation.save_card(obj)


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
