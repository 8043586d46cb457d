"""The Celery application: queues market, ingest, alerts and default."""

import logging.config
import os
from typing import Any, Final

from celery import Celery, Task
from celery.signals import beat_init, setup_logging, worker_init, worker_process_shutdown
from django.conf import settings
from django.db import InterfaceError, OperationalError

from config import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
GIVES_WAY: Final = 10  # of nice(2): pages come first where both want the same processor


class PatientTask(Task):  # type: ignore[type-arg]  # its parameters are each task's own
    """One that lost the database or gave way to another there comes again: every task may run twice."""

    autoretry_for = (OperationalError, InterfaceError)
    retry_backoff = 10  # seconds, then ever more
    max_retries = 5


app = Celery("tcg", task_cls=PatientTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["collections_app.imports"])


@setup_logging.connect
def _log(**_: Any) -> None:
    """As the whole site does: who connects here keeps Celery from formats of its own."""
    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def _begin(**_: Any) -> None:
    processes.begin()


@worker_process_shutdown.connect
def _end(pid: int, **_: Any) -> None:
    processes.end(pid)


@worker_init.connect
def give_way(**_: Any) -> None:
    """Before its children are forked, which inherit it."""
    os.nice(GIVES_WAY)
