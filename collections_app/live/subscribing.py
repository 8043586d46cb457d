"""What a socket wants to hear of, and whether its holder may."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import connection

from accounts.models import User
from catalog.models import CardSet
from collections_app.models import Collection
from pricing import feed
from pricing.bodies import LARGEST_ID
from pricing.packing import Ints

MOST_PRINTINGS: Final = 2_000
MOST_SETS: Final = 20
MOST_COLLECTIONS: Final = 20
SET: Final = re.compile(r"[-a-z0-9_]{1,60}/[-a-z0-9_]{1,220}", re.IGNORECASE)
KNOWN: Final = ("printings", "sets", "collections", "since")

SERIES = """
SELECT s.id FROM pricing_priceseries s WHERE s.printing_id = ANY(%(printings)s)
UNION
SELECT s.id FROM catalog_card c JOIN catalog_printing p ON p.card_id = c.id
JOIN pricing_priceseries s ON s.printing_id = p.id WHERE c.card_set_id = ANY(%(sets)s)
UNION
SELECT s.id FROM collections_app_lot l JOIN pricing_priceseries s ON s.printing_id = l.printing_id
WHERE l.collection_id = ANY(%(collections)s) AND l.quantity > 0"""


class SubscriptionError(ValueError):
    """The wish cannot be met; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    printings: Sequence[int]
    sets: Sequence[int]
    collections: Sequence[int]
    since: feed.Cursor


def wanted(said: Mapping[str, Any], *, by: User | None) -> Subscription:
    """A wish is such as {"printings": [1], "sets": ["pokemon/base-set"], "collections": [2], "since": "9"}.

    Raises SubscriptionError, also for a collection that is not theirs, and feed.GoneError.
    """
    if strange := said.keys() - set(KNOWN):
        raise SubscriptionError(f"There is no “{min(strange)}” here. Known are {', '.join(KNOWN)}.")
    found = Subscription(
        printings=_ids(said, "printings", most=MOST_PRINTINGS),
        sets=_sets(said),
        collections=_collections(said, by=by),
        since=_since(said),
    )
    if not (found.printings or found.sets or found.collections):
        raise SubscriptionError("Name printings, sets or collections.")
    return found


def series(of: Subscription) -> Ints:
    """The series of all that is wanted, as it is now: a collection or set may have grown since."""
    names = {"printings": of.printings, "sets": of.sets, "collections": of.collections}
    with connection.cursor() as cursor:
        cursor.execute(SERIES, {name: list(keys) for name, keys in names.items()})
        return np.array([row[0] for row in cursor.fetchall()], dtype=np.int32)


def _list(said: Mapping[str, Any], name: str, *, most: int) -> list[Any]:
    given = said.get(name, [])
    if not isinstance(given, list) or len(given) > most:
        raise SubscriptionError(f"“{name}” is a list of up to {most}.")
    return given


def _ids(said: Mapping[str, Any], name: str, *, most: int) -> list[int]:
    given = _list(said, name, most=most)
    if not all(type(one) is int and 0 < one <= LARGEST_ID for one in given):
        raise SubscriptionError(f"“{name}” holds ids, which are whole numbers.")
    return given


def _sets(said: Mapping[str, Any]) -> list[int]:
    given = _list(said, "sets", most=MOST_SETS)
    return [_set(name) for name in given]


def _set(name: Any) -> int:
    if not isinstance(name, str) or not SET.fullmatch(name):
        raise SubscriptionError("A set is named such as pokemon/base-set.")
    game, slug = name.split("/")
    found = CardSet.objects.filter(game__slug=game, slug=slug, is_published=True)
    key = found.values_list("pk", flat=True).first()
    if key is None:
        raise SubscriptionError(f"There is no set “{name}”.")
    return key


def _collections(said: Mapping[str, Any], *, by: User | None) -> list[int]:
    given = _ids(said, "collections", most=MOST_COLLECTIONS)
    mine = (
        set(Collection.objects.filter(owner=by, pk__in=given).values_list("pk", flat=True)) if by else set()
    )
    if missing := sorted(set(given) - mine):
        raise SubscriptionError(f"You have no collection {', '.join(map(str, missing))}.")
    return given


def _since(said: Mapping[str, Any]) -> feed.Cursor:
    given = said.get("since")
    if given is None:
        return feed.newest()
    try:
        since = feed.read(given if isinstance(given, str) else "")
    except feed.BadCursor as error:
        raise SubscriptionError(str(error)) from None
    feed.check_kept(since)
    return since
