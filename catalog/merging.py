"""Merging cards and sets that are the same: nothing that rests on them is lost.

Two printings of one finish become one. What people and prices refer to moves to the one that stays
(`catalog.following`); what both sides have prices of at the same source cannot, and the merge is refused:
a source that tells two products apart means two cards, and one chart of both would be wrong. The numbers and
addresses of what is gone lead to what stays, and a sync of the source finds it under all of its ids.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from catalog import addresses, curation, following, words
from catalog.curation import CannotCurateError
from catalog.models import Card, CardSet, ExternalId, Game, Printing, UnmatchedItem

PRINTINGS = """
SELECT g.id, k.id, pair.gone FROM unnest(%s::int[], %s::int[]) AS pair(gone, kept)
JOIN catalog_printing g ON g.card_id = pair.gone
LEFT JOIN catalog_printing k ON k.card_id = pair.kept AND k.finish_id = g.finish_id"""
MOVE_PRINTINGS = """
UPDATE catalog_printing p SET card_id = pair.kept
FROM unnest(%s::int[], %s::int[]) AS pair(gone, kept) WHERE p.card_id = pair.gone"""
MOVE_IDS = """
UPDATE catalog_externalid e SET card_id = pair.kept
FROM unnest(%s::int[], %s::int[]) AS pair(gone, kept) WHERE e.card_id = pair.gone"""
# What only the one that goes knows is not lost either.
FILL = """
UPDATE catalog_card k SET is_curated = true, rarity_id = coalesce(k.rarity_id, g.rarity_id),
    image_url = CASE k.image_url WHEN '' THEN g.image_url ELSE k.image_url END,
    url = CASE k.url WHEN '' THEN g.url ELSE k.url END, details = g.details || k.details
FROM unnest(%s::int[], %s::int[]) AS pair(gone, kept) JOIN catalog_card g ON g.id = pair.gone
WHERE k.id = pair.kept"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge did, or would do. `objections` say of pairs of cards why they stay two."""

    cards: int = 0
    printings: int = 0
    moved: int = 0
    redirects: int = 0
    objections: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = [f"{self.cards:,} cards merged", f"{self.printings:,} printings became one with another"]
        said += [f"{self.moved:,} cards moved", f"{self.redirects:,} redirects made"]
        left = [f"{len(self.objections):,} cards stay two"] if self.objections else []
        return f"{', '.join(said + left)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which cards become part of which, which printings meet, and what apps say against it."""

    cards: dict[int, int]
    printings: dict[int, int]
    objections: tuple[str, ...]


# ---- cards ----


@transaction.atomic
def merge_cards(gone: Iterable[Card], *, kept: Card) -> Merged:
    """Makes all of these cards one with `kept`; those that are it already do nothing.

    Raises CannotCurateError for cards of two games, and when prices of both are known at one source.
    """
    others = [card for card in gone if card.pk != kept.pk]
    check_cards(others, kept=kept)
    hold(kept.game_id)
    # One after the other: two that go may share a finish that the one that stays has not.
    done = [_join({card.pk: kept.pk}) for card in others]
    words.index_cards([kept.pk])
    curation.look_again({kept.card_set_id, *(card.card_set_id for card in others)} if others else set())
    return Merged(cards=len(done), printings=sum(done), redirects=len(done))


def check_cards(gone: Iterable[Card], *, kept: Card) -> None:
    """Raises CannotCurateError as `merge_cards` does, as far as it shows before."""
    others = list(gone)
    if any(card.game_id != kept.game_id for card in others):
        raise CannotCurateError("Cards of two games are never the same card.")
    plan = plan_cards({card.pk: kept.pk for card in others})
    if plan.objections:
        raise CannotCurateError(" ".join(plan.objections))


def plan_cards(pairs: Mapping[int, int]) -> _Plan:
    """Without the pairs that an app objects to."""
    rows = _printings(pairs)
    meeting = {printing: stays for printing, stays, _ in rows if stays}
    said = {key: why for one in following.followers() for key, why in one.objections(meeting).items()}
    refused = {card for printing, _, card in rows if printing in said}
    allowed = {gone: kept for gone, kept in pairs.items() if gone not in refused}
    stay = {printing: stays for printing, stays, card in rows if stays and card not in refused}
    return _Plan(cards=allowed, printings=stay, objections=tuple(dict.fromkeys(said.values())))


def _printings(pairs: Mapping[int, int]) -> list[tuple[int, int | None, int]]:
    """Each printing of a card that goes, the one of the card that stays in the same finish, and its card."""
    with connection.cursor() as cursor:
        cursor.execute(PRINTINGS, [list(pairs), list(pairs.values())])
        return list(cursor.fetchall())


def _join(pairs: Mapping[int, int]) -> int:
    """Makes each card of the pairs one with another; how many printings met. The caller holds the game."""
    plan = plan_cards(pairs)
    if plan.objections:
        raise CannotCurateError(" ".join(plan.objections))
    if plan.cards:
        _write(plan)
    return len(plan.printings)


def _write(plan: _Plan) -> None:
    gone, columns = list(plan.cards), [list(plan.cards), list(plan.cards.values())]
    _follow(plan.printings)
    Printing.objects.filter(pk__in=plan.printings).delete()
    with connection.cursor() as cursor:
        for statement in (MOVE_PRINTINGS, MOVE_IDS, FILL):
            cursor.execute(statement, columns)
    addresses.let_cards_follow(plan.cards)
    words.forget_cards(gone)
    Card.objects.filter(pk__in=gone).delete()


def _follow(printings: Mapping[int, int]) -> None:
    for follower in following.followers():
        follower.merge(printings)
    concerned = Q(printing__in=printings) | Q(candidates__overlap=list(printings))
    items = list(UnmatchedItem.objects.filter(concerned)) if printings else []
    for item in items:
        item.candidates = list(dict.fromkeys(printings.get(pk, pk) for pk in item.candidates))
        item.printing_id = item.printing_id and printings.get(item.printing_id, item.printing_id)
    UnmatchedItem.objects.bulk_update(items, ["candidates", "printing"])


def hold(game_id: int) -> None:
    """Before any row is locked: the apps' own locks come first, as in a sync."""
    for follower in following.followers():
        follower.hold(game_id)
    curation.lock(game_id)


# ---- sets ----


@transaction.atomic
def merge_sets(gone: CardSet, *, kept: CardSet) -> Merged:
    """Moves the cards of one set into another, where those that are the same become one, and ends it.

    Cards are the same when they have kind, number and name in common and no other card of either set has.
    Where prices of both are known at one source they stay two. Raises CannotCurateError for two games.
    """
    check_sets(gone, kept=kept)
    hold(kept.game_id)
    plan = plan_sets(gone, kept=kept)
    if plan.cards:
        _write(plan)
    moved = list(gone.cards.values_list("pk", flat=True))
    Card.objects.filter(pk__in=moved).update(card_set=kept)
    ExternalId.objects.filter(card_set=gone).update(card_set=kept)
    for follower in following.followers():
        follower.merge_set(gone, kept=kept)
    curation.look_again({kept.pk})
    redirects = addresses.let_sets_follow(gone, kept=kept)
    _fill_set(gone, kept=kept)
    gone.delete()
    words.index_cards([*moved, *plan.cards.values()])
    return Merged(
        cards=len(plan.cards),
        printings=len(plan.printings),
        moved=len(moved),
        redirects=redirects + len(plan.cards),
        objections=plan.objections,
    )


def check_sets(gone: CardSet, *, kept: CardSet) -> None:
    if gone.pk == kept.pk:
        raise CannotCurateError("A set cannot become part of itself.")
    if gone.game_id != kept.game_id:
        raise CannotCurateError("Sets of two games are never the same set.")


def plan_sets(gone: CardSet, *, kept: CardSet) -> _Plan:
    """Which cards of the two sets would become one."""
    theirs, ours = _unlike(gone.cards.all()), _unlike(kept.cards.all())
    return plan_cards({theirs[key]: ours[key] for key in theirs.keys() & ours.keys()})


def _unlike(cards: QuerySet[Card]) -> dict[tuple[str, str, str], int]:
    """The cards that no other of them is like, by what makes them the same."""
    rows = list(cards.values_list("kind", "number_key", "folded", "pk"))
    seen = Counter((kind, number, name) for kind, number, name, _ in rows)
    return {(kind, number, name): pk for kind, number, name, pk in rows if seen[kind, number, name] == 1}


def _fill_set(gone: CardSet, *, kept: CardSet) -> None:
    for name in ("code", "released_on", "image_url"):
        setattr(kept, name, getattr(kept, name) or getattr(gone, name))
    kept.is_curated = True
    kept.save()


def new_set(game: Game, *, name: str, code: str = "") -> CardSet:
    """A set for cards to be split off into. Raises CannotCurateError for a name that another set has."""
    made = CardSet(game=game, name=name, code=code, is_curated=True)
    curation.save_set(made)
    return made


def of_cards(cards: QuerySet[Card]) -> QuerySet[Printing]:
    """The printings of cards, for what is said of them before an act."""
    return Printing.objects.filter(card__in=cards.order_by().values("pk"))
