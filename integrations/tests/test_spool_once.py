import threading
from pathlib import Path

import pytest

from integrations import spool
from integrations.errors import MarketError

DAY = "2026-11-20"


def _refuse() -> bytes:
    raise AssertionError("asked again")


def test_what_is_written_is_there_as_a_whole_and_nothing_else_is(tmp_path: Path) -> None:
    path = tmp_path / DAY / "cards.json"
    spool.write(path, b"first", source="test")
    spool.write(path, b"second", source="test")
    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]


def test_an_answer_is_asked_for_once(tmp_path: Path) -> None:
    path = tmp_path / DAY / "cards.json"
    assert spool.once(path, lambda: b"answer", source="test") == b"answer"
    assert spool.once(path, _refuse, source="test") == b"answer"


def test_an_empty_answer_is_an_answer(tmp_path: Path) -> None:
    spool.once(tmp_path / "empty", lambda: b"", source="test")
    assert spool.once(tmp_path / "empty", _refuse, source="test") == b""


def test_an_answer_that_failed_is_asked_for_again(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise MarketError("down", permanent=False)

    path = tmp_path / DAY / "cards.json"
    with pytest.raises(MarketError, match="down"):
        spool.once(path, fail, source="test")
    assert spool.once(path, lambda: b"answer", source="test") == b"answer"


def test_of_two_that_ask_at_once_one_does(tmp_path: Path) -> None:
    path, asked, answers = tmp_path / DAY / "cards.json", [], []
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> bytes:
        asked.append(1)
        begun.set()
        assert go_on.wait(10)
        return b"answer"

    def read() -> None:
        answers.append(spool.once(path, slowly, source="test"))

    both = [threading.Thread(target=read, daemon=True) for _ in range(2)]
    for one in both:
        one.start()
    assert begun.wait(10)
    go_on.set()
    for one in both:
        one.join(10)
    assert (answers, len(asked)) == ([b"answer"] * 2, 1)


@pytest.mark.parametrize("in_the_way", ["spool", "spool/2026-11-20/cards.json/inside"])
def test_a_folder_that_cannot_be_used_is_a_temporary_error(tmp_path: Path, in_the_way: str) -> None:
    blocked = tmp_path / in_the_way
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("in the way")
    path = tmp_path / "spool" / DAY / "cards.json"
    with pytest.raises(MarketError, match="The spool folder cannot be") as caught:
        spool.once(path, lambda: b"answer", source="test")
    assert (caught.value.permanent, caught.value.source) == (False, "test")
    with pytest.raises(MarketError, match="The spool folder cannot be"):
        spool.write(path, b"answer", source="test")
