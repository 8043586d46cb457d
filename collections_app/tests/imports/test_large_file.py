"""A file as large as a big collection, read within bounded memory."""

import resource
from pathlib import Path

import pytest
from django.core.files.base import File

from collections_app.imports import desk, queries, reading
from collections_app.imports.sheets import MOST_BYTES
from collections_app.models import Collection, ImportRow
from collections_app.tests.imports.uploads import COLUMNS, LOTUS, PLAIN, fresh

pytestmark = pytest.mark.django_db
ROWS, READABLE = 100_000, 4_000
MOST_MEMORY = 50_000_000  # bytes more than before
MEMORY = Path("/proc/self/statm")


def resident() -> int:
    """The memory this process occupies, in bytes. Source: proc(5), statm."""
    return int(MEMORY.read_text().split()[1]) * resource.getpagesize()


def written(path: Path) -> Path:
    """Few of its rows can be looked up: each chunk forgets the one before, whatever its rows are."""
    known = PLAIN | LOTUS
    unknown = known | {
        "Name": "Nobody Knows Me Or Ever Will",
        "Set code": "XYZ",
        "Set name": "An Unknown Set",
    }
    broken = unknown | {"Quantity": "none", "Binder Name": "A binder for what cannot be read"}
    with path.open("w") as file:
        file.write(",".join(COLUMNS) + "\n")
        for number in range(ROWS):
            row = broken if number >= READABLE else known if number % 2 else unknown
            file.write(",".join(row.get(name, "") for name in COLUMNS) + "\n")
    return path


@pytest.mark.skipif(not MEMORY.exists(), reason="this system does not tell a process how large it is")
def test_a_hundred_thousand_rows_are_read_within_fifty_megabytes(
    binder: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a minute. What the whole process takes is asked for before each chunk is written."""
    taken = [resident()]
    store = reading._store

    def weighed(rows: list[ImportRow]) -> None:
        taken.append(resident())
        store(rows)

    monkeypatch.setattr(reading, "_store", weighed)
    with written(tmp_path / "large.csv").open("rb") as file:
        batch = desk.receive(binder, File(file), filename="large.csv")
    reading.read(batch.pk)
    assert len(taken) == 1 + ROWS // reading.CHUNK
    assert max(taken) - taken[0] < MOST_MEMORY
    assert 10_000_000 < batch.size < MOST_BYTES
    assert (fresh(batch).status, fresh(batch).total) == ("preview", ROWS)
    counts = queries.counts([batch.pk])[batch.pk]
    assert (counts.exact, counts.unmatched) == (READABLE // 2, READABLE // 2)
    assert counts.unreadable == ROWS - READABLE
