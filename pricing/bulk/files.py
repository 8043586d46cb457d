"""The daily files as they lie there: folders that are named by their moment, each with its manifest."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

KINDS: Final = ("jsonl", "csv")
MANIFEST: Final = "manifest.json"
NAME: Final = "%Y%m%dT%H%M%S%fZ"
NAMED: Final = re.compile(r"\d{8}T\d{12}Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`size` in bytes and `sha256` are of the compressed file; `rows` are those of the table."""

    name: str
    table: str
    kind: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the files of one moment are. `cursor` is the place in the change feed from which to go on."""

    made_at: datetime
    version: int
    cursor: str
    files: tuple[File, ...]

    @property
    def name(self) -> str:
        return name_of(self.made_at)

    def as_json(self) -> str:
        said = asdict(self) | {"made_at": self.made_at.isoformat()}
        return json.dumps(said, indent=1)

    @classmethod
    def read(cls, text: str) -> "Manifest":
        said: dict[str, Any] = json.loads(text)
        made_at = datetime.fromisoformat(said["made_at"])
        listed = tuple(File(**one) for one in said["files"])
        return cls(made_at=made_at, version=said["version"], cursor=said["cursor"], files=listed)


def name_of(moment: datetime) -> str:
    """Of a folder; names sort as moments do."""
    return moment.astimezone(UTC).strftime(NAME)


def names() -> list[str]:
    """Of the folders there are, the newest first."""
    return sorted((path.name for path in _folders()), reverse=True)


def _folders() -> Iterator[Path]:
    folder = Path(settings.BULK_DIR)
    return (path for path in folder.glob("*") if NAMED.fullmatch(path.name))


def newest() -> Manifest | None:
    found = names()
    return manifest(found[0]) if found else None


def manifest(name: str) -> Manifest | None:
    """None for a folder that is not there, or no more."""
    if not NAMED.fullmatch(name):
        return None
    try:
        return Manifest.read((Path(settings.BULK_DIR) / name / MANIFEST).read_text())
    except FileNotFoundError:
        return None


def path_of(found: Manifest, file: File) -> Path:
    return Path(settings.BULK_DIR) / found.name / file.name
