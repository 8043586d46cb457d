"""Reads real exports that lie beside the checkout on some machines and are not ours to ship."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from collections_app.imports.entries import Entry, RowError
from collections_app.imports.formats import recognise
from collections_app.imports.sheets import BadRow, Row, Sheet, open_sheet

EXPORTS = Path(settings.BASE_DIR).parent / "shared" / "data" / "collection_exports"
pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="no ../shared with other apps' exports here")

FILES = [
    # file, app, entries, copies, refused rows
    ("Collection/dragonshield-sample-official.csv", "dragon-shield", 32, 32, 0),
    ("Collection/manabox-collection.csv", "manabox", 3743, 4753, 0),
    ("Collection/mtggoldfish-collection.csv", "mtggoldfish", 535, 1010, 0),
    ("Collection/mtgo-collection.csv", "mtgo", 7, 13, 0),
    ("Collection/tcgplayer-collection.csv", "tcgplayer-app", 1010, 1262, 0),
    ("Reference/archidekt.csv", "archidekt", 29, 30, 0),
    ("Reference/cardkingdom.csv", "card-kingdom", 29, 30, 0),
    ("Reference/deckbox.csv", "deckbox", 29, 30, 0),
    ("Reference/dragonshield.csv", "dragon-shield", 29, 30, 0),
    ("Reference/manabox.csv", "manabox", 29, 30, 0),
    ("Reference/moxfield.csv", "moxfield", 29, 30, 0),
    ("Reference/mtggoldfish.csv", "mtggoldfish", 29, 30, 0),
    ("Reference/mtgo.csv", "mtgo", 29, 30, 0),
    ("Reference/tcgplayer.csv", "tcgplayer-app", 29, 30, 0),
    ("Reference/topdecked.csv", "topdecked", 29, 30, 0),
    ("Tests/archidekt-real-export.csv", "archidekt", 43, 43, 0),
    ("Tests/deckbox-real-export.csv", "deckbox", 41, 42, 0),
    ("Tests/manabox-field-fidelity.csv", "manabox", 9, 10, 0),
    ("Tests/moxfield-blank-and-delimiter-rows.csv", "moxfield", 2, 3, 0),
    ("Tests/moxfield-real-export.csv", "moxfield", 43, 43, 0),
    ("Tests/moxfield-warnings-only.csv", "moxfield", 3, 6, 0),
    ("Tests/moxfield-wrong-format-headers.csv", "dragon-shield", 2, 3, 0),
    ("collectr_sample.csv", "collectr", 6, 8, 0),
    ("tcgplayer_seller_pricing_export.csv", "tcgplayer-seller", 170, 657, 262),
]


def read(sheet: Sheet) -> Iterator[Entry | str]:
    known = recognise(sheet.header)
    assert known
    for row in sheet.rows():
        assert isinstance(row, Row)
        try:
            yield known.read(row.cells)
        except RowError as error:
            yield str(error)


def entries(path: str) -> list[Entry]:
    with (EXPORTS / path).open("rb") as file:
        return [one for one in read(open_sheet(file)) if isinstance(one, Entry)]


def test_every_file_there_is_read_here() -> None:
    found = {str(path.relative_to(EXPORTS)) for path in EXPORTS.rglob("*.csv")}

    assert found == {path for path, *_ in FILES}


@pytest.mark.parametrize(("path", "slug", "count", "copies", "refused"), FILES)
def test_no_row_is_lost(path: str, slug: str, count: int, copies: int, refused: int) -> None:
    with (EXPORTS / path).open("rb") as file:
        sheet = open_sheet(file)
        known = recognise(sheet.header)
        rows = list(sheet.rows())
        said = list(read(sheet))

    found = [one for one in said if isinstance(one, Entry)]
    assert known
    assert known.slug == slug
    assert not [row for row in rows if isinstance(row, BadRow)]
    assert len(rows) == len(said) == count + refused
    assert (len(found), sum(entry.quantity for entry in found)) == (count, copies)


@pytest.mark.parametrize(("path", "slug", "count", "copies", "refused"), FILES)
def test_every_line_of_text_is_a_row(path: str, slug: str, count: int, copies: int, refused: int) -> None:
    """None of these files has a line break within a cell; blank lines and lines of commas are no rows."""
    lines = (EXPORTS / path).read_text(encoding="utf-8-sig").splitlines()
    filled = [number for number, line in enumerate(lines, start=1) if line.strip(",")][1:]

    with (EXPORTS / path).open("rb") as file:
        assert [row.line for row in open_sheet(file).rows()] == filled
    assert len(filled) == count + refused


def test_the_refused_rows_are_a_seller_s_unowned_cards() -> None:
    with (EXPORTS / "tcgplayer_seller_pricing_export.csv").open("rb") as file:
        refused = Counter(one for one in read(open_sheet(file)) if isinstance(one, str))

    assert refused == {"Quantity is 0: nothing owned.": 262}


@pytest.mark.parametrize(
    "path", ["archidekt", "deckbox", "dragonshield", "manabox", "moxfield", "tcgplayer", "topdecked"]
)
def test_the_same_cards_are_the_same_in_every_app(path: str) -> None:
    """Reference/ holds one collection in the words of each app; those of ManaBox are the most exact."""

    def facts(name: str) -> Counter[tuple[object, ...]]:
        return Counter(
            (one.wanted.number, one.quantity, one.condition, one.language)
            for one in entries(f"Reference/{name}.csv")
        )

    expected = facts("manabox")
    assert facts(path) == expected
    assert {condition for _, _, condition, _ in expected} == {"NM", "LP", "MP", "HP", "DMG"}
    assert len({language for *_, language in expected}) == 11


@pytest.mark.parametrize("path", ["archidekt", "manabox", "moxfield", "mtggoldfish", "topdecked"])
def test_the_finishes_are_the_same_in_every_app_that_knows_etched(path: str) -> None:
    found = Counter(one.wanted.finish for one in entries(f"Reference/{path}.csv"))

    assert found == {"Normal": 25, "Foil": 3, "Etched": 1}


@pytest.mark.parametrize("path", ["cardkingdom", "deckbox", "dragonshield", "mtgo", "tcgplayer"])
def test_the_finishes_are_the_same_in_every_app_that_calls_etched_foil(path: str) -> None:
    assert Counter(one.wanted.finish for one in entries(f"Reference/{path}.csv")) == {"Normal": 25, "Foil": 4}


@pytest.mark.parametrize("path", ["archidekt", "deckbox", "dragonshield", "manabox", "moxfield", "topdecked"])
def test_the_costs_are_the_same_in_every_app(path: str) -> None:
    costs = Counter(one.unit_cost for one in entries(f"Reference/{path}.csv"))

    assert costs == {None: 26, 20: 1, 15: 1, 11: 1}


def test_what_the_warnings_say() -> None:
    said = Counter(
        warning for one in entries("Collection/manabox-collection.csv") for warning in one.warnings
    )

    assert said == {
        "“my list” is a list in ManaBox, not a binder: read as a wish.": 2,
        "“mint” read as Near Mint.": 1,
        "“excellent” read as Lightly Played.": 2,
        "“good” read as Lightly Played.": 3,
        "“light_played” read as Moderately Played.": 3,
        "“played” read as Heavily Played.": 1,
        "“poor” read as Damaged.": 1,
    }


def test_collectr_s_sealed_products_and_costs() -> None:
    found = entries("collectr_sample.csv")

    assert [one.wanted.kind for one in found] == ["single"] * 4 + ["sealed"] * 2
    assert [one.unit_cost for one in found] == [None] * 4 + [7500, 20_000]
    assert {one.notes for one in found} == {""}
