"""Real collection files, row by row, against catalogues as the marketplace lists them.

The files and the catalogues of other projects are no part of this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.tests.sizes import IS_DRILL, many
from catalog.matching import Match, Verdict, Wanted, match
from catalog.tests import magic_files, pokemon_files

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the files of ../shared/data are absent"),
    pytest.mark.django_db,
]


DEMANDED = 0.98
# A sample takes each eighth row where there are many.
STRIDE = many(1, sample=8)
# Rows that single out no card: of the computer game, of invented sets, of a set with two cards of the name.
OPEN = {"mtggoldfish-collection": 9, "moxfield-warnings-only": 3, "cardkingdom": 1}
FORMS = {"collectr": 0, "pricecharting": 646, "tcgcollector": 0, "pokemontcg": 0}
Asked = Sequence[tuple[Wanted, int | None]]


@dataclass(frozen=True)
class Tally:
    """How rows were answered. `open` are those that no printing answers; `wrong`, exact and another one."""

    rows: int
    open: int
    exact: int
    wrong: list[tuple[Wanted, Match]]

    @property
    def share(self) -> float:
        answerable = self.rows - self.open
        return self.exact / answerable if answerable else 1


def tally(asked: Asked) -> Tally:
    answers = match([wanted for wanted, _ in asked])
    exact = [
        (wanted, answer, truth)
        for (wanted, truth), answer in zip(asked, answers, strict=True)
        if answer.verdict is Verdict.EXACT
    ]
    wrong = [(wanted, answer) for wanted, answer, truth in exact if answer.printing_id != truth]
    return Tally(len(asked), sum(truth is None for _, truth in asked), len(exact) - len(wrong), wrong)


def without(gone: set[int], asked: Asked) -> Asked:
    return [(wanted, None if truth in gone else truth) for wanted, truth in asked]


def some(asked: Asked) -> Asked:
    return asked if len(asked) < 100 else asked[::STRIDE]


def test_rows_of_magic_files_are_matched_and_none_to_another_printing() -> None:
    magic = magic_files.listed()

    told = {path.stem: tally(some(magic.asked(path))) for path in magic_files.files()}
    asked = {path.stem: some(magic.asked(path, with_ids=False)) for path in magic_files.files()}
    untold = {name: tally(rows) for name, rows in asked.items()}

    if IS_DRILL:
        assert {name: one.open for name, one in told.items() if one.open} == OPEN
    assert [one.wrong for one in (*told.values(), *untold.values()) if one.wrong] == []
    assert {name: one.share for name, one in told.items() if one.share < DEMANDED} == {}
    # Deckbox numbers some old sets on its own: there only the product id tells.
    assert {name for name, one in untold.items() if one.share < DEMANDED} == {"deckbox-real-export"}

    gone = magic.market.loses(0.25, seed=1)
    holed = {name: tally(without(gone, rows)) for name, rows in asked.items()}
    assert {name: one.wrong for name, one in holed.items() if one.wrong} == {}


def test_rows_of_pokemon_apps_are_matched_and_none_to_another_printing() -> None:
    pokemon = pokemon_files.listed()
    asked = {form: some(list(getattr(pokemon, form)())) for form in FORMS}

    tallies = {form: tally(rows) for form, rows in asked.items()}

    if IS_DRILL:
        assert {form: one.open for form, one in tallies.items()} == FORMS
    assert {form: one.wrong for form, one in tallies.items() if one.wrong} == {}
    assert {form: one.share for form, one in tallies.items() if one.share < DEMANDED} == {}

    if IS_DRILL:
        gone = pokemon.market.loses(0.25, seed=1)
        holed = {form: tally(without(gone, rows[::4])) for form, rows in asked.items()}
        assert {form: one.wrong for form, one in holed.items() if one.wrong} == {}
