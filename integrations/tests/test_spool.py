import multiprocessing
import os
from datetime import date
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from integrations import spool
from integrations.errors import MarketError

DAY = "2026-11-20"


def test_a_folder_gets_its_name_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "source" / DAY
    with spool.building(target) as half:
        (half / "a").write_text("1")
        assert not target.exists()
    assert (target / "a").read_text() == "1"
    assert [entry.name for entry in target.parent.iterdir()] == [DAY]


def test_a_folder_that_fails_on_the_way_leaves_the_one_from_before(tmp_path: Path) -> None:
    target = tmp_path / DAY
    with spool.building(target) as half:
        (half / "a").write_text("1")
    with pytest.raises(MarketError, match="spoilt"):
        _build_in_vain(target)
    assert (target / "a").read_text() == "1"
    assert [entry.name for entry in tmp_path.iterdir()] == [DAY]


def _build_in_vain(target: Path) -> None:
    with spool.building(target) as half:
        (half / "a").write_text("2")
        raise MarketError("spoilt", permanent=True)


def test_a_full_disk_is_a_temporary_error(tmp_path: Path) -> None:
    with (
        pytest.raises(MarketError, match="cannot be written") as caught,
        spool.building(tmp_path / DAY) as half,
    ):
        (half / "no such folder" / "a").write_text("1")
    assert caught.value.permanent is False
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_process_left_half_made_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / f".{DAY}.abc").mkdir()
    (tmp_path / f".{DAY}.abc" / "a").write_text("half")
    (tmp_path / ".bulk.json.xyz").write_text("half")
    (tmp_path / DAY).mkdir()
    with spool.only_one(tmp_path):
        assert sorted(entry.name for entry in tmp_path.iterdir()) == [DAY, "lock"]


def _hold(folder: str, held: Event, release: Event) -> None:
    with spool.only_one(Path(folder)), spool.building(Path(folder) / DAY) as half:
        (half / "a").write_text("half")
        held.set()
        release.wait(30)
        os._exit(9)  # as if it were killed: nothing is tidied up


def test_another_process_waits_and_goes_on_when_the_first_dies(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(tmp_path), held, release))
    holder.start()
    try:
        assert held.wait(60)
        with (
            pytest.raises(MarketError, match="Another process works in the spool folder") as caught,
            spool.only_one(tmp_path, patience=0.3),
        ):
            pytest.fail("two at once")
        assert caught.value.permanent is False
        release.set()
        with spool.only_one(tmp_path, patience=30):
            assert [entry.name for entry in tmp_path.iterdir()] == ["lock"]
    finally:
        holder.kill()
        holder.join(30)


def test_the_newest_days_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for name in ("2026-11-19", DAY, "2026-11-18", "notes", "20261121"):
        (tmp_path / name).mkdir()
    spool.prune(tmp_path, keep=2)
    assert spool.days(tmp_path) == [date(2026, 11, 19), date(2026, 11, 20)]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["2026-11-19", DAY, "20261121", "notes"]
    assert spool.days(tmp_path / "nowhere") == []


def test_validators_belong_to_a_file_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "guide.json"
    spool.remember(path, etag='"1"', last_modified="")
    assert spool.remembered(path) == {}
    path.write_text("{}")
    assert spool.remembered(path) == {"etag": '"1"'}
    (tmp_path / "guide.json.validators").write_text("[]")
    assert spool.remembered(path) == {}
    spool.forget(path)
    assert list(tmp_path.iterdir()) == []
