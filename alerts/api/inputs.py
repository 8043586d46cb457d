"""What the addresses and bodies of requests about alerts say."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from alerts import channels, hours, queries
from alerts.editing import NEEDS, WORDS, Facts, Kind
from alerts.models import LONGEST_LOOK_BACK, Alert, Channel
from catalog.forms import Flag, PageForm
from catalog.models import CardSet
from pricing.bodies import LARGEST_ID, Amount, Body, Ids, Percent, Said, minor
from pricing.models import CONDITIONS

TARGETS: Final = {"printing_id": None, "card_set_id": None, "collection_id": None, "search_id": None}
AMOUNTS: Final = ("threshold", "least")
BESIDES: Final = {"is_on", "use_for_alerts"}  # what is no fact of a channel


class AlertsQuery(PageForm):
    state = forms.ChoiceField(choices=[(state, state) for state in queries.STATES], required=False)


class InboxQuery(PageForm):
    unread = Flag()


class AlertInput(Body):
    """One of a printing, a set (with its game), a collection and a saved search, and what the kind needs."""

    kind = serializers.ChoiceField(choices=Alert.Kind.choices)
    printing_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    condition = serializers.ChoiceField(choices=CONDITIONS, allow_blank=True, required=False)
    grade = serializers.CharField(max_length=20, allow_blank=True, required=False)
    game = serializers.CharField(max_length=60, required=False)
    set = serializers.CharField(max_length=220, required=False)
    collection_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    search_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    threshold = Amount(allow_null=True, required=False)
    percent = Percent(allow_null=True, required=False)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_LOOK_BACK, allow_null=True, required=False)
    least = Amount(allow_null=True, required=False)
    currency = serializers.ChoiceField(choices=list(settings.DISPLAY_CURRENCIES), required=False)
    rearms = serializers.BooleanField(required=False)
    margin = Percent(required=False)
    timing = serializers.ChoiceField(choices=Alert.Timing.choices, required=False)
    expires_on = serializers.DateField(allow_null=True, required=False)
    name = serializers.CharField(max_length=120, allow_blank=True, required=False)
    channel_ids = Ids(least=0, most=channels.MOST, allow_null=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("game" in attrs) != ("set" in attrs):
            missing = "set" if "game" in attrs else "game"
            raise ValidationError({missing: ["A set is named by its game and its slug."]})
        if "set" in attrs:
            attrs["card_set_id"] = set_id(attrs.pop("game"), attrs.pop("set"))
        return attrs

    def new(self, *, currency: str) -> Facts:
        """In this currency unless it says otherwise."""
        said: dict[str, Any] = dict(self.validated_data)
        return facts_of({"currency": currency} | said, said=said)

    def changed(self, known: Facts) -> Facts:
        """What was not said stays. A new kind ends what it has no use for, a new target the old one."""
        said: dict[str, Any] = dict(self.validated_data)
        before = asdict(known)
        if said.get("currency", known.currency) != known.currency:
            need_anew(name for name in AMOUNTS if before[name] is not None and name not in said)
        if "kind" in said:
            before |= {name: None for name in WORDS if name not in NEEDS[Kind(said["kind"])]}
        if TARGETS.keys() & said.keys():
            before |= TARGETS | {"condition": "", "grade": ""}
        return facts_of(before | grading(said) | said, said=said)


def facts_of(facts: Mapping[str, Any], *, said: Said) -> Facts:
    amounts: dict[str, Any] = {}
    for name in AMOUNTS:
        amounts |= minor(said, name, currency=facts["currency"])
    chosen = facts.get("channel_ids")
    return Facts(**{**facts, **amounts, "channel_ids": None if chosen is None else tuple(chosen)})


def need_anew(names: Iterable[str]) -> None:
    if missing := list(names):
        raise ValidationError({name: ["A new currency needs this amount anew."] for name in missing})


def grading(said: Said) -> dict[str, str]:
    """A new condition ends a grading, and the other way."""
    if said.get("condition"):
        return {"grade": ""}
    return {"condition": ""} if said.get("grade") else {}


def set_id(game_slug: str, set_slug: str) -> int:
    found = CardSet.objects.filter(game__slug=game_slug, slug=set_slug, is_published=True).first()
    if found is None:
        raise ValidationError({"set": [f"There is no set “{set_slug}” of a game “{game_slug}” here."]})
    return found.pk


class ReadInput(Body):
    """Some events of the inbox, or all of them."""

    ids = Ids(required=False)
    all = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == bool(attrs.get("all")):
            raise ValidationError({"ids": ["Send either ids, or all as true."]})
        return attrs


class ChannelInput(Body):
    """`token` is ntfy's, `p256dh` and `auth` are the keys of a browser's subscription."""

    kind = serializers.ChoiceField(choices=Channel.Kind.choices)
    address = serializers.CharField(max_length=2000)
    name = serializers.CharField(max_length=80, allow_blank=True, required=False)
    token = serializers.CharField(max_length=200, allow_blank=True, required=False)
    p256dh = serializers.CharField(max_length=200, required=False)
    auth = serializers.CharField(max_length=200, required=False)
    is_on = serializers.BooleanField(required=False)

    def facts(self, known: channels.Facts | None = None) -> channels.Facts:
        """What was not said stays as it is known."""
        said = {name: value for name, value in self.validated_data.items() if name not in BESIDES}
        return channels.Facts(**(asdict(known) if known else {}) | said)


class NewChannelInput(ChannelInput):
    use_for_alerts = serializers.BooleanField(default=True)


class HoursInput(Body):
    time_zone = serializers.ChoiceField(choices=hours.ZONES)
    quiet_from = serializers.TimeField()
    quiet_until = serializers.TimeField()
    digest_at = serializers.TimeField()
