"""What sources answered, kept as they said it: one folder for each source, and in it one for each UTC day.

A sync that was killed finds there what it already had, so nobody is asked twice for a day's answer.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from integrations.errors import MarketError


def write(path: Path, body: bytes, *, source: str) -> None:
    """All or nothing, even if the process is killed: a reader never sees half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    except OSError as error:
        raise _unusable(path, error, source=source) from error


def once(path: Path, ask: Callable[[], bytes], *, source: str) -> bytes:
    """What the file holds, or what `ask` answers, which is then written to it.

    Of several processes on this machine one asks; the others wait for it and read. A process that dies lets
    go of the folder.
    """
    if (body := _read(path, source=source)) is not None:
        return body
    with _alone(path, source=source):
        body = _read(path, source=source)
        if body is None:
            body = ask()
            write(path, body, source=source)
    return body


def days(folder: Path) -> list[str]:
    """The days that a source's folder holds, oldest first."""
    with suppress(OSError):
        return sorted(entry.name for entry in folder.iterdir() if _is_day(entry.name))
    return []


def prune(folder: Path, *, keep: int) -> None:
    """Leaves the newest days and whatever is not a day."""
    for day in days(folder)[:-keep]:
        shutil.rmtree(folder / day, ignore_errors=True)


def _read(path: Path, *, source: str) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unusable(path, error, source=source) from error


@contextmanager
def _alone(path: Path, *, source: str) -> Iterator[None]:
    """Nobody else asks for a file of the same folder meanwhile."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise _unusable(path, error, source=source) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # which frees the lock


def _is_day(name: str) -> bool:
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def _unusable(path: Path, error: OSError, *, source: str) -> MarketError:
    message = f"The spool folder cannot be used ({error.strerror}): {path.parent}"
    return MarketError(message, permanent=False, source=source)
