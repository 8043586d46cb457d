"""A secret is found wherever it was once written, and nothing looked at is never a success."""

import subprocess
from pathlib import Path

import pytest

from local import leaks

# Put together here, so that this file holds none.
SECRET = "AKIA" + "Z7QK3M5XW2VB6N4T"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """In its first commit a file had the secret; the second took it away."""
    file = tmp_path / "settings.py"
    _git(tmp_path, "init", "-q", "-b", "main")
    file.write_text(f'AWS = "{SECRET}"  # pragma: allowlist secret\n')
    _commit(tmp_path, "first")
    file.write_text("AWS = None\n")
    _commit(tmp_path, "second")
    return tmp_path


def _git(folder: Path, *command: str) -> None:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", folder, *who, *command], check=True, capture_output=True)


def _commit(folder: Path, message: str) -> None:
    _git(folder, "add", ".")
    _git(folder, "commit", "-qm", message)


def test_a_secret_that_was_taken_away_is_found_in_the_history(repository: Path) -> None:
    (leak,) = leaks.found(leaks.history(repository))
    assert (leak.kind, leak.path) == ("AWS Access Key", "settings.py")
    assert SECRET not in str(leak)
    assert list(leaks.found(leaks.tree(repository))) == []


def test_a_secret_that_is_not_committed_yet_is_found_in_the_checkout(repository: Path) -> None:
    (repository / "new.txt").write_text(f"key: {SECRET}\n")
    assert [leak.path for leak in leaks.found(leaks.tree(repository))] == ["new.txt"]


def test_one_on_another_branch_is_found(repository: Path) -> None:
    _git(repository, "checkout", "-qb", "aside")
    (repository / "aside.txt").write_text(f"{SECRET[::-1]} {SECRET}\n")
    _commit(repository, "aside")
    _git(repository, "checkout", "-q", "main")
    assert {leak.path for leak in leaks.found(leaks.history(repository))} == {"settings.py", "aside.txt"}


def test_what_is_allowed_needs_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "allowed"
    file.write_text("# a comment\n\nabc a reason\n")
    assert leaks.allowed(file) == {"abc"}
    file.write_text("abc\n")
    with pytest.raises(leaks.NotCheckedError, match="without a reason"):
        leaks.allowed(file)


def test_nothing_to_look_at_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(leaks, "CHECKOUT", tmp_path)
    assert leaks.main("history") == leaks.NOT_CHECKED
    _git(tmp_path, "init", "-q")
    assert leaks.main("tree") == leaks.NOT_CHECKED
    assert "SECRETS WERE NOT LOOKED FOR" in capsys.readouterr().err


def test_half_a_history_is_no_history(repository: Path, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    _git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", str(shallow))
    with pytest.raises(leaks.NotCheckedError, match="shallow"):
        leaks.history(shallow)
