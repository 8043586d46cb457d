"""The Celery application: queues market, ingest, alerts and default."""

import os
from typing import Any, Final

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tcg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["collections_app.imports"])

GIVES_WAY: Final = 10  # of nice(2): pages come first where both want the same processor


@worker_init.connect
def give_way(**_: Any) -> None:
    """Before its children are forked, which inherit it."""
    os.nice(GIVES_WAY)
