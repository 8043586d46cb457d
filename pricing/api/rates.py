"""The exchange rates by which amounts are converted."""

from decimal import Context, Decimal
from fractions import Fraction

from django import forms
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe
from catalog.api import reading
from catalog.asking import asked
from pricing import payloads
from pricing import rates as exchange
from pricing.api import shapes
from pricing.api.asked import PastDay, today

DIGITS = Context(prec=10)  # the ECB quotes five or six


class RatesQuery(forms.Form):
    day = PastDay()
    base = forms.CharField(max_length=3, required=False)
    currencies = forms.CharField(max_length=400, required=False)

    def clean_base(self) -> str:
        return next(iter(known(self.cleaned_data["base"])), exchange.EURO)

    def clean_currencies(self) -> list[str]:
        return known(self.cleaned_data["currencies"]) or exchange.currencies()


def known(text: str) -> list[str]:
    """The currencies of a list with commas. Raises ValidationError for one that was never quoted."""
    asked = list(dict.fromkeys(filter(None, text.split(","))))
    accepted = exchange.known_currencies() if asked else []
    if strange := [currency for currency in asked if currency not in accepted]:
        raise forms.ValidationError(f"“{strange[0]}” is not accepted. Accepted are {', '.join(accepted)}.")
    return asked


@describe(
    "GET",
    "listRates",
    "The exchange rates of a day, as the ECB quoted them.",
    query=RatesQuery,
    answer=shapes.ExchangeRates,
)
@reading("GET")
def rates(request: Request) -> Response:
    said = asked(RatesQuery, request).cleaned_data
    day, base = said["day"] or today(), said["base"]
    quoted = exchange.Rates.load({base, *said["currencies"]}, since=day)
    return Response(
        {
            "day": payloads.day(day),
            "base": base,
            "results": [
                {
                    "currency": currency,
                    "rate": written(quoted.rate(base, currency, day=day)),
                    "quoted_on": payloads.day(quoted.as_of(base, currency, day=day)),
                }
                for currency in said["currencies"]
            ],
        }
    )


def written(rate: Fraction | None) -> str | None:
    """Ten digits of it, never with an exponent."""
    if rate is None:
        return None
    return format(DIGITS.divide(Decimal(rate.numerator), Decimal(rate.denominator)).normalize(), "f")
