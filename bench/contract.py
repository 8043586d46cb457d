"""`make contract`: schemathesis tries the whole document on the running site, as somebody with things.

Everything of hers has a low number, and those are asked for most of the time (contract.toml).
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

CONFIG = Path(__file__).with_name("contract.toml")
RUN = "from schemathesis.cli import schemathesis; schemathesis()"  # scripts break when a checkout moves
LOG = settings.BASE_DIR / "var" / "contract.log"
DOCUMENT = "/api/v1/schema/"
EACH = 12  # of every kind of thing
WAIT = 60  # seconds for the site to answer


def main(*arguments: str) -> int:
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("starter", "load", days=40)
    headers = made()
    with served() as site:
        return tried(site, headers=headers, arguments=arguments)


def made() -> dict[str, str]:
    """Somebody with things of every kind; what a program of hers sends: a key of every scope."""
    from accounts import keys, scopes  # noqa: PLC0415 -- models load only after the apps
    from bench import desk_of_one  # noqa: PLC0415

    _, secret = keys.make(desk_of_one.set_up(each=EACH), name="Contract", scopes=scopes.SCOPES)
    return {"Authorization": f"Bearer {secret}"}


@contextmanager
def served() -> Iterator[str]:
    """The site in processes of its own, on a port that is free."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
    command += [
        "--bind",
        address,
        "--workers",
        "1",
        "--threads",
        "4",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    print(f"What the site says is in {LOG}", flush=True)
    unlimited = {f"API_CALLS_PER_MINUTE_{who}": "0" for who in ("ADDRESS", "KEY", "PERSON")}
    env = os.environ | unlimited
    with LOG.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, env=env) as server:  # noqa: S603
        try:
            wait_for(f"http://{address}{DOCUMENT}")
            yield f"http://{address}"
        finally:
            server.terminate()


def wait_for(url: str) -> None:
    """The first answer takes as long as the site needs to start and to build the document."""
    until = time.monotonic() + WAIT
    while True:
        try:
            with urllib.request.urlopen(url, timeout=WAIT):  # noqa: S310 -- our own address
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def tried(site: str, *, headers: dict[str, str], arguments: tuple[str, ...]) -> int:
    command = [sys.executable, "-c", RUN, "--config-file", str(CONFIG), "run"]
    command += [f"{site}{DOCUMENT}", "--url", site, *arguments]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    return subprocess.run(command, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
