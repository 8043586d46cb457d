"""Keeps searches under a name, each its owner's."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import personal
from accounts.models import User
from pricing import conditions
from pricing.models import SavedSearch
from pricing.signals import search_changed

MOST = 100
FILTERS = ("game", "set", "rarity", "finish", "kind", "min", "max", "sort")


class SaveError(ValueError):
    """The owner has a search of that name already, or as many as may be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`filters` are the fields of the search form besides its words."""

    name: str
    q: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, str]:
        given = {name: self.filters[name] for name in FILTERS if self.filters.get(name)}
        return asdict(self) | {"filters": urlencode(given)}


def save(owner: User, facts: Facts) -> SavedSearch:
    """Raises SaveError, and ParseError of words that cannot be meant."""
    _understand(owner, facts)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if SavedSearch.objects.filter(owner=owner).count() >= MOST:
            raise SaveError(f"You keep {MOST} searches; delete one that you no longer need.")
        return _written(SavedSearch(owner=owner, **facts.columns()))


@transaction.atomic
def edit(search: SavedSearch, facts: Facts) -> SavedSearch:
    """Raises SaveError, and ParseError of words that cannot be meant. What follows the search hears of it."""
    columns = facts.columns()
    if asks_anew := (columns["q"], columns["filters"]) != (search.q, search.filters):
        _understand(search.owner, facts)
    for name, value in columns.items():
        setattr(search, name, value)
    written = _written(search)
    if asks_anew:
        search_changed.send(SavedSearch, search_id=search.pk)
    return written


def rename(search: SavedSearch, name: str) -> SavedSearch:
    """Raises SaveError. What it searches stays, even if that is understood no longer."""
    return edit(search, Facts(name=name, q=search.q, filters=search.chosen()))


def of(owner: User) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(owner=owner)


def same(user: User | AnonymousUser, asked: Mapping[str, str]) -> SavedSearch | None:
    """The saved search of somebody signed in that asks for the same, whatever its name."""
    if not isinstance(user, User):
        return None
    columns = Facts(name="", q=asked.get("q", ""), filters=asked).columns()
    return of(user).filter(q=columns["q"], filters=columns["filters"]).first()


def one(owner: User, pk: int) -> SavedSearch:
    """Raises SavedSearch.DoesNotExist, of somebody else's too."""
    return SavedSearch.objects.select_related("owner").get(owner=owner, pk=pk)


def _understand(owner: User, facts: Facts) -> None:
    conditions.read(facts.q, game=facts.filters.get("game", ""), who=owner.pk)


def _written(search: SavedSearch) -> SavedSearch:
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError as error:
        if "savedsearch_name_of_owner_unique" not in str(error):
            raise
        raise SaveError(f"You have a search named “{search.name}” already.") from None
    return search


# ---- what a person takes along ----


def _lists(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    return {"searches": of(user).order_by("id").values("id", "name", "q", "filters", "created_at")}


def begin() -> None:
    personal.register(
        personal.Kept(
            path="searches.json",
            about="searches you saved",
            lists=_lists,
            things=("saved search", "saved searches"),
            count=lambda user: of(user).count(),
        )
    )
