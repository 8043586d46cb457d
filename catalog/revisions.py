"""The one answer to "did anything change?": for caches, for conditional requests, for the change feed.

Every transaction that changes what is shown writes a revision: triggers of the database for the catalogue and
for what prices depend on, the verbs of `pricing` for prices. Its position is given when it commits, in the
order of the commits, so that whoever read up to a position misses nothing (docs/adr/0012).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, LiteralString

from django.db.models import QuerySet, Subquery

from catalog import reads
from catalog.models import Revision

LARGEST_ID: Final = 2**31 - 1
PRUNE = """
DELETE FROM catalog_revision WHERE position <= (
    SELECT max(position) FROM catalog_revision WHERE made_at < %(before)s
) AND position < (SELECT max(position) FROM catalog_revision)"""


class Scope(StrEnum):
    """What an answer is made of: everything, or the one game that a key of this kind tells."""

    ALL = "all"
    ID = "id"
    GAME = "game"  # its slug
    CARD = "card"
    PRINTING = "printing"


def generation(game_id: int | None) -> str:
    """`generation_of` a game, or with None of every game."""
    return generation_of(Scope.ALL) if game_id is None else generation_of(Scope.ID, game_id)


def generation_of(scope: Scope, key: int | str = "", *, also: LiteralString = "NULL") -> str:
    """What all that is shown of a game is made from; one statement on an index.

    Two equal answers mean that nothing changed in between. Ask it before the data is read: what is made
    then is at least as new as its generation, and never handed out under a newer one: also where a replica
    answers, as both are read there, or the data at the primary. Changes of the transaction that asks count at
    once. Of what does not exist, it is that of no game. `also` is SQL for a text, at the moment `%(now)s`,
    that is part of it unless it is NULL.
    """
    named = key if isinstance(key, str) else str(min(key, LARGEST_ID))
    with reads.cursor() as cursor:
        asked = f"SELECT concat_ws('/', catalog_generation(%(scope)s, %(key)s), {also})"
        cursor.execute(asked, {"scope": scope.value, "key": named, "now": datetime.now(UTC)})
        (found,) = cursor.fetchone() or ("",)
    return str(found)


def position() -> int:
    """The place of the newest revision that is committed; 0 before the first."""
    newest = Revision.objects.exclude(position=None).order_by("-position")
    return newest.values_list("position", flat=True).first() or 0


def add(  # noqa: PLR0913 -- all that a revision says
    kind: str,
    *,
    game_id: int | None,
    source: str = "",
    day: date | None = None,
    ids: Sequence[int] = (),
    data: bytes = b"",
) -> None:
    """Writes that something changed, in the transaction that changes it."""
    Revision.objects.create(kind=kind, game_id=game_id, source=source, day=day, ids=list(ids), data=data)


def over(before: datetime) -> QuerySet[Revision]:
    """What comes before the newest of those that are older, in its order: a feed is cut at one place.

    Never the newest of all, by which everything kept is known.
    """
    placed = Revision.objects.exclude(position=None)
    last = placed.filter(made_at__lt=before).order_by("-position").values("position")[:1]
    newest = placed.order_by("-position").values("position")[:1]
    found = Revision.objects.filter(position__lte=Subquery(last), position__lt=Subquery(newest))
    return found.order_by("position")
