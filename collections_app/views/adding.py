"""How cards come into a collection one by one: with all that is known of them, or with one touch."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.pages import found, members, page, person, sent, way_back
from catalog import queries as catalogue
from catalog.models import Printing
from collections_app import lots, queries, quick
from collections_app.forms import LotForm, QuickAddForm
from collections_app.lots import today
from collections_app.models import Collection
from pricing import picking

FORM = require_http_methods(["GET", "HEAD", "POST"])


def number(text: str) -> int:
    """An id of an address; 0, which is nobody's, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@members
@FORM
def add(request: HttpRequest, pk: int) -> HttpResponse:
    collection = found(queries.collection, person(request), pk)
    asked = request.POST.get("printing") or request.GET.get("printing", "")
    if not asked:
        return chosen_by_search(request, collection)
    printing = found(catalogue.printing, number(asked))
    usual = {"printing": printing.pk, "acquired_on": today(), "language": printing.card.game.language}
    form = LotForm(
        sent(request),
        currency=person(request).currency,
        printings=list(catalogue.printings_of([printing.card_id])),
        initial=usual,
    )
    if form.is_bound and form.is_valid():
        lots.add(collection, form.facts())
        messages.success(request, f"{printing.card.name} is in “{collection}”.")
        again = "again" in request.POST
        return redirect("collections:add", pk) if again else redirect(collection)
    context = {"printing": printing, "card": printing.card, "collection": collection}
    return page(request, "collections/add.html", form=form, **context)


def chosen_by_search(request: HttpRequest, collection: Collection) -> HttpResponse:
    """The cards that fit, each with the finishes that can be added."""
    typed = picking.words(request.GET.get("q", ""))
    context = {"collection": collection, "q": typed, "cards": picking.by_words(typed)}
    return render(request, "collections/choose.html", context)


@members
@FORM
def quick_add(request: HttpRequest) -> HttpResponse:
    """A page to confirm for a link, an answer in JSON for a script; `undo` takes a lot's copies back."""
    if request.method == "POST" and "undo" in request.POST:
        return taken_back(request)
    user = person(request)
    asked = request.POST.get("printing") or request.GET.get("printing", "")
    printing = found(catalogue.printing, number(asked))
    owned = queries.collections_of(user).order_by("kind", "id")
    form = QuickAddForm(sent(request), owned=owned)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            added = quick.add(user, printing, to=said["collection"], quantity=said["quantity"] or 1)
        except lots.LotError as error:
            form.add_error("quantity", str(error))
        else:
            return told(request, printing, added)
    if wants_json(request) and form.is_bound:
        return JsonResponse({"message": "This could not be added."}, status=HTTPStatus.BAD_REQUEST)
    back = way_back(request, otherwise=printing.card.get_absolute_url())
    context = {"printing": printing, "card": printing.card, "back": back}
    return page(request, "collections/quick_add.html", form=form, **context)


def wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")


def told(request: HttpRequest, printing: Printing, added: quick.Added) -> HttpResponse:
    name = f"{printing.card.name} ({printing.finish.name})"
    said = f"Added {name} to {added.collection} · {added.owned} owned"
    if not wants_json(request):
        messages.success(request, said)
        return redirect(way_back(request, otherwise=printing.card.get_absolute_url()))
    undo = {"undo": added.lot.pk, "quantity": added.quantity}
    return JsonResponse({"message": said, "name": name, "owned": added.owned, "undo": undo})


def taken_back(request: HttpRequest) -> HttpResponse:
    lot = found(queries.lot, person(request), number(request.POST["undo"]))
    try:
        quick.take_back(lot, quantity=number(request.POST.get("quantity", "1")))
    except lots.LotError as error:
        return answer(request, str(error), status=HTTPStatus.BAD_REQUEST)
    return answer(request, f"Took {lot.printing.card.name} back", status=HTTPStatus.OK)


def answer(request: HttpRequest, said: str, *, status: HTTPStatus) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"message": said}, status=status)
    messages.add_message(request, messages.SUCCESS if status == HTTPStatus.OK else messages.ERROR, said)
    return redirect(way_back(request, otherwise="/collections/"))
