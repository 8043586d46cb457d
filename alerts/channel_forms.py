"""What the pages of channels and hours accept."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django import forms

from alerts import hours
from alerts.channels import ChannelError, Facts
from alerts.models import Channel, Hours

Kind = Channel.Kind
BESIDES: Final = {"drops_token", "use_for_alerts"}  # what is no fact of a channel
SUBSCRIPTION: Final = ("address", "p256dh", "auth")
ADDRESSES: Final = {
    Kind.WEBHOOK: ("URL", "https://…, reachable from the internet."),
    Kind.DISCORD: ("Webhook URL", "In Discord: Server settings, Integrations, Webhooks, Copy webhook URL."),
    Kind.SLACK: (
        "Webhook URL",
        "In Slack: an app with Incoming Webhooks, https://hooks.slack.com/services/…",
    ),
    Kind.NTFY: ("Server and topic", "Such as https://ntfy.sh/my-topic. Whoever knows the topic can read it."),
}


class ChannelForm(forms.Form):
    """One way to reach a person, a new one or `known`; mail may go to `addresses`."""

    name = forms.CharField(
        label="Name", max_length=80, required=False, help_text="Empty: after its kind and address."
    )

    def __init__(
        self, *args: Any, kind: str, addresses: Sequence[str] = (), known: Facts | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.kind, self.known = kind, known
        if kind == Kind.EMAIL:
            choices = [(address, address) for address in addresses]
            self.fields["address"] = forms.ChoiceField(label="Address", choices=choices)
        elif kind != Kind.PUSH:
            self.fields["address"] = _url_field(*ADDRESSES[Kind(kind)])
        elif known is None:
            self.fields |= {name: _hidden_field() for name in SUBSCRIPTION}
        if kind == Kind.NTFY:
            self._ask_for_token()
        if known is None:
            self.fields["use_for_alerts"] = forms.BooleanField(
                label="Use it for the alerts I have", required=False, initial=True
            )
        if known:
            self.initial = {"name": known.name, "address": known.address}

    def _ask_for_token(self) -> None:
        """One that is known is never shown again."""
        kept = "Empty: as it is." if self.known else "Empty: none."
        self.fields["token"] = forms.CharField(
            label="Access token",
            max_length=200,
            required=False,
            help_text=kept,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        if self.known:
            self.fields["drops_token"] = forms.BooleanField(label="Use no token", required=False)

    def facts(self) -> Facts:
        """Only of a form without errors. What it does not ask for stays as it is known."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in BESIDES}
        if self.known and not said.get("token"):
            said["token"] = "" if self.cleaned_data.get("drops_token") else None
        return replace(self.known, **said) if self.known else Facts(kind=self.kind, **said)

    def refuse(self, error: ChannelError) -> None:
        """Says beside the field it is about why the channel cannot be."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


def _url_field(label: str, help_text: str) -> forms.CharField:
    widget = forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=2000, help_text=help_text, widget=widget)


def _hidden_field() -> forms.CharField:
    message = {"required": "Let this browser subscribe with the button: that needs JavaScript."}
    return forms.CharField(max_length=2000, widget=forms.HiddenInput, error_messages=message)


def _clock_field(label: str, *, help_text: str = "") -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, help_text=help_text, widget=widget)


class HoursForm(forms.Form):
    time_zone = forms.ChoiceField(
        label="Time zone", choices=[(zone, zone.replace("_", " ")) for zone in hours.ZONES]
    )
    quiet_from = _clock_field("Quiet from")
    quiet_until = _clock_field("until", help_text="The same time twice: no quiet hours.")
    digest_at = _clock_field("Daily digest at")

    def __init__(self, *args: Any, known: Hours, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {name: getattr(known, name) for name in self.fields}
