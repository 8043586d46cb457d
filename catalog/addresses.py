"""Addresses of sets and cards: which are free, and where those lead that staff took away."""

from collections.abc import Callable
from functools import wraps
from itertools import chain, count
from typing import Any, TypeVar, cast

from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.text import slugify

from catalog import words
from catalog.models import CardRedirect, CardSet, SetRedirect

View = TypeVar("View", bound=Callable[..., Any])
LONGEST = 200  # letters, so that "-2" fits behind them


class MovedError(Exception):
    """What stood at this address has another one; `now` says it in the words of our routes."""

    def __init__(self, **now: object) -> None:
        super().__init__(str(now))
        self.now = now


def of_name(name: str) -> str:
    """The slug that a set of this name gets if it is free; "" for a name without a plain letter."""
    return slugify(words.fold(name))[:LONGEST]


def free(name: str, *, game_id: int, otherwise: str, of: CardSet | None = None) -> str:
    """The slug for a name, with a number where another set of the game has it, or had it before.

    What `of` itself has or had counts as free. `otherwise` is for a name without a plain letter.
    """
    slug = of_name(name) or otherwise
    own = of.pk if of else 0
    sets = CardSet.objects.filter(game_id=game_id, slug__startswith=slug).exclude(pk=own)
    gone = SetRedirect.objects.filter(game_id=game_id, slug__startswith=slug).exclude(card_set=own)
    taken = set(sets.values_list("slug", flat=True).union(gone.values_list("slug", flat=True)))
    slugs = chain([slug], (f"{slug}-{place}" for place in count(2)))
    return next(found for found in slugs if found not in taken)


def move(card_set: CardSet, *, to: str) -> bool:
    """Gives the set another slug, which the caller saves; the one it had leads here from now on.

    Whether it is another one. A set that gets an old slug of its own back needs no redirect from it.
    """
    if card_set.slug == to:
        return False
    SetRedirect.objects.filter(game_id=card_set.game_id, slug=to).delete()
    SetRedirect.objects.create(game_id=card_set.game_id, slug=card_set.slug, card_set=card_set)
    card_set.slug = to
    return True


def follow_set(game_slug: str, slug: str) -> None:
    """Raises MovedError for a slug that a published set of the game had before."""
    found = SetRedirect.objects.filter(game__slug=game_slug, slug=slug, card_set__is_published=True)
    now = found.values_list("card_set__slug", flat=True).first()
    if now:
        raise MovedError(set_slug=now)


def follow_card(pk: int) -> None:
    """Raises MovedError for the number of a card that became part of another, which is shown."""
    found = CardRedirect.objects.filter(gone=pk, card__card_set__is_published=True)
    now = found.values_list("card_id", "card__slug").first()
    if now:
        raise MovedError(pk=now[0], slug=now[1])


def let_sets_follow(gone: CardSet, *, kept: CardSet) -> int:
    """Every address of a set that becomes part of another leads there; how many addresses."""
    older = SetRedirect.objects.filter(card_set=gone).update(card_set=kept)
    SetRedirect.objects.create(game_id=gone.game_id, slug=gone.slug, card_set=kept)
    return older + 1


def let_cards_follow(pairs: dict[int, int]) -> int:
    """The numbers of cards that become part of others, by the number of that card, lead there."""
    for gone, kept in pairs.items():
        CardRedirect.objects.filter(card=gone).update(card=kept)
    made = [CardRedirect(gone=gone, card_id=kept) for gone, kept in pairs.items()]
    return len(CardRedirect.objects.bulk_create(made))


def led(view: View) -> View:
    """A view, of the site or the API, whose MovedError is answered with a lasting redirect."""

    @wraps(view)
    def answer(request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except MovedError as moved:
            return HttpResponsePermanentRedirect(_address(request, now=moved.now))

    return cast("View", answer)


def _address(request: Any, *, now: dict[str, object]) -> str:
    """The one asked for, with what it said of the set or card as it is now; its query stays."""
    match = request.resolver_match
    kwargs = match.kwargs | {name: value for name, value in now.items() if name in match.kwargs}
    return reverse(match.view_name, kwargs=kwargs, query=request.GET)
