"""How the rows of other apps follow when staff merge cards or sets. The catalogue knows none of them."""

from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from catalog.models import CardSet, Printing

Pairs = Mapping[int, int]  # a printing that goes, and the printing of the same finish that it becomes part of


class Follower:
    """What an app above keeps of printings and sets; each writes its own rows, in the act's transaction."""

    def hold(self, game_id: int) -> None:
        """Keeps others from the rows of this game until the transaction ends, before any row is locked.

        Raises curation.CannotCurateError where that would take long.
        """

    def objections(self, pairs: Pairs) -> dict[int, str]:  # noqa: ARG002 -- for those who object
        """Why some of these printings cannot become one, by the printing that would go."""
        return {}

    def count(self, printings: QuerySet[Printing], *, sets: Collection[int]) -> list[str]:  # noqa: ARG002
        """What it keeps of these printings and sets, in words: "3 lots in 2 collections"."""
        return []

    def merge(self, pairs: Pairs) -> None:
        """Moves its rows from each printing that goes to the one that stays; none may be lost."""

    def merge_set(self, gone: CardSet, *, kept: CardSet) -> None:
        """Moves its rows from a set that goes to the one its cards are in by now."""

    def look_again(self, set_ids: Collection[int]) -> None:
        """Other cards are in these sets than before."""


_followers: list[Follower] = []


def register(follower: Follower) -> None:
    """Adds an app's. They follow in the order of the apps: prices move before what rests on them."""
    if not any(type(known) is type(follower) for known in _followers):
        _followers.append(follower)


def followers() -> tuple[Follower, ...]:
    return tuple(_followers)


def counted(printings: QuerySet[Printing], *, sets: Collection[int] = ()) -> list[str]:
    """What all apps keep of these printings and sets, in words; a fixed number of statements."""
    return [said for follower in _followers for said in follower.count(printings, sets=sets)]
