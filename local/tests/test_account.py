import os
import stat
from pathlib import Path

import pytest

from local import Refusal
from local.account import Account, database_account, make_private

OURSELVES = Account(os.geteuid(), os.getegid())


def test_a_private_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = make_private(tmp_path / "new", owner=OURSELVES)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_ours_that_stood_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    make_private(folder, owner=OURSELVES)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_symbolic_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trap").symlink_to(tmp_path)
    with pytest.raises(Refusal, match="belongs to someone else"):
        make_private(tmp_path / "trap", owner=OURSELVES)


def test_a_folder_of_someone_else_is_refused(tmp_path: Path, only_root: None) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(Refusal, match="belongs to someone else"):
        make_private(folder, owner=OURSELVES)


def test_root_leaves_the_database_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    account = database_account()
    assert account.uid != 0
    assert account.popen_options == {"user": account.uid, "group": account.gid, "extra_groups": []}


def test_an_ordinary_user_runs_the_database_as_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    assert database_account().uid == 1234
    assert database_account().popen_options == {}
