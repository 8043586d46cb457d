"""A Capture that downloads what it is asked for into a spool folder and reads it from there.

The spool holds `<day>/<category>/...` in the layout that `capture` reads. A sync that was killed finds there
what it already had, so the mirror is never asked twice for a day's file.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.conf import settings

from integrations.errors import MarketError
from integrations.http import Answer
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.spool import days, prune, remember, remembered, write
from integrations.tcgcsv import parse
from integrations.tcgcsv.capture import LAST_UPDATED, CapturedFiles
from integrations.tcgcsv.client import NOT_FOUND, Client

_DAYS_KEPT = 3
# The mirror replaces its files in place. A run that overlaps that moment must not mix two days.
_RECHECK_SECONDS = 60.0


def open_capture(category_id: str) -> "MirroredFiles":
    """What the mirror says about one category. Asks for the day only; files follow when they are needed."""
    client = Client()
    updated_at = client.updated_at()
    spool = Path(settings.SPOOL_DIR) / "tcgcsv"
    capture = MirroredFiles(client, category_id=category_id, day=updated_at.date(), spool=spool)
    stamp = spool / updated_at.date().isoformat() / LAST_UPDATED
    write(stamp, f"{updated_at:%Y-%m-%dT%H:%M:%S%z}\n".encode(), source="tcgcsv")
    prune(spool, keep=_DAYS_KEPT)
    return capture


class MirroredFiles:
    """See the module. `clock` counts seconds."""

    def __init__(
        self,
        client: Client,
        *,
        category_id: str,
        day: date,
        spool: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.day = day
        self._client = client
        self._category_id = category_id
        self._spool = spool
        self._clock = clock
        self._checked_at = clock()
        self._files = CapturedFiles(spool / day.isoformat(), category_id=category_id, day=day)

    def groups(self) -> list[GroupEntry]:
        if not self._path("groups").exists():
            answer = self._client.file(f"{self._category_id}/groups", verify=parse.groups)
            if answer.status == NOT_FOUND:
                raise MarketError(
                    f"TCGCSV has no category {self._category_id}", permanent=True, source="tcgcsv"
                )
            self._keep("groups", answer)
        return self._files.groups()

    def products(self, group: GroupEntry) -> list[ProductEntry]:
        """The products of a group, downloaded only when they changed since the day before."""
        name = f"{group.external_id}/products"
        if not self._path(name).exists():
            earlier, validators = self._earlier(name)
            answer = self._client.file(f"{self._category_id}/{name}", verify=parse.products, **validators)
            if answer.not_modified:
                self._keep(name, answer, body=earlier, validators=validators)
            else:
                self._keep(name, answer)
        return self._files.products(group)

    def quotes(self, group: GroupEntry) -> list[Quote]:
        name = f"{group.external_id}/prices"
        if not self._path(name).exists():
            answer = self._client.file(f"{self._category_id}/{name}", verify=parse.quotes)
            self._refuse_another_day()
            self._keep(name, answer)
        return self._files.quotes(group)

    def _path(self, name: str, *, day: date | None = None) -> Path:
        return self._spool / (day or self.day).isoformat() / self._category_id / name

    def _earlier(self, name: str) -> tuple[bytes, dict[str, str]]:
        """The newest sound copy from a day before, with the ETag and Last-Modified that came with it."""
        for day in reversed(days(self._spool)):
            path = self._path(name, day=day)
            if day < self.day and (validators := remembered(path)):
                with suppress(OSError, MarketError):
                    body = path.read_bytes()
                    parse.products(body)
                    return body, validators
        return b"", {}

    def _keep(
        self,
        name: str,
        answer: Answer,
        *,
        body: bytes | None = None,
        validators: dict[str, str] | None = None,
    ) -> None:
        """Stores what came. A file that the mirror lacks is stored as an empty one: the group was removed."""
        path = self._path(name)
        if answer.status == NOT_FOUND:
            body = parse.NO_RESULTS
        elif name.endswith("products"):
            fresh = {"etag": answer.etag, "last_modified": answer.last_modified}
            remember(path, **(validators or fresh))
        write(path, answer.body if body is None else body, source="tcgcsv")

    def _refuse_another_day(self) -> None:
        if self._clock() - self._checked_at < _RECHECK_SECONDS:
            return
        if self._client.updated_at().date() != self.day:
            message = f"TCGCSV went on to another day while the files of {self.day} were read"
            raise MarketError(message, permanent=False, source="tcgcsv")
        self._checked_at = self._clock()
