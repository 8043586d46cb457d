"""What pages and API read of the catalogue."""

from collections.abc import Iterable

from django.db.models import Count, F, QuerySet

from catalog.models import Card, CardSet, Finish, Game, Printing, Rarity


def games() -> list[Game]:
    return list(Game.objects.all())


# Where staff gave sets a place they stand in it; all others have the same one.
LISTED = ("position", F("released_on").desc(nulls_last=True), "name")


def newest_sets(limit: int, *, game: Game | None = None) -> list[CardSet]:
    """Published sets in the order of lists: by their place, then the newest first, then without a date."""
    found = CardSet.objects.filter(is_published=True).select_related("game")
    if game:
        found = found.filter(game=game)
    return list(found.order_by(*LISTED)[:limit])


def sets_of(game: Game) -> QuerySet[CardSet]:
    """The published sets of a game with their number of cards (`card_count`), in the order of lists."""
    found = CardSet.objects.filter(game=game, is_published=True).annotate(card_count=Count("cards"))
    return found.order_by(*LISTED)


def set_names(game: Game) -> QuerySet[CardSet, tuple[str, str]]:
    """Slug and name of the published sets of a game, in the order of lists."""
    found = CardSet.objects.filter(game=game, is_published=True).order_by(*LISTED)
    return found.values_list("slug", "name")


def rarities(game: Game | None) -> QuerySet[Rarity]:
    found = Rarity.objects.filter(game=game) if game else Rarity.objects.all()
    return found.order_by("name")


def finishes(game: Game | None) -> QuerySet[Finish]:
    found = Finish.objects.filter(game=game) if game else Finish.objects.all()
    return found.order_by("name")


def card(pk: int) -> Card:
    """Raises Card.DoesNotExist for an unknown card and for one of an unpublished set."""
    found = Card.objects.select_related("game", "card_set__game", "rarity")
    return found.get(pk=pk, card_set__is_published=True)


def card_set(pk: int) -> CardSet:
    """Raises CardSet.DoesNotExist, also for one that is not shown."""
    return CardSet.objects.select_related("game").get(pk=pk, is_published=True)


def printing(pk: int) -> Printing:
    """Raises Printing.DoesNotExist, also for one of a set that is not shown."""
    return _printings().get(pk=pk)


def printings_of(card_ids: Iterable[int]) -> QuerySet[Printing]:
    """The printings of these cards, where they are shown, by the name of their finish."""
    return _printings().filter(card_id__in=list(card_ids)).order_by("finish__name")


def _printings() -> QuerySet[Printing]:
    shown = Printing.objects.filter(card__card_set__is_published=True)
    return shown.select_related("card__card_set", "card__game", "card__rarity", "finish")
