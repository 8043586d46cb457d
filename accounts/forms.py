"""Forms of the account pages."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.scopes import SCOPES


class PreferencesForm(forms.ModelForm[User]):
    currency = forms.ChoiceField(
        choices=[(code, f"{code} – {name}") for code, name in settings.DISPLAY_CURRENCIES.items()],
        help_text=User._meta.get_field("currency").help_text,  # noqa: SLF001 -- documented API
    )

    class Meta:
        model = User
        fields = ("name", "theme", "currency")
        widgets: ClassVar[dict[str, forms.Widget]] = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """allauth's form in plain words: a key signs in by itself unless the person says otherwise."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].help_text = "For example the device it lives on. You can change it later."
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = "Sign in with this key alone"
        alone.help_text = (
            "The key asks for your fingerprint, face or PIN instead of your password. "
            "Without this it is a second step after the password."
        )


class KeyForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(max_length=80, help_text="What it is for, so that you know it again.")
    scopes = forms.MultipleChoiceField(
        label="It may", choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label="It is good for",
        choices=[(30, "30 days"), (90, "90 days"), (365, "A year"), ("", "Until it is revoked")],
        initial=90,
        coerce=int,
        empty_value=None,
        required=False,
    )

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None
