"""What staff change in the catalogue by hand, with all that follows from it.

Every verb says what it did in numbers and may be repeated: done twice it does nothing the second time.
`catalog.merging` has those that bring rows together. What staff changed is kept by syncs (`is_curated`).
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from catalog import addresses, following, words
from catalog.models import Card, CardSet, Game, Printing, Rarity

SYNCED_OF_SET = ("name", "code", "released_on")
SYNCED_OF_CARD = (
    "card_set_id",
    "kind",
    "name",
    "number",
    "rarity_id",
    "image_url",
    "url",
    "is_presale",
    "details",
)
WRITTEN = {"card_set_id": "int", "game_id": "int", "rarity_id": "int", "kind": "text", "name": "text"}
WRITTEN |= {"slug": "text", "number": "text", "image_url": "text", "url": "text", "details": "jsonb"}
WRITTEN |= {"is_presale": "bool", "is_curated": "bool"}
# Several times as quick as a CASE for each column, which bulk_update writes.
REWRITE = f"""
UPDATE catalog_card c SET ({", ".join(WRITTEN)}) = ROW({", ".join(f"f.{name}" for name in WRITTEN)})
FROM unnest(%s::int[], {", ".join(f"%s::{kind}[]" for kind in WRITTEN.values())})
    AS f(id, {", ".join(WRITTEN)})
WHERE c.id = f.id"""  # noqa: S608 -- built of our own constants
EDITABLE = ("card_set", "rarity", "kind", "image_url", "is_curated")
STAYS_IN_GAME = "A card with printings stays in its game: its prices are of this game."
MOST = 10_000  # cards in one act: more is a slip of the mouse, or work for an import


class CannotCurateError(Exception):
    """The act is refused; the message says why, for staff to read."""


def check_image(address: str) -> None:
    """Raises ValidationError for an image that browsers would not load (IMAGE_HOSTS, for the CSP)."""
    hosts = tuple(f"{host.rstrip('/')}/" for host in settings.IMAGE_HOSTS)
    if address and not address.startswith(hosts):
        raise ValidationError(f"Pages show images of {', '.join(settings.IMAGE_HOSTS)} only.")


def lock(*game_ids: int) -> None:
    """Lets one at a time, staff or sync, change the sets and cards of a game, as `Catalogue.record` does."""
    list(Game.objects.select_for_update(no_key=True).filter(pk__in=game_ids).order_by("pk"))


# ---- sets ----


@transaction.atomic
def rename(row: Game | Rarity) -> None:
    """Saves a new name; the cards are found by it from then on."""
    row.save()
    words.index_cards(row.cards.values_list("pk", flat=True))


@transaction.atomic
def save_set(card_set: CardSet) -> bool:
    """Saves a set; a new name gives it a new address, to which the old one leads; whether it did.

    Raises CannotCurateError when another set of its game has the name.
    """
    is_moved, is_reindexed = put_set(card_set)
    if is_reindexed:
        words.index_cards(card_set.cards.values_list("pk", flat=True))
    return is_moved


def put_set(card_set: CardSet) -> tuple[bool, bool]:
    """As `save_set`, without indexing: whether it has another address, and if its cards need indexing."""
    lock(card_set.game_id)
    known = CardSet.objects.filter(pk=card_set.pk).first()
    if not known or known.name != card_set.name:
        check_name(card_set)
    if not known:
        card_set.slug = addresses.free(card_set.name, game_id=card_set.game_id, otherwise="set")
        card_set.save()
        return False, False
    changed = {name for name in SYNCED_OF_SET if getattr(known, name) != getattr(card_set, name)}
    card_set.is_curated = card_set.is_curated or bool(changed)
    card_set.slug, is_moved = known.slug, False
    if "name" in changed:
        free = addresses.free(card_set.name, game_id=known.game_id, otherwise=known.slug, of=known)
        is_moved = addresses.move(card_set, to=free)
    card_set.save()
    return is_moved, bool(changed & {"name", "code"})


def check_name(card_set: CardSet) -> None:
    others = CardSet.objects.filter(game_id=card_set.game_id, name=card_set.name).exclude(pk=card_set.pk)
    if others.exists():
        raise CannotCurateError(
            f"There is a set “{card_set.name}” in this game already: merge the two instead."
        )


def publish(set_ids: Iterable[int]) -> int:
    """Shows these sets everywhere; how many were hidden."""
    return CardSet.objects.filter(pk__in=list(set_ids), is_published=False).update(is_published=True)


def hide(set_ids: Iterable[int]) -> int:
    """Hides these sets and their cards everywhere; how many were shown."""
    return CardSet.objects.filter(pk__in=list(set_ids), is_published=True).update(is_published=False)


def place(set_ids: Iterable[int], *, position: int) -> int:
    """Gives these sets a place in lists, smallest first; how many had another."""
    return CardSet.objects.filter(pk__in=list(set_ids)).exclude(position=position).update(position=position)


# ---- cards ----


@transaction.atomic
def save_card(card: Card) -> None:
    """Saves a card in its set's game; its address and the words that find it follow its name."""
    save_cards([card])


def save_cards(cards: Collection[Card]) -> int:
    """Saves new cards and changed ones; how many. What differs from before is kept by syncs.

    Raises CannotCurateError for a card with printings that would change its game.
    """
    lock(*{card.card_set.game_id for card in cards})
    known = Card.objects.in_bulk([card.pk for card in cards if card.pk])
    for card in cards:
        _derive(card, known=known.get(card.pk))
    _check_games(cards, known=known)
    Card.objects.bulk_create([card for card in cards if not card.pk], batch_size=2000)
    _rewrite([card for card in cards if card.pk in known])
    words.index_cards([card.pk for card in cards])
    look_again(_sets_with_others(cards, known=known))
    return len(cards)


def _rewrite(cards: Sequence[Card]) -> None:
    columns = [[getattr(card, name) for card in cards] for name in WRITTEN if name != "details"]
    columns.insert(list(WRITTEN).index("details"), [json.dumps(card.details) for card in cards])
    with connection.cursor() as cursor:
        cursor.execute(REWRITE, [[card.pk for card in cards], *columns])


def _check_games(cards: Iterable[Card], *, known: Mapping[int, Card]) -> None:
    moved = {card.pk for card in cards if card.pk in known and known[card.pk].game_id != card.game_id}
    if moved and Printing.objects.filter(card__in=moved).exists():
        raise CannotCurateError(STAYS_IN_GAME)


def _sets_with_others(cards: Iterable[Card], *, known: Mapping[int, Card]) -> set[int]:
    """The sets that gain or lose a card."""
    before = {card.pk: known[card.pk].card_set_id if card.pk in known else None for card in cards}
    moved = [card for card in cards if before[card.pk] != card.card_set_id]
    return {card.card_set_id for card in moved} | {old for card in moved if (old := before[card.pk])}


def _derive(card: Card, *, known: Card | None) -> None:
    card.game_id = card.card_set.game_id
    card.slug = slugify(words.fold(card.name))[:270] or "card"
    if not known:
        card.folded, card.number_key = words.fold(card.name)[:300], words.number_key(card.number)
    elif any(getattr(known, name) != getattr(card, name) for name in SYNCED_OF_CARD):
        card.is_curated = True


def look_again(set_ids: Collection[int]) -> None:
    """Tells the apps that these sets have other cards than before."""
    if set_ids:
        for follower in following.followers():
            follower.look_again(set_ids)


@transaction.atomic
def edit_cards(card_ids: Iterable[int], *, changes: Mapping[str, Any]) -> list[int]:
    """Gives many cards the same set, rarity, kind, image or `is_curated`; those that had another.

    Syncs leave the cards that changed as they are, unless `is_curated` is among the changes. With another set
    it splits one. Raises CannotCurateError for a set or rarity of another game, and for too many cards.
    """
    chosen = list(card_ids)
    lock(*check_edit(chosen, changes=changes))
    differs = differing(Card.objects.filter(pk__in=chosen), changes=changes)
    touched = dict(differs.order_by("pk").values_list("pk", "card_set_id"))
    Card.objects.filter(pk__in=touched).update(**{"is_curated": True, **changes})
    if {"card_set", "rarity"} & changes.keys():
        words.index_cards(touched)
    if "card_set" in changes and touched:
        look_again({changes["card_set"].pk, *touched.values()})
    return list(touched)


def differing(cards: QuerySet[Card], *, changes: Mapping[str, Any]) -> QuerySet[Card]:
    """Those of the cards that the changes would change."""
    differs = Q()
    for name, value in changes.items():
        differs |= ~Q(**{name: value})
    return cards.filter(differs)


def check_edit(chosen: list[int], *, changes: Mapping[str, Any]) -> set[int]:
    """The games of the cards. Raises CannotCurateError as `edit_cards` does."""
    if unknown := changes.keys() - set(EDITABLE):
        raise ValueError(f"not to be edited in bulk: {unknown}")
    if len(chosen) > MOST:
        raise CannotCurateError(f"These are {len(chosen):,} cards; at most {MOST:,} are changed at once.")
    games = set(Card.objects.filter(pk__in=chosen).values_list("game_id", flat=True))
    for name in ("card_set", "rarity"):
        wanted = changes.get(name)
        if wanted and games - {wanted.game_id}:
            raise CannotCurateError(f"“{wanted}” is of another game than some of these cards.")
    return games
