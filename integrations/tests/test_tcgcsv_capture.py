import shutil
from datetime import date
from pathlib import Path

import pytest

from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.tcgcsv.capture import CapturedFiles, categories_in
from integrations.tests.conftest import FIXTURES

BASE = GroupEntry(external_id="604", name="Base & Set", code="BS", released_on=date(1999, 1, 9))
TEMPEST = GroupEntry(external_id="3170", name="SWSH99: Invented Tempest", code="", released_on=None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the fixtures that a test may spoil."""
    return shutil.copytree(FIXTURES / "tcgcsv", tmp_path / "dump")


def _quote(product_id: str, finish: str, *prices: int | None) -> Quote:
    low, mid, high, market, direct_low = prices
    return Quote(
        product_id=product_id,
        finish=finish,
        currency="USD",
        market=market,
        low=low,
        mid=mid,
        high=high,
        direct_low=direct_low,
    )


def test_a_dump_is_read_to_the_last_cent(root: Path) -> None:
    capture = CapturedFiles(root, category_id="3")
    assert capture.day == date(2026, 11, 20)
    assert capture.groups() == [BASE, TEMPEST]
    assert capture.products(BASE) == [
        ProductEntry(
            external_id="101",
            name="Charizard",
            kind="single",
            number="4/102",
            rarity="Holo Rare",
            image_url="https://img.example.com/product/101_200w.jpg",
            url="https://shop.example.com/product/101/charizard",
            is_presale=False,
            details={"HP": "120", "Attack 1": "[4] Fire Spin (100) Discard 2 & burn."},
        ),
        ProductEntry(
            external_id="102",
            name="Blainealert('x') Token",
            kind="single",
            number="",
            rarity="Promo",
            image_url="",
            url="",
            is_presale=False,
            details={},
        ),
        ProductEntry(
            external_id="103",
            name="Base Set Booster Box",
            kind="sealed",
            number="",
            rarity="",
            image_url="https://img.example.com/product/103_200w.jpg",
            url="https://shop.example.com/product/103/box",
            is_presale=True,
            details={},
        ),
    ]
    assert capture.quotes(BASE) == [
        _quote("101", "Holofoil", 21000, 30026, 999999, 28050, None),
        _quote("101", "1st Edition Holofoil", 100000, 120000, 500000, 110001, 99000),
        _quote("102", "Normal", None, None, None, None, None),
        _quote("103", "Normal", -500, 10**22, 100, None, None),
    ]
    assert capture.products(TEMPEST) == []
    assert capture.quotes(TEMPEST) == []


def test_the_leading_folder_and_the_ending_are_optional(root: Path) -> None:
    expected = CapturedFiles(root, category_id="3").quotes(BASE)
    bare = (root / "tcgplayer" / "3").rename(root / "3")
    (root / "tcgplayer").rmdir()
    for path in [*bare.rglob("groups"), *bare.rglob("products"), *bare.rglob("prices")]:
        path.rename(path.with_name(f"{path.name}.json"))
    capture = CapturedFiles(root, category_id="3")
    assert len(capture.groups()) == 2
    assert len(capture.products(BASE)) == 3
    assert capture.quotes(BASE) == expected
    assert categories_in(root) == ["3"]


def test_categories_are_the_numbered_folders_in_order(root: Path) -> None:
    for name in ("68", "1", "notes", "\u0663"):
        (root / "tcgplayer" / name).mkdir()
    assert categories_in(root) == ["1", "3", "68"]


def test_a_dump_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(MarketError, match="nowhere cannot be read: No such file or directory"):
        categories_in(tmp_path / "nowhere")


def test_a_day_that_is_given_wins_and_one_must_be_known(root: Path) -> None:
    assert CapturedFiles(root, category_id="3", day=date(2026, 1, 2)).day == date(2026, 1, 2)
    (root / "last-updated.txt").unlink()
    assert CapturedFiles(root, category_id="3", day=date(2026, 1, 2)).day == date(2026, 1, 2)
    with pytest.raises(MarketError, match=r"last-updated\.txt is missing: say which day the prices are of"):
        CapturedFiles(root, category_id="3")


@pytest.mark.parametrize("line", ["yesterday", "", "2026-11-20T20:05:11", "<html>"])
def test_a_timestamp_that_names_no_moment_is_refused(root: Path, line: str) -> None:
    (root / "last-updated.txt").write_text(line)
    with pytest.raises(MarketError, match=r"last-updated\.txt (is no timestamp|has no time zone)"):
        CapturedFiles(root, category_id="3")


def test_the_day_is_that_in_utc(root: Path) -> None:
    (root / "last-updated.txt").write_text("2026-11-20T20:05:11-0500\n")
    assert CapturedFiles(root, category_id="3").day == date(2026, 11, 21)


def test_a_missing_groups_file_is_named(root: Path) -> None:
    with pytest.raises(MarketError, match=r"tcgplayer/68/groups is missing$"):
        CapturedFiles(root, category_id="68").groups()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"success": tr', "not JSON"),
        ('{"success": false, "errors": ["Oops"], "results": []}', "Oops"),
        ('{"success": true, "errors": [], "results": [{"productId": 1, "marketPrice": NaN}]}', "NaN"),
    ],
)
def test_a_broken_file_is_named_with_the_reason(root: Path, content: str, reason: str) -> None:
    (root / "tcgplayer/3/604/prices").write_text(content)
    with pytest.raises(MarketError, match=rf"tcgplayer/3/604/prices: .*{reason}") as caught:
        CapturedFiles(root, category_id="3").quotes(BASE)
    assert caught.value.permanent is True


def test_a_group_whose_files_are_missing_is_empty(root: Path) -> None:
    shutil.rmtree(root / "tcgplayer/3/3170")
    capture = CapturedFiles(root, category_id="3")
    assert (capture.products(TEMPEST), capture.quotes(TEMPEST)) == ([], [])


def test_a_file_that_cannot_be_read_is_named(root: Path) -> None:
    (root / "tcgplayer/3/604/prices").unlink()
    (root / "tcgplayer/3/604/prices").mkdir()
    with pytest.raises(MarketError, match=r"3/604/prices cannot be read: Is a directory"):
        CapturedFiles(root, category_id="3").quotes(BASE)


@pytest.mark.parametrize("category_id", ["", "..", "3/604", "pokemon", "\u0663"])
def test_only_numbers_are_categories(root: Path, category_id: str) -> None:
    with pytest.raises(MarketError, match="is not the id of a category"):
        CapturedFiles(root, category_id=category_id)
