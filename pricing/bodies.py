"""What the bodies of requests say. Each wrong value, and each name that is not known, is an error of its own.

Amounts come in as decimal strings of units ("12.34") with a currency beside them and leave as integer minor
units: nothing is rounded, so what has more digits than its currency is refused.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from pricing import formats

LARGEST_ID: Final = 2**31 - 1
MOST_AT_ONCE: Final = 500
Said = Mapping[str, Any]


class Amount(serializers.Field[Decimal, str, str, Any]):
    default_error_messages = {"invalid": "An amount is a string of digits such as “12.34”, not below 0."}
    pattern = re.compile(r"[0-9]{1,10}(\.[0-9]{1,9})?")

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not self.pattern.fullmatch(data):
            self.fail("invalid")
        return Decimal(data)


class Percent(Amount):
    default_error_messages = {
        "invalid": "A percentage is a string of digits such as “12.5”, two at most behind the point."
    }
    pattern = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")


class Ids(serializers.Field[list[int], list[int], list[int], Any]):
    default_error_messages = {"invalid": "Name {least} to {most} by their ids, in a list."}

    def __init__(self, *, least: int = 1, most: int = MOST_AT_ONCE, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def to_internal_value(self, data: Any) -> list[int]:
        if not isinstance(data, list) or not self.least <= len(data) <= self.most:
            self.fail("invalid", least=self.least, most=self.most)
        if not all(type(one) is int and 0 < one <= LARGEST_ID for one in data):
            self.fail("invalid", least=self.least, most=self.most)
        return list(dict.fromkeys(data))


# DRF reads a number as a text, "yes" and 0 as a truth, "5" as a number: JSON has types of its own.
JSON_TYPES: Final[Mapping[type[Any], tuple[type, str]]] = {
    serializers.BooleanField: (bool, "Send true or false."),
    serializers.CharField: (str, "Send a string."),
    serializers.IntegerField: (int, "Send a whole number."),
}


class Body(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        known = ", ".join(self.fields)
        errors = {
            str(name): [f"There is no such field. Known are {known}."]
            for name in data
            if name not in self.fields
        }
        errors |= {
            name: [wrong]
            for name, field in self.fields.items()
            if name in data and (wrong := mistyped(field, data[name]))
        }
        try:
            said = super().to_internal_value(data)
        except ValidationError as error:
            errors = dict(error.detail) | errors  # type: ignore[arg-type,assignment]
        if errors:
            raise ValidationError(errors)
        return said


def mistyped(field: serializers.Field[Any, Any, Any, Any], value: Any) -> str:
    """What is wrong with the type of a value, if anything; whether it may be null, the field knows."""
    expected = next((found for kind, found in JSON_TYPES.items() if isinstance(field, kind)), None)
    if expected is None or value is None or type(value) is expected[0]:
        return ""
    return expected[1]


def read(kind: type[Body], data: Any, *, is_partial: bool = False, context: Said | None = None) -> Any:
    """The body of a request. Raises ValidationError."""
    if not isinstance(data, dict):
        raise ValidationError({"body": ["Send a JSON object."]})
    found = kind(data=data, partial=is_partial, context=dict(context or {}))
    found.is_valid(raise_exception=True)
    return found


def minor(said: Said, name: str, *, currency: str) -> dict[str, int | None]:
    """The amount of that name in minor units; empty where it is not said."""
    if name not in said or said[name] is None:
        return {name: None} if name in said else {}
    exact = said[name].scaleb(formats.digits(currency))
    if exact != int(exact):
        digits = formats.digits(currency)
        raise ValidationError({name: [f"{currency} has {digits or 'no'} digits behind the point."]})
    return {name: int(exact)}
