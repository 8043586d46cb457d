import importlib.util
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from local import Refusal
from local.bootstrap import Environment, main
from local.instance import CHECKOUT


def bare(checkout: Path) -> Environment:
    """A checkout that needs no package at all, so that the real pip has nothing to fetch."""
    for name in ("local", "dev", "build"):
        (checkout / f"requirements-{name}.txt").write_text("# nothing\n")
    return Environment(checkout)


@pytest.fixture
def environment(checkout: Path) -> Environment:
    return bare(checkout)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Making one takes seconds, so the tests that only change requirements share it."""
    environment = bare(tmp_path_factory.mktemp("a checkout"))
    environment.complete("local")
    return environment


@pytest.fixture
def made_again(made: Environment) -> Environment:
    bare(made.checkout)
    made.unfinished.unlink(missing_ok=True)
    made.complete("local")
    return made


def test_packages_are_installed_again_only_when_the_requirements_change(
    made_again: Environment, capfd: pytest.CaptureFixture[str]
) -> None:
    assert made_again.is_complete("local")
    (made_again.checkout / "requirements-local.txt").write_text("# still nothing\n")
    (made_again.checkout / "requirements-dev.txt").write_text("# nothing either\n")
    assert not made_again.is_complete("local")
    assert not made_again.is_complete("dev")

    made_again.complete("dev")  # holds what local needs
    assert made_again.is_complete("local")
    assert made_again.is_complete("dev")
    assert capfd.readouterr().out == "Installing the packages (about a minute the first time)\n"


def test_an_interrupted_installation_is_made_anew(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (environment.folder / "bin").mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    with monkeypatch.context() as patch:
        patch.setattr(environment, "_install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            environment.complete("local")
    assert capfd.readouterr().out == ""
    assert not environment.is_complete("local")

    environment.complete("local")
    assert "Making the virtual environment" in capfd.readouterr().out
    assert environment.is_complete("local")


def test_packages_that_cannot_be_had_are_one_plain_sentence(
    made_again: Environment, capfd: pytest.CaptureFixture[str]
) -> None:
    requirements = made_again.checkout / "requirements-local.txt"
    requirements.write_text(f"./absent.whl --hash=sha256:{'0' * 64}\n")
    with pytest.raises(Refusal, match="could not be installed; pip says above why"):
        made_again.complete("local")
    assert "absent.whl" in capfd.readouterr().err
    assert not made_again.is_complete("local")


def test_a_python_without_ensurepip_names_the_missing_debian_package(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    with pytest.raises(Refusal, match=r"install Debian's package python3\.11-venv"):
        environment.complete("local")


def test_main_becomes_the_environments_python(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[object] = []
    monkeypatch.chdir(environment.checkout)
    monkeypatch.setattr(Environment, "is_complete", lambda _self, _name: True)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(os, "execv", lambda path, arguments: became.extend([path, arguments]))
    main("dev", "-m", "pytest")
    assert became == [environment.python, [str(environment.python), "-m", "pytest"]]


def test_two_commands_at_once_wait_for_each_other(environment: Environment) -> None:
    """The second starts while the first installs; both end well, and one did the work."""
    command = [sys.executable, "-m", "local.bootstrap", "local", "-c", "print('here')"]
    env = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    first, second = (
        subprocess.Popen(command, cwd=environment.checkout, env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    )
    said = first.communicate(timeout=60)[0], second.communicate(timeout=60)[0]
    assert [first.returncode, second.returncode] == [0, 0]
    assert "".join(said).count("Making the virtual environment") == 1
    assert "".join(said).count("here\n") == 2
    assert environment.is_complete("local")


def python_sh(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", CHECKOUT / "local" / "python.sh", "-c", "print('ran')"],
        env={"PATH": str(folder), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_python(path: Path, *, is_right: bool) -> Path:
    target = f'exec "{sys.executable}" "$@"' if is_right else "exit 1"
    path.write_text(f"#!/bin/sh\n{target}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_python_sh_takes_python3_when_it_is_the_right_version(tmp_path: Path) -> None:
    fake_python(tmp_path / "python3.11", is_right=False)
    fake_python(tmp_path / "python3", is_right=True)
    assert python_sh(tmp_path).stdout == "ran\n"


def test_a_missing_python_is_one_plain_sentence(tmp_path: Path) -> None:
    fake_python(tmp_path / "python3", is_right=False)
    done = python_sh(tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.11 is needed and was not found: install it (Debian: python3.11 and python3.11-venv)"
        " or name it with PYTHON=/path/to/python3.11.\n"
    )


def test_the_python_that_python_names_is_taken_or_refused(tmp_path: Path) -> None:
    right = fake_python(tmp_path / "my python", is_right=True)
    wrong = fake_python(tmp_path / "wrong python", is_right=False)
    assert python_sh(tmp_path, PYTHON=str(right)).stdout == "ran\n"
    done = python_sh(tmp_path, PYTHON=str(wrong))
    assert (done.returncode, done.stderr) == (1, f"PYTHON names {wrong}, which is not a Python 3.11.\n")
