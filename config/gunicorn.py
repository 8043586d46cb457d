"""How gunicorn runs the site, besides its command line: its lines in our log, its dead counted out."""

from typing import Any

from config import logs, processes
from config.env import Env

_logging = logs.read(Env())
# gunicorn adds ours to what it has itself, whose handlers would write each line in another form.
logconfig_dict = {**_logging, "loggers": {**_logging["loggers"], "gunicorn.access": {"level": "CRITICAL"}}}

# Bytes of the first line of a request: 500 ids of ten digits fit into an address (docs/prices-api.md).
limit_request_line = 8190


def on_starting(server: Any) -> None:  # noqa: ARG001 -- gunicorn hands it over
    processes.begin()


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 -- gunicorn hands both over
    processes.end(worker.pid)
