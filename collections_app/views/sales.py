"""What was sold, and how a sale is undone."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import found, members, person
from catalog.views import pages
from collections_app import gains, queries
from collections_app import sales as ledger
from collections_app.models import Collection

MOST_PAGES = 100_000


def listing(request: HttpRequest, collection_ids: Sequence[int], **context: Any) -> HttpResponse:
    currency = person(request).currency
    asked = request.GET.get("page", "1")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) <= MOST_PAGES else 1
    sold = gains.sales(collection_ids, currency=currency, page=wanted)
    context |= {
        "found": sold,
        "realised": gains.realised(collection_ids, currency=currency),
        "currency": currency,
        **pages(request, page=sold.page, count=sold.pages),
    }
    return render(request, "collections/sales.html", context)


@members
@require_safe
def sales(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.collection, person(request), pk)
    return listing(request, [shown.pk], collection=shown)


@members
@require_safe
def portfolio_sales(request: HttpRequest) -> HttpResponse:
    owned = queries.collections_of(person(request), kind=Collection.Kind.OWNED)
    return listing(request, [one.pk for one in owned], collection=None)


@members
@require_http_methods(["GET", "HEAD", "POST"])
def sale_undo(request: HttpRequest, pk: int) -> HttpResponse:
    sale = found(queries.sale, person(request), pk)
    if request.method == "POST":
        ledger.undo(sale)
        messages.success(request, "The sale is undone; its copies are back.")
        return redirect("collections:sales", sale.collection_id)
    taken = sale.disposals.select_related("lot__printing__card", "lot__printing__finish").order_by("lot_id")
    context = {"sale": sale, "taken": list(taken), "collection": sale.collection}
    return render(request, "collections/sale_undo.html", context)
