"""Where a request reads: at the replica, or at the primary, and once at the primary never back.

So whatever is read later is at least as new as what was read before: an answer as its generation
(`catalog.revisions`), a page as its own write. Outside of requests, and without a replica, everything is read
from the primary. docs/replica.md says when a request begins at the replica.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from django.db import connections

PRIMARY: Final = "default"
REPLICA: Final = "replica"


@dataclass(slots=True)
class Place:
    """The database a request reads from, and whether it was sent to the primary on its way."""

    alias: str = PRIMARY
    was_moved: bool = False


_place: ContextVar[Place] = ContextVar("where this request reads", default=Place())  # noqa: B039 -- stays the primary


def alias() -> str:
    """The name of the database among the settings' DATABASES."""
    return _place.get().alias


def cursor() -> Any:
    """For SQL of our own that only reads; models are routed to the same place."""
    return connections[alias()].cursor()


def from_primary() -> None:
    """From now on, until the request ends."""
    place = _place.get()
    place.alias, place.was_moved = PRIMARY, True


@contextmanager
def begun_at(alias: str) -> Iterator[Place]:
    """For the time of one request."""
    place = Place(alias)
    token = _place.set(place)
    try:
        yield place
    finally:
        _place.reset(token)
