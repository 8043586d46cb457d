"""What the pages of reports, restored files and the account accept."""

from typing import Any

from django import forms
from django.conf import settings

from accounts.models import User


class ReportForm(forms.Form):
    currency = forms.ChoiceField(label="Currency")
    with_cost = forms.BooleanField(label="Show what I paid", required=False)

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        """The currency is preselected."""
        super().__init__(*args, **options)
        names = settings.DISPLAY_CURRENCIES.items()
        choices = [(code, f"{code} – {name}") for code, name in names]
        self.fields["currency"] = forms.ChoiceField(label="Currency", choices=choices, initial=currency)


class RestoreForm(forms.Form):
    file = forms.FileField(label="JSON file", help_text="As “Our JSON” wrote it, 25 MB at most.")
    partial = forms.BooleanField(label="Leave out cards that are not in the catalogue", required=False)


class GoodbyeForm(forms.Form):
    email = forms.CharField(label="Your e-mail address", max_length=254)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.strip().casefold() != self.user.email.casefold():
            raise forms.ValidationError(f"To delete the account, type {self.user.email}.")
        return email
