"""Every app is recognised by its header, and whatever its rows hold is an entry or a reason."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.imports.entries import RowError
from collections_app.imports.formats import FORMATS, recognise
from collections_app.imports.sheets import column
from collections_app.tests.imports.apps import APP, HEADERS, MANABOX, MOXFIELD, entry, reason


@pytest.mark.parametrize(("header", "slug"), HEADERS)
def test_every_known_header_is_recognised(header: str, slug: str) -> None:
    names = next(csv.reader([header], delimiter=";" if ";" in header else ","))

    for spelling in (names, [name.upper() for name in names], [f" {name}" for name in reversed(names)]):
        known = recognise(spelling)
        assert known
        assert known.slug == slug


def test_every_app_has_a_header_here() -> None:
    assert {slug for _, slug in HEADERS} == FORMATS.keys() - {"own"}


def test_no_header_is_claimed_by_two_apps_alike() -> None:
    signatures = [known.signature for known in FORMATS.values()]

    assert all(signatures)
    assert all(name == column(name) for signature in signatures for name in signature)
    for header, slug in HEADERS:
        names = {column(name) for name in header.replace('"', "").replace(";", ",").split(",")}
        fitting = [known for known in FORMATS.values() if known.signature <= names]
        closest = max(len(known.signature) for known in fitting)
        assert [known.slug for known in fitting if len(known.signature) == closest] == [slug]


@pytest.mark.parametrize("header", ["foo,bar", "Name,Price", "Name,Set,Quantity", "Count,Name,Edition,Foil"])
def test_an_unknown_header_is_nobodys(header: str) -> None:
    assert recognise(header.split(",")) is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "-1,Mew,Mew,Promo,8,PR,Normal,Near Mint,English,R,1,1",
            "Quantity “-1” is not a whole number above 0.",
        ),
        (
            "0.5,Mew,Mew,Promo,8,PR,Normal,Near Mint,English,R,1,1",
            "Quantity “0.5” is not a whole number above 0.",
        ),
        (
            "999999999,Mew,Mew,Promo,8,PR,Normal,Near Mint,English,R,1,1",
            "Quantity 999,999,999 is more than 100,000.",
        ),
        ("1,,Mew,Promo,,PR,Normal,Near Mint,English,R,,", "The row names no card."),
        (f"1,{'x' * 301},Mew,Promo,8,PR,Normal,NM,English,R,1,1", "The name is longer than 300 characters."),
        (
            f"1,Mew,Mew,Promo,8,{'x' * 301},Normal,NM,English,R,1,1",
            "The set code is longer than 300 characters.",
        ),
    ],
)
def test_a_row_that_can_be_no_lot_says_why(row: str, said: str) -> None:
    assert reason(APP, row) == said


def test_an_unknown_language_is_kept_in_the_notes() -> None:
    read = entry(APP, "1,Mew,Mew,Promo,8,PR,Normal,Near Mint,Klingon,R,1,1")

    assert (read.language, read.wanted.language, read.notes) == ("", "", "Language: Klingon")
    assert read.warnings == ("The language is not known.",)


def test_an_unclear_cost_is_kept_in_the_notes_and_never_0() -> None:
    read = entry(MOXFIELD, "1,0,Sol Ring,c19,NM,English,,,,233,False,False,a favour")

    assert (read.unit_cost, read.notes) == (None, "Cost: a favour")
    assert read.warnings == ("“a favour” is not a clear price: cost left empty.",)


def test_a_cost_in_an_unknown_currency_is_no_cost() -> None:
    row = "Clue,TMH2,Tokens,14,normal,common,1,,cfcf,{},,,near_mint,en,doubloons"

    read = entry(MANABOX, row.format("3.20"))
    assert (read.unit_cost, read.currency, read.notes) == (None, "", "Cost: 3.20")
    assert read.warnings == ("“doubloons” is not the code of a currency: cost left empty.",)
    assert entry(MANABOX, row.format("")).warnings == ()


def test_ids_that_are_none_are_left_out() -> None:
    row = "1,Mew,Mew,Promo,8,PR,Normal,Near Mint,English,R,{},1"

    assert entry(APP, row.format("0")).wanted.ids == ()
    assert entry(APP, row.format("9" * 81)).wanted.ids == ()


@given(st.data())
def test_whatever_a_row_holds_is_an_entry_or_a_reason(data: st.DataObject) -> None:
    header, slug = data.draw(st.sampled_from(HEADERS))
    names = next(csv.reader([header], delimiter=";" if ";" in header else ","))
    words = [
        "",
        "1",
        "PSA 10",
        "Near Mint",
        "true",
        "2026-05-02",
        "$1.50",
        "English",
        "Mew [Holo] #8",
        "a - b",
    ]
    cell = st.sampled_from(words) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    said = {name: data.draw(cell) for name in names}

    try:
        read = FORMATS[slug].read(said)
    except RowError as error:
        assert 0 < len(str(error)) < 300  # noqa: PT017 -- any row may be refused, never without a reason
    else:
        assert 0 < read.quantity <= 100_000
        assert read.condition in {"", "NM", "LP", "MP", "HP", "DMG"}
        assert bool(read.grader) == bool(read.grade) == (read.condition == "")
        assert bool(read.currency) <= (read.unit_cost is not None)
        assert read.wanted.name or read.wanted.ids or read.wanted.number
