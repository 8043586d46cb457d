"""Workers give way to pages."""

import subprocess
import sys

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
