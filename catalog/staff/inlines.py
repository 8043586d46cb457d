"""What stands below a row of the catalogue: its ids at sources, its printings, its old addresses."""
# ruff: noqa: ARG002 -- the signatures are Django's

from typing import Any

from django import forms
from django.contrib.admin import TabularInline
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from catalog.models import Card, CardRedirect, ExternalId, Printing, SetRedirect


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


class Printings(TabularInline[Printing, Card]):
    model = Printing
    raw_id_fields = ("finish",)
    extra = 0
    can_delete = False


class Redirects(TabularInline[Any, Any]):
    """Old addresses are looked at: renaming and merging make them, and renaming back takes them away."""

    verbose_name_plural = "Old addresses that lead here"
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SetRedirects(Redirects):
    model = SetRedirect
    fields = ("slug",)


class CardRedirects(Redirects):
    model = CardRedirect
    fields = ("gone",)
