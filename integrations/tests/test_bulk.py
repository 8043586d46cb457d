import gzip
import json
import lzma
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import bulk
from integrations.errors import MarketError

Pack = Callable[[bytes], bytes]
PACKED: dict[str, Pack] = {"plain": bytes, "gzip": gzip.compress, "xz": lzma.compress}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _file(folder: Path, body: bytes) -> Path:
    path = folder / "bulk.json"
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
def test_a_file_is_unfolded_whatever_it_is_called(tmp_path: Path, pack: Pack) -> None:
    path = _file(tmp_path, pack(b'{"meta": {"date": "2026-11-20"}, "data": {"a": {"x": 1.10}, "b": {}}}'))
    assert list(bulk.pairs(path, "data", limit=1000)) == [("a", {"x": Decimal("1.10")}), ("b", {})]
    assert bulk.value(path, "meta.date", limit=1000) == "2026-11-20"
    assert bulk.value(path, "meta.time", limit=1000) is None


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
def test_a_file_that_breaks_off_is_an_error_and_no_short_list(tmp_path: Path, pack: Pack) -> None:
    body = pack(json.dumps([{"id": number} for number in range(500)]).encode())
    for part in (0.1, 0.5, 0.99):
        path = _file(tmp_path, body[: int(len(body) * part)])
        with pytest.raises(MarketError) as caught:
            list(bulk.rows(path, "item", limit=1_000_000))
        assert caught.value.permanent is True


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Please sign in</html>",
        b"\x93\xfe\x00 garbage",
        b"\x1f\x8b no gzip",
        b"\xfd7zXZ\x00 no xz",
        b'[{"id": NaN}]',
        b'[{"id": 1}] and more',
        b'[{"id": "\xff"}]',
        b"[]",
        b"[1]",
        b'[{"id": 1}, [2]]',
        b'{"data": []}',
        b"7",
        b"null",
    ],
)
def test_what_holds_no_records_is_refused_for_good(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(MarketError) as caught:
        list(bulk.rows(_file(tmp_path, body), "item", limit=1000))
    assert caught.value.permanent is True


@pytest.mark.parametrize("body", [b'{"data": {}}', b'{"data": {"a": 1}}', b'{"data": []}', b"[]"])
def test_an_object_without_records_is_refused_too(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(MarketError):
        list(bulk.pairs(_file(tmp_path, body), "data", limit=1000))


def test_a_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    path = _file(tmp_path, gzip.compress(b"[" + b" " * 5_000_000 + b'{"id": 1}]'))
    assert path.stat().st_size < 10_000
    with pytest.raises(MarketError, match="unfolds to more bytes than allowed"):
        list(bulk.rows(path, "item", limit=1_000_000))
    assert len(list(bulk.rows(path, "item", limit=6_000_000))) == 1


@given(rows=st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=5), min_size=1, max_size=8))
def test_records_come_out_as_the_json_module_reads_them(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    path = _file(tmp_path_factory.mktemp("bulk"), json.dumps(rows).encode())
    assert list(bulk.rows(path, "item", limit=10_000_000)) == rows


@given(junk=st.binary(max_size=60))
def test_no_bytes_raise_anything_but_a_market_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes
) -> None:
    path = _file(tmp_path_factory.mktemp("bulk"), junk)
    try:
        rows = list(bulk.rows(path, "item", limit=1000))
    except MarketError:
        return
    assert rows == json.loads(junk)
