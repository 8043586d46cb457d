"""Releases come and go on a site without containers, as an account without rights (scripts/deploy.sh)."""

from collections.abc import Iterator

import pytest

from deploy.tests import bare


@pytest.fixture(scope="module")
def site() -> Iterator[bare.Site]:
    with bare.site() as made:
        yield made


def test_it(site: bare.Site) -> None:
    import time
    t=time.time()
    site.add("1.0")
    print("added", time.time()-t)
    done = site.deploy("1.0")
    print(done.stdout)
    print("deployed", time.time()-t)
    for p in (site.folder/"log").glob("*.log"):
        print("=====", p.name); print(p.read_text()[-1500:])
    print(site.get("/"), site.get("/readyz"), site.get("/methodology/"), site.processes())
    assert done.returncode == 0
    assert 0
