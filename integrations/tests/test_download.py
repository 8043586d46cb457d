import gzip
import hashlib
import time
import tracemalloc
from pathlib import Path

import pytest

from integrations import breaker
from integrations.errors import MarketError
from integrations.metrics import BYTES
from integrations.tests.conftest import OpenDoor, wait_until_no_call_is_left
from integrations.tests.marketplace import HUGE, Marketplace, Response

PATH = "/bulk.json"
LARGE = {"file_deadline": 5.0, "file_bytes": 50_000_000}


@pytest.fixture
def target(market: Marketplace, tmp_path: Path) -> Path:
    market.files[PATH] = b'[{"id": 1}]'
    return tmp_path / "spool" / "bulk.json"


def _alone(target: Path) -> bool:
    return [entry.name for entry in target.parent.iterdir()] == [target.name]


def test_a_file_is_stored_whole_and_nothing_else_is_left(
    market: Marketplace, open_door: OpenDoor, target: Path, slug: str
) -> None:
    answer = open_door(**LARGE).download(market.url + PATH, target)
    assert target.read_bytes() == market.files[PATH]
    assert (answer.status, answer.body, answer.not_modified) == (200, b"", False)
    assert answer.etag
    assert _alone(target)
    assert BYTES.labels(source=slug)._value.get() == len(market.files[PATH])


def test_an_unchanged_file_is_not_sent_again_and_stays(
    market: Marketplace, open_door: OpenDoor, target: Path
) -> None:
    door = open_door(**LARGE)
    etag = door.download(market.url + PATH, target).etag
    again = door.download(market.url + PATH, target, etag=etag)
    assert again.not_modified is True
    assert target.read_bytes() == market.files[PATH]


def test_a_compressed_file_is_stored_as_it_is_sent(
    market: Marketplace, open_door: OpenDoor, target: Path
) -> None:
    body = gzip.compress(b"[1]")
    market.routes[PATH] = lambda _: Response(body=body, headers={"Content-Encoding": "gzip"})
    open_door(**LARGE).download(market.url + PATH, target)
    assert target.read_bytes() == body


def test_a_large_file_never_lies_in_memory(market: Marketplace, open_door: OpenDoor, target: Path) -> None:
    market.misbehave(PATH, "huge")
    door = open_door(**LARGE)
    door.download(market.url + PATH, target)  # the marketplace builds what it sends only once
    tracemalloc.start()
    door.download(market.url + PATH, target)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert target.stat().st_size == HUGE + 2
    assert peak < HUGE / 5


def test_a_file_over_the_limit_leaves_nothing(
    market: Marketplace, open_door: OpenDoor, target: Path, slug: str
) -> None:
    market.misbehave(PATH, "huge")
    with pytest.raises(MarketError, match="the body exceeds 100000 bytes") as caught:
        open_door(file_deadline=5.0, file_bytes=100_000).download(market.url + PATH, target)
    assert caught.value.permanent is True
    assert list(target.parent.iterdir()) == []
    assert breaker.state(slug).failures == 1


@pytest.mark.parametrize("kind", ["truncate", "reset", "status", "hang", "drip"])
def test_a_download_that_breaks_off_keeps_the_file_from_before(
    market: Marketplace, open_door: OpenDoor, target: Path, kind: str
) -> None:
    target.parent.mkdir()
    target.write_text("from before")
    market.misbehave(PATH, kind)
    with pytest.raises(MarketError) as caught:
        open_door(file_deadline=0.3, file_bytes=1_000_000, attempts=1).download(market.url + PATH, target)
    assert caught.value.permanent is False
    wait_until_no_call_is_left()
    assert target.read_text() == "from before"
    assert _alone(target)


def test_the_deadline_of_a_file_is_its_own(market: Marketplace, open_door: OpenDoor, target: Path) -> None:
    market.misbehave(PATH, "drip")
    door = open_door(deadline=2.0, file_deadline=3.0, file_bytes=100_000, attempts=1)
    started = time.monotonic()
    with pytest.raises(MarketError, match="no complete answer within 3 s"):
        door.download(market.url + PATH, target)
    assert 2.9 < time.monotonic() - started < 10
    wait_until_no_call_is_left()


def test_what_fails_is_tried_again(
    market: Marketplace, open_door: OpenDoor, target: Path, slept: list[float]
) -> None:
    market.misbehave(PATH, "status", times=2)
    open_door(**LARGE).download(market.url + PATH, target)
    assert market.hits[PATH] == 3
    assert [seconds for seconds in slept if seconds] == [0.5, 1.0]


def test_a_file_that_is_not_what_it_should_be_never_gets_its_name(
    market: Marketplace, open_door: OpenDoor, target: Path, slug: str
) -> None:
    def refuse(path: Path) -> None:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        raise MarketError(f"not {found[:4]}", permanent=True)

    with pytest.raises(MarketError, match=r"GET .*/bulk.json: not [0-9a-f]{4}"):
        open_door(**LARGE).download(market.url + PATH, target, verify=refuse)
    assert list(target.parent.iterdir()) == []
    assert breaker.state(slug).failures == 1


def test_a_folder_that_cannot_be_written_is_our_fault_and_not_the_sources(
    market: Marketplace, open_door: OpenDoor, tmp_path: Path, slug: str
) -> None:
    market.files[PATH] = b"[]"
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MarketError, match="The spool folder cannot be written") as caught:
        open_door(**LARGE, attempts=1).download(market.url + PATH, tmp_path / "file" / "bulk.json")
    assert caught.value.permanent is False
    assert breaker.state(slug).failures == 0


def test_without_bounds_of_its_own_a_file_has_those_of_a_body(
    market: Marketplace, open_door: OpenDoor, target: Path
) -> None:
    with pytest.raises(MarketError, match="exceeds 5 bytes"):
        open_door(max_bytes=5).download(market.url + PATH, target)
