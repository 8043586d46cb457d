"""What the import desk accepts, on its pages and in the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db.models import QuerySet

from accounts.models import User
from catalog import queries as catalog
from catalog.models import Game, Printing
from collections_app.imports import formats
from collections_app.imports.tray import Said
from collections_app.models import MOST_COPIES, RAW_CONDITIONS, Collection, ImportBatch, ImportRow

LONGEST_PASTE = 1_000_000
MAP = "map_"
VERDICTS = [
    ("", "All rows"),
    *ImportRow.Verdict.choices,
]


def currencies(nothing: str) -> list[tuple[str, str]]:
    return [
        ("", nothing),
        *((code, f"{code} – {name}") for code, name in settings.DISPLAY_CURRENCIES.items()),
    ]


class UploadForm(forms.Form):
    """A file, or the text of one from the clipboard."""

    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": "This text is too long to be pasted. Upload it as a file."},
    )
    currency = forms.ChoiceField(label="Currency of prices that name none", required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"] = forms.ChoiceField(
            label="Currency of prices that name none", required=False, choices=currencies("Mine")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        has_text = bool((cleaned.get("text") or "").strip())
        if not self.errors and bool(cleaned.get("file")) == has_text:
            both = (
                "Choose a file or paste its text, not both."
                if has_text
                else "Choose a file, or paste its text."
            )
            self.add_error("text" if has_text else "file", both)
        return cleaned

    def upload(self) -> tuple[File[bytes], str]:
        """What was sent, and how it is called."""
        given = self.cleaned_data.get("file")
        if given:
            return given, given.name
        return ContentFile(self.cleaned_data["text"].encode(), name="pasted.csv"), "Pasted text"


class BringForm(forms.Form):
    again = forms.BooleanField(required=False)
    by_folder = forms.BooleanField(required=False)


class MappingForm(forms.Form):
    """A column of the file for each of our fields, named `map_` and the field."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, batch: ImportBatch) -> None:
        super().__init__(data, initial=_known(batch))
        columns = [("", "–"), *((name, name) for name in batch.header)]
        for key, label, is_required in formats.FIELDS:
            self.fields[MAP + key] = forms.ChoiceField(
                label=label,
                choices=columns,
                required=is_required,
                error_messages={
                    "required": f"Choose the column of the {label.lower()}.",
                    "invalid_choice": "The file has no such column.",
                },
            )
        games = [("", "Several, or not said"), *((game.slug, game.name) for game in catalog.games())]
        self.fields["game"] = forms.ChoiceField(label="Game of all rows", choices=games, required=False)
        self.fields["currency"] = forms.ChoiceField(
            label="Currency of prices that name none", choices=currencies("Mine"), required=False
        )

    def columns(self) -> dict[str, str]:
        chosen = {key: self.cleaned_data[MAP + key] for key, _, _ in formats.FIELDS}
        return {key: name for key, name in chosen.items() if name}

    def chosen_game(self) -> Game | None:
        return Game.objects.filter(slug=self.cleaned_data["game"]).first()


def _known(batch: ImportBatch) -> dict[str, str]:
    columns: Mapping[str, str] = batch.columns or formats.guess_columns(batch.header)
    chosen = {MAP + key: name for key, name in columns.items()}
    return chosen | {"game": batch.game.slug if batch.game else "", "currency": batch.currency}


class DecisionForm(forms.Form):
    """Which printing a row means; in the tray also where it goes, and what could not be read."""

    quantity = forms.IntegerField(label="Copies", required=False, min_value=1, max_value=MOST_COPIES)
    condition = forms.ChoiceField(label="Condition", required=False, choices=[("", "–"), *RAW_CONDITIONS])

    def __init__(self, *args: Any, row: ImportRow, owner: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.row = row
        self.fields["printing"] = forms.ModelChoiceField(
            queryset=Printing.objects.select_related("card__game"),
            error_messages={
                "required": "Choose a printing.",
                "invalid_choice": "There is no such printing in the catalogue.",
            },
        )
        mine: QuerySet[Collection] = Collection.objects.filter(owner=owner).select_related("owner")
        self.fields["into"] = forms.ModelChoiceField(
            label="Collection",
            queryset=mine,
            required=False,
            error_messages={"invalid_choice": "You have no such collection."},
        )

    def said(self) -> Said | None:
        """What a person says of a row that could not be read; nothing of one that could."""
        given = self.cleaned_data
        if self.row.entry is not None or not (given["quantity"] and given["condition"]):
            return None
        return Said(quantity=given["quantity"], condition=given["condition"])


class RowsForm(forms.Form):
    """Which rows of an import are listed."""

    verdict = forms.ChoiceField(choices=VERDICTS, required=False)
    page = forms.IntegerField(required=False, min_value=1)


def first_errors(form: forms.Form) -> Sequence[str]:
    return [str(message) for messages in form.errors.values() for message in messages]
