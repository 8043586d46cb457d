"""The tray: rows of imported files that still wait for their printing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.pages import found, members, person
from catalog.models import Printing
from collections_app import queries
from collections_app.imports import queries as rows
from collections_app.imports import tray as deciding
from collections_app.imports.errors import DeskError
from collections_app.imports.forms import DecisionForm
from collections_app.models import ImportBatch, ImportRow
from pricing import search

OFFERED = 12  # cards in the answer to a search

Status = ImportBatch.Status


@members
@require_http_methods(["GET", "HEAD", "POST"])
def tray(request: HttpRequest) -> HttpResponse:
    """All rows that wait, by why they do; or those put aside. POST puts all with one reason aside."""
    owner = person(request)
    if request.method == "POST":
        count = deciding.dismiss_all(owner, reason=request.POST.get("reason", ""))
        messages.success(request, f"{count} {'row was' if count == 1 else 'rows were'} put aside.")
        return redirect("collections:tray")
    reason = request.GET.get("reason", "").replace("\x00", "")
    is_aside = "aside" in request.GET
    listed = rows.put_aside(owner) if is_aside else rows.waiting(owner)
    page = rows.page_of(listed.filter(reason=reason) if reason else listed, page=request.GET.get("page"))
    context = {
        "reasons": rows.reasons(owner),
        "reason": reason,
        "is_aside": is_aside,
        "page": page,
        "rows": rows.shown(page),
    }
    return render(request, "collections/tray.html", context)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def tray_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row, the printings it may mean, and a search for others."""
    owner = person(request)
    row = found(queries.import_row, owner, pk)
    if request.method == "POST" and (action := request.POST.get("action")) in {"dismiss", "restore"}:
        return _put(request, row, aside=action == "dismiss")
    form = DecisionForm(request.POST if request.method == "POST" else None, row=row, owner=owner)
    if form.is_valid():
        try:
            _decide(row, form)
        except DeskError as error:
            form.add_error(None, str(error))
        else:
            return redirect(_back(request, row))
    return _row_page(request, row, form=form)


def _put(request: HttpRequest, row: ImportRow, *, aside: bool) -> HttpResponse:
    try:
        (deciding.dismiss if aside else deciding.restore)(row)
    except DeskError as error:
        messages.error(request, str(error))
    return redirect(_back(request, row))


def _decide(row: ImportRow, form: DecisionForm) -> None:
    """Before the import a printing is chosen, after it the lot is made. Raises DeskError."""
    printing = form.cleaned_data["printing"]
    if row.batch.status == Status.DONE:
        deciding.resolve(row, printing, into=form.cleaned_data["into"], said=form.said())
    else:
        deciding.choose(row, printing)


def _back(request: HttpRequest, row: ImportRow) -> str:
    """To the list the row was decided in."""
    done = row.batch.status == Status.DONE
    return _next(request) or (reverse("collections:tray") if done else row.batch.get_absolute_url())


def _next(request: HttpRequest) -> str:
    """The page of this site somebody came from, or ""."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else ""


def _row_page(request: HttpRequest, row: ImportRow, *, form: DecisionForm) -> HttpResponse:
    shown = rows.shown([row])[0]
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    if not text and shown.entry and not shown.candidates:
        text = shown.entry.wanted.name[:100]
    context = {
        "shown": shown,
        "row": row,
        "form": form,
        "q": text,
        "offered": _offered(text),
        "next": _next(request),
        "collections": queries.collections_of(person(request)),
        "is_done": row.batch.status == Status.DONE,
        "is_wish": bool(shown.entry and shown.entry.is_wish),
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "collections/tray_row.html", context, status=status)


def _offered(text: str) -> list[Printing]:
    """The printings of the cards a search finds."""
    cards = search.chosen_from(text, limit=OFFERED)
    return rows.printings_of(cards) if cards else []
