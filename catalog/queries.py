"""What pages and API read of the catalogue."""

from django.db.models import Count, F, QuerySet

from catalog.models import Card, CardSet, Finish, Game, Rarity


def games() -> list[Game]:
    return list(Game.objects.all())


def newest_sets(limit: int, *, game: Game | None = None) -> list[CardSet]:
    """Published sets, the newest first; sets without a date come last."""
    found = CardSet.objects.filter(is_published=True).select_related("game")
    if game:
        found = found.filter(game=game)
    return list(found.order_by(F("released_on").desc(nulls_last=True), "name")[:limit])


def sets_of(game: Game) -> QuerySet[CardSet]:
    """The published sets of a game with their number of cards (`card_count`), the newest first."""
    found = CardSet.objects.filter(game=game, is_published=True).annotate(card_count=Count("cards"))
    return found.order_by(F("released_on").desc(nulls_last=True), "name")


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
