"""What an alert is or could be about, with what its form offers to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from accounts.models import User
from alerts import queries
from alerts.models import Alert
from alerts.rows import Thing
from catalog import queries as catalogue
from catalog.models import Printing
from pricing import saving
from pricing.models import CONDITIONS
from pricing.queries import condition_prices
from pricing.rows import ConditionPrice

Choice = tuple[str, str]

ANY: Final[Choice] = ("", "Any: the market price")
# By what addresses call them.
COLUMNS: Final = {
    "printing": "printing_id",
    "set": "card_set_id",
    "collection": "collection_id",
    "search": "search_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One printing, set, collection or saved search; `key` and `pk` name it in addresses.

    Of a printing also the finishes its card comes in, and the conditions and grades that have a price of
    their own, each as `condition:NM` or `grade:PSA 10` with its name.
    """

    key: str
    pk: int
    thing: Thing
    printings: tuple[Printing, ...] = ()
    gradings: tuple[Choice, ...] = ()

    @property
    def is_many(self) -> bool:
        return self.key != "printing"

    @property
    def noun(self) -> str:
        """What a rule is said of."""
        return f"a card of {self.thing.name}" if self.is_many else self.thing.name

    @property
    def query(self) -> str:
        return f"{self.key}={self.pk}"

    def facts(self, printing_id: int | None = None) -> dict[str, Any]:
        """As `alerts.editing.Facts` names it; `printing_id` is another finish of the card."""
        return {COLUMNS[self.key]: printing_id or self.pk}


def read(owner: User, key: str, pk: int) -> Target:
    """Raises ObjectDoesNotExist for what is not shown to this person."""
    if key == "printing":
        return _of_printing(catalogue.printing(pk))
    if key == "search":
        about = Alert(search=saving.one(owner, pk))
    elif key == "set":
        about = Alert(card_set=catalogue.card_set(pk))
    else:
        about = Alert(collection=owner.collections.get(pk=pk))
    return Target(key=key, pk=pk, thing=queries.thing_of(about))


def of(alert: Alert) -> Target:
    """Also of what is no longer shown."""
    if alert.printing:
        return _of_printing(alert.printing, known=grading(alert))
    key, pk = next((key, pk) for key, name in COLUMNS.items() if (pk := getattr(alert, name)))
    return Target(key=key, pk=pk, thing=queries.thing_of(alert))


def grading(alert: Alert) -> str:
    """As in `Target.gradings`."""
    if alert.condition:
        return f"condition:{alert.condition}"
    return f"grade:{alert.grade}" if alert.grade else ""


def _of_printing(printing: Printing, *, known: str = "") -> Target:
    others = [one for one in catalogue.printings_of([printing.card_id]) if one.pk != printing.pk]
    return Target(
        key="printing",
        pk=printing.pk,
        thing=queries.of_printing_thing(printing),
        printings=(printing, *others),
        gradings=tuple(_gradings(condition_prices(printing.card_id), known=known)),
    )


def _gradings(prices: Iterable[ConditionPrice], *, known: str) -> list[Choice]:
    """None, or any and those with a price; the one chosen before stays."""
    conditions = {row.condition for row in prices}
    found = [(f"condition:{code}", name) for code, name in CONDITIONS if code and code in conditions]
    found += [(f"grade:{grade}", grade) for grade in sorted({row.grade for row in prices if row.grade})]
    if known and known not in dict(found):
        found.append((known, known.partition(":")[2]))
    return [ANY, *found] if found else []
