"""`python -m local.pins`: what can be said about the packages without asking anybody.

Every package stands in the lock files with one version and its hashes; what is asked for is locked; what is
installed is what is locked; and the bill of materials (`make sbom`) names all of it. Also says which pins are
old, by when their line was written. Exit code 1: one of that does not hold.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from local.instance import CHECKOUT

SETS = ("requirements", "requirements-local", "requirements-dev")  # each holds the one before
OLD = timedelta(days=180)
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)
ENTRY = re.compile(r"^\S.*(?:\n[ \t]+.*)*", re.MULTILINE)
HASHES = re.compile(r"--hash=sha256:[0-9a-f]{64}")
# pip and what it installs with come with Python's venv.
BUILDERS = {"pip", "setuptools", "wheel"}
Pins = dict[str, str]


def main(what: str = "") -> int:
    if what == "sbom":
        return write(CHECKOUT / "var" / "dist" / "sbom.json")
    wrong = [*faults(CHECKOUT), *strangers(CHECKOUT), *missing(CHECKOUT)]
    for line in wrong:
        print(line)
    for name, days in old(CHECKOUT):
        print(f"note: the pin of {name} is {days} days old")
    print(f"{len(wrong)} faults in the lock of {len(pins(CHECKOUT / f'{SETS[-1]}.txt'))} packages")
    return 1 if wrong else 0


def write(file: Path) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(bill_of_materials(CHECKOUT, is_checked=True), indent=1))
    print(f"The bill of materials is {file}.")
    return 0


def pins(lock: Path) -> Pins:
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(lock.read_text())}


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the lock files themselves."""
    outer: Pins = {}
    for name in SETS:
        lock = folder / f"{name}.txt"
        for entry in ENTRY.findall(lock.read_text()):
            if not entry.startswith("#") and not (PIN.match(entry) and HASHES.search(entry)):
                yield f"{lock.name}: not one version with its hashes: {entry.splitlines()[0]}"
        locked = pins(lock)
        yield from (
            f"{lock.name}: lacks {one} {outer[one]}" for one in outer if locked.get(one) != outer[one]
        )
        yield from _unlocked(folder / f"{name}.in", locked)
        outer = locked


def strangers(folder: Path) -> Iterator[str]:
    """What is installed here and locked nowhere, or in another version."""
    locked = pins(folder / f"{SETS[-1]}.txt")
    for one in distributions():
        name = canonicalize_name(one.metadata["Name"])
        if name not in BUILDERS and locked.get(name) != one.version:
            yield f"installed: {name} {one.version}, locked: {locked.get(name)}"


def missing(folder: Path) -> Iterator[str]:
    """What the bill of materials of the product lacks, or has too much."""
    bill = {
        (canonicalize_name(one["name"]), one.get("version"))
        for one in bill_of_materials(folder)["components"]
    }
    locked = set(pins(folder / "requirements.txt").items())
    yield from (
        f"bill of materials: {name} {version} is in one only" for name, version in sorted(bill ^ locked)
    )


def bill_of_materials(folder: Path, *, is_checked: bool = False) -> Any:
    """In CycloneDX, of what the product runs on; a check against the format's schema takes seconds."""
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "requirements.txt"]
    command += ["--output-reproducible", "--validate" if is_checked else "--no-validate"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return json.loads(done.stdout)


def old(folder: Path) -> Iterator[tuple[str, int]]:
    """Pins of the product whose line was written long ago; none where git knows nothing of it."""
    blame = subprocess.run(
        ["git", "blame", "--line-porcelain", "requirements.txt"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    ).stdout
    for written, line in re.findall(r"^committer-time (\d+)$(?:\n.*?)*?\n\t(.*)$", blame, re.MULTILINE):
        pin, age = PIN.match(line), datetime.now(UTC) - datetime.fromtimestamp(int(written), UTC)
        if pin and age > OLD:
            yield pin["name"], age.days


def _unlocked(wanted: Path, locked: Pins) -> Iterator[str]:
    for line in wanted.read_text().splitlines():
        text = line.partition("#")[0].strip()
        if not text or text.startswith("-r"):
            continue
        asked = Requirement(text)
        version = locked.get(canonicalize_name(asked.name))
        if version is None or version not in asked.specifier:
            yield f"{wanted.name}: asks for {asked}, locked is {version}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
