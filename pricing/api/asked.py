"""What the addresses and bodies of requests about prices say."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.request import Request

from pricing.bodies import LARGEST_ID, MOST_AT_ONCE, Body, Ids, read
from pricing.intervals import Interval
from pricing.latest import Which
from pricing.models import CONDITIONS, Source

FIRST_DAY: Final = date(1990, 1, 1)  # before any card had a price
IDS = re.compile(r"\d{1,10}(,\d{1,10})*", re.ASCII)
CURRENCIES = list(settings.DISPLAY_CURRENCIES.items())


def today() -> date:
    return datetime.now(UTC).date()


class IdsField(forms.CharField):
    """Ids, separated by commas."""

    def clean(self, value: Any) -> list[int]:
        found = ids_in(super().clean(value))
        if not found:
            raise forms.ValidationError(
                f"Name up to {MOST_AT_ONCE} ids from 1 to {LARGEST_ID}, separated by commas, such as 1,2,3."
            )
        return found


def ids_in(text: str) -> list[int]:
    """Each once, in their order; none where the text is no such list."""
    if not IDS.fullmatch(text):
        return []
    found = list(dict.fromkeys(map(int, text.split(","))))
    is_right = 0 < min(found) <= max(found) <= LARGEST_ID and len(found) <= MOST_AT_ONCE
    return found if is_right else []


def plain_ids(request: HttpRequest) -> list[int]:
    """The ids of a request for nothing else, if they are right and it brings no key; none of any other."""
    is_plain = request.method == "GET" and request.GET.keys() == {"ids"}
    if not is_plain or "Authorization" in request.headers or not request.accepts("application/json"):
        return []
    return ids_in(request.GET["ids"])


class PastDay(forms.DateField):
    """A day, written 2026-11-23, that is not yet to come."""

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], required=False, **options)

    def clean(self, value: Any) -> date | None:
        found: date | None = super().clean(value)
        if found and not FIRST_DAY <= found <= today():
            raise forms.ValidationError(f"Days are from {FIRST_DAY} to today, {today()}.")
        return found


class WhichForm(forms.Form):
    """Whose price, of which condition or grade, in which currency."""

    source = forms.SlugField(max_length=20, required=False)
    condition = forms.ChoiceField(choices=CONDITIONS, required=False)
    grade = forms.CharField(max_length=20, required=False)
    currency = forms.ChoiceField(choices=CURRENCIES, required=False)

    def clean_source(self) -> str:
        slug = str(self.cleaned_data["source"])
        if slug and not Source.objects.filter(slug=slug).exists():
            raise forms.ValidationError(f"“{slug}” is not accepted. Accepted are {', '.join(slugs())}.")
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("condition") and cleaned.get("grade"):
            self.add_error("grade", "A copy has a condition or a grade, never both.")
        return cleaned

    @property
    def which(self) -> Which:
        said = self.cleaned_data
        return Which(source=said["source"], condition=said["condition"], grade=said["grade"])


class PricesQuery(WhichForm):
    ids = IdsField(max_length=11 * MOST_AT_ONCE)
    as_of = PastDay()


class HistoryQuery(WhichForm):
    to = PastDay()
    interval = forms.ChoiceField(
        choices=[(one.value, one.value) for one in Interval], required=False, initial=Interval.DAY.value
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        since, until = cleaned.get("from"), cleaned.get("to")
        if since and until and since > until:
            self.add_error("to", "The last day lies before the first.")
        return cleaned


HistoryQuery.base_fields["from"] = PastDay()  # no name for an attribute: it is a word of Python's


def slugs() -> list[str]:
    return list(Source.objects.values_list("slug", flat=True))


class PricesBody(Body):
    """The same as in an address, for lists too long for one."""

    ids = Ids()
    source: Any = serializers.CharField(max_length=20, required=False)
    condition = serializers.ChoiceField(choices=CONDITIONS, allow_blank=True, required=False)
    grade = serializers.CharField(max_length=20, allow_blank=True, required=False)
    currency = serializers.ChoiceField(choices=CURRENCIES, required=False)
    as_of = serializers.DateField(required=False)


def body(request: Request) -> Mapping[str, str]:
    """A body as the words of an address. Raises ValidationError."""
    said = read(PricesBody, request.data).validated_data
    ids = ",".join(map(str, said.pop("ids")))
    return {"ids": ids, **{name: str(value) for name, value in said.items()}}
