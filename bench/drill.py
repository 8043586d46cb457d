"""`make drill`: a site is filled, put away, destroyed and brought back, and must be the same."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

CARDS = 20_000
DAYS = 60  # of demonstration prices
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PATHS = (
    "/",
    "/games/pokemon/",
    "/movers/",
    "/search/?q=charizard",
    "/api/v1/games/",
    "/api/v1/changes/?since=now",
)


def main() -> int:
    django.setup()
    with TemporaryDirectory(dir=settings.BASE_DIR / "var") as name, places(Path(name)):
        timed("filled", fill)
        before = pages()
        timed("put away, restored beside it and compared", lambda: call_command("backup", verify=True))
        timed("put away", lambda: call_command("backup"))
        timed("destroyed", destroy)
        timed("brought back, each table compared", bring_back)
        same = pages() == before and photo().read_bytes() == b"a photo"
    print(f"{len(PATHS)} pages and a photo: {'as before' if same else 'NOT AS BEFORE'}")
    return 0 if same else 1


@contextmanager
def places(folder: Path) -> Iterator[None]:
    with override_settings(
        BACKUP_DIR=folder / "backups",
        MEDIA_ROOT=folder / "media",
        STORAGES=settings.STORAGES | PLAIN,
        ALLOWED_HOSTS=["*"],
        SECURE_SSL_REDIRECT=False,
    ):
        yield


def timed(name: str, act: Callable[[], object]) -> None:
    begun = time.monotonic()
    act()
    print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)


def fill() -> None:
    from bench import market  # noqa: PLC0415 -- models load only after django.setup()

    call_command("migrate", verbosity=0)
    call_command("starter", "load", days=DAYS)
    market.load(CARDS)
    photo().parent.mkdir(parents=True)
    photo().write_bytes(b"a photo")


def photo() -> Path:
    return settings.MEDIA_ROOT / "private" / "photo.jpg"


def destroy() -> None:
    """As a lost server: no table and no file is left, and nothing of them in Redis."""
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connections["default"].close()
    photo().unlink()
    photo().parent.rmdir()
    forget_answers()


def bring_back() -> None:
    from config.recovery import backups  # noqa: PLC0415 -- needs the settings

    newest = backups.newest()
    assert newest
    print(f"the backup has {newest.rows:,} rows in {newest.bytes:,} bytes")
    call_command("restore", newest.folder)


def pages() -> dict[str, bytes]:
    """Made anew, so that no kept answer stands in for a database that is gone."""
    from django.test import Client  # noqa: PLC0415 -- needs the settings

    forget_answers()
    found = {path: Client().get(path) for path in PATHS}
    assert {path: one.status_code for path, one in found.items() if one.status_code != 200} == {}
    return {path: one.content for path, one in found.items()}


def forget_answers() -> None:
    from django.core.cache import caches  # noqa: PLC0415 -- needs the settings

    caches["default"].delete_pattern("*")  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
