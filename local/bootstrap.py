"""Makes .venv complete, then becomes its Python: `python -m local.bootstrap dev -m pytest`.

Runs on the machine's own Python 3.11, with the standard library only.
"""

import hashlib
import importlib.util
import os
import signal
import sys
from pathlib import Path

from local import Refusal
from local.lock import locked
from local.process import apart

# Each set holds the pins of those after it, so installing one installs them too.
SETS = ("dev", "local")


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.folder = checkout / ".venv"
        self.python = self.folder / "bin" / "python"
        # venv and pip leave halves behind when they are killed, which pip later takes for whole. So a mark
        # stands while they work, and an environment found with the mark is made anew.
        self.unfinished = checkout / "var" / "venv-unfinished"

    def is_complete(self, name: str) -> bool:
        stamp = self._stamp(name)
        sound = self.python.exists() and not self.unfinished.exists()
        return sound and stamp.is_file() and stamp.read_text() == self._fingerprint(name)

    def complete(self, name: str) -> None:
        """Raises Refusal when Python cannot make environments or the packages cannot be had."""
        anew = not self.python.exists() or self.unfinished.exists()
        self.unfinished.parent.mkdir(exist_ok=True)
        self.unfinished.touch()
        if anew:
            self._create()
        self._install(name)
        for each in SETS[SETS.index(name) :]:
            self._stamp(each).write_text(self._fingerprint(each))
        self.unfinished.unlink()

    def _create(self) -> None:
        if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
            raise Refusal(
                "This Python cannot make virtual environments: install Debian's package python3.11-venv."
            )
        print("Making the virtual environment .venv", flush=True)
        if apart([sys.executable, "-m", "venv", "--clear", self.folder]).returncode:
            raise Refusal("The virtual environment could not be made; Python says above why.")

    def _install(self, name: str) -> None:
        print("Installing the packages (about a minute the first time)", flush=True)
        # The files name every package there is to install, also what builds those that come as source.
        # Resolving again would look at what was released since they were compiled, which has no hash here.
        pip = [str(self.python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
        pip += ["--no-deps", "--no-build-isolation", "--require-hashes"]
        for each in ("build", name):
            if apart([*pip, "-r", str(self._requirements(each))]).returncode:
                raise Refusal("The packages could not be installed; pip says above why.")

    def _requirements(self, name: str) -> Path:
        return self.checkout / f"requirements-{name}.txt"

    def _fingerprint(self, name: str) -> str:
        pinned = (self._requirements(each).read_bytes() for each in (name, "build"))
        return hashlib.sha256(b"".join(pinned)).hexdigest()

    def _stamp(self, name: str) -> Path:
        return self.folder / f"installed-{name}"


def main(name: str, *command: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # a background shell job starts with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    environment = Environment(Path.cwd())
    try:
        with locked(environment.checkout, waiting="Waiting for another command that prepares .venv"):
            if not environment.is_complete(name):
                environment.complete(name)
    except Refusal as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit(130)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.execv(environment.python, [str(environment.python), *command])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(*sys.argv[1:])
