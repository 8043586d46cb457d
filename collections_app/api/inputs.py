"""What the bodies of requests about collections say."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.models import User
from catalog.models import Printing
from collections_app import collecting, lots, sales
from collections_app.models import LANGUAGES, MOST_COPIES, RAW_CONDITIONS, Collection, Lot
from pricing import bodies, rates
from pricing.bodies import LARGEST_ID, MOST_AT_ONCE, Amount, Body, Ids, Said, minor

GRADING = ("condition", "grader", "grade")
T = TypeVar("T")
R = TypeVar("R")


@extend_schema_field({"type": "string", "pattern": "^[A-Z]{3}$"})
class Currency(serializers.Field[str, str, str, Any]):
    """One that can be shown, or that the ECB once quoted: something may have cost that."""

    default_error_messages = {"invalid": "“{value}” is no currency with a known rate, such as USD."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.context["currencies"]:
            self.fail("invalid", value=str(data)[:20])
        return data


class PastDay(serializers.DateField):
    default_error_messages = {
        "future": "This day is still to come.",
        "early": f"Days count from {lots.EARLIEST} on.",
    }

    def to_internal_value(self, data: Any) -> date:
        found = super().to_internal_value(data)
        if found > lots.today():
            self.fail("future")
        if found < lots.EARLIEST:
            self.fail("early")
        return found


class CollectionInput(Body):
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=Collection.Kind.choices, required=False)
    visibility = serializers.ChoiceField(choices=Collection.Visibility.choices, required=False)
    shows_cost = serializers.BooleanField(required=False)

    def facts(self, known: Collection | None = None) -> collecting.Facts:
        """What was not said stays as it is known, or is as usual."""
        names = ("name", "kind", "visibility", "shows_cost")
        before = {name: getattr(known, name) for name in names} if known else {}
        return collecting.Facts(**before | self.validated_data)


class SharedFacts(Body):
    """What one lot, or many at once, can be given."""

    condition = serializers.ChoiceField(choices=RAW_CONDITIONS, allow_blank=True, required=False)
    grader = serializers.CharField(max_length=12, allow_blank=True, required=False)
    grade = serializers.CharField(max_length=7, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    unit_cost = Amount(allow_null=True, required=False)
    currency = Currency(required=False)
    acquired_on = PastDay(required=False)
    notes = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class LotInput(SharedFacts):
    printing_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    quantity = serializers.IntegerField(min_value=0, max_value=MOST_COPIES)

    def new(self, *, languages: Mapping[int, str], currency: str) -> lots.Facts:
        """Near Mint, acquired today, in this currency and the printing's language unless it says otherwise.

        `languages` holds the printings there are.
        """
        said: dict[str, Any] = dict(self.validated_data)
        if not said["quantity"]:
            raise ValidationError({"quantity": ["A lot has at least one copy."]})
        if said["printing_id"] not in languages:
            raise ValidationError({"printing_id": ["There is no such printing."]})
        usual: dict[str, Any] = {
            "language": languages[said["printing_id"]],
            "currency": currency,
            "acquired_on": lots.today(),
        }
        nothing = {
            "condition": "" if said.get("grader") or said.get("grade") else "NM",
            "grader": "",
            "grade": "",
        }
        cost = minor(said, "unit_cost", currency=said.get("currency", currency))
        return lots.Facts(**usual | said | nothing | grading(said, known=nothing) | cost)

    def changed(self, lot: Lot) -> lots.Facts:
        said: dict[str, Any] = dict(self.validated_data)
        before: dict[str, Any] = {
            name: getattr(lot, name) for name in ("printing_id", "quantity", *lots.SHARED_FACTS)
        }
        if "currency" in said and "unit_cost" not in said and lot.unit_cost is not None:
            raise ValidationError({"unit_cost": ["A new currency needs the cost anew."]})
        cost = minor(said, "unit_cost", currency=said.get("currency", lot.currency))
        return lots.Facts(**before | said | grading(said, known=before) | cost)


class BulkInput(SharedFacts):
    """To "edit" gives all the lots what it names, to "move" takes them `to` a collection."""

    ids = Ids()
    action = serializers.ChoiceField(choices=["edit", "move", "delete"])
    to = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        action = attrs["action"]
        allowed = {"ids", "action"} | {"edit": set(lots.SHARED_FACTS), "move": {"to"}, "delete": set()}[
            action
        ]
        if strange := attrs.keys() - allowed:
            raise ValidationError({name: [f"This says nothing to “{action}”."] for name in strange})
        if action == "move" and "to" not in attrs:
            raise ValidationError({"to": ["Name the collection to move to."]})
        if action == "edit" and len(attrs) == 2:
            raise ValidationError({"action": [f"Name what to change: {', '.join(lots.SHARED_FACTS)}."]})
        return attrs

    def changes(self) -> dict[str, Any]:
        """Several lots have several currencies, so a cost is only one with its currency."""
        said = {name: value for name, value in self.validated_data.items() if name in lots.SHARED_FACTS}
        if said.get("unit_cost") is not None and "currency" not in said:
            raise ValidationError({"currency": ["Name the currency of the cost."]})
        if "currency" in said and "unit_cost" not in said:
            raise ValidationError({"unit_cost": ["A new currency needs the cost anew."]})
        known = dict.fromkeys(GRADING, "")
        return said | grading(said, known=known) | minor(said, "unit_cost", currency=said.get("currency", ""))


class SplitInput(Body):
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_COPIES)


class SaleInput(Body):
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_COPIES)
    unit_price = Amount(allow_null=True, required=False)
    fees = Amount(required=False)
    currency = Currency(required=False)
    sold_on = PastDay(required=False)
    method = serializers.ChoiceField(choices=["lot", "fifo"], default="lot")
    notes = serializers.CharField(max_length=2000, allow_blank=True, required=False)

    def terms(self, *, currency: str) -> sales.Terms:
        """Sold today in the currency given, unless it says otherwise."""
        said = {name: value for name, value in self.validated_data.items() if name != "method"}
        usual: dict[str, Any] = {"currency": currency, "sold_on": lots.today()}
        spoken = said.get("currency", currency)
        amounts = minor(said, "unit_price", currency=spoken) | minor(said, "fees", currency=spoken)
        return sales.Terms(**usual | said | amounts)


class QuickAddInput(Body):
    printing_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_COPIES, default=1)


class WishInput(Body):
    """`goal` is a finish, or one of the two goals every set has; without a collection the first wish list."""

    goal = serializers.CharField(max_length=80)
    collection = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


def grading(said: Said, *, known: Said) -> dict[str, str]:
    """Condition, grader and grade as they are now said; a new condition ends a grading, and the other way."""
    sent = {name: said[name] for name in GRADING if name in said}
    if not sent:
        return {}
    is_graded, is_raw = sent.get("grader") or sent.get("grade"), sent.get("condition")
    ended = {"grader": "", "grade": ""} if is_raw and not is_graded else {}
    if is_graded and not is_raw:
        ended = {"condition": ""}
    now = {name: str(known[name]) for name in GRADING} | ended | sent
    if bool(now["grader"]) != bool(now["grade"]):
        missing = "grade" if now["grader"] else "grader"
        raise ValidationError({missing: ["A graded card has both a grader and a grade."]})
    if bool(now["grader"]) == bool(now["condition"]):
        raise ValidationError({"condition": ["A card has either a condition or a grade."]})
    return now


def read(kind: type[Body], request: Request, *, is_partial: bool = False) -> Any:
    """The body of a request. Raises ValidationError."""
    return bodies.read(kind, request.data, is_partial=is_partial, context={"currencies": currencies()})


def new_lots(request: Request, *, owner: User) -> list[lots.Facts]:
    """One lot, or up to MOST_AT_ONCE; a wrong one of several is named by its place: `3.quantity`."""
    sent = request.data if isinstance(request.data, list) else [request.data]
    if not 0 < len(sent) <= MOST_AT_ONCE:
        raise ValidationError({"body": [f"Send 1 to {MOST_AT_ONCE} lots."]})
    is_list, known = isinstance(request.data, list), {"currencies": currencies()}
    said: list[LotInput] = each(
        sent, lambda one: bodies.read(LotInput, one, context=known), names_place=is_list
    )
    languages = languages_of(one.validated_data["printing_id"] for one in said)
    return each(said, lambda one: one.new(languages=languages, currency=owner.currency), names_place=is_list)


def each(items: Iterable[T], read_one: Callable[[T], R], *, names_place: bool) -> list[R]:
    """Reads all and raises ValidationError with the complaints about all, each below its place."""
    found: list[R] = []
    errors: dict[str, Any] = {}
    for place, item in enumerate(items):
        try:
            found.append(read_one(item))
        except ValidationError as error:
            said: Any = error.detail
            errors |= {f"{place}.{name}" if names_place else name: said[name] for name in said}
    if errors:
        raise ValidationError(errors)
    return found


def languages_of(printing_ids: Iterable[int]) -> dict[int, str]:
    """The language of each printing's game, of those that are shown."""
    found = Printing.objects.filter(pk__in=set(printing_ids), card__card_set__is_published=True)
    return dict(found.values_list("id", "card__game__language"))


def currencies() -> set[str]:
    return {*settings.DISPLAY_CURRENCIES, *rates.known_currencies()}
