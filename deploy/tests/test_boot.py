"""With .env.production.example and fresh secrets the web server starts as in its container, and answers."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from deploy import commands
from deploy.tests import bare

HSTS = "max-age=31536000; includeSubDomains; preload"
pytestmark = pytest.mark.django_db


def production(static: Path, port: int) -> dict[str, str]:
    """On the database of this test: behind a socket, where no password is asked for."""
    given = connection.settings_dict
    folder = given["OPTIONS"].get("host") or given["HOST"]
    if not folder.startswith("/") or not settings.REDIS_URL.startswith("unix:"):
        pytest.skip("the servers that were given may have passwords that production refuses")
    database = f"postgresql://{given['USER']}@/{given['NAME']}?host={folder}"
    more = {"WEB_BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1", "STATIC_ROOT": str(static)}
    return bare.settings_of(database, settings.REDIS_URL) | more


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    found = bare.free_port()
    env = production(tmp_path, found) | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    line = commands.of("web", env=env)
    with subprocess.Popen(["sh", "-c", f"exec {line}"], env=env, cwd=settings.BASE_DIR) as server:
        yield found
        server.terminate()


def answer(port: int, path: str, **headers: str) -> tuple[int, Message]:
    """Status and headers, once somebody listens."""
    until = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": bare.HOST, **headers})
            found = connection.getresponse()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
        else:
            return found.status, found.headers
        finally:
            connection.close()


def test_the_site_answers_its_proxy_and_sends_all_others_to_https(port: int) -> None:
    assert answer(port, "/readyz")[0] == 200
    status, headers = answer(port, "/api/v1/games/", **{"X-Forwarded-Proto": "https"})
    assert (status, headers["Strict-Transport-Security"]) == (200, HSTS)
    status, headers = answer(port, "/api/v1/games/")
    assert (status, headers["Location"]) == (301, f"https://{bare.HOST}/api/v1/games/")
