"""What the addresses of the API of collections accept behind the question mark."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from rest_framework.request import Request

from accounts.endpoints import person
from catalog.asking import checked, given
from catalog.forms import PageForm
from collections_app import completion, overview
from collections_app.forms import ExplainForm, FilterForm
from collections_app.lots import today

CURRENCY = [(code, name) for code, name in settings.DISPLAY_CURRENCIES.items()]


class CurrencyQuery(forms.Form):
    currency = forms.ChoiceField(choices=CURRENCY, required=False)


class SharedQuery(CurrencyQuery, PageForm):
    pass


class LotsQuery(FilterForm):
    currency = forms.ChoiceField(choices=CURRENCY, required=False)


class SetsQuery(CurrencyQuery):
    sort = forms.ChoiceField(choices=list(completion.SORTS.items()), required=False)


class HistoryQuery(CurrencyQuery):
    """Without `since` all days, without `until` up to today."""

    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day lies before the first.")
        return cleaned

    def days(self) -> dict[str, date | None]:
        return {"since": self.cleaned_data["since"], "until": self.cleaned_data["until"] or today()}


class ExplainQuery(ExplainForm):
    currency = forms.ChoiceField(choices=CURRENCY, required=False)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.data = {**self.data, "currency": data.get("currency", "")}


def lots_asked(request: Request, collection_ids: Sequence[int]) -> LotsQuery:
    """Raises ValidationError; games and sets are those that occur."""
    shelves = overview.shelves(collection_ids)
    games = dict.fromkeys((shelf.game, shelf.game_name) for shelf in shelves)
    sets = dict.fromkeys((shelf.set, shelf.set_name) for shelf in shelves)
    names = ("search", "game", "set", "condition", "basis", "sort", "page", "currency")
    form = LotsQuery(given(request, *names), games=list(games), sets=list(sets))
    checked(form)
    return form


def currency_of(form: forms.Form, request: Request) -> str:
    """What was asked for, else the viewer's."""
    return form.cleaned_data["currency"] or person(request).currency
