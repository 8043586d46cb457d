"""The import desk: upload, columns, preview, import, undo."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.pages import found, members, person
from collections_app import queries
from collections_app.exports import sheet
from collections_app.exports.cells import safe
from collections_app.imports import desk, formats
from collections_app.imports import queries as rows
from collections_app.imports.errors import DeskError
from collections_app.imports.forms import MAP, BringForm, MappingForm, RowsForm, UploadForm
from collections_app.imports.queries import Counts
from collections_app.imports.sheets import SheetError
from collections_app.models import ImportBatch, ImportRow

Status = ImportBatch.Status
WORKING = {Status.READING, Status.IMPORTING, Status.UNDOING}
BRINGABLE = {Status.PREVIEW, Status.UNDONE}
MAPPABLE = {Status.UNMAPPED, Status.PREVIEW, Status.FAILED}


@members
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest, pk: int) -> HttpResponse:
    collection = found(queries.collection, person(request), pk)
    form = UploadForm(*(request.POST, request.FILES) if request.method == "POST" else ())
    if form.is_valid():
        file, filename = form.upload()
        try:
            batch = desk.receive(collection, file, filename=filename, currency=form.cleaned_data["currency"])
        except (SheetError, DeskError) as error:
            form.add_error("file" if form.cleaned_data.get("file") else "text", str(error))
        else:
            proceed(request, batch)
            return redirect(
                "collections:import_map" if batch.status == Status.UNMAPPED else batch, *_at(batch)
            )
    apps = [known.label for known in formats.FORMATS.values()]
    context = {"form": form, "collection": collection, "apps": apps}
    return render(request, "collections/import_new.html", context, status=_status(form))


def _at(batch: ImportBatch) -> list[int]:
    return [batch.pk] if batch.status == Status.UNMAPPED else []


def _status(form: Any) -> int:
    return 400 if form.is_bound and form.errors else 200


def proceed(request: HttpRequest, batch: ImportBatch, *, by_folder: bool = False) -> None:
    try:
        desk.proceed(batch, by_folder=by_folder)
    except DeskError as error:
        messages.error(request, str(error))


@members
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    page = rows.pages(queries.imports(person(request)), page=request.GET.get("page"))
    counts = rows.counts([batch.pk for batch in page])
    context = {"page": page, "batches": [(batch, counts[batch.pk]) for batch in page]}
    return render(request, "collections/imports.html", context)


@members
@require_safe
def import_(request: HttpRequest, pk: int) -> HttpResponse:
    return _import_page(request, found(queries.import_batch, person(request), pk))


def _import_page(
    request: HttpRequest, batch: ImportBatch, *, error: str = "", status: int = 200
) -> HttpResponse:
    form = RowsForm(request.GET)
    verdict = form.cleaned_data["verdict"] if form.is_valid() else ""
    listed = ImportRow.objects.filter(batch=batch, **({"verdict": verdict} if verdict else {}))
    page = rows.page_of(listed, page=request.GET.get("page"))
    counts = rows.counts([batch.pk])[batch.pk]
    same = rows.same_file(batch) if batch.status in {Status.UNMAPPED, *BRINGABLE} else None
    context = {
        "batch": batch,
        "counts": counts,
        "format": _format_name(batch),
        "tabs": _tabs(counts),
        "verdict": verdict,
        "page": page,
        "rows": rows.shown(page),
        "error": error,
        "noticed": rows.noticed(same) if same else "",
        "same": same,
        "folders": rows.folders(batch) if batch.status in {*BRINGABLE, Status.IMPORTING} else 0,
        "undoing": rows.undoing(batch) if batch.status == Status.DONE else None,
        **_state(batch),
    }
    return render(request, "collections/import.html", context, status=status)


def _state(batch: ImportBatch) -> dict[str, Any]:
    return {
        "is_working": batch.status in WORKING,
        "is_bringable": batch.status in BRINGABLE,
        "is_mappable": batch.status in MAPPABLE and not batch.format,
        "is_discardable": batch.status not in {Status.IMPORTING, Status.DONE, Status.UNDOING},
        "whole": rows.left(batch) if batch.status in WORKING else 0,
    }


def _format_name(batch: ImportBatch) -> str:
    known = formats.FORMATS.get(batch.format)
    return known.label if known else "Columns you named" if batch.columns else "Not recognised"


def _tabs(counts: Counts) -> list[tuple[str, str, int]]:
    """The filter of the rows: its value, its label, and how many rows there are."""
    named = [(str(value), str(label)) for value, label in ImportRow.Verdict.choices]
    return [("", "All", counts.total), *((value, label, getattr(counts, value)) for value, label in named)]


@members
@require_safe
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a step is. Once it is done the whole page is asked for."""
    batch = found(queries.import_batch, person(request), pk)
    response = render(request, "collections/_import_progress.html", {"batch": batch, **_state(batch)})
    if batch.status not in WORKING:
        response["HX-Refresh"] = "true"
    return response


@members
@require_http_methods(["GET", "HEAD", "POST"])
def import_map(request: HttpRequest, pk: int) -> HttpResponse:
    batch = found(queries.import_batch, person(request), pk)
    form = MappingForm(request.POST if request.method == "POST" else None, batch=batch)
    if form.is_valid():
        try:
            mapped = desk.map_columns(
                batch, form.columns(), game=form.chosen_game(), currency=form.cleaned_data["currency"]
            )
        except DeskError as error:
            form.add_error(None, str(error))
        else:
            proceed(request, mapped)
            return redirect(mapped)
    fields = [(MAP + key, is_required) for key, _, is_required in formats.FIELDS]
    context = {"batch": batch, "form": form, "fields": fields, "sample": desk.sample(batch)}
    return render(request, "collections/import_map.html", context, status=_status(form))


@members
@require_POST
def import_bring(request: HttpRequest, pk: int) -> HttpResponse:
    batch = found(queries.import_batch, person(request), pk)
    form = BringForm(request.POST)
    form.full_clean()
    try:
        begun = desk.bring(batch, **form.cleaned_data)
    except DeskError as error:
        return _import_page(request, batch, error=str(error), status=400)
    proceed(request, begun, by_folder=form.cleaned_data["by_folder"])
    return redirect(batch)


@members
@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    batch = found(queries.import_batch, person(request), pk)
    try:
        proceed(request, desk.undo(batch))
    except DeskError as error:
        return _import_page(request, batch, error=str(error), status=400)
    return redirect(batch)


@members
@require_POST
def import_continue(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes up a step again that the worker was never told of, or lost."""
    batch = found(queries.import_batch, person(request), pk)
    proceed(request, batch, by_folder="by_folder" in request.POST)
    return redirect(batch)


@members
@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    batch = found(queries.import_batch, person(request), pk)
    try:
        desk.discard(batch)
    except DeskError as error:
        return _import_page(request, batch, error=str(error), status=400)
    messages.success(request, f"“{batch}” was discarded. No collection changed.")
    return redirect("collections:imports")


@members
@require_safe
def import_rows(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What of a file is still in the tray, as the file had it: to be corrected and imported again."""
    batch = found(queries.import_batch, person(request), pk)
    left = rows.waiting(person(request)).filter(batch=batch)
    header = [safe(name) for name in batch.header]
    lines = sheet.lines(header, rows.raw_cells(left, header=batch.header))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tray-{batch.pk}.csv"'
    return response
