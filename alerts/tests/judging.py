"""Processes to be killed while they judge prices: each runs the real evaluation on the tests' database."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from itertools import count
from multiprocessing.context import ForkServerProcess
from typing import Any

import django
from django.apps import apps
from django.db import connection

if not apps.ready:
    django.setup()

from alerts import evaluation  # its models load only after the apps


def start(*, dies_at: int) -> ForkServerProcess:
    """`dies_at` is the SQL statement, counted from 1, before which the process kills itself; 0 is never."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    worker = context.Process(target=_judge, args=(str(connection.settings_dict["NAME"]), dies_at))
    worker.start()
    return worker


def _judge(database: str, dies_at: int) -> None:
    connection.settings_dict["NAME"] = database
    statements = count(1)

    def die(execute: Callable[..., Any], *statement: Any) -> Any:
        if next(statements) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)

    with connection.execute_wrapper(die):
        evaluation.catch_up()
