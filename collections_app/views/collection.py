"""One collection: its band of totals, its lots, and what is done with many of them at once."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.pages import found, members, person
from catalog.views import pages, query_with
from collections_app import drawing, lots, overview, queries, valuation
from collections_app.forms import BulkForm, FilterForm
from collections_app.models import Collection, Lot


@members
@require_safe
def collection(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.collection, person(request), pk)
    return listing(request, shown, bulk=bulk_form(request, shown, data=None))


def listing(request: HttpRequest, shown: Collection, *, bulk: BulkForm) -> HttpResponse:
    """The lots that fit the filters of the address. A wrong filter or bulk change is a 400 in place."""
    currency = person(request).currency
    form = filter_form(request, shown)
    lots_page = valuation.lot_rows([shown.pk], currency=currency, **form.criteria())
    totals = valuation.totals([shown.pk], currency=currency)
    context = {
        "collection": shown,
        "form": form,
        "bulk": bulk,
        "ticked": request.POST.getlist("lot"),
        "found": lots_page,
        "totals": totals,
        "coverage": drawing.coverage(totals),
        "is_demo": overview.shows_demo([shown.pk]),
        "share_url": share_url(request, shown),
        "query": query_with(request),
        **pages(request, page=lots_page.page, count=lots_page.pages),
    }
    wrong = not form.is_valid() or (bulk.is_bound and not bulk.is_valid())
    return render(request, "collections/collection.html", context, status=400 if wrong else 200)


def filter_form(request: HttpRequest, shown: Collection) -> FilterForm:
    shelves = overview.shelves([shown.pk])
    games = dict.fromkeys((one.game, one.game_name) for one in shelves)
    return FilterForm(request.GET, games=list(games), sets=[(one.set, one.set_name) for one in shelves])


def share_url(request: HttpRequest, shown: Collection) -> str:
    """The link for visitors; "" while nobody else may see the collection."""
    if shown.visibility == Collection.Visibility.PRIVATE:
        return ""
    return request.build_absolute_uri(f"/shared/{shown.token}/")


def others(user: User, shown: Collection) -> QuerySet[Collection]:
    """Where lots of a collection can be moved to."""
    return Collection.objects.filter(owner=user).exclude(pk=shown.pk)


def bulk_form(request: HttpRequest, shown: Collection, *, data: Any) -> BulkForm:
    user = person(request)
    held = Lot.objects.filter(collection=shown)
    return BulkForm(data, currency=user.currency, held=held, others=others(user, shown))


@members
@require_POST
def bulk(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.collection, person(request), pk)
    form = bulk_form(request, shown, data=request.POST)
    if not form.is_valid():
        return listing(request, shown, bulk=form)
    query = query_with(request)
    back = shown.get_absolute_url() + (f"?{query}" if query else "")
    chosen = form.cleaned_data["lot"]
    if form.cleaned_data["action"] == "delete" and "sure" not in request.POST:
        context = {
            "collection": shown,
            "lots": chosen.count(),
            "ids": request.POST.getlist("lot"),
            "back": back,
        }
        return render(request, "collections/bulk_delete.html", context)
    try:
        said = done(form, Lot.objects.filter(pk__in=chosen.values("pk")))
    except lots.LotError as error:
        form.add_error("acquired_on", str(error))
        return listing(request, shown, bulk=form)
    messages.success(request, said)
    return redirect(back)


@transaction.atomic
def done(form: BulkForm, chosen: QuerySet[Lot]) -> str:
    """Does what the form says; returns it in words. Raises LotError."""
    match form.cleaned_data["action"]:
        case "move":
            to = form.cleaned_data["to"]
            return f"{rows(lots.move(chosen, to=to))} moved to “{to}”."
        case "delete":
            return f"{rows(lots.remove(chosen))} deleted."
        case _:
            return edited(chosen, form.changes())


def edited(chosen: QuerySet[Lot], changes: dict[str, Any]) -> str:
    """A condition is for raw cards only: graded ones keep their grade."""
    condition = {name: changes.pop(name) for name in ("condition",) if name in changes}
    graded = chosen.exclude(grader="").count() if condition else 0
    raw = lots.edit_many(chosen.filter(grader=""), condition) if condition else 0
    changed = lots.edit_many(chosen, changes) if changes else raw
    kept = f" {rows(graded)} of graded cards kept their grade." if graded else ""
    return f"{rows(changed)} changed.{kept}"


def rows(count: int) -> str:
    return f"{count} {'row' if count == 1 else 'rows'}"
