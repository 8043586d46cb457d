"""The Celery application: queues market, ingest, alerts and default."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_process_shutdown
from django.conf import settings

from config import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tcg")
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
