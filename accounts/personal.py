"""What apps keep of a person besides the account: each says here what it is, for the archive and for the page
that counts it. So whoever hands it out need not know the apps.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`lists` gives rows by name, as dictionaries, for the file `path`; `count` the number of `things`."""

    path: str
    about: str
    lists: Callable[[User], Mapping[str, QuerySet[Any, Any]]]
    things: tuple[str, str]  # one, many
    count: Callable[[User], int]


KEPT: dict[str, Kept] = {}


def register(kept: Kept) -> None:
    KEPT[kept.path] = kept


def counted(user: User) -> Iterator[tuple[int, str]]:
    """How many of what, in words; a statement each."""
    for kept in KEPT.values():
        count = kept.count(user)
        yield count, kept.things[0] if count == 1 else kept.things[1]
