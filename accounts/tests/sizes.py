"""How much a drill repeats: `make drills` runs the full sizes, every other run of the tests a sample."""

import os

IS_DRILL = bool(os.environ.get("DRILLS"))


def many(full: int, *, sample: int) -> int:
    return full if IS_DRILL else sample
