"""Amounts and days as people type them: amounts in units ("12.50"), which leave a form as integer minor units
of the currency beside them. A wrong value is an error beside its field, never a guess.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from pricing import formats


def amount_field(label: str, *, help_text: str = "") -> forms.DecimalField:
    """Ten digits before the point at most: fewer than any limit of the database."""
    field = forms.DecimalField(
        label=label, help_text=help_text, required=False, min_value=0, max_digits=12, decimal_places=2
    )
    field.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return field


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def typed(amount: int | None, *, currency: str) -> Decimal | None:
    """Minor units as they are typed."""
    return None if amount is None else Decimal(amount).scaleb(-formats.digits(currency))


class MoneyForm(forms.Form):
    """A form with amounts in the currency chosen beside them."""

    AMOUNTS: ClassVar[Sequence[str]] = ()
    currency = forms.ChoiceField(label="Currency")

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = dict.fromkeys([currency, *settings.DISPLAY_CURRENCIES])
        self.fields["currency"] = forms.ChoiceField(
            label="Currency", choices=[(code, code) for code in offered], initial=currency
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        currency = cleaned.get("currency") or "USD"
        for name in self.AMOUNTS:
            amount = cleaned.get(name)
            minor = amount.scaleb(formats.digits(currency)) if amount is not None else None
            if minor is not None and minor != int(minor):
                self.add_error(name, f"{currency} has no digits behind the point.")
            elif minor is not None:
                cleaned[name] = int(minor)
        return cleaned
