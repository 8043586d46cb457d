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
        ({"REDIS_URL": "amqp://x"}, "REDIS_URL must be a URL that starts with redis"),
        ({"API_CALLS_PER_MINUTE_KEY": "-1"}, "API_CALLS_PER_MINUTE_KEY must be a whole number"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN must have at least 32 characters"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of"),
        ({"VAPID_PRIVATE_KEY": "short"}, "VAPID_PRIVATE_KEY must be a key as `manage.py vapid` prints it"),
        ({"ALLOWED_NETWORKS": "10.0.0.1/8"}, "ALLOWED_NETWORKS must be networks such as 192.168.1.0/24"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(wrong: dict[str, str], complaint: str) -> None:
    sound = {
        "SECRET_KEY": "k" * 50,
        "DATABASE_URL": "postgresql:///x",
        "REDIS_URL": "redis://x/0",
        "DEBUG": "false",
    }
    tried = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env={"PATH": os.environ["PATH"]} | sound | wrong,
        capture_output=True,
        text=True,
        check=False,
        cwd=settings.BASE_DIR,
    )
    assert tried.returncode == 1
    assert complaint in tried.stderr
