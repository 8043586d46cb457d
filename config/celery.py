"""The Celery application: queues market, ingest, alerts and default."""

import os
from typing import Any, Final

from celery import Celery, Task
from celery.signals import worker_init
from django.db import InterfaceError, OperationalError

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


@worker_init.connect
def give_way(**_: Any) -> None:
    """Before its children are forked, which inherit it."""
    os.nice(GIVES_WAY)
