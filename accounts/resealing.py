"""Moves what is sealed in rows under a new SECRET_KEY, so that its predecessors can go (docs/secrets.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db.models import QuerySet

from accounts import vault
from accounts.adapter import SECOND_FACTOR


@dataclass(frozen=True, slots=True)
class Count:
    """Rows; `lost` are those that no key we have opens."""

    fresh: int
    lost: int


def reseal(rows: QuerySet[Any], *, field: str, fresh: Callable[[Any], Any]) -> Count:
    """Row by row, while the site runs: one that changes meanwhile is sealed with today's key already."""
    done = lost = 0
    for pk, old in rows.values_list("pk", field).iterator():
        try:
            new = fresh(old)
        except InvalidToken:
            lost += 1
        else:
            done += rows.filter(pk=pk, **{field: old}).update(**{field: new})
    return Count(fresh=done, lost=lost)


def reseal_second_factors() -> Count:
    """Authenticator apps and recovery codes; a passkey has no secret of ours."""
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    return reseal(rows, field="data", fresh=_fresh_factor)


def _fresh_factor(data: dict[str, Any]) -> dict[str, Any]:
    """As allauth keeps them: `secret` of an app, `seed` or `migrated_codes` of recovery codes."""

    def again(sealed: str) -> str:
        return vault.reseal(sealed, purpose=SECOND_FACTOR)

    sealed: dict[str, Any] = {name: again(data[name]) for name in ("secret", "seed") if name in data}
    if "migrated_codes" in data:
        sealed["migrated_codes"] = [again(code) for code in data["migrated_codes"]]
    return {**data, **sealed}
