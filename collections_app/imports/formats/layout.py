"""How an app lays out its file: which column says what, and how a row of it becomes an entry."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from catalog.matching import Wanted
from collections_app.imports import figures, vocabulary
from collections_app.imports.entries import Entry, RowError
from collections_app.imports.sheets import column

LONGEST_TEXT = 300  # characters of what identifies a card
IDENTITY = ("name", "game", "set_name", "set_code", "number", "finish", "rarity", "folder")
LONGEST_ID = 80

# What a row says, by our names of the fields; "" where it says nothing.
Said = defaultdict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """An app's file. `read` takes the cells of a row by column name and raises RowError."""

    slug: str
    label: str
    read: Callable[[Mapping[str, str]], Entry]
    signature: frozenset[str] = frozenset()  # columns, as `sheets.column` writes them, that only this app has


@dataclass(slots=True)
class Remarks:
    """What is said of a row besides its fields."""

    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def keep(self, label: str, *, text: str) -> None:
        self.notes.append(f"{label}: {text}")

    def doubt(self, warning: str, *, label: str, text: str) -> None:
        """The text was read differently than written, or not at all: say so, and keep it."""
        if warning:
            self.warnings.append(warning)
            self.keep(label, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """
    `fields`, `ids`, `kept` and `flags` name columns as `sheets.column` writes them. A flag that is set
    becomes its words in the notes, a kept cell goes there with its label.
    """

    fields: Mapping[str, str]  # our field → column
    ids: Mapping[str, str] = field(default_factory=dict)  # source → column
    kept: Mapping[str, str] = field(default_factory=dict)  # column → label
    flags: Mapping[str, str] = field(default_factory=dict)  # column → words
    always: Mapping[str, str] = field(default_factory=dict)  # our field → what an empty cell means
    is_seven_steps: bool = False  # its conditions are Cardmarket's
    is_month_first: bool | None = None
    is_zero_unsaid: bool = False  # it writes 0 for a cost that nobody entered
    adjust: Callable[[Said, Remarks], None] | None = None  # what only this app does, into our fields

    def format(self, slug: str, *, label: str, signature: str = "") -> Format:
        """The format; its signature is given as columns separated by commas."""
        columns = frozenset(signature.split(",")) if signature else frozenset()
        return Format(slug=slug, label=label, read=self.read, signature=columns)

    def read(self, cells: Mapping[str, str]) -> Entry:
        """The row as an entry. Raises RowError."""
        named = {column(name): text.strip() for name, text in cells.items()}
        said = self._said(named)
        remarks = self._remarks(named, notes=said["notes"])
        if self.adjust:
            self.adjust(said, remarks)
        wanted = _wanted(said, ids=self._ids(named))
        return self._entry(said, wanted=wanted, remarks=remarks)

    def _said(self, named: Mapping[str, str]) -> Said:
        cells = {key: named[name] for key, name in self.fields.items() if named.get(name)}
        said: Said = defaultdict(str, {**self.always, **cells})
        for key in IDENTITY:
            if len(said[key]) > LONGEST_TEXT:
                what = key.replace("_", " ")
                raise RowError(f"The {what} is longer than {LONGEST_TEXT} characters.")
        return said

    def _remarks(self, named: Mapping[str, str], *, notes: str) -> Remarks:
        remarks = Remarks()
        if notes.strip(" ;"):  # Collectr writes one semicolon per copy
            remarks.notes.append(notes.strip(" ;"))
        for name, label in self.kept.items():
            if named.get(name):
                remarks.keep(label, text=named[name])
        for name, words in self.flags.items():
            if vocabulary.is_yes(named.get(name, "")):
                remarks.notes.append(words)
                remarks.warnings.append(f"{words}: kept in the notes, the price is that of a plain copy.")
        return remarks

    def _ids(self, named: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        ids = ((source, named.get(name, "")) for source, name in self.ids.items())
        return tuple((source, text) for source, text in ids if text.strip("0") and len(text) <= LONGEST_ID)

    def _entry(self, said: Said, *, wanted: Wanted, remarks: Remarks) -> Entry:
        is_wish = vocabulary.is_yes(said["is_wish"])
        grade = _grade(said, remarks=remarks)
        condition = "" if grade else self._condition(said, remarks=remarks)
        cost, currency = self._cost(said, remarks=remarks)
        return Entry(
            wanted=wanted,
            quantity=figures.quantity(said["quantity"] or ("1" if is_wish else "")),
            condition=condition,
            grader=grade.grader if grade else "",
            grade=grade.grade if grade else "",
            language=_language(said, remarks=remarks),
            unit_cost=cost,
            currency=currency,
            acquired_on=self._acquired(said, remarks=remarks),
            notes="; ".join(remarks.notes),
            folder=said["folder"],
            is_wish=is_wish,
            warnings=tuple(remarks.warnings),
        )

    def _condition(self, said: Said, *, remarks: Remarks) -> str:
        condition, warning = vocabulary.condition(said["condition"], is_seven_steps=self.is_seven_steps)
        remarks.doubt(warning, label="Condition", text=said["condition"])
        return condition

    def _cost(self, said: Said, *, remarks: Remarks) -> tuple[int | None, str]:
        currency = figures.currency(said["currency"])
        if currency is None:
            doubt = f"“{said['currency']}” is not the code of a currency: cost left empty."
            remarks.doubt(doubt if said["unit_cost"] else "", label="Cost", text=said["unit_cost"])
            return None, ""
        price = figures.price(said["unit_cost"], currency=currency)
        remarks.doubt(price.doubt, label="Cost", text=said["unit_cost"])
        is_unsaid = price.amount is None or (price.amount == 0 and self.is_zero_unsaid)
        return (None, "") if is_unsaid else (price.amount, price.currency)

    def _acquired(self, said: Said, *, remarks: Remarks) -> date | None:
        day = figures.day(said["acquired_on"], is_month_first=self.is_month_first)
        remarks.doubt(day.doubt, label="Date", text=said["acquired_on"])
        return day.value


def _wanted(said: Said, *, ids: tuple[tuple[str, str], ...]) -> Wanted:
    is_named = said["name"] or ids or (said["number"] and (said["set_code"] or said["set_name"]))
    if not is_named:
        raise RowError("The row names no card.")
    return Wanted(
        game=vocabulary.game(said["game"]),
        name=" ".join(said["name"].split()),
        set_name=" ".join(said["set_name"].split()),
        set_code=said["set_code"],
        number=said["number"],
        finish=vocabulary.finish(said["finish"]),
        rarity=said["rarity"],
        kind="sealed" if vocabulary.is_sealed(said["condition"]) else said["kind"],
        language=vocabulary.language(said["language"]),
        ids=ids,
    )


def _grade(said: Said, *, remarks: Remarks) -> vocabulary.Grade | None:
    grade = vocabulary.grade(said["grade"], grader=said["grader"])
    if grade and grade.label:
        remarks.keep("Grade", text=f"{grade.grader} {grade.grade} {grade.label}")
    return grade


def _language(said: Said, *, remarks: Remarks) -> str:
    language = vocabulary.language(said["language"])
    if said["language"] and not language:
        remarks.doubt("The language is not known.", label="Language", text=said["language"])
    return language
