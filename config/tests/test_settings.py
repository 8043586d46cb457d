import os
import re
import runpy
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

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


SOUND = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl",
    "DATABASE_URL": "postgresql:///x",
    "REDIS_URL": "unix:///x",
    "DEBUG": "false",
}
STRONG = "0123456789abcdef"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], dict[str, Any]]:
    """The settings as a process with this environment reads them."""

    def start(environment: dict[str, str]) -> dict[str, Any]:
        for name in os.environ.keys() & {*NAMES, *(f"{name}_FILE" for name in NAMES)}:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(settings.BASE_DIR / "config" / "settings.py"))

    return start


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must have at least 50 characters"),
        ({"SECRET_KEY": "k" * 50}, "SECRET_KEY must have at least 8 different characters"),
        ({"SECRET_KEY": "change-me-key"}, "SECRET_KEY is not a secret: it contains 'change-me'"),
        ({"SECRET_KEY": "only-for-debug-" + "x" * 50}, "SECRET_KEY is not a secret"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS must have at least 50 characters"),
        ({"DEBUG": "maybe"}, "DEBUG must be true or false"),
        ({"DEBUG": "true", "ALLOWED_HOSTS": "cards.example.org"}, "DEBUG must be false where ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the site's hosts"),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must be a URL that starts with postgres"),
        ({"DATABASE_URL": "postgresql://tcg@db/tcg"}, "DATABASE_URL must carry a password"),
        ({"DATABASE_URL": "postgresql:///tcg?host=db"}, "DATABASE_URL must carry a password"),
        (
            {"DATABASE_URL": "postgresql://tcg:tcg@db/tcg"},
            "The password in DATABASE_URL must have at least 16",
        ),
        ({"DATABASE_URL": "postgresql://tcg:change-me-database@db/tcg"}, "DATABASE_URL is not a secret"),
        (
            {"DATABASE_REPLICA_URL": "mysql://x"},
            "DATABASE_REPLICA_URL must be a URL that starts with postgres",
        ),
        ({"REDIS_URL": "amqp://x"}, "REDIS_URL must be a URL that starts with redis"),
        ({"REDIS_URL": "redis://redis:6379/0"}, "REDIS_URL must carry a password"),
        ({"REDIS_URL": "redis://:aaaaaaaaaaaaaaaaaaaa@redis/0"}, "REDIS_URL must have at least 8 different"),
        ({"API_CALLS_PER_MINUTE_KEY": "-1"}, "API_CALLS_PER_MINUTE_KEY must be a whole number"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN must have at least 32 characters"),
        (
            {"RETENTION_DAYS_HISTORY": "30"},
            "RETENTION_DAYS_HISTORY must be 0, for ever, or at least 400 days",
        ),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be one of"),
        ({"VAPID_PRIVATE_KEY": "short"}, "VAPID_PRIVATE_KEY must be a key as `manage.py vapid` prints it"),
        ({"ALLOWED_NETWORKS": "10.0.0.1/8"}, "ALLOWED_NETWORKS must be networks such as 192.168.1.0/24"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(
    read: Callable[..., Any], wrong: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(complaint)):
        read(SOUND | wrong)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_what_is_missing_stops_the_start_and_is_named(read: Callable[..., Any], missing: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=missing):
        read({name: value for name, value in SOUND.items() if name != missing})


@pytest.mark.parametrize(
    "sound",
    [
        {},
        {"DEBUG": "true", "ALLOWED_HOSTS": "localhost"},
        {"HTTPS_ONLY": "false", "REDIS_URL": "redis://redis/0", "ALLOWED_HOSTS": "*"},
        {"DATABASE_URL": f"postgresql://tcg:{STRONG}@db/tcg", "REDIS_URL": f"rediss://:{STRONG}@redis/0"},
        {"SECRET_KEY_FALLBACKS": SOUND["SECRET_KEY"][::-1]},
    ],
)
def test_what_is_sound_starts(read: Callable[..., Any], sound: dict[str, str]) -> None:
    assert read(SOUND | sound)["SECRET_KEY"] == SOUND["SECRET_KEY"]


@pytest.mark.parametrize(("url", "names"), [("", ["default"]), ("postgresql:///x", ["default", "replica"])])
def test_reads_are_routed_only_where_there_is_a_replica(
    read: Callable[..., Any], url: str, names: list[str]
) -> None:
    found = read(SOUND | {"DATABASE_REPLICA_URL": url})
    is_routed = any("Replica" in name for name in found["MIDDLEWARE"])
    assert list(found["DATABASES"]) == names
    assert (bool(found["DATABASE_ROUTERS"]), is_routed) == (bool(url), bool(url))
