"""A backup holds all of one moment, is noticed when it does not, and brings everything back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from config import tasks
from config.recovery import backups, checksums, restoring
from config.recovery.checksums import Sum
from config.recovery.server import RecoveryError, Server
from local.postgres import wheel_programs

pytestmark = pytest.mark.django_db(transaction=True)
HELD = Sum(3, "4,5")


@pytest.fixture(autouse=True)
def places(tmp_path: Path, settings: Settings) -> None:
    settings.PG_BIN = str(wheel_programs())
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.joinpath("private").mkdir(parents=True)
    settings.MEDIA_ROOT.joinpath("private", "photo.jpg").write_bytes(b"a photo")


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An empty database, which is ours for the time being."""
    with Server.ours().scratch() as server:
        monkeypatch.setattr(Server, "ours", lambda: server)
        yield server


def held(server: Server) -> dict[str, Sum]:
    with server.connect() as connection, connection.transaction():
        return checksums.of(connection)


def test_what_was_put_away_is_brought_back_and_never_over_something_else(
    alice: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    call_command("backup", verify=True)
    assert "restored beside the site and equal" in capsys.readouterr().out
    made = backups.newest()
    assert made
    assert made.manifest.tables["accounts_user"].rows == 1
    assert {path.stat().st_mode & 0o777 for path in made.folder.iterdir()} == {0o600}
    with pytest.raises(CommandError, match="--replace drops them"):
        call_command("restore", made.folder)
    before = held(Server.ours())
    with Server.ours().scratch() as empty:
        monkeypatch.setattr(Server, "ours", lambda: empty)
        with pytest.raises(CommandError, match="has files"):
            call_command("restore", made.folder)
        settings.MEDIA_ROOT /= "again"
        call_command("restore", made.folder)
        assert held(empty) == before
        assert settings.MEDIA_ROOT.joinpath("private", "photo.jpg").read_bytes() == b"a photo"
        with empty.connect() as connection:
            connection.execute("UPDATE accounts_user SET name = 'Mallory'")
        call_command("restore", made.folder, replace=True)
        assert held(empty) == before


def test_a_row_that_is_not_as_it_was_and_a_damaged_file_are_noticed(scratch: Server, alice: User) -> None:
    with scratch.connect() as connection:
        connection.execute("CREATE TABLE django_migrations (id int, app text, name text)")
        connection.execute(
            "CREATE TABLE kept AS SELECT n AS id, n * 0.1::float8 AS half FROM generate_series(1, 9) n"
        )
    made = backups.make()
    restoring.verify(made)
    forged = made.manifest.tables | {"kept": Sum(9, "0,0")}
    made.manifest.tables.update(forged)
    with pytest.raises(RecoveryError, match=r"kept \(rows: 9 put away, 9 brought back\)"):
        restoring.verify(made)
    made.folder.joinpath(backups.MEDIA).write_bytes(b"")
    with pytest.raises(RecoveryError, match=r"media\.tar is damaged"):
        restoring.restore(made.folder, replace=True)
    with scratch.connect() as connection:
        assert "kept" in checksums.tables(connection)


def test_sums_know_no_order_and_every_value(scratch: Server) -> None:
    with scratch.connect() as connection:
        connection.execute("CREATE TABLE one AS SELECT n, now() AS at FROM generate_series(1, 5) n")
        connection.execute("CREATE TABLE two AS SELECT * FROM one ORDER BY n DESC")
        first = checksums.of(connection)
        connection.execute("UPDATE two SET at = at + interval '1 microsecond' WHERE n = 3")
        second = checksums.of(connection)
    assert first["one"] == first["two"] == second["one"] != second["two"]


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr(backups, "_pack_media", lambda _: (_ for _ in ()).throw(OSError("the disk is full")))
    with pytest.raises(OSError, match="the disk is full"):
        backups.make()
    assert backups.newest() is None
    monkeypatch.undo()
    settings.PG_BIN = "/nowhere"
    with pytest.raises(RecoveryError, match="PG_BIN must name the folder"):
        backups.make()


def test_the_worker_makes_one_a_night_and_old_ones_go(settings: Settings) -> None:
    old = settings.BACKUP_DIR / "2020-01-01T000000Z"
    assert tasks.backup().startswith(f"{datetime.now(UTC):%Y-%m-%d}T")
    made = backups.newest()
    assert made
    made.folder.rename(old)
    tasks.backup()
    assert old.exists()  # the last of its week
    settings.BACKUP_KEEP_DAYS = settings.BACKUP_KEEP_WEEKS = 1
    backups._prune()
    assert not old.exists()


def test_the_last_of_each_day_and_week_is_kept() -> None:
    last = datetime(2026, 3, 29, 22, tzinfo=UTC)
    made = [last - timedelta(hours=12 * step) for step in range(100)]
    left = sorted(backups.kept(made), reverse=True)
    assert left == [last - timedelta(days=days) for days in (0, 1, 2, 3, 4, 5, 6, 7, 14, 21)]
