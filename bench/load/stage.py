"""The whole site on services of its own: web, live, worker and beat as production runs them."""

import contextlib
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import socket

import django
import redis
from celery import current_app
from django.core.management import call_command

from bench.load.keeping import Program, Service
from integrations.tests.marketplace import Marketplace
from local.instance import CHECKOUT, Instance, throwaway
from local.postgres import postgres
from local.prepare import collect_static
from local.run import environment, fresh_metrics, programs
from local.valkey import valkey

HOST = "127.0.0.1"
START = 120  # seconds within which the site has to answer
LEASE = 20  # seconds after which a killed worker's task is another's; production waits longer
LOGS = CHECKOUT / "var" / "load"
STATIC = CHECKOUT / "var" / "load-static"  # kept for the next run: compressing takes a minute


@dataclass
class Stage:
    """`outside` is the rest of the world: where prices come from and webhooks go to."""

    instance: Instance
    postgres: Service
    valkey: Service
    outside: Marketplace
    env: dict[str, str]
    address: str
    ports: tuple[int, int]
    programs: dict[str, Program]

    def open(self) -> None:
        """Raises TimeoutError when it does not answer."""
        for name, command in programs(HOST, *self.ports).items():
            self.programs[name] = Program(name, command=command, env=self.env, log=LOGS / f"{name}.log")
        self.wait_for(self.answers, seconds=START)

    def answers(self) -> bool:
        """Does a page that asks the database come?"""
        try:
            with urllib.request.urlopen(f"{self.address}/collections/public/?{time.time()}", timeout=5):  # noqa: S310 -- our own address
                return True
        except (OSError, urllib.error.HTTPError):
            return False

    def remembers(self) -> bool:
        """Does Valkey answer?"""
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.valkey.url) as client:
            return bool(client.ping())
        return False

    def works(self) -> bool:
        """Does a Celery worker answer?"""
        return bool(current_app.control.ping(timeout=1))

    def wait(self, seconds: float) -> None:
        self.wait_for(lambda: False, seconds=seconds, is_must=False)

    def wait_for(self, condition: Callable[[], bool], *, seconds: float, is_must: bool = True) -> None:
        """Tends the programs meanwhile. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for program in self.programs.values():
                program.tend()
            if condition():
                return
            time.sleep(0.1)
        if is_must:
            raise TimeoutError(f"It took more than {seconds:.0f} seconds; see {LOGS}.")

    def kill_postgres(self) -> None:
        """An immediate stop: no client is heard, nothing is written down; it recovers from its log."""
        pid = (self.instance.database / "postmaster.pid").read_text().split("\n")[0]
        os.kill(int(pid), signal.SIGQUIT)
        self.postgres.stop()

    def kill_valkey(self) -> None:
        with redis.Redis.from_url(self.valkey.url) as client:
            os.kill(client.info("server")["process_id"], signal.SIGKILL)
        self.valkey.stop()

    def close(self) -> None:
        for program in self.programs.values():
            program.stop()


@contextmanager
def staged() -> Iterator[Stage]:
    """Services with a migrated database; Django is set up for it. The programs are not started yet."""
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    with throwaway("bench") as instance, Marketplace() as outside, contextlib.ExitStack() as stack:
        parts = [Service(partial(kind, instance, durable=True)) for kind in (postgres, valkey)]
        for part in parts:
            part.start()
            stack.callback(part.stop)
        web, live = free_ports(2)
        env = environment_of(instance, parts=parts, port=web, live=live) | {"TCGCSV_URL": outside.url}
        env["PROMETHEUS_MULTIPROC_DIR"] = str(fresh_metrics(instance))
        prepare(env)
        stage = Stage(
            instance=instance,
            postgres=parts[0],
            valkey=parts[1],
            outside=outside,
            env=env,
            address=f"http://{HOST}:{web}",
            ports=(web, live),
            programs={},
        )
        stack.callback(stage.close)
        yield stage


def environment_of(instance: Instance, *, parts: list[Service], port: int, live: int) -> dict[str, str]:
    urls = {"DATABASE_URL": parts[0].url, "REDIS_URL": parts[1].url}
    env = environment(instance, urls, host=HOST, port=port, live=live)
    env |= {f"API_CALLS_PER_MINUTE_{who}": "0" for who in ("ADDRESS", "KEY", "PERSON")}
    env["COSTLY_PAGES_PER_MINUTE"] = "0"  # all visitors have one address
    return env | {
        "ALLOWED_NETWORKS": f"{HOST}/32",
        "LOG_LEVEL": "WARNING",
        "TASK_LEASE": str(LEASE),
        "STATIC_ROOT": str(STATIC),
    }


def prepare(env: dict[str, str]) -> None:
    """Django of this process, the tables, the static files and the schedule."""
    os.environ.update(env)
    django.setup()
    call_command("migrate", verbosity=0)
    collect_static()
    with Path(os.devnull).open("w") as nowhere:
        call_command("schedule", stdout=nowhere)


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(closing(socket())) for _ in range(count)]
        for one in held:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in held]
