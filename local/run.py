"""`make run`: the whole site on this machine, until Ctrl-C."""

import http.client
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from local import Refusal
from local.assets import fetch_assets
from local.backing import backing, given
from local.instance import CHECKOUT, Instance, write_private
from local.port import near, require_free
from local.postgres import wheel_programs
from local.process import STOP_SIGNALS, apart
from local.supervisor import supervise

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - if the caller asks for it
QUEUES = "market,ingest,alerts,default"


def run(host: str, port: int) -> None:
    """Raises Refusal when it cannot start, or when a program ends by itself."""
    require_free(host, port)
    instance = Instance(f"run-{port}")
    with instance.held():
        fetch_assets()
        with backing(instance, durable=True) as urls:
            live = near(host, port)
            env = environment(instance, urls, host=host, port=port, live=live)
            env["METRICS_DIR"] = str(fresh_metrics(instance))
            remember(instance, env)
            login = prepare(env)
            greeting = Greeting(site=address(host, port), port=port, login=login)
            try:
                greeting.start()
                supervise(programs(host, port, live), env=env, folder=CHECKOUT)
            finally:
                greeting.give_login()


def name_of(host: str) -> str:
    """As a browser takes it; who listens everywhere is reached here too."""
    if host in EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def address(host: str, port: int) -> str:
    return f"http://{name_of(host)}:{port}"


def environment(
    instance: Instance, urls: dict[str, str], *, host: str, port: int, live: int = 0
) -> dict[str, str]:
    """What the site's processes see: the caller's own settings first, then ours."""
    ours = {
        "ALLOWED_HOSTS": "*" if host in EVERYWHERE else f"localhost,127.0.0.1,[::1],{name_of(host)}",
        "HTTPS_ONLY": "false",
        "SITE_URL": address(host, port),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    if live:
        ours["LIVE_URL"] = f"ws://{name_of(host)}:{live}"
    folders = {"STATIC_ROOT": "static", "MEDIA_ROOT": "media", "SPOOL_DIR": "spool", "BULK_DIR": "bulk"}
    folders["BACKUP_DIR"] = "backups"
    ours |= {variable: str(instance.folder / folder) for variable, folder in folders.items()}
    if not given("SECRET_KEY"):
        ours["SECRET_KEY"] = instance.secret_key()
    if not given("VAPID_PRIVATE_KEY"):
        ours["VAPID_PRIVATE_KEY"] = instance.vapid_key()
    # An empty variable counts as unset. PG* would bend the connection to a database of our own.
    embedded = not given("DATABASE_URL")
    if embedded:
        ours["PG_BIN"] = str(wheel_programs())
    callers = {key: value for key, value in os.environ.items() if value}
    return ours | {key: callers[key] for key in callers if not (embedded and key.startswith("PG"))} | urls


def fresh_metrics(instance: Instance) -> Path:
    """An empty folder, which gets one for each program: counters of those before would be added to ours."""
    folder = instance.folder / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def remember(instance: Instance, env: dict[str, str]) -> None:
    """For `make sync` and `make manage` in another terminal, which then work on this very instance."""
    write_private(instance.folder / "environment.json", json.dumps(env))


def remembered(instance: Instance) -> dict[str, str]:
    """The environment of the instance that runs. Raises Refusal when it is not that far yet."""
    try:
        env: dict[str, str] = json.loads((instance.folder / "environment.json").read_text())
    except FileNotFoundError:
        raise Refusal(f"{instance.name} is still starting; try again in a moment.") from None
    return env


def prepare(env: dict[str, str]) -> str:
    """Raises Refusal when a step fails. Returns what is to be said about the first staff login."""
    command = [sys.executable, "-m", "local.prepare"]
    done = apart(command, env=env, cwd=CHECKOUT, stdout=subprocess.PIPE)
    if done.returncode:
        raise Refusal("The site could not be prepared; the lines above say why.")
    return " ".join(done.stdout.split())


def programs(host: str, port: int, live: int) -> dict[str, str]:
    """Shell commands by name. Through `python -m`, as scripts in .venv/bin break when a checkout moves."""
    python = shlex.quote(sys.executable)
    as_root = shlex.quote("ignore:You're running the worker")  # on one's own machine root is a choice
    bind = shlex.quote(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    web = f"--bind {bind} --workers 2 --threads 4 --worker-class gthread --no-control-socket"
    sockets = f"--host {shlex.quote(host)} --port {live} --lifespan off --log-level warning"
    sockets += " --timeout-graceful-shutdown 10"
    worker = f"--concurrency 2 --queues {QUEUES} --loglevel INFO --without-gossip --without-mingle"
    return {
        "web": f"{python} -m gunicorn --config python:config.gunicorn config.wsgi {web} --log-level warning",
        "live": f"{python} -m uvicorn config.asgi:application {sockets}",
        "worker": f"{python} -W {as_root} -m celery -A config -q worker {worker}",
        # No pid file: the instance's lock already keeps a second beat away, and a stale file would bar ours.
        "beat": f"{python} -m celery -A config -q beat --pidfile= --loglevel WARNING",
    }


class Greeting:
    """Waits in the background until the site answers, then says where it is."""

    def __init__(self, *, site: str, port: int, login: str) -> None:
        self.site = site
        self.port = port
        self.login = login

    def start(self) -> None:
        threading.Thread(target=self._wait_and_greet, daemon=True).start()

    def give_login(self) -> None:
        """The password exists nowhere else, so it is said even if the site never answered."""
        if self.login:
            print(f"{self.login} (shown only now)", flush=True)
            self.login = ""

    def _wait_and_greet(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # they are for the main thread to hold back
        while not answers(self.site):
            time.sleep(0.2)
        login = f" — {self.login} (shown only now)" if self.login else ""
        self.login = ""
        print(f"\nThe site is ready: {self.site}/{login}", flush=True)
        self.offer()

    def offer(self) -> None:
        where = "" if self.port == 8000 else f" PORT={self.port}"
        print(f"For the real prices of today, in another terminal: make sync{where}\n", flush=True)


def answers(url: str) -> bool:
    """Does it give a page, rather than an error or nothing?"""
    try:
        with urllib.request.urlopen(url, timeout=10):  # noqa: S310 - our own address
            return True
    except (OSError, http.client.HTTPException):
        return False
