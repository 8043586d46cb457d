"""What scripts/deploy.sh does when a step fails, whichever driver does it. The real thing: test_drill.py."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.lint import CHECKOUT

# A driver that only says what it was asked, and fails at what FAILS names.
PAPER = """
LOCK=$PWD/deploying
does() { echo "did $*"; case " $FAILS " in *" $1 "*|*" $1-$2 "*) return 1 ;; esac; }
preflight() { does preflight "$1"; }
current() { echo "$OLD"; }
manage() { does "$2" "$1"; }
prepare() { does prepare "$1"; }
candidate() { does candidate "$1"; }
switch() { now=$1; does switch "$1"; }
verify() { does verify "$now"; }
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    target = tmp_path / "scripts"
    shutil.copytree(CHECKOUT / "scripts", target)
    (target / "drivers" / "paper.sh").write_text(PAPER)
    return target


def deploy(scripts: Path, *, fails: str = "", old: str = "1.0", **more: str) -> tuple[int, list[str], str]:
    """The exit code, what was done, and the last words."""
    done = subprocess.run(
        ["sh", scripts / "deploy.sh", "paper", "1.1"],
        env={"PATH": "/usr/bin:/bin", "FAILS": fails, "OLD": old, **more},
        cwd=scripts,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    did = [line.removeprefix("did ") for line in lines if line.startswith("did ")]
    return done.returncode, did, lines[-1].partition(" ")[2]


BEFORE = ["preflight 1.1", "check 1.1", "backup 1.0", "prepare 1.1", "candidate 1.1"]
AFTER = ["switch 1.1", "verify 1.1"]


def test_all_goes_well(scripts: Path) -> None:
    assert deploy(scripts) == (0, BEFORE + AFTER, "1.1 serves")
    assert deploy(scripts, BACKUP="no") == (
        0,
        [step for step in BEFORE if "backup" not in step] + AFTER,
        "1.1 serves",
    )
    assert deploy(scripts, old="")[1] == [step for step in BEFORE if "backup" not in step] + AFTER


@pytest.mark.parametrize("at", range(len(BEFORE)))
def test_a_failure_before_the_switch_leaves_the_old_release_alone(scripts: Path, at: int) -> None:
    code, did, words = deploy(scripts, fails=BEFORE[at].split()[0])
    assert (code, did) == (1, BEFORE[: at + 1])
    assert words.startswith("FAILED: ")
    assert not (scripts / "deploying").exists()


@pytest.mark.parametrize("fails", ["switch-1.1", "verify-1.1"])
def test_a_failure_after_it_brings_the_old_release_back(scripts: Path, fails: str) -> None:
    code, did, words = deploy(scripts, fails=fails)
    assert (code, did[-2:], words) == (
        1,
        ["switch 1.0", "verify 1.0"],
        "FAILED: 1.1 does not serve; 1.0 serves again.",
    )


def test_when_nothing_serves_that_is_said(scripts: Path) -> None:
    assert "does not serve any more either" in deploy(scripts, fails="verify")[2]
    assert "there is no release to go back to" in deploy(scripts, fails="verify", old="")[2]


def test_two_at_a_time_are_refused(scripts: Path) -> None:
    (scripts / "deploying").mkdir()
    assert deploy(scripts) == (
        1,
        BEFORE[:1],
        f"FAILED: another deployment is at work, or was killed: then remove {scripts}/deploying.",
    )


# As much of docker as the driver uses: notes each call; the image in NEVER does not get ready.
DOCKER = """#!/bin/sh
echo "RELEASE=${RELEASE:-} docker $*" >>"$CALLS"
case "$*" in
"ps "*) echo web-1 ;;
"inspect "*) echo tcg-price-tracker:1.0 ;;
"exec tcg-candidate "*) [ "$(cat "$CALLS.candidate")" != "$NEVER" ] ;;
*"run --detach"*) echo "$RELEASE" >"$CALLS.candidate" ;;
*"up --detach --wait --remove-orphans"*) [ "$RELEASE" != "$BROKEN" ] ;;
esac
"""


@pytest.mark.parametrize(
    ("broken", "never", "last", "ups"),
    [
        ("", "", "1.1 serves", ["1.1"]),
        ("", "1.1", "FAILED: 1.1 does not get ready; 1.0 serves on.", []),
        ("1.1", "", "FAILED: 1.1 does not serve; 1.0 serves again.", ["1.1", "1.0"]),
    ],
)
def test_the_driver_of_compose_asks_docker_for_just_that(  # noqa: PLR0917 -- a table
    scripts: Path, tmp_path: Path, broken: str, never: str, last: str, ups: list[str]
) -> None:
    docker, calls, env = tmp_path / "bin" / "docker", tmp_path / "calls", tmp_path / ".env"
    docker.parent.mkdir()
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    env.touch(mode=0o600)
    done = subprocess.run(
        ["sh", scripts / "deploy.sh", "compose", "1.1"],
        env={
            "PATH": f"{docker.parent}:/usr/bin:/bin",
            "CALLS": str(calls),
            "BROKEN": broken,
            "NEVER": never,
            "PATIENCE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).splitlines()
    assert any(line.endswith(last) for line in said), said
    up = [line.split()[0] for line in calls.read_text().splitlines() if "--remove-orphans" in line]
    assert up == [f"RELEASE={release}" for release in ups]
    backup = "docker compose -f docker-compose.prod.yml run --rm --no-deps -T web python manage.py backup"
    assert f"RELEASE=1.0 {backup}" in calls.read_text()
