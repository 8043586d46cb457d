"""What the pages accept in their addresses. A wrong value is an error beside its field, never a guess."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from catalog import chart, queries
from catalog.models import Game

SORTS = [
    ("relevance", "Best match"),
    ("name", "Name"),
    ("number", "Number"),
    ("price", "Price, lowest first"),
    ("-price", "Price, highest first"),
    ("newest", "Newest set"),
]
KINDS = [("", "Singles and sealed"), ("single", "Single cards"), ("sealed", "Sealed products")]
LAYOUTS = [("grid", "Pictures"), ("list", "List")]
WINDOW_NAMES = {1: "24 hours", 7: "7 days", 30: "30 days", 365: "1 year"}
LONGEST_SEARCH = 500
CHECKLIST_SORTS = {
    "number": "Number",
    "name": "Name",
    "rarity": "Rarity",
    "finish": "Finish",
    "-market": "Market price",
    "-change_24h": "24 hours",
    "-change_7d": "7 days",
}


class Flag(forms.BooleanField):
    """`true`, `false`, or as a browser's box sends it `on`; a box of Django's takes any text for true."""

    widget = forms.TextInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> bool:
        said = str(value or "false").lower()
        if said not in {"true", "on", "false"}:
            raise forms.ValidationError(f"“{value}” is not accepted. Accepted are true, false.")
        return said != "false"


class GamesForm(forms.Form):
    """A form with a choice of game, whose message names the games there are."""

    def __init__(self, data: Mapping[str, Any], *, games: Sequence[Game]) -> None:
        super().__init__(data)
        self.games = {game.slug: game for game in games}
        self.fields["game"] = forms.ChoiceField(
            choices=[("", "All games"), *((game.slug, game.name) for game in games)],
            required=False,
            error_messages={"invalid_choice": f"This game is not supported. Choose one of {named(games)}."},
        )

    @property
    def game(self) -> Game | None:
        return self.games.get(self.data.get("game", ""))


class SearchForm(GamesForm):
    """The search box and its filters. `was` is the game the set, rarity and finish were offered for."""

    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)
    set = forms.ChoiceField(required=False)
    rarity = forms.ChoiceField(required=False)
    finish = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)
    min = forms.DecimalField(required=False, min_value=0, max_digits=9, decimal_places=2)
    max = forms.DecimalField(required=False, min_value=0, max_digits=9, decimal_places=2)
    sort = forms.ChoiceField(choices=SORTS, required=False)
    layout = forms.ChoiceField(choices=LAYOUTS, required=False)
    after = forms.CharField(required=False, max_length=500)

    def __init__(self, data: Mapping[str, Any], *, games: Sequence[Game]) -> None:
        data = {key: value for key, value in data.items() if value}
        if data.get("was", data.get("game", "")) != data.get("game", ""):
            data = {key: value for key, value in data.items() if key not in {"set", "rarity", "finish"}}
        super().__init__(data, games=games)
        self.offer("set", "Any set", self._sets())
        self.offer("rarity", "Any rarity", names(queries.rarities(self.game)))
        self.offer("finish", "Any finish", names(queries.finishes(self.game)))

    def _sets(self) -> list[tuple[str, str]]:
        return list(queries.set_names(self.game)) if self.game else []

    def offer(self, field: str, nothing: str, choices: list[tuple[str, str]]) -> None:
        self.fields[field] = forms.ChoiceField(
            choices=[("", nothing), *choices],
            required=False,
            error_messages={"invalid_choice": f"“%(value)s” is no {field} of {self.game or 'any game'}."},
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        low, high = cleaned.get("min"), cleaned.get("max")
        if low is not None and high is not None and low > high:
            self.add_error("max", "The highest price lies below the lowest.")
        return cleaned

    def criteria(self) -> dict[str, Any]:
        """The arguments of `pricing.search.Criteria`; prices in minor units."""
        given = self.cleaned_data
        return {
            **{field: given[field] for field in ("q", "game", "rarity", "finish", "kind", "after")},
            "card_set": given["set"],
            "price_min": cents(given["min"]),
            "price_max": cents(given["max"]),
            "sort": given["sort"] or "relevance",
        }


class MoversForm(GamesForm):
    thin = forms.BooleanField(required=False)

    def __init__(
        self, data: Mapping[str, Any], *, games: Sequence[Game], windows: Iterable[int], floors: Iterable[int]
    ) -> None:
        super().__init__({"window": "7", "floor": "500"} | dict(data.items()), games=games)
        self.fields["window"] = forms.TypedChoiceField(
            choices=[(str(days), WINDOW_NAMES.get(days, f"{days} days")) for days in windows],
            coerce=int,
            initial="7",
        )
        self.fields["floor"] = forms.TypedChoiceField(
            choices=[(str(floor), f"${floor // 100}") for floor in floors], coerce=int, initial="500"
        )


class CurrencyForm(forms.Form):
    """The currency that amounts are converted into."""

    currency = forms.ChoiceField(choices=list(settings.DISPLAY_CURRENCIES.items()), required=False)


class PageForm(forms.Form):
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)


class ChecklistForm(forms.Form):
    sort = forms.ChoiceField(choices=list(CHECKLIST_SORTS.items()), required=False)


class ChartForm(forms.Form):
    """Which lines are drawn over which time; without a choice all printings, up to the six line styles."""

    MOST_LINES = 6

    range = forms.ChoiceField(
        choices=[(key, label) for key, (label, _) in chart.RANGES.items()], required=False
    )

    def __init__(self, data: Mapping[str, Any], *, printings: Mapping[int, str]) -> None:
        super().__init__(data)
        self.printings = printings
        self.fields["compare"] = forms.TypedMultipleChoiceField(
            choices=[(str(key), finish) for key, finish in printings.items()], coerce=int, required=False
        )

    def chosen(self) -> tuple[str, list[int]]:
        """The range and the printings; the usual ones in place of those that are missing or wrong."""
        cleaned = self.cleaned_data if self.is_bound and self.is_valid() else {}
        shown = cleaned.get("compare") or list(self.printings)
        return cleaned.get("range") or chart.DEFAULT_RANGE, shown[: self.MOST_LINES]


def named(games: Iterable[Game]) -> str:
    return ", ".join(game.name for game in games)


def names(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Each name once, though several games may use it."""
    return [(name, name) for name in dict.fromkeys(row.name for row in rows)]


def cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)
