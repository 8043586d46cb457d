"""One lot: what is known of it, and everything that can be done with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import found, members, page, person, sent
from catalog import queries as catalogue
from collections_app import gains, overview, queries, sales, valuation
from collections_app import lots as ledger
from collections_app.forms import EditLotForm, MoveForm, PhotoForm, SellForm, SplitForm
from collections_app.models import Collection, Disposal, Lot, Sale
from pricing import formats

FORM = require_http_methods(["GET", "HEAD", "POST"])
RECENT = 200  # sales among which a new one is looked for


def described(lot: Lot) -> str:
    return f"{lot.printing.card.name} ({lot.printing.finish.name})"


def facts(request: HttpRequest, lot: Lot) -> dict[str, Any]:
    """What every page of a lot shows of it."""
    row = valuation.lot_row(lot.pk, currency=person(request).currency)
    return {"lot": lot, "row": row, "collection": lot.collection}


@members
@require_safe
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.lot, person(request), pk)
    sold = Disposal.objects.filter(lot=shown).select_related("sale").order_by("-sale__sold_on", "-sale_id")
    return page(request, "collections/lot.html", form=PhotoForm(), sold=list(sold), **facts(request, shown))


@members
@FORM
def lot_edit(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.lot, person(request), pk)
    printings = list(catalogue.printings_of([shown.printing.card_id]) or [shown.printing])
    form = EditLotForm(sent(request), lot=shown, printings=printings)
    if form.is_bound and form.is_valid():
        try:
            ledger.edit(shown, form.facts())
        except ledger.LotError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{described(shown)} is saved.")
            return redirect(shown)
    return page(request, "collections/lot_edit.html", form=form, **facts(request, shown))


@members
@FORM
def lot_delete(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.lot, person(request), pk)
    if request.method == "POST":
        ledger.remove(Lot.objects.filter(pk=shown.pk))
        messages.success(request, f"{described(shown)} is deleted from “{shown.collection}”.")
        return redirect(shown.collection)
    return render(request, "collections/lot_delete.html", facts(request, shown))


@members
@FORM
def lot_split(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.lot, person(request), pk)
    form = SplitForm(sent(request), held=shown.quantity)
    if form.is_bound and form.is_valid():
        try:
            ledger.split(shown, quantity=form.cleaned_data["quantity"])
        except ledger.LotError as error:
            form.add_error("quantity", str(error))
        else:
            messages.success(request, f"{described(shown)} is two lots now.")
            return redirect(shown.collection)
    return page(request, "collections/lot_split.html", form=form, **facts(request, shown))


@members
@FORM
def lot_move(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.lot, person(request), pk)
    others = Collection.objects.filter(owner=person(request)).exclude(pk=shown.collection_id)
    form = MoveForm(sent(request), others=others)
    if form.is_bound and form.is_valid():
        to = form.cleaned_data["to"]
        ledger.move(Lot.objects.filter(pk=shown.pk), to=to)
        messages.success(request, f"{described(shown)} is in “{to}” now.")
        return redirect(to)
    return page(request, "collections/lot_move.html", form=form, **facts(request, shown))


@members
@FORM
def lot_sell(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.lot, person(request), pk)
    usual = {"quantity": 1, "sold_on": ledger.today()}
    form = SellForm(sent(request), currency=person(request).currency, initial=usual)
    if form.is_bound and form.is_valid():
        try:
            sale = sales.sell(shown, form.terms(), method=form.cleaned_data["method"])
        except ledger.LotError as error:
            form.add_error("quantity", str(error))
        else:
            messages.success(request, sold(sale, of=shown, currency=person(request).currency))
            return redirect("collections:sales", shown.collection_id)
    context = {"alike": overview.alike(shown), **facts(request, shown)}
    return page(request, "collections/lot_sell.html", form=form, **context)


def sold(sale: Sale, *, of: Lot, currency: str) -> str:
    """What a sale did, with its gain where that is known."""
    newest = gains.sales([of.collection_id], currency=currency, per_page=RECENT)
    row = next((one for one in newest.rows if one.id == sale.pk), None)
    if sale.unit_price is None:
        return f"{described(of)} was taken out without a price."
    if row is None or row.gain is None:
        return f"{described(of)} is sold. The gain is unknown, as the cost is."
    word = "loss" if row.gain < 0 else "gain"
    return f"{described(of)} is sold with a {word} of {formats.money(abs(row.gain), currency)}."
