"""The drill of a deployment: real processes of an account without rights, real releases, a real way back.

`make drills` runs it; what it takes apart runs in every test run too (test_deploy.py, test_boot.py).
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from accounts.tests.sizes import IS_DRILL
from deploy.tests import bare
from deploy.tests.test_parts import PARTS

pytestmark = pytest.mark.skipif(not IS_DRILL, reason="starts a whole site several times: make drills")


@pytest.fixture(scope="module")
def site() -> Iterator[bare.Site]:
    """One on which the release 1.0 serves."""
    with bare.site() as made:
        made.add("1.0")
        first = made.deploy("1.0")
        assert first.returncode == 0, first.stdout
        yield made


@contextmanager
def visited(site: bare.Site) -> Iterator[Counter[int]]:
    """Somebody asks for a page all the while: how often each status was the answer."""
    seen: Counter[int] = Counter()
    over = threading.Event()

    def visit() -> None:
        while not over.wait(0.05):
            seen[site.get("/methodology/")] += 1

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        yield seen
    finally:
        over.set()
        visitor.join()
        print(f"answers meanwhile: {dict(seen)}")


def account_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("Uid")).split()[1])


def test_every_part_runs_without_rights_and_the_site_answers(site: bare.Site) -> None:
    serving = site.processes()
    assert serving.keys() == set(PARTS)
    assert {account_of(pid) for pid in serving.values()} == {site.account.uid}
    assert [site.get(path) for path in ("/", "/api/v1/games/", "/readyz")] == [200, 200, 200]


def test_a_release_that_never_gets_ready_is_not_let_in(site: bare.Site) -> None:
    serving, current = site.processes(), site.current
    site.again("never-ready", broken="config/health.py", by="\n\ndef read():\n    raise OSError\n")
    with visited(site) as seen:
        done = site.deploy("never-ready")
    assert done.returncode == 1, done.stdout
    assert done.stdout.endswith(f"FAILED: never-ready does not get ready; {current} serves on.\n")
    assert (site.processes(), site.current) == (serving, current)
    assert seen.keys() == {200}, seen


def test_a_release_that_fails_half_way_gives_the_place_back(site: bare.Site) -> None:
    current = site.current
    site.again("without-sockets", broken="config/asgi.py", by="\nraise OSError\n")
    with visited(site) as seen:
        done = site.deploy("without-sockets")
    assert done.returncode == 1, done.stdout
    assert done.stdout.endswith(f"FAILED: without-sockets does not serve; {current} serves again.\n")
    assert site.processes().keys() == set(PARTS)
    assert site.current == current
    assert seen.keys() == {200}, seen


def test_a_release_that_serves_takes_the_place_and_nobody_is_turned_away(site: bare.Site) -> None:
    site.again("1.1")
    with visited(site) as seen:
        done = site.deploy("1.1")
    assert (done.returncode, site.current) == (0, "1.1"), done.stdout
    assert seen.keys() == {200}, seen
