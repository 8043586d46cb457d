"""`make clean`: what `make` made for this checkout, inside and outside of it, and nothing else."""

import shutil
import sys
from pathlib import Path

from local import Refusal
from local.instance import CHECKOUT, Instance, instances


def clean(checkout: Path = CHECKOUT) -> None:
    """Raises Refusal while something runs, or when another account's files are left."""
    found = instances(checkout)
    running = [instance.name for instance in found if instance.is_running]
    if running:
        raise Refusal(f"Stop this first: {', '.join(running)}.")
    outside = Instance("run-0", checkout).outside
    for instance in found:
        instance.remove()
    for folder in (outside, checkout / "var", checkout / ".venv"):
        shutil.rmtree(folder, ignore_errors=True)
    left = [str(path) for path in (outside, checkout / "var", checkout / ".venv") if path.exists()]
    if left:
        raise Refusal(f"This belongs to another account and was left: {', '.join(left)}.")


if __name__ == "__main__":
    try:
        clean()
    except Refusal as refusal:
        sys.exit(str(refusal))
