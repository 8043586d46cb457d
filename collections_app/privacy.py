"""What we keep of a person: all of it to take away, or to be forgotten."""

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import PurePath
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Count, ProtectedError, Q, QuerySet, Sum
from django.db.models.fields.files import FieldFile
from django.utils.text import slugify

from accounts import audit, journal, personal
from accounts.models import User
from collections_app.exports import holdings, own
from collections_app.models import (
    Collection,
    ColumnMapping,
    ImportBatch,
    ImportRow,
    Lot,
    Report,
    ValueSnapshot,
)

ON_RECORD = (
    "This account has acted as staff, and who did what stays on record. "
    "Ask another member of staff to close it."
)
IN_MEMORY = 5 * 1024 * 1024  # bytes; a larger archive is spooled to a temporary file
CHUNK = 64 * 1024
README = """Everything this site keeps of you, as of the moment you asked.

account.json            who you are here: profile, e-mail addresses, sessions, second factors (no secrets)
collections/*.json      each collection with its lots and sales; can be restored here
collections/*.csv       the same for a spreadsheet; can be imported here
collections/*-days.csv  what each collection was worth on each day, in minor units of the currency
imports.json            files you imported, row by row as they stood in the file
uploads/                those files themselves, while they are kept
mappings.json           which columns of your files mean what
reports.json            reports you made
photos/                 pictures of lots, by the number of the lot
{more}
Your password is not in it: we keep only a value it can be checked against.
"""
ACCOUNT = ("email", "name", "theme", "currency", "is_staff", "date_joined", "last_login")
SESSION = ("ip", "user_agent", "created_at", "last_seen_at")
MAPPING = ("header", "columns", "game__slug", "currency")
REPORT = (
    "code",
    "collection__name",
    "made_at",
    "currency",
    "quantity",
    "value",
    "missing",
    "digest",
    "content",
)
DAY = [field.attname for field in ValueSnapshot._meta.concrete_fields][1:]  # noqa: SLF001 -- documented API
BATCH = (
    *("id", "collection__name", "filename", "size", "digest", "format", "columns", "currency", "status"),
    *("error", "total", "created_at", "imported_at", "undone_at"),
)
ROW = ("batch_id", "line", "raw", "entry", "verdict", "reason", "printing_id", "lot_id", "is_dismissed")


class StaffError(ValueError):
    """The account has acted as staff: who did what stays known, so staff have to settle that first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How much a person has here."""

    collections: int
    lots: int
    copies: int
    sales: int
    imports: int
    photos: int
    reports: int
    more: tuple[tuple[int, str], ...] = ()


def holdings_of(user: User) -> Holdings:
    """Two statements, and one for each kind of thing that other apps keep."""
    lots = Lot.objects.filter(collection__owner=user)
    of_lots = lots.aggregate(
        lots=Count("pk"), copies=Sum("quantity", default=0), photos=Count("pk", filter=~Q(photo=""))
    )
    of_collections = Collection.objects.filter(owner=user).aggregate(
        collections=Count("pk", distinct=True),
        sales=Count("sales", distinct=True),
        imports=Count("imports", distinct=True),
        reports=Count("reports", distinct=True),
    )
    return Holdings(**of_lots, **of_collections, more=tuple(personal.counted(user)))


def everything(user: User) -> Iterator[bytes]:
    """A ZIP of all we keep of the person, made at once and handed out in pieces."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(archive, user)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


@transaction.atomic
def forget(user: User) -> None:
    """Deletes the account with all it holds; files follow once that is certain. Raises StaffError."""
    files = [file for file, _ in _files(user)]
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    if audit.has_acted(user):
        raise StaffError(ON_RECORD)
    try:
        user.delete()
    except ProtectedError:
        raise StaffError(ON_RECORD) from None
    journal.note(None, journal.Kind.ACCOUNT_DELETED)
    Session.objects.filter(session_key__in=keys).delete()
    transaction.on_commit(
        partial(cache.delete_many, [cached_db.KEY_PREFIX + key for key in keys]), robust=True
    )
    for file in files:
        transaction.on_commit(partial(file.storage.delete, str(file.name)), robust=True)


def _write(archive: zipfile.ZipFile, user: User) -> None:
    more = "".join(f"{kept.path:<24}{kept.about}\n" for kept in personal.KEPT.values())
    archive.writestr("README.txt", README.format(more=more))
    archive.writestr("account.json", _pretty(_account(user)))
    _write_collections(archive, user)
    batches = ImportBatch.objects.filter(collection__owner=user).order_by("id").values(*BATCH)
    rows = ImportRow.objects.filter(batch__collection__owner=user).order_by("batch_id", "line").values(*ROW)
    _write_text(archive, "imports.json", _lists(files=batches, rows=rows))
    mappings = ColumnMapping.objects.filter(owner=user).order_by("id").values(*MAPPING)
    _write_text(archive, "mappings.json", _lists(mappings=mappings))
    reports = Report.objects.filter(collection__owner=user).order_by("id").values(*REPORT)
    _write_text(archive, "reports.json", _lists(reports=reports))
    for kept in personal.KEPT.values():
        _write_text(archive, kept.path, _lists(**kept.lists(user)))
    for file, path in _files(user):
        _copy(archive, file, to=path)


def _account(user: User) -> dict[str, Any]:
    addresses = EmailAddress.objects.filter(user=user).order_by("id")
    sessions = UserSession.objects.filter(user=user).order_by("created_at")
    factors = Authenticator.objects.filter(user=user).order_by("id")
    return {
        **{name: getattr(user, name) for name in ACCOUNT},
        "addresses": list(addresses.values("email", "verified", "primary")),
        "sessions": list(sessions.values(*SESSION)),
        "second_factors": list(factors.values("type", "created_at", "last_used_at")),
    }


def _write_collections(archive: zipfile.ZipFile, user: User) -> None:
    """Each kind of file is one statement for all collections: an archive takes one file at a time."""
    found = list(Collection.objects.filter(owner=user).order_by("id"))
    for collection, lots in _sorted_in(found, holdings.read([one.pk for one in found])):
        _write_text(archive, f"{_path(collection)}.json", own.as_json(collection, lots))
    for collection, lots in _sorted_in(found, holdings.read([one.pk for one in found])):
        _write_text(archive, f"{_path(collection)}.csv", own.csv(collection, lots))
    days = ValueSnapshot.objects.filter(collection__owner=user).order_by("collection_id", "day")
    for collection, rows in _sorted_in(found, days.iterator(chunk_size=1000)):
        _write_text(archive, f"{_path(collection)}-days.csv", _days(rows))


def _sorted_in(found: list[Collection], rows: Iterable[Any]) -> Iterator[tuple[Collection, Iterable[Any]]]:
    """Each collection with its rows, which come in the order of collections; some have none."""
    groups = groupby(rows, key=attrgetter("collection_id"))
    pk, group = next(groups, (None, iter(())))
    for collection in found:
        if collection.pk == pk:
            yield collection, group
            pk, group = next(groups, (None, iter(())))
        else:
            yield collection, ()


def _days(rows: Iterable[ValueSnapshot]) -> Iterator[str]:
    yield ",".join(DAY) + "\r\n"
    for row in rows:
        known = (getattr(row, name) for name in DAY)
        yield ",".join("" if value is None else str(value) for value in known) + "\r\n"


def _path(collection: Collection) -> str:
    return f"collections/{collection.pk}-{slugify(collection.name)[:50] or 'collection'}"


def _files(user: User) -> list[tuple[FieldFile, str]]:
    """Every file of the person, and its path in the archive."""
    photos = Lot.objects.filter(collection__owner=user).exclude(photo="").only("photo").order_by("id")
    uploads = ImportBatch.objects.filter(collection__owner=user).exclude(file="").only("file").order_by("id")
    return [
        *((lot.photo, f"photos/{lot.pk}{_ending(lot.photo)}") for lot in photos),
        *((batch.file, f"uploads/{batch.pk}{_ending(batch.file)}") for batch in uploads),
    ]


def _ending(file: FieldFile) -> str:
    return PurePath(str(file.name)).suffix


def _lists(**lists: QuerySet[Any, Any]) -> Iterator[str]:
    """A JSON object of long lists, a row a line."""
    yield "{"
    for place, (name, rows) in enumerate(lists.items()):
        yield f'{"," if place else ""}\n"{name}":['
        for number, row in enumerate(rows.iterator(chunk_size=1000)):
            yield f"{',' if number else ''}\n{json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)}"
        yield "]"
    yield "}\n"


def _pretty(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _write_text(archive: zipfile.ZipFile, path: str, text: Iterable[str]) -> None:
    with archive.open(path, "w") as file:
        for piece in text:
            file.write(piece.encode())


def _copy(archive: zipfile.ZipFile, file: FieldFile, *, to: str) -> None:
    """A file that is gone is no reason to keep the rest from its owner."""
    if not file.storage.exists(str(file.name)):
        return
    with file.open("rb") as source, archive.open(to, "w") as target:
        for chunk in source.chunks():
            target.write(chunk)
