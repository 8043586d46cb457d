"""The import desk by API: the same verbs as its pages. docs/api.md shows every answer."""

from typing import Any

from django.core.paginator import Page
from rest_framework import serializers, status
from rest_framework.decorators import parser_classes
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.describing import describe, object_of, parameters_of
from accounts.endpoints import found, person
from accounts.idempotency import in_steps
from accounts.models import User
from catalog.asking import checked, given, turned
from catalog.models import Printing
from collections_app import desk_shapes as shapes
from collections_app import queries
from collections_app.api import inputs
from collections_app.api.doors import endpoint
from collections_app.imports import desk, tray
from collections_app.imports import queries as rows
from collections_app.imports.errors import DeskError, QueueError
from collections_app.imports.forms import MAP, MappingForm, RowsForm, UploadForm
from collections_app.imports.queries import Counts, RowView
from collections_app.imports.sheets import SheetError
from collections_app.models import MOST_COPIES, RAW_CONDITIONS, Collection, ImportBatch, ImportRow
from pricing.bodies import LARGEST_ID, Body

Json = dict[str, Any]
UPLOAD = {
    "multipart/form-data": object_of(UploadForm()),
    "application/json": object_of(UploadForm(), "text", "currency", required=["text"]),
}


class MappingInput(Body):
    """Our field to the file's column; a game for all rows, and the currency of prices that name none."""

    columns = serializers.DictField(child=serializers.CharField(max_length=1000))
    game = serializers.CharField(max_length=60, allow_blank=True, default="")
    currency = serializers.CharField(max_length=3, allow_blank=True, default="")


class BringInput(Body):
    again = serializers.BooleanField(default=False)
    by_folder = serializers.BooleanField(default=False)


class RowInput(Body):
    """A printing, or whether the row is put aside. The others count in the tray only."""

    printing_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    dismissed = serializers.BooleanField(required=False)
    collection_id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST_COPIES, required=False)
    condition = serializers.ChoiceField(choices=RAW_CONDITIONS, required=False)

    def validate(self, attrs: Json) -> Json:
        if ("printing_id" in attrs) == ("dismissed" in attrs):
            raise ValidationError({"printing_id": ["Send either a printing_id or dismissed."]})
        return attrs


@describe(
    "GET",
    "listCollectionImports",
    "The imports of one collection.",
    query=parameters_of(RowsForm, "page"),
    answer=shapes.Imports,
)
@describe(
    "POST",
    "importFile",
    "Takes an export of another app.",
    body=UPLOAD,
    answer=shapes.BegunImport,
    status=201,
)
@endpoint("GET", "POST")
@parser_classes([MultiPartParser, JSONParser])
@in_steps
def collection_imports(request: Request, pk: int) -> Response:
    collection = found(queries.collection, person(request), pk)
    if request.method == "POST":
        return _receive(request, collection)
    return _listed(request, queries.imports(person(request)).filter(collection=collection))


@describe(
    "GET", "listImports", "All your imports.", query=parameters_of(RowsForm, "page"), answer=shapes.Imports
)
@endpoint("GET")
def imports(request: Request) -> Response:
    return _listed(request, queries.imports(person(request)))


@describe("GET", "getImport", "How far an import is.", answer=shapes.Import)
@describe(
    "DELETE",
    "discardImport",
    "Discards an import of which nothing lies in a collection.",
    status=204,
    problems=[400],
)
@endpoint("GET", "DELETE")
def import_(request: Request, pk: int) -> Response:
    """DELETE discards what is in no collection."""
    batch = found(queries.import_batch, person(request), pk)
    if request.method == "DELETE":
        _refusing(lambda: desk.discard(batch))
        return Response(status=status.HTTP_204_NO_CONTENT)
    return Response(_described(batch))


@describe("GET", "listImportRows", "What was made of each row.", query=RowsForm, answer=shapes.Rows)
@endpoint("GET")
def import_rows(request: Request, pk: int) -> Response:
    batch = found(queries.import_batch, person(request), pk)
    asked = checked(RowsForm(given(request, "verdict", "page")))
    listed = ImportRow.objects.filter(batch=batch)
    if asked["verdict"]:
        listed = listed.filter(verdict=asked["verdict"])
    page = rows.page_of(listed, page=str(asked["page"] or 1))
    return Response(_paged(request, page) | {"results": [row_of(shown) for shown in rows.shown(page)]})


@describe(
    "POST",
    "mapImport",
    "Names the columns of a file no app is known for.",
    body=MappingInput,
    answer=shapes.BegunImport,
)
@endpoint("POST")
@in_steps
def import_mapping(request: Request, pk: int) -> Response:
    batch = found(queries.import_batch, person(request), pk)
    said = inputs.read(MappingInput, request).validated_data
    columns = {MAP + key: name for key, name in said["columns"].items()}
    form = MappingForm({**columns, "game": said["game"], "currency": said["currency"]}, batch=batch)
    if strange := columns.keys() - form.fields.keys():
        raise ValidationError({"columns": [f"There is no field “{min(strange).removeprefix(MAP)}”."]})
    checked(form)
    return _begun(
        lambda: desk.map_columns(
            batch, form.columns(), game=form.chosen_game(), currency=form.cleaned_data["currency"]
        )
    )


@describe(
    "POST", "bringImport", "Makes lots of the matched rows.", body=BringInput, answer=shapes.BegunImport
)
@endpoint("POST")
@in_steps
def import_bring(request: Request, pk: int) -> Response:
    batch = found(queries.import_batch, person(request), pk)
    said = inputs.read(BringInput, request).validated_data
    return _begun(lambda: desk.bring(batch, **said), by_folder=said["by_folder"])


@describe(
    "POST",
    "undoImport",
    "Takes every lot of an import away again.",
    answer=shapes.BegunImport,
    problems=[400],
)
@endpoint("POST")
@in_steps
def import_undo(request: Request, pk: int) -> Response:
    batch = found(queries.import_batch, person(request), pk)
    return _begun(lambda: desk.undo(batch))


@describe(
    "POST", "continueImport", "Takes up a step that stood still.", body=BringInput, answer=shapes.BegunImport
)
@endpoint("POST")
@in_steps
def import_continue(request: Request, pk: int) -> Response:
    """Takes up a step again that the worker lost."""
    batch = found(queries.import_batch, person(request), pk)
    said = inputs.read(BringInput, request).validated_data
    return _begun(lambda: batch, by_folder=said["by_folder"])


@describe("GET", "getImportRow", "One row of an import.", answer=shapes.Row)
@describe(
    "PATCH",
    "decideImportRow",
    "Decides what a row means, or puts it aside.",
    body=RowInput,
    answer=shapes.Row,
)
@endpoint("GET", "PATCH")
def import_row(request: Request, pk: int) -> Response:
    owner = person(request)
    row = found(queries.import_row, owner, pk)
    if request.method == "PATCH":
        said = inputs.read(RowInput, request).validated_data
        _refusing(lambda: _decide(row, said, owner=owner))
        row = found(queries.import_row, owner, pk)
    return Response(row_of(rows.shown([row])[0]))


def _receive(request: Request, collection: Collection) -> Response:
    sent: Any = request.data
    if not isinstance(sent, dict):
        raise ValidationError({"body": ["Send a form with the file, or a JSON object with its text."]})
    form = UploadForm(sent, request.FILES)
    currency = checked(form)["currency"]
    file, filename = form.upload()
    try:
        batch = desk.receive(collection, file, filename=filename, currency=currency)
    except (SheetError, DeskError) as error:
        raise ValidationError({"file": [str(error)]}) from None
    answer = _begun(lambda: batch)
    answer.status_code = status.HTTP_201_CREATED
    return answer


def _begun(begin: Any, *, by_folder: bool = False) -> Response:
    """The batch once its step is done, or handed to the worker. Raises ValidationError where it is refused.

    A worker that cannot be reached is no error: the batch says so, and can be continued.
    """
    batch = _refusing(begin)
    queued = True
    try:
        desk.proceed(batch, by_folder=by_folder)
    except QueueError:
        queued = False
    batch = queries.import_batch(batch.collection.owner, batch.pk)
    return Response(_described(batch) | {"is_queued": queued})


def _refusing(verb: Any) -> Any:
    try:
        return verb()
    except DeskError as error:
        raise ValidationError({"import": [str(error)]}) from None


def _decide(row: ImportRow, said: Json, *, owner: User) -> None:
    if "dismissed" in said:
        (tray.dismiss if said["dismissed"] else tray.restore)(row)
        return
    printing = Printing.objects.select_related("card__game").filter(pk=said["printing_id"]).first()
    if printing is None:
        raise ValidationError({"printing_id": ["There is no such printing."]})
    if row.batch.status != ImportBatch.Status.DONE:
        tray.choose(row, printing)
        return
    facts = None
    if "quantity" in said and "condition" in said:
        facts = tray.Said(quantity=said["quantity"], condition=said["condition"])
    into = found(queries.collection, owner, said["collection_id"]) if "collection_id" in said else None
    tray.resolve(row, printing, into=into, said=facts)


def _listed(request: Request, batches: Any) -> Response:
    asked = checked(RowsForm(given(request, "page")))
    page: Page[ImportBatch] = rows.pages(batches, page=str(asked["page"] or 1))
    counts = rows.counts([batch.pk for batch in page])
    return Response(
        _paged(request, page) | {"results": [batch_of(one, counts=counts[one.pk]) for one in page]}
    )


def _described(batch: ImportBatch) -> Json:
    same = rows.same_file(batch)
    known = {"id": same.pk, "collection_id": same.collection_id, "status": same.status} if same else None
    return batch_of(batch, counts=rows.counts([batch.pk])[batch.pk]) | {
        "header": batch.header,
        "columns": batch.columns,
        "folders": rows.folders(batch),
        "same_file": known,
    }


def _paged(request: Request, page: Page[Any]) -> Json:
    following = turned(request, page=str(page.next_page_number())) if page.has_next() else None
    counts = {"count": page.paginator.count, "page": page.number, "pages": page.paginator.num_pages}
    return counts | {"next": following}


def batch_of(batch: ImportBatch, *, counts: Counts) -> Json:
    return {
        "id": batch.pk,
        "collection": {"id": batch.collection_id, "name": batch.collection.name},
        "filename": batch.filename,
        "size": batch.size,
        "format": batch.format or None,
        "currency": batch.currency or None,
        "status": batch.status,
        "error": batch.error or None,
        "total": batch.total,
        "progress": batch.progress,
        "rows": {verdict: getattr(counts, verdict) for verdict in ImportRow.Verdict.values},
        "lots": counts.lots,
        "in_tray": counts.waiting,
        "dismissed": counts.dismissed,
        "created_at": batch.created_at.isoformat(),
        "imported_at": batch.imported_at.isoformat() if batch.imported_at else None,
        "undone_at": batch.undone_at.isoformat() if batch.undone_at else None,
    }


def row_of(shown: RowView) -> Json:
    row = shown.row
    return {
        "id": row.pk,
        "import_id": row.batch_id,
        "line": row.line,
        "raw": row.raw,
        "verdict": row.verdict,
        "reason": row.reason or None,
        "warnings": list(shown.entry.warnings) if shown.entry else [],
        "printing": printing_of(shown.printing),
        "candidates": [printing_of(one) for one in shown.candidates],
        "lot_id": row.lot_id,
        "dismissed": row.is_dismissed,
    }


def printing_of(printing: Printing | None) -> Json | None:
    if printing is None:
        return None
    card = printing.card
    return {
        "printing_id": printing.pk,
        "card_id": card.pk,
        "name": card.name,
        "number": card.number,
        "finish": printing.finish.name,
        "set": {"slug": card.card_set.slug, "name": card.card_set.name},
        "game": {"slug": card.game.slug, "name": card.game.name},
    }
