"""Processes to be killed: each judges prices and empties the outbox as the worker does."""

import multiprocessing
import time
from datetime import timedelta
from ipaddress import ip_network
from multiprocessing.context import ForkServerProcess

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import reverse

# Forked from a process that has loaded Django and every address, a worker starts in milliseconds.
if not apps.ready:
    django.setup()

from alerts import delivering, evaluation

reverse("alerts:index")


def start(*, lease: timedelta) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    worker = context.Process(target=_work, args=(str(connection.settings_dict["NAME"]), lease))
    worker.start()
    return worker


def _work(database: str, lease: timedelta) -> None:
    connection.settings_dict["NAME"] = database
    settings.ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    delivering.LEASE = lease  # type: ignore[misc]  # one that a test can wait for
    while True:
        evaluation.catch_up()
        if not delivering.drain():
            time.sleep(0.02)
