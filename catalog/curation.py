"""What staff change in the catalogue by hand, with all that follows from it."""

from django.db import transaction
from django.utils.text import slugify

from catalog import words
from catalog.models import Card, CardSet, Game, Rarity


@transaction.atomic
def save_card(card: Card) -> None:
    """Saves a card in its set's game; its address and the words that find it follow its name."""
    card.game_id = card.card_set.game_id
    card.slug = slugify(words.fold(card.name))[:270] or "card"
    card.save()
    words.index_cards([card.pk])


@transaction.atomic
def rename(row: Game | CardSet | Rarity) -> None:
    """Saves a new name; the cards are found by it from then on."""
    row.save()
    words.index_cards(row.cards.values_list("pk", flat=True))
