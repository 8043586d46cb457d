"""Processes to be killed: each runs the real `manage.py sync` on the tests' database."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from itertools import count
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

# Forked from a process that has loaded Django, a worker starts in milliseconds, as Celery's do.
if not apps.ready:
    django.setup()


def start(folder: Path, *, game: str, dies_at: int = 0) -> ForkServerProcess:
    """`dies_at` is the SQL statement, counted from 1, before which the process kills itself; 0 is never."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    database = str(connection.settings_dict["NAME"])
    worker = context.Process(target=_work, args=(database, folder, game, dies_at))
    worker.start()
    return worker


def _work(database: str, folder: Path, game: str, dies_at: int) -> None:
    connection.settings_dict["NAME"] = database
    statements = count(1)

    def die(execute: Callable[..., Any], *statement: Any) -> Any:
        if next(statements) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)

    with connection.execute_wrapper(die):
        call_command("sync", path=folder, game=[game], verbosity=0)


def finish(folder: Path, *, game: str) -> None:
    """The next run. It waits while PostgreSQL has not noticed yet that the killed process is gone."""
    for _ in range(100):
        try:
            call_command("sync", path=folder, game=[game], verbosity=0)
        except CommandError as error:
            if "is being synced" not in str(error):
                raise
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{game} is still locked")
