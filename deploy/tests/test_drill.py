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


@pytest.fixture
def site() -> Iterator[bare.Site]:
    with bare.site() as made:
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


def owner_of(pid: int) -> str:
    return next(
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Uid")
    )


def test_a_release_that_does_not_serve_never_takes_the_place_of_one_that_does(site: bare.Site) -> None:
    site.add("1.0")
    first = site.deploy("1.0")
    assert first.returncode == 0, first.stdout
    assert [site.get(path) for path in ("/", "/api/v1/games/", "/readyz")] == [200, 200, 200]
    assert site.get("/", host="evil.example") == 400
    serving = site.processes()
    assert serving.keys() == set(PARTS)
    assert {owner_of(pid).split()[1] for pid in serving.values()} == {str(site.account.uid)}

    with visited(site) as seen:
        site.again("1.1-never-ready", of="1.0", broken="config/health.py")
        never = site.deploy("1.1-never-ready")
        assert (never.returncode, "does not get ready; 1.0 serves on" in never.stdout) == (1, True), (
            never.stdout
        )
        assert site.processes() == serving

        site.again("1.2-without-sockets", of="1.0", broken="config/asgi.py")
        half = site.deploy("1.2-without-sockets")
        assert (half.returncode, "1.0 serves again" in half.stdout) == (1, True), half.stdout
        assert (site.folder / "current").readlink() == Path("releases/1.0")

        site.again("1.3", of="1.0")
        good = site.deploy("1.3")
        assert good.returncode == 0, good.stdout
        assert (site.folder / "current").readlink() == Path("releases/1.3")
    assert seen.keys() == {200}, seen
    print(f"answers meanwhile: {dict(seen)}\n{first.stdout}{never.stdout}{half.stdout}{good.stdout}")
