import base64
import os
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from local import Refusal
from local.clean import clean
from local.instance import CHECKOUT, Instance, instances, throwaway


def test_two_ports_and_two_checkouts_share_no_folder(checkout: Path) -> None:
    places = [
        Instance(name, place)
        for name in ("run-8000", "run-8001")
        for place in (checkout, checkout.parent / "other")
    ]
    for aspect in ("folder", "sockets", "database"):
        assert len({getattr(place, aspect) for place in places}) == 4


def test_a_socket_path_stays_within_what_the_kernel_allows() -> None:
    deep = Path("/", *["a long folder name"] * 50)
    assert len(str(Instance("bench-4194304", deep).sockets / ".s.PGSQL.5432")) < 107


def test_an_instance_runs_once(instance: Instance) -> None:
    assert instance.is_running
    with (
        pytest.raises(Refusal, match=rf"{instance.name} of this checkout is already running"),
        instance.held(),
    ):
        pass


def test_an_instance_that_never_was_does_not_run(checkout: Path) -> None:
    assert not Instance("run-1", checkout).is_running
    assert instances(checkout) == []


def test_the_secret_key_is_made_once_and_private(instance: Instance) -> None:
    key = instance.secret_key()
    assert len(key) >= 50
    assert instance.secret_key() == key
    assert (instance.folder / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_key_of_push_is_made_once_private_and_on_the_curve(instance: Instance) -> None:
    key = instance.vapid_key()
    assert instance.vapid_key() == key
    assert (instance.folder / "vapid_key").stat().st_mode & 0o777 == 0o600
    number = int.from_bytes(base64.urlsafe_b64decode(key + "="))
    assert len(key) == 43
    assert ec.derive_private_key(number, ec.SECP256R1()).private_numbers().private_value == number


def test_a_throwaway_instance_is_gone_afterwards_and_takes_dead_ones_along(checkout: Path) -> None:
    dead = Instance("test-1", checkout)
    kept = Instance("run-8000", checkout)
    for left in (dead, kept):
        left.folder.mkdir(parents=True)
        left.sockets.mkdir(mode=0o700)
    alive = Instance("test-2", checkout)
    with alive.held():
        alive.unfinished_database.mkdir(parents=True)  # it is just beginning
        with throwaway("test", checkout) as fresh:
            assert fresh.name == f"test-{os.getpid()}"
            assert fresh.is_running
            assert set(instances(checkout)) == {kept, alive, fresh}
            assert alive.unfinished_database.exists()
        assert instances(checkout) == [kept, alive]


def test_clean_removes_all_of_this_checkout_and_nothing_of_another(checkout: Path) -> None:
    other = Instance("run-8000", checkout.parent / "other")
    mine = Instance("run-8000", checkout)
    for made in (mine, other):
        made.folder.mkdir(parents=True)
        made.sockets.mkdir(mode=0o700)
        made.outside.mkdir(mode=0o700)
    (checkout / ".venv").mkdir()
    (checkout / "manage.py").touch()
    clean(checkout)
    assert [path.name for path in checkout.iterdir()] == ["manage.py"]
    assert not mine.sockets.exists()
    assert not mine.outside.exists()
    assert other.folder.exists()
    assert other.sockets.exists()
    other.remove()
    other.outside.rmdir()


def test_clean_refuses_while_something_runs(instance: Instance) -> None:
    with pytest.raises(Refusal, match=f"Stop this first: {instance.name}"):
        clean(instance.checkout)
    assert instance.folder.exists()


def test_make_finds_its_way_on_a_path_with_spaces(checkout: Path) -> None:
    link = checkout / "a link"
    link.symlink_to(CHECKOUT)
    done = subprocess.run(
        ["make", "-C", link, "help"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert "make test-browser" in done.stdout
