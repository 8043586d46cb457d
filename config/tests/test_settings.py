import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from config.settings import env

EXAMPLE = (settings.BASE_DIR / ".env.example").read_text()
NAMES = re.findall(r"^#?([A-Z][A-Z_]*)=", EXAMPLE, flags=re.MULTILINE)


def test_the_example_names_exactly_the_variables_that_are_read() -> None:
    assert sorted(NAMES) == sorted(env.names)


def test_the_example_is_in_alphabetical_order() -> None:
    assert sorted(NAMES) == NAMES


def test_every_variable_of_the_example_is_explained() -> None:
    lines = EXAMPLE.splitlines()
    firsts = [i for i, line in enumerate(lines) if re.match(r"#?[A-Z][A-Z_]*=", line)]
    assert [lines[i] for i in firsts if not lines[i - 1].startswith("# ")] == []


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must have at least 50 characters"),
        ({"DEBUG": "maybe"}, "DEBUG must be true or false"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must be a URL that starts with postgres"),
        (
            {"DATABASE_REPLICA_URL": "mysql://x"},
            "DATABASE_REPLICA_URL must be a URL that starts with postgres",
        ),
        ({"REDIS_URL": "amqp://x"}, "REDIS_URL must be a URL that starts with redis"),
        ({"API_CALLS_PER_MINUTE_KEY": "-1"}, "API_CALLS_PER_MINUTE_KEY must be a whole number"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of"),
        ({"VAPID_PRIVATE_KEY": "short"}, "VAPID_PRIVATE_KEY must be a key as `manage.py vapid` prints it"),
        ({"ALLOWED_NETWORKS": "10.0.0.1/8"}, "ALLOWED_NETWORKS must be networks such as 192.168.1.0/24"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(wrong: dict[str, str], complaint: str) -> None:
    tried = started(wrong, "import config.settings")
    assert tried.returncode == 1
    assert complaint in tried.stderr


def started(said: dict[str, str], program: str) -> subprocess.CompletedProcess[str]:
    sound = {
        "SECRET_KEY": "k" * 50,
        "DATABASE_URL": "postgresql:///x",
        "REDIS_URL": "redis://x/0",
        "DEBUG": "false",
    }
    return subprocess.run(  # noqa: S603 -- our own settings, by our own Python
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"]} | sound | said,
        capture_output=True,
        text=True,
        check=False,
        cwd=settings.BASE_DIR,
    )


@pytest.mark.parametrize(
    ("url", "routed"), [("", "['default'] False"), ("postgresql://b/x", "['default', 'replica'] True")]
)
def test_reads_are_routed_only_where_there_is_a_replica(url: str, routed: str) -> None:
    program = (
        "from config.settings import *; print(list(DATABASES),"
        " bool(DATABASE_ROUTERS) and any('Replica' in name for name in MIDDLEWARE))"
    )
    assert started({"DATABASE_REPLICA_URL": url}, program).stdout.strip() == routed
