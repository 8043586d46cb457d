"""Makes, changes and deletes collections."""

from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain, count

from django.db import IntegrityError, transaction

from accounts.models import User
from collections_app.models import Collection, Lot


class NameTakenError(ValueError):
    """The owner has a collection of that name already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    name: str
    kind: str = Collection.Kind.OWNED
    visibility: str = Collection.Visibility.PRIVATE
    shows_cost: bool = False


def create(owner: User, facts: Facts) -> Collection:
    """Raises NameTakenError."""
    return _saved(Collection(owner=owner, **asdict(facts)))


def edit(collection: Collection, facts: Facts) -> Collection:
    """Raises NameTakenError. A link that was shared stays the same while the collection is shared."""
    for name, value in asdict(facts).items():
        setattr(collection, name, value)
    return _saved(collection)


@transaction.atomic
def delete(collection: Collection) -> None:
    """Deletes a collection with all it holds; files follow once that is certain."""
    names = [
        *Lot.objects.filter(collection=collection).exclude(photo="").values_list("photo", flat=True),
        *collection.imports.values_list("file", flat=True),
    ]
    storage = Lot._meta.get_field("photo").storage  # noqa: SLF001 -- Django's public name for it
    collection.delete()
    for name in names:
        transaction.on_commit(partial(storage.delete, name))


def first(owner: User, *, kind: str = Collection.Kind.OWNED) -> Collection:
    """The collection something goes into when its owner named none: the oldest, or a new one."""
    found = Collection.objects.filter(owner=owner, kind=kind).order_by("id").first()
    if found:
        return found
    name = "My collection" if kind == Collection.Kind.OWNED else "Wish list"
    return create(owner, Facts(name=free_name(owner, name), kind=kind))


def free_name(owner: User, name: str) -> str:
    """The name, or with the first number that makes it free: “Binder 2”."""
    taken = {known.lower() for known in Collection.objects.filter(owner=owner).values_list("name", flat=True)}
    numbered = (f"{name} {number}" for number in count(2))
    return next(free for free in chain([name], numbered) if free.lower() not in taken)


def _saved(collection: Collection) -> Collection:
    try:
        with transaction.atomic():
            collection.save()
    except IntegrityError as error:
        if "collection_name_of_owner_unique" not in str(error):
            raise
        raise NameTakenError(f"You have a collection named “{collection.name}” already.") from None
    return collection
