"""What staff choose before an act: the row that stays, the set that cards move to, the facts they share."""

from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Model, QuerySet

from catalog.curation import check_image
from catalog.models import Card, CardSet, Game, Rarity

Row = TypeVar("Row", Card, CardSet)
Rows = QuerySet[Any]
KEEP = "kept"
MOST_MERGED = 50  # rows in one act: nobody looks at more


def autocomplete(name: str) -> AutocompleteSelect:
    """Finds a set or rarity as one types, among all there are."""
    return AutocompleteSelect(Card._meta.get_field(name), admin.site)  # noqa: SLF001 -- documented API


class ImageForm(forms.ModelForm[Row]):
    """A row with an image: a new address of one must be of a host that pages may load from."""

    def clean_image_url(self) -> str:
        address = str(self.cleaned_data["image_url"])
        if "image_url" in self.changed_data:
            check_image(address)
        return address


class KeptForm(forms.Form):
    """Which of the chosen rows stays; of many the others are not offered."""

    kept = forms.ModelChoiceField(
        Card.objects.none(), label="Stays", widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, data: Any = None, *, rows: Rows) -> None:
        super().__init__(data)
        field = self.fields[KEEP]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        field = self.fields[KEEP]
        assert isinstance(field, forms.ModelChoiceField)
        chosen = field.queryset.count() if field.queryset is not None else 0
        if not 2 <= chosen <= MOST_MERGED:
            self.add_error(None, f"Choose at least two to merge, and at most {MOST_MERGED}.")
        return cleaned


class PlaceForm(forms.Form):
    position = forms.IntegerField(
        min_value=-32_768,
        max_value=32_767,
        help_text="Smallest first; sets of one number come newest first. All sets begin with 0.",
    )

    def __init__(self, data: Any = None, *, rows: Rows) -> None:  # noqa: ARG002 -- as all acts' forms
        super().__init__(data)


class SplitForm(forms.Form):
    """Another set of the same game: one that is there, or a new one by its name."""

    into = forms.ModelChoiceField(
        CardSet.objects.all(),
        label="Set",
        required=False,
        widget=autocomplete("card_set"),
        help_text="One that is there, …",
    )
    name = forms.CharField(
        label="New set", max_length=200, required=False, help_text="… or the name of a new one."
    )
    code = forms.CharField(label="Code of the new set", max_length=40, required=False)

    def __init__(self, data: Any = None, *, rows: Rows) -> None:
        super().__init__(data)
        self.rows = rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("into")) == bool(cleaned.get("name")):
            self.add_error(None, "Choose a set, or name a new one.")
        games = list(Game.objects.filter(pk__in=self.rows.order_by().values("game")))
        if len(games) == 1:
            cleaned["game"] = games[0]
        else:
            self.add_error(None, "These cards are of several games.")
        return cleaned


UNCHANGED = ("", "As it is")


class EditForm(forms.Form):
    """What is left empty stays as it is."""

    card_set = forms.ModelChoiceField(
        CardSet.objects.all(), label="Set", required=False, widget=autocomplete("card_set")
    )
    rarity = forms.ModelChoiceField(Rarity.objects.all(), required=False, widget=autocomplete("rarity"))
    kind = forms.ChoiceField(choices=[UNCHANGED, *Card.Kind.choices], required=False)
    image_url = forms.URLField(
        label="Image", max_length=500, required=False, assume_scheme="https", validators=[check_image]
    )
    is_curated = forms.ChoiceField(
        label="Kept by staff",
        choices=[UNCHANGED, ("1", "Yes: syncs leave them as they are"), ("0", "No: syncs correct them")],
        required=False,
    )

    def __init__(self, data: Any = None, *, rows: Rows) -> None:  # noqa: ARG002 -- as all acts' forms
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            self.add_error(None, "Nothing is to be changed.")
        return cleaned

    @staticmethod
    def changes(cleaned: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in cleaned.items() if value not in ("", None)}
        if "is_curated" in given:
            given["is_curated"] = given["is_curated"] == "1"
        return given


def in_words(changes: dict[str, Any]) -> str:
    """The changes for the audit log: "Set: Fossil, Kind: sealed"."""
    labels = {"card_set": "set", "image_url": "image", "is_curated": "kept by staff"}
    said = (f"{labels.get(name, name)}: {_word(value)}" for name, value in changes.items())
    return ", ".join(said)


def _word(value: Model | str | bool) -> str:  # noqa: FBT001 -- a value of a form
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
