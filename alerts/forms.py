"""What the pages of alerts accept. A wrong value is an error beside its field, never a guess."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms

from alerts import phrases
from alerts.editing import AlertError, Facts, Kind
from alerts.models import LONGEST_LOOK_BACK, LONGEST_WINDOW, MOST_MARGIN, MOST_PERCENT, Alert, Channel
from alerts.queries import STATES
from alerts.targets import Choice, Target, grading
from catalog.forms import PageForm
from pricing.fields import MoneyForm, amount_field, day_field, typed

LARGEST_ID: Final = 2**31 - 1
ONCE, AGAIN = "once", "again"
FIRST: Final = "mail"  # the channel that is made with the first alert
LOOK_BACKS: Final = (7, 30, 90, 180, 365, 730, LONGEST_LOOK_BACK)
# What each kind asks for; what it has no use for is not looked at.
ASKS: Final[Mapping[str, tuple[str, ...]]] = {
    Kind.BELOW: ("threshold",),
    Kind.ABOVE: ("threshold",),
    Kind.FALLS: ("percent", "window"),
    Kind.RISES: ("percent", "window"),
    Kind.LOW: ("look_back",),
    Kind.HIGH: ("look_back",),
    Kind.BACK: ("gap",),
    Kind.FOUND: (),
}
ASKED: Final = {name for names in ASKS.values() for name in names}
DAYS: Final = ("window", "look_back", "gap")
MISSING: Final = {
    "threshold": "Say a price above zero.",
    "percent": "Say by how many percent, above zero.",
    "window": "Say within how many days.",
    "look_back": "Choose what it is compared with.",
    "gap": "Say after how many days.",
}


def percent_field(label: str, *, most: Decimal, help_text: str = "") -> forms.DecimalField:
    field = forms.DecimalField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=most,
        max_digits=6,
        decimal_places=2,
    )
    field.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return field


def days_field(label: str, *, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, required=False, min_value=1, max_value=LONGEST_WINDOW
    )


class RuleForm(MoneyForm):
    """A rule about a target. All fields are there whatever its kind is: a page may be without JavaScript."""

    AMOUNTS = ("threshold", "least")
    threshold = amount_field("Price")
    percent = percent_field("By how many percent", most=MOST_PERCENT)
    window = days_field("Within how many days")
    gap = days_field("After how many days without a price")
    least = amount_field(
        "Only cards that cost at least", help_text="In the same currency. Empty: every card."
    )
    margin = percent_field(
        "Once it was back across by so many percent",
        most=MOST_MARGIN,
        help_text="So that a price that trembles around the level does not tell you every day.",
    )
    timing = forms.ChoiceField(label="When", choices=Alert.Timing.choices, widget=forms.RadioSelect)
    expires_on = day_field("Last day", required=False, help_text="Empty: until you end it.")
    name = forms.CharField(
        label="Your own words for it", max_length=120, required=False, help_text="Said in every message."
    )

    def __init__(
        self, *args: Any, target: Target, channels: Sequence[Channel], mail: str, **options: Any
    ) -> None:
        """`mail` is the address that becomes the first channel of somebody who has none; "" for none."""
        super().__init__(*args, **options)
        self.target = target
        once = "Once for each card" if target.is_many else "Once"
        self._offer_kinds()
        self.fields["often"] = _radios("How often", [(ONCE, once), (AGAIN, "Each time")])
        self.fields["look_back"] = _look_backs(self.initial.get("look_back"))
        finishes = [(str(one.pk), one.finish.name) for one in target.printings]
        self._offer("printing", "Finish", finishes if len(finishes) > 1 else [])
        self._offer("grading", "Condition or grade", target.gradings)
        self._offer_channels(_ways(channels, mail=mail))
        if not target.is_many:
            del self.fields["least"]

    def _offer_kinds(self) -> None:
        """Only a search can newly find a card; it comes first there."""
        found, others = (Kind.FOUND.value, str(Kind.FOUND.label)), [*Kind.choices]
        others.remove(found)
        if self.target.key == "search":
            self.fields["kind"] = _radios("Tell me when a card", [found, *others])
        else:
            self.fields["kind"] = _radios("Tell me when the price", others)

    def _offer(self, name: str, label: str, choices: Iterable[Choice]) -> None:
        """A choice, where there is one."""
        if offered := list(choices):
            self.fields[name] = forms.ChoiceField(label=label, choices=offered, required=False)

    def _offer_channels(self, ways: Sequence[Choice]) -> None:
        if ways:
            widget = forms.CheckboxSelectMultiple()
            self.fields["channels"] = forms.MultipleChoiceField(
                label="Besides the inbox, tell me by", choices=ways, required=False, widget=widget
            )
            self.initial.setdefault("channels", [key for key, _ in ways])

    def clean(self) -> dict[str, Any]:
        asked = ASKS.get(self.cleaned_data.get("kind", ""), ())
        self._pass_over({*ASKED} - {*asked})
        if self.cleaned_data.get("often") != AGAIN:
            self._pass_over({"margin"})
        cleaned = super().clean()
        for name in asked:
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, MISSING[name])
        return cleaned

    def _pass_over(self, names: Iterable[str]) -> None:
        for name in names:
            self.errors.pop(name, None)
            self.cleaned_data[name] = None

    def refuse(self, error: AlertError) -> None:
        """Says beside the field it is about why the alert cannot be."""
        days = next((name for name in ASKS.get(self.cleaned_data.get("kind", ""), ()) if name in DAYS), None)
        fields = {"days": days, "rearms": "often", "condition": "grading", "grade": "grading"}
        name = fields.get(error.field, error.field)
        self.add_error(name if name in self.fields else None, str(error))

    def facts(self) -> Facts:
        """Only of a form without errors."""
        said = self.cleaned_data
        what, _, which = (said.get("grading") or "").partition(":")
        graded: dict[str, Any] = {what: which} if what else {}
        printing = said.get("printing")
        return Facts(
            kind=said["kind"],
            currency=said["currency"],
            **self.target.facts(int(printing) if printing else None),
            **graded,
            threshold=said["threshold"],
            percent=said["percent"],
            days=next((said[name] for name in DAYS if said[name]), None),
            least=said.get("least"),
            rearms=said["often"] == AGAIN,
            margin=said["margin"] or Decimal(0),
            timing=said["timing"],
            expires_on=said["expires_on"],
            name=said["name"],
            channel_ids=_channel_ids(said.get("channels") or ()),
        )


def _radios(label: str, choices: Sequence[Choice]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def _look_backs(known: int | None) -> forms.TypedChoiceField:
    offered = sorted({*LOOK_BACKS, *([known] if known else [])})
    return forms.TypedChoiceField(
        label="Compared with",
        choices=[(days, compared(days)) for days in offered],
        coerce=int,
        empty_value=None,
        required=False,
    )


def compared(days: int) -> str:
    """What a new low or high is held against."""
    if days >= LONGEST_LOOK_BACK:
        return "all that is known"
    return f"the last {phrases.YEARS.get(days, phrases.days(days)).removeprefix('a ')}"


def _ways(channels: Iterable[Channel], *, mail: str) -> list[Choice]:
    known = [(str(one.pk), way(one)) for one in channels]
    return known or ([(FIRST, f"E-mail to {mail}")] if mail else [])


def way(channel: Channel) -> str:
    off = "" if channel.is_on else " (switched off)"
    return f"{channel.get_kind_display()}: {channel.name}{off}"


def _channel_ids(ticked: Iterable[str]) -> tuple[int, ...] | None:
    """None has the first channel made."""
    chosen = tuple(ticked)
    return None if FIRST in chosen else tuple(int(key) for key in chosen)


def usual(target: Target, *, threshold: int | None, currency: str) -> dict[str, Any]:
    """What a new form shows: a price near today's, for many cards a fall that none should be missed in, for
    a search what it newly finds.
    """
    many = Kind.FOUND if target.key == "search" else Kind.FALLS
    return {
        "kind": many if target.is_many else Kind.BELOW,
        "printing": str(target.pk),
        "threshold": typed(threshold, currency=currency),
        "currency": currency,
        "percent": 20,
        "window": 7,
        "look_back": 365,
        "gap": 7,
        "often": ONCE,
        "margin": 5,
        "timing": Alert.Timing.QUIET,
    }


def known(alert: Alert) -> dict[str, Any]:
    """An alert as its form shows it; what its kind has no use for is as usual."""
    said = {name: getattr(alert, name) for name in ("kind", "currency", "timing", "expires_on", "name")}
    days = next((name for name in ASKS[alert.kind] if name in DAYS), None)
    said |= {"percent": alert.percent} if alert.percent else {}
    said |= {days: alert.days} if days else {}
    said |= {"margin": alert.margin} if alert.rearms else {}
    amounts = {name: typed(getattr(alert, name), currency=alert.currency) for name in ("threshold", "least")}
    said |= {name: amount for name, amount in amounts.items() if amount is not None}
    chosen = [str(pk) for pk in alert.channels.values_list("pk", flat=True)]
    return said | {
        "printing": str(alert.printing_id),
        "grading": grading(alert),
        "often": AGAIN if alert.rearms else ONCE,
        "channels": chosen,
    }


class TargetForm(forms.Form):
    """What an address says a new alert is about."""

    printing = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    set = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    collection = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    search = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)

    @property
    def chosen(self) -> tuple[str, int] | None:
        """Its kind and number, of a form without errors."""
        return next(((name, pk) for name, pk in self.cleaned_data.items() if pk), None)


class TrialForm(TargetForm):
    """What a trial is of: something new, or an alert that there is."""

    alert = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


class AlertsForm(PageForm):
    state = forms.ChoiceField(choices=[(state, state) for state in STATES], required=False)


class InboxForm(PageForm):
    unread = forms.BooleanField(required=False)


class ReadForm(forms.Form):
    """One event, or all of an alert, or all there are."""

    event = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    alert = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
