"""What the pages of collections accept. A wrong value is an error beside its field, never a guess."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import QuerySet

from catalog import chart
from catalog.models import Printing
from collections_app import collecting, lots, sales, valuation
from collections_app.lots import EARLIEST, today
from collections_app.models import GRADERS, LANGUAGES, MOST_COPIES, RAW_CONDITIONS, Collection, Lot
from pricing import fields, formats
from pricing.fields import amount_field, day_field, typed

EXPLAINED: Final = timedelta(days=30)
GRADED: Final = ("", "Graded")


def copies_field(label: str = "Copies", *, least: int = 1, most: int = MOST_COPIES) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, initial=least)


class PastDays:
    """Cleans the days of a form: neither to come nor long before there were any cards."""

    DAYS: ClassVar[Sequence[str]] = ()

    def check_days(self, form: forms.Form) -> None:
        for name in self.DAYS:
            day = form.cleaned_data.get(name)
            if day and day > today():
                form.add_error(name, "This day is still to come.")
            elif day and day < EARLIEST:
                form.add_error(name, f"Days count from {formats.day(EARLIEST)} on.")


class MoneyForm(PastDays, fields.MoneyForm):
    """A form with amounts in the currency chosen beside them, and days that are over."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.check_days(self)
        return cleaned


class CollectionForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80)
    kind = forms.ChoiceField(
        label="What it holds",
        choices=[(Collection.Kind.OWNED, "Cards I own"), (Collection.Kind.WISH, "A wish list")],
        initial=Collection.Kind.OWNED,
        help_text="Wish lists never count into the value of what you own.",
    )
    visibility = forms.ChoiceField(
        label="Who may see it", choices=Collection.Visibility.choices, initial=Collection.Visibility.PRIVATE
    )
    shows_cost = forms.BooleanField(
        label="Visitors see what I paid and gained",
        required=False,
        help_text="Notes and photos are never shown to anyone but you.",
    )

    def facts(self) -> collecting.Facts:
        return collecting.Facts(**self.cleaned_data)


class LotForm(MoneyForm):
    """Copies of one card acquired together; `printings` are the finishes it comes in."""

    AMOUNTS = ("unit_cost",)
    DAYS = ("acquired_on",)
    printing = forms.TypedChoiceField(label="Finish", coerce=int)
    quantity = copies_field()
    condition = forms.ChoiceField(
        label="Condition", choices=[*RAW_CONDITIONS, GRADED], required=False, initial="NM"
    )
    grader = forms.CharField(
        label="Grader",
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"list": "graders", "autocomplete": "off"}),
        help_text="PSA, BGS … Empty for a raw card.",
    )
    grade = forms.CharField(
        label="Grade", max_length=7, required=False, help_text="With a grade the condition does not count."
    )
    language = forms.ChoiceField(label="Language", choices=LANGUAGES)
    unit_cost = amount_field("Paid for one copy", help_text="Empty is unknown; 0 was a gift.")
    acquired_on = day_field("Acquired on")
    notes = forms.CharField(
        label="Notes", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, printings: Sequence[Printing], **options: Any) -> None:
        super().__init__(*args, **options)
        self.graders = GRADERS
        self.fields["printing"] = forms.TypedChoiceField(
            label="Finish", coerce=int, choices=[(one.pk, one.finish.name) for one in printings]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        graded = [name for name in ("grader", "grade") if cleaned.get(name)]
        if len(graded) == 1:
            missing = "grade" if graded == ["grader"] else "grader"
            self.add_error(missing, "A graded card has both a grader and a grade.")
        elif graded:
            cleaned["condition"] = ""
        elif not cleaned.get("condition"):
            self.add_error("condition", "Choose a condition, or say who graded the card.")
        return cleaned

    def facts(self) -> lots.Facts:
        said = dict(self.cleaned_data)
        return lots.Facts(printing_id=said.pop("printing"), **said)


def lot_facts(lot: Lot) -> dict[str, Any]:
    """A lot as its form shows it."""
    names = ("quantity", "condition", "grader", "grade", "language", "currency", "acquired_on", "notes")
    cost = typed(lot.unit_cost, currency=lot.currency)
    return {name: getattr(lot, name) for name in names} | {"printing": lot.printing_id, "unit_cost": cost}


class EditLotForm(LotForm):
    """A lot of which copies were sold may have none left."""

    def __init__(self, *args: Any, lot: Lot, **options: Any) -> None:
        super().__init__(*args, currency=lot.currency, **options)
        self.initial = {**lot_facts(lot), **self.initial}
        self.fields["quantity"] = copies_field(least=0 if lot.disposed else 1)


class SplitForm(forms.Form):
    def __init__(self, *args: Any, held: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["quantity"] = copies_field("Copies to split off", most=max(held - 1, 1))


class MoveForm(forms.Form):
    def __init__(self, *args: Any, others: QuerySet[Collection], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"] = forms.ModelChoiceField(label="Move to", queryset=others, empty_label=None)


class SellForm(MoneyForm):
    AMOUNTS = ("unit_price", "fees")
    DAYS = ("sold_on",)
    METHODS: ClassVar = [
        ("lot", "Take them from this lot"),
        ("fifo", "Take the first acquired of all like it"),
    ]
    quantity = copies_field("Copies sold")
    unit_price = amount_field("Received for one copy", help_text="Empty: given away, or lost.")
    fees = amount_field("Fees of the whole sale", help_text="Commission, postage.")
    sold_on = day_field("Sold on")
    method = forms.ChoiceField(label="Which copies", choices=METHODS, initial="lot")
    notes = forms.CharField(
        label="Notes", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def terms(self) -> sales.Terms:
        said = {name: value for name, value in self.cleaned_data.items() if name != "method"}
        return sales.Terms(**said | {"fees": said["fees"] or 0})


class BulkForm(MoneyForm):
    """What is done with all ticked lots: "edit" gives what is filled in, "move", "delete"."""

    AMOUNTS = ("unit_cost",)
    DAYS = ("acquired_on",)
    CHANGES: ClassVar = ("condition", "language", "unit_cost", "acquired_on")
    action = forms.ChoiceField(choices=[("edit", "edit"), ("move", "move"), ("delete", "delete")])
    condition = forms.ChoiceField(
        label="Condition", choices=[("", "As it is"), *RAW_CONDITIONS], required=False
    )
    language = forms.ChoiceField(label="Language", choices=[("", "As it is"), *LANGUAGES], required=False)
    unit_cost = amount_field("Paid for one copy")
    acquired_on = day_field("Acquired on", required=False)

    def __init__(self, *args: Any, held: QuerySet[Lot], others: QuerySet[Collection], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lot"] = forms.ModelMultipleChoiceField(
            queryset=held,
            error_messages={
                "required": "Tick at least one row first.",
                "invalid_choice": "A ticked row is gone; look at the list again.",
            },
        )
        self.fields["to"] = forms.ModelChoiceField(
            label="Move to", queryset=others, required=False, empty_label="Choose …"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("action") == "move" and not cleaned.get("to"):
            self.add_error("to", "Choose where to.")
        if cleaned.get("action") == "edit" and not self.changes() and not self.errors:
            self.add_error("action", "Fill in what all ticked rows shall get.")
        return cleaned

    def changes(self) -> dict[str, Any]:
        """What was filled in; a cost brings its currency."""
        filled = {name: self.cleaned_data.get(name) for name in self.CHANGES}
        known = {name: value for name, value in filled.items() if value not in {None, ""}}
        return known | ({"currency": self.cleaned_data.get("currency")} if "unit_cost" in known else {})


class FilterForm(forms.Form):
    """The list of lots: `choices` are the games and sets that occur in it."""

    search = forms.CharField(required=False, max_length=100)
    game = forms.ChoiceField(required=False)
    set = forms.ChoiceField(required=False)
    condition = forms.ChoiceField(choices=[("", "Any condition"), *RAW_CONDITIONS], required=False)
    basis = forms.ChoiceField(choices=[("", "Any"), ("missing", "Without a price")], required=False)
    sort = forms.ChoiceField(choices=list(valuation.SORTS.items()), required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def __init__(self, data: Mapping[str, Any], *, games: Sequence[Any], sets: Sequence[Any]) -> None:
        super().__init__({key: value.replace("\x00", "") for key, value in data.items() if value})
        self.offer("game", "All games", games)
        self.offer("set", "All sets", sets)

    def offer(self, field: str, nothing: str, choices: Sequence[Any]) -> None:
        self.fields[field] = forms.ChoiceField(
            choices=[("", nothing), *choices],
            required=False,
            error_messages={"invalid_choice": f"This collection has nothing of the {field} “%(value)s”."},
        )

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in ("search", "game", "set", "condition", "basis"))

    def criteria(self) -> dict[str, Any]:
        """The arguments of `valuation.lot_rows`; without a wrong value."""
        given = self.cleaned_data if self.is_valid() else {}
        said = {name: given.get(name) or "" for name in ("search", "game", "condition", "basis")}
        return said | {
            "card_set": given.get("set") or "",
            "sort": given.get("sort") or "name",
            "page": given.get("page") or 1,
        }


class RangeForm(forms.Form):
    range = forms.ChoiceField(
        choices=[(key, label) for key, (label, _) in chart.RANGES.items()], required=False
    )

    def chosen(self) -> str:
        return (self.cleaned_data.get("range") if self.is_valid() else "") or chart.DEFAULT_RANGE


class ExplainForm(PastDays, forms.Form):
    """Two days to compare; without a choice the last thirty."""

    DAYS = ("since", "until")
    since = day_field("From the end of")
    until = day_field("To the end of")

    def __init__(self, data: Mapping[str, Any]) -> None:
        usual = {"since": (today() - EXPLAINED).isoformat(), "until": today().isoformat()}
        super().__init__(usual | {key: data[key] for key in usual if data.get(key)})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.check_days(self)
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since >= until:
            self.add_error("until", "The second day lies after the first.")
        return cleaned


class QuickAddForm(forms.Form):
    """Without a collection the copies go into the first that their owner has."""

    quantity = forms.IntegerField(label="Copies", min_value=1, max_value=MOST_COPIES, initial=1)

    def __init__(self, *args: Any, owned: QuerySet[Collection], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["collection"] = forms.ModelChoiceField(
            label="Collection", queryset=owned, required=False, empty_label=None
        )
        if "quantity" not in self.data:
            self.fields["quantity"].required = False


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label="Photo", widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    )
