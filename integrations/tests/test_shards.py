from datetime import date
from pathlib import Path

import pytest

from integrations import shards
from integrations.errors import MarketError
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.shards import ShardedCapture, Shards

DAY = date(2026, 11, 20)
GROUP = GroupEntry(external_id="inv", name="Pokémon “151”", code="INV", released_on=date(2026, 2, 6))
OTHER = GroupEntry(external_id="oth", name="Other", code="", released_on=None)
CARD = ProductEntry(
    external_id="1",
    name="Flabébé",
    kind="single",
    number="280a",
    rarity="rare",
    image_url="",
    url="",
    is_presale=False,
    details={"Card Type": "Fairy"},
    ids=(("tcgplayer", "42350"), ("cardmarket", "1234")),
    language="en",
)
PRICE = Quote(
    product_id="1",
    finish="Normal",
    currency="EUR",
    market=54,
    low=2,
    mid=None,
    high=None,
    direct_low=None,
)


@pytest.fixture
def capture(tmp_path: Path) -> ShardedCapture:
    writer = Shards(tmp_path)
    writer.product(CARD, products="paper", group="inv")
    writer.quote(PRICE, quotes="eur", group="inv")
    writer.groups("paper", [GROUP, OTHER])
    return ShardedCapture(tmp_path, day=DAY, products="paper", quotes="eur")


def test_what_is_written_is_what_is_read(capture: ShardedCapture) -> None:
    assert capture.groups() == [GROUP, OTHER]
    assert (capture.products(GROUP), capture.quotes(GROUP)) == ([CARD], [PRICE])


def test_a_set_without_a_file_is_empty(capture: ShardedCapture) -> None:
    assert (capture.products(OTHER), capture.quotes(OTHER)) == ([], [])


def test_many_entries_are_written_a_part_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "_AT_ONCE", 7)
    writer = Shards(tmp_path)
    for number in range(100):
        writer.add(f"day/{number % 3}", number)
        assert sum(map(len, writer._waiting.values())) < 7
    writer.flush()
    rows = [row for name in range(3) for row in shards.lines(tmp_path / f"day/{name}.jsonl")]
    assert sorted(rows) == list(range(100))


@pytest.mark.parametrize("code", ["", "..", "a/b", "/etc", "a b", "\u0663", "x" * 41, "a\n"])
def test_a_code_that_is_no_name_of_a_file_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(MarketError, match="is not the code of a set") as caught:
        Shards(tmp_path).product(CARD, products="paper", group=code)
    assert caught.value.permanent is True
    with pytest.raises(MarketError):
        ShardedCapture(tmp_path, day=DAY, products="paper", quotes="eur").quotes(
            GroupEntry(external_id=code, name="", code="", released_on=None)
        )


@pytest.mark.parametrize("spoilt", ["{", "[1]", "7", "{}", '{"name": 1}', "\x00"])
def test_a_file_that_was_spoilt_is_a_temporary_error(
    capture: ShardedCapture, tmp_path: Path, spoilt: str
) -> None:
    for name in ("paper.json", "paper/inv.jsonl", "eur/inv.jsonl"):
        (tmp_path / name).write_text(f"[{spoilt}]" if name == "paper.json" else spoilt)
    for call in (capture.groups, lambda: capture.products(GROUP), lambda: capture.quotes(GROUP)):
        with pytest.raises(MarketError, match="cannot be read") as caught:
            call()
        assert caught.value.permanent is False


def test_a_folder_that_vanished_is_an_error(tmp_path: Path) -> None:
    capture = ShardedCapture(tmp_path / "nowhere", day=DAY, products="paper", quotes="eur")
    with pytest.raises(MarketError, match=r"paper.json cannot be read"):
        capture.groups()
