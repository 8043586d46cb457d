"""What is taken away on paper or as a file: exports, and reports with their verification."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import journal
from accounts.pages import found, members, person
from collections_app import queries, reports
from collections_app.exports import FORMATS, Export
from collections_app.exports import formats as export_formats
from collections_app.exports.restore import MissingCardsError, RestoreError, restore_upload
from collections_app.models import Collection, Report
from collections_app.paper_forms import ReportForm, RestoreForm


@members
@require_safe
def exports(request: HttpRequest, pk: int) -> HttpResponse:
    collection = found(queries.collection, person(request), pk)
    return _exports_page(request, collection, ReportForm(currency=collection.owner.currency))


def _exports_page(request: HttpRequest, collection: Collection, form: ReportForm) -> HttpResponse:
    counts = export_formats.counts(collection)
    context = {
        "collection": collection,
        "offers": [(offer, counts[slug]) for slug, offer in FORMATS.items()],
        "total": counts["csv"],
        "form": form,
    }
    return render(request, "collections/exports.html", context, status=400 if form.errors else 200)


@members
@require_safe
def export(request: HttpRequest, pk: int, format: str) -> StreamingHttpResponse:  # noqa: A002 -- as in the address
    return download(found(queries.collection, person(request), pk), known(format))


def known(slug: str) -> Export:
    if slug not in FORMATS:
        raise Http404(f"There is no format “{slug}”; there are {', '.join(FORMATS)}.")
    return FORMATS[slug]


def download(collection: Collection, offer: Export) -> StreamingHttpResponse:
    """The file as it is made: it is nowhere in memory as a whole."""
    said = f"collection {collection.pk}, {offer.media_type}"
    journal.note(collection.owner, journal.Kind.EXPORTED, said=said)
    response = StreamingHttpResponse(offer.write(collection), content_type=offer.media_type)
    return attached(response, filename=offer.filename(collection))


def attached(response: StreamingHttpResponse, *, filename: str) -> StreamingHttpResponse:
    """Saved, never shown, and kept by no cache."""
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@members
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest) -> HttpResponse:
    form = RestoreForm(request.POST, request.FILES) if request.method == "POST" else RestoreForm()
    missing: list[str] = []
    if form.is_valid():
        try:
            collection = restore_upload(person(request), **form.cleaned_data)
        except RestoreError as error:
            missing = error.names if isinstance(error, MissingCardsError) else []
            form.add_error("file", str(error))
        else:
            messages.success(request, f"“{collection.name}” is restored.")
            return redirect(collection)
    context = {"form": form, "missing": len(missing)}
    return render(request, "collections/restore.html", context, status=400 if form.errors else 200)


@members
@require_POST
def report_new(request: HttpRequest, pk: int) -> HttpResponse:
    collection = found(queries.collection, person(request), pk)
    form = ReportForm(request.POST, currency=collection.owner.currency)
    if not form.is_valid():
        return _exports_page(request, collection, form)
    return redirect(reports.make(collection, **form.cleaned_data))


@members
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    listed = queries.reports(person(request)).defer("content")
    return render(request, "collections/reports.html", {"reports": listed})


@members
@require_safe
def report(request: HttpRequest, code: str) -> HttpResponse:
    """As it was printed; one that was tampered with is not shown as if it were."""
    shown = _report(request, code)
    address = settings.SITE_URL + reverse("collections:verify", args=[shown.code])
    context: dict[str, Any] = {"report": shown, "holds": reports.holds(shown), "address": address}
    if context["holds"]:
        context |= {"lines": reports.lines(shown), "rates": reports.rates(shown)}
    return render(request, "collections/report.html", context)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def report_delete(request: HttpRequest, code: str) -> HttpResponse:
    shown = _report(request, code)
    if request.method != "POST":
        return render(request, "collections/report_delete.html", {"report": shown})
    reports.remove(shown)
    messages.success(request, "The report is deleted. Its code is not known here any more.")
    return redirect("collections:reports")


def _report(request: HttpRequest, code: str) -> Report:
    return found(queries.reports(person(request)).get, code=code)


@never_cache
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """For whoever was handed a report."""
    try:
        certificate = reports.verify(code)
    except Report.DoesNotExist:
        return render(request, "collections/verify_unknown.html", {"code": code[:40]}, status=404)
    return render(request, "collections/verify.html", {"certificate": certificate})
