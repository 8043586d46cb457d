"""What the API takes and answers of an account and its keys."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.describing import Shape
from accounts.keys import MOST
from accounts.models import ApiKey, User
from accounts.scopes import SCOPES


class Strict(serializers.Serializer[Any]):
    """Each name that is not known is an error of its own."""

    def to_internal_value(self, data: Any) -> Any:
        known = ", ".join(self.fields)
        strange = data.keys() - self.fields.keys() if isinstance(data, dict) else ()
        if strange:
            complaint = [f"There is no such field. Known are {known}."]
            raise serializers.ValidationError({str(name): complaint for name in sorted(strange)})
        return super().to_internal_value(data)


class UserInput(Strict):
    name = serializers.CharField(max_length=80, allow_blank=True, required=False)
    currency = serializers.ChoiceField(choices=list(settings.DISPLAY_CURRENCIES), required=False)
    theme = serializers.ChoiceField(choices=User.Theme.values, required=False)


class Person(Shape):
    email = serializers.EmailField()
    name = serializers.CharField()
    currency = serializers.CharField()
    theme = serializers.ChoiceField(choices=User.Theme.values)


class KeyInput(Strict):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(SCOPES)), min_length=1, max_length=len(SCOPES)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class Key(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="What the key begins with, after `tcg_`.")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=list(SCOPES)))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To within five minutes.")


class NewKey(Key):
    key = serializers.CharField(help_text="Shown this once; only its hash is kept.")


class Keys(Shape):
    results = serializers.ListField(child=Key(), max_length=MOST)


def person_of(user: User) -> dict[str, Any]:
    return {"email": user.email, "name": user.name, "currency": user.currency, "theme": user.theme}


def key_of(key: ApiKey) -> dict[str, Any]:
    times = ("created_at", "expires_at", "last_used_at")
    written = {name: moment.isoformat() if (moment := getattr(key, name)) else None for name in times}
    return {"id": key.pk, "name": key.name, "prefix": key.prefix, "scopes": key.scopes, **written}
