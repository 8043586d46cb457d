"""The one answer to "did anything change?": for caches, for conditional requests, for the change feed.

Every transaction that changes what is shown writes a revision: triggers of the database for the catalogue and
for what prices depend on, the verbs of `pricing` for prices. Its position is given when it commits, in the
order of the commits, so that whoever read up to a position misses nothing (docs/adr/0012).
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from django.db.models import QuerySet, Subquery

from catalog import reads
from catalog.models import Revision

NEWEST_OF_ALL = """
SELECT (SELECT max(position) FROM catalog_revision),
       (SELECT max(id) FROM catalog_revision WHERE position IS NULL)"""
NEWEST_OF = """
SELECT (SELECT max(position) FROM catalog_revision WHERE game_id = ({game})),
       (SELECT max(position) FROM catalog_revision WHERE game_id IS NULL),
       (SELECT max(id) FROM catalog_revision WHERE position IS NULL)"""


def generation(game_id: int | None) -> str:
    """What all that is shown of a game, or with None of every game, is made from; one statement on an index.

    Two equal answers mean that nothing changed in between. Ask it before the data is read: what is made
    then is at least as new as its generation, and never handed out under a newer one: also where a replica
    answers, as both are read there, or the data at the primary. Changes of the transaction that asks count
    at once.
    """
    return _newest(NEWEST_OF_ALL) if game_id is None else _newest(NEWEST_OF.format(game="%(key)s"), game_id)


class Scope(StrEnum):
    """What an answer is made of; the value is SQL for its game."""

    ALL = ""
    GAME = "SELECT id FROM catalog_game WHERE slug = %(key)s"
    CARD = "SELECT game_id FROM catalog_card WHERE id = %(key)s"
    PRINTING = """SELECT c.game_id FROM catalog_printing p JOIN catalog_card c ON c.id = p.card_id
        WHERE p.id = %(key)s"""


def generation_of(scope: Scope, key: int | str) -> str:
    """`generation` of the game to which the slug of a game, or the id of a card or printing, belongs.

    One statement; of what does not exist, that of no game.
    """
    return generation(None) if scope is Scope.ALL else _newest(NEWEST_OF.format(game=scope), key)


def _newest(sql: str, key: int | str = "") -> str:
    with reads.cursor() as cursor:
        cursor.execute(sql, {"key": key})
        return ".".join(str(part or 0) for part in cursor.fetchone() or ())


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
