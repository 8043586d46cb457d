"""What staff type about prices. A wrong value is an error beside the form, never a guess."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import ModelForm

from pricing import corrections, formats
from pricing.corrections import CannotCorrectError
from pricing.models import PriceCorrection


class CorrectionForm(ModelForm[PriceCorrection]):
    """The amount is typed in units ("12.50") and leaves as minor units of the series' currency."""

    market = forms.DecimalField(
        label="Market price",
        required=False,
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="What it really was, such as 12.50, in the currency of the series. Empty is unknown.",
    )
    reason = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text="Stays on record beside your name.",
    )

    class Meta:
        model = PriceCorrection
        fields = ("series", "day", "reason")
        help_texts = {
            "series": "Its number. The list of price series finds it by the words of its card.",
            "day": "A day on which the price changed: the correction holds until its next change.",
        }

    def clean(self) -> dict[str, Any]:
        """Looks whether it can be corrected. In a transaction with saving, this is still so then."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            series = cleaned["series"]
            cleaned["market"] = _minor(cleaned["market"], currency=series.currency)
            try:
                corrections.check(series, day=cleaned["day"], market=cleaned["market"])
            except CannotCorrectError as refusal:
                raise ValidationError(str(refusal)) from None
        return cleaned


def _minor(amount: Decimal | None, *, currency: str) -> int | None:
    if amount is None:
        return None
    exact = amount.scaleb(formats.digits(currency))
    if exact != int(exact):
        raise ValidationError({"market": f"{currency} has no digits behind the point."})
    return int(exact)
