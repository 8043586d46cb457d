"""Workers give way to pages, and their tasks outlive a restart of the database."""

import subprocess
import sys
from typing import Any

from django.db import InterfaceError, OperationalError

from config.celery import app

PROGRAM = """
import os
from celery.signals import worker_init
from config.celery import GIVES_WAY, app
before = os.nice(0)
worker_init.send(sender=app)
print(os.nice(0) - before == GIVES_WAY)
"""


def test_a_worker_has_a_lower_priority_than_the_site() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603 -- our own program
    assert done.stdout.strip() == "True"


def test_every_task_comes_again_after_it_lost_the_database() -> None:
    app.loader.import_default_modules()
    ours: dict[str, Any] = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert "pricing.sync" in ours
    patient = {
        name for name, task in ours.items() if {OperationalError, InterfaceError} <= {*task.autoretry_for}
    }
    assert patient == set(ours)
    assert all(task.max_retries for task in ours.values())
