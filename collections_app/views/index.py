"""The first page of a collector, and the pages that make, change and delete a collection."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.pages import found, members, page, person, sent
from collections_app import collecting, drawing, overview, queries, snapshots, valuation
from collections_app.forms import CollectionForm
from collections_app.lots import today
from collections_app.models import Collection
from collections_app.rows import Totals

GLANCE = timedelta(days=30)  # what the little line shows


@members
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = person(request)
    kept = list(queries.collections_of(user))
    owned = [one for one in kept if one.kind == Collection.Kind.OWNED]
    worth = overview.worth([one.pk for one in kept], currency=user.currency)
    totals = valuation.totals([one.pk for one in owned], currency=user.currency)
    context = {
        "owned": [(one, worth[one.pk]) for one in owned],
        "wishes": [(one, worth[one.pk]) for one in kept if one.kind == Collection.Kind.WISH],
        "first": owned[0] if owned else None,
        "totals": totals,
        "coverage": drawing.coverage(totals),
        "is_demo": overview.shows_demo([one.pk for one in kept]),
        "waiting": overview.waiting(user),
        **glance(user, owned, totals=totals),
    }
    return render(request, "collections/index.html", context)


def glance(user: User, owned: list[Collection], *, totals: Totals) -> dict[str, object]:
    """The last days as a little line, and what changed since the last of them; additions are in it."""
    until = today()
    ids = [one.pk for one in owned]
    days = snapshots.series(ids, since=until - GLANCE, until=until, currency=user.currency)
    past = [one for one in days if one.day < until]
    change = totals.value - past[-1].value if past else None
    return {
        "spark": drawing.sparkline(past, until=until),
        "change": change,
        "since": past[-1] if past else None,
    }


@members
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = CollectionForm(sent(request), initial={"kind": request.GET.get("kind", Collection.Kind.OWNED)})
    if form.is_bound and form.is_valid():
        try:
            made = collecting.create(person(request), form.facts())
        except collecting.NameTakenError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"“{made}” is ready. Put something in it.")
            return redirect(made)
    return page(request, "collections/collection_form.html", form=form, collection=None)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    collection = found(queries.collection, person(request), pk)
    known = {name: getattr(collection, name) for name in ("name", "kind", "visibility", "shows_cost")}
    form = CollectionForm(sent(request), initial=known)
    if form.is_bound and form.is_valid():
        try:
            changed = collecting.edit(collection, form.facts())
        except collecting.NameTakenError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"“{changed}” is saved.")
            return redirect(changed)
    # Read again: a wrong change must not show in the head of the page.
    unchanged = found(queries.collection, person(request), pk)
    return page(request, "collections/collection_form.html", form=form, collection=unchanged)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    collection = found(queries.collection, person(request), pk)
    if request.method == "POST":
        collecting.delete(collection)
        messages.success(request, f"“{collection}” is deleted.")
        return redirect("collections:index")
    context = {"collection": collection, "loss": overview.loss(collection)}
    return render(request, "collections/collection_delete.html", context)
