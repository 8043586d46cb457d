"""What `python -m local` can do, each for a target of the Makefile."""

import os
import sys
from pathlib import Path

from local import Refusal
from local.backing import backing
from local.instance import Instance, throwaway
from local.port import chosen_address
from local.process import foreground
from local.run import environment, remembered, run

CHROMIUM = "/usr/bin/chromium"


def main(command: str, *arguments: str) -> int:
    """Returns the exit code."""
    try:
        if command == "run":
            run(*chosen_address())
            return 0
        if command == "manage":
            return manage(arguments)
        if command == "browser":
            require_chromium()
        return in_throwaway(arguments, kind="bench" if command == "bench" else "test")
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1


def manage(arguments: tuple[str, ...]) -> int:
    """manage.py on the instance of PORT; its services are started for the time being if it does not run."""
    host, port = chosen_address()
    instance = Instance(f"run-{port}")
    program = [sys.executable, "manage.py"]
    if instance.is_running:
        return foreground([*program, *arguments], env=remembered(instance))
    with instance.held(), backing(instance, durable=True) as urls:
        env = environment(instance, urls, host=host, port=port)
        if arguments[:1] == ("sync",):
            code = foreground([*program, "migrate", "--noinput", "--verbosity=0"], env=env)
            if code:
                return code
        return foreground([*program, *arguments], env=env)


def in_throwaway(arguments: tuple[str, ...], *, kind: str) -> int:
    """A Python program with a PostgreSQL and a Valkey of its own; both are gone afterwards."""
    with throwaway(kind) as instance, backing(instance, durable=kind == "bench") as urls:
        env = environment(instance, urls, host="127.0.0.1", port=8000)
        return foreground([sys.executable, *arguments], env=env)


def require_chromium() -> None:
    """Raises Refusal when the browser that CHROMIUM names, or Debian's, is not there."""
    browser = Path(os.environ.get("CHROMIUM") or CHROMIUM)
    os.environ["CHROMIUM"] = str(browser)
    if not (browser.is_file() and os.access(browser, os.X_OK)):
        raise Refusal(
            f"Browser tests need Chromium, which is not at {browser}: install Debian's package chromium"
            " or name another with CHROMIUM=/path."
        )
