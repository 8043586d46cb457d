"""What sources answered, kept in folders of files that a killed run leaves whole.

A file or folder appears under its name only when it is complete. What a dead process left half-made has a
name that begins with a dot, and the next one that works there clears it away.
"""

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Final

from integrations.errors import MarketError

_VALIDATORS: Final = ".validators"
_LOCK: Final = "lock"
_PATIENCE = 1_800.0
_GLANCE = 0.2


def write(path: Path, body: bytes, *, source: str = "") -> None:
    """All or nothing, even if the process is killed: a reader never sees half a file."""
    with _writing(path.parent, source=source):
        receive([body], target=path).replace(path)


def once(path: Path, ask: Callable[[], bytes], *, source: str = "") -> bytes:
    """What the file holds, or what `ask` answers, which is then written to it.

    Of several processes on this machine one asks; the others wait for it and read.
    """
    if (body := _read(path, source=source)) is not None:
        return body
    with only_one(path.parent, source=source):
        body = _read(path, source=source)
        if body is None:
            body = ask()
            write(path, body, source=source)
    return body


def _read(path: Path, *, source: str) -> bytes | None:
    with _writing(path.parent, source=source):
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None


def receive(chunks: Iterable[bytes], *, target: Path) -> Path:
    """A new file beside `target` with all that comes; the caller renames it. Removed when anything fails.

    A temporary MarketError when the folder cannot be written.
    """
    with _writing(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            for chunk in chunks:
                with _writing(target.parent):
                    file.write(chunk)
            with _writing(target.parent):
                file.flush()
                os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """A folder to fill, which takes the name `folder` when all went well and vanishes otherwise."""
    with _writing(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        with _writing(half):
            yield half
        with _writing(folder.parent):
            shutil.rmtree(folder, ignore_errors=True)
            half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)


@contextmanager
def only_one(folder: Path, *, patience: float = _PATIENCE, source: str = "") -> Iterator[None]:
    """Lets one process at a time work in a folder and clears away what a dead one left half-made.

    The operating system frees the lock when its holder dies. Others wait up to `patience` seconds, then a
    temporary MarketError.
    """
    with _writing(folder, source=source):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("wb")
    with lock:
        _seize(lock.fileno(), folder=folder, until=time.monotonic() + patience)
        for left in folder.glob(".*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
        yield


def _seize(number: int, *, folder: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                message = f"Another process works in the spool folder {folder.name}"
                raise MarketError(message, permanent=False) from None
            time.sleep(_GLANCE)
        else:
            return


def remembered(path: Path) -> dict[str, str]:
    """The ETag and Last-Modified that came with a file; none when they or the file cannot be read."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        found = json.loads(_sidecar(path).read_bytes()) if path.is_file() else {}
        return {name: str(found[name]) for name in ("etag", "last_modified") if found.get(name)}
    return {}


def remember(path: Path, *, etag: str = "", last_modified: str = "") -> None:
    write(_sidecar(path), json.dumps({"etag": etag, "last_modified": last_modified}).encode())


def forget(path: Path) -> None:
    """Removes a file and what came with it."""
    _sidecar(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def days(folder: Path) -> list[date]:
    """The days that a folder holds, oldest first."""
    with suppress(OSError):
        return sorted(day for entry in folder.iterdir() if (day := _day(entry.name)))
    return []


def prune(folder: Path, *, keep: int) -> None:
    """Removes all but the newest days."""
    for day in days(folder)[:-keep]:
        shutil.rmtree(folder / day.isoformat(), ignore_errors=True)


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(name)
    except ValueError:
        return None
    return found if found.isoformat() == name else None


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + _VALIDATORS)


@contextmanager
def _writing(folder: Path, *, source: str = "") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"The spool folder cannot be written ({error.strerror}): {folder}"
        raise MarketError(message, permanent=False, source=source) from error
